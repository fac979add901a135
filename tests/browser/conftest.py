"""A clinic served to a real browser: a server for each module, people of every role."""

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from inventory import create_app
from inventory.operations import enrolling
from inventory.store.people import ROLES
from tests.auditing import audit_and_leave
from tests.clinic import Clinic, build_clinic
from tests.conftest import settings_for

PASSWORD = "correct horse battery"
RUNNING: list[Browser] = []
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
"""Chromium without windows and cameras, where there is one: it takes a third less time."""

FRUGAL = ("--no-sandbox", "--disable-gpu", "--renderer-process-limit=1")


def clock() -> datetime:
    """The time of the server beside these tests."""
    return datetime.now(UTC)  # noqa: TID251 - that server has the real clock


@dataclass(frozen=True)
class Live:
    """A running KitTrace.

    Attributes:
        url: Its address, without a slash at the end.
        app: The application; act on it within `app.app_context()`.
        clinic: Names of what is there, and words for the acts.
        cookies: Of each role that has signed in, what its browser keeps of that.
    """

    url: str
    app: Flask
    clinic: Clinic
    cookies: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; without one these tests are skipped."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    if RUNNING:  # a module outside this folder imports the fixture; one process has one Playwright
        yield RUNNING[0]
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=SHELL, args=FRUGAL)
        RUNNING.append(browser)
        yield browser
        RUNNING.clear()
        browser.close()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Live]:
    """The clinic of `tests.clinic`, a month old, served by threads; audited when it stops."""
    folder = tmp_path_factory.mktemp("live")
    shutil.copytree(sqlite_template, folder, dirs_exist_ok=True)
    url = f"sqlite:///{folder / 'instance' / 'kittrace.db'}"
    app = create_app(settings_for(url, folder))
    with app.app_context():
        clinic = _clinic()
        secret = hash_password(PASSWORD)
        for role in ROLES:
            enrolling.enrol(clinic.act(), f"{role}1", secret, [role])
    server = make_server("127.0.0.1", 0, in_one_piece(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(f"http://127.0.0.1:{server.server_port}", app, clinic)
    server.shutdown()
    server.server_close()
    thread.join()
    audit_and_leave(app)


def in_one_piece(app: Flask) -> Callable[..., list[bytes]]:
    """The application with each answer read before it is sent.

    The server of these tests forgets to close a file that a browser breaks off to read.
    """

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as parts:
            return [b"".join(parts)]

    return answer


def _clinic() -> Clinic:
    with mock.patch("tests.clinic.Clinic", partial(Clinic, now=clock() - timedelta(days=30))):
        return build_clinic()


@pytest.fixture
def as_role(live: Live, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Gives a page at which somebody of a role is signed in; scripts on it may not fail.

    Each role signs in once at a server, through the form; its other browsers get that cookie.
    Further names go to `browser.new_context`: `viewport`, `locale`, `color_scheme`.
    """
    contexts, faults = [], []

    def page_of(role: str, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live.url, **{"locale": "en-GB", "viewport": DESKTOP, **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
        if role in live.cookies:
            context.add_cookies([live.cookies[role]])
            page.goto("/")
        else:
            _sign_in(page, role)
            live.cookies[role] = _cookie(context)
        return page

    yield page_of
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def act(live: Live) -> Iterator[Clinic]:
    """Gives the clinic within an application context."""
    with live.app.app_context():
        live.clinic.now = clock() - timedelta(seconds=5)
        yield live.clinic


@pytest.fixture
def nurse(as_role: Callable[..., Page], act: Clinic) -> tuple[Page, str]:
    """A nurse at the screen of a fresh session, and its code."""
    code = act.open_session()
    page = as_role("nurse", viewport=TABLET)
    page.goto(f"/sessions/{code}")
    expect(page.locator("#scan")).to_be_focused()
    return page, code


def _cookie(context: BrowserContext) -> Any:
    (found,) = (each for each in context.cookies() if each["name"] == "kittrace")
    return found


def _sign_in(page: Page, role: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").or_(page.get_by_label("Nome utente")).fill(f"{role}1")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/")


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP = {"width": 1280, "height": 900}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}


def is_fault(said: Any) -> bool:
    """Whether the console complains of a script or a policy; a refused request is no fault."""
    return said.type == "error" and "Failed to load resource" not in said.text


def axe_faults(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds on a page, each with the places where; by some of its rules or by all."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{each['id']}: {each['help']}: {[node['html'][:120] for node in each['nodes']]}"
        for each in found.response["violations"]
    ]


def faults_in_both_themes(page: Page) -> list[str]:
    """What axe finds on a page in the light, and which colours it cannot tell in the dark."""
    page.emulate_media(color_scheme="light")
    found = axe_faults(page)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark: {fault}" for fault in axe_faults(page, ["color-contrast"])]
