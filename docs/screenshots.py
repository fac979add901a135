"""Pictures of the demonstration for README and guides: `.venv/bin/python docs/screenshots.py`.

Starts a server of its own on a fresh demonstration, signs in, and writes `docs/screenshots/*.png`.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bench.ground import PORT, ground, server  # noqa: E402 - after the path
from inventory.operations.demonstration_data import PASSWORD  # noqa: E402

BASE = f"http://127.0.0.1:{PORT}"


def sign_in(page: Page, name: str) -> None:
    """As a person does."""
    page.context.clear_cookies()
    page.goto(f"{BASE}/sign-in")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.wait_for_load_state("networkidle")


def shoot(page: Page, name: str) -> None:
    """One picture of what is shown."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / "screenshots" / f"{name}.png")


def first(page: Page, listing: str, kind: str, text: str = "") -> None:
    """Open the first entry of a list, or the first that holds a text."""
    page.goto(BASE + listing)
    links = page.locator(f"main tr:has-text('{text}') a[href^='{listing}/{kind}']")
    page.goto(BASE + str(links.first.get_attribute("href", timeout=5_000)))


def main() -> None:
    """Take all pictures."""
    (HERE / "screenshots").mkdir(exist_ok=True)
    with (
        ground() as made,
        server(made.environ, "wsgi.py"),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en")
        sign_in(page, "giulia")
        first(page, "/recalls", "RC", "SVB-FSN")
        shoot(page, "recall")
        sign_in(page, "maria")
        shoot(page, "start-nurse")
        first(page, "/sessions", "PS")
        shoot(page, "session")
        sign_in(page, "paolo")
        page.goto(f"{BASE}/stock")
        shoot(page, "stock")
        browser.close()


if __name__ == "__main__":
    main()
