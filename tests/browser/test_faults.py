"""What goes wrong, provoked for real, as people see it: a sentence, what to do next, a way back."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from inventory import create_app, store
from inventory.web.limits import limiter
from tests.browser.conftest import DESKTOP, PHONE, axe_faults

pytestmark = pytest.mark.browser

LARGE_FORM = """() => {
  const form = document.querySelector("main form");
  const large = document.createElement("input");
  Object.assign(large, {type: "hidden", name: "large", value: "x".repeat(3000000)});
  form.append(large);
  HTMLFormElement.prototype.submit.call(form);
}"""


@pytest.fixture
def broken(live) -> Iterator[None]:
    """A page with a bug, a page whose table is gone, and sign-ins that are counted."""
    views = dict(live.app.view_functions)

    def bug() -> str:
        raise ValueError("secret Mario Rossi")

    def table_gone() -> str:
        with store.reading() as connection:
            return str(connection.exec_driver_sql("SELECT * FROM gone").scalar())

    live.app.view_functions |= {"web.lots.list": bug, "web.sessions.list": table_gone}
    create_app(replace(live.app.config["SETTINGS"], rate_limit=True))  # the counters are shared
    yield
    limiter.enabled = False
    live.app.view_functions.update(views)


def wrong_passwords(page: Page) -> None:
    page.context.clear_cookies()
    for _ in range(6):
        page.goto("/sign-in")
        page.locator("#username").fill("nurse1")
        page.locator("#password").fill("wrong wrong wrong")
        page.locator("main button[type=submit]").click()


def too_large(page: Page) -> None:
    page.goto("/sessions/new")
    with page.expect_navigation():
        page.evaluate(LARGE_FORM)


def stale(page: Page) -> None:
    page.goto("/sessions/new")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(e => e.value = 'old')")
    page.locator("[name=patient]").fill("MRN 9")
    page.locator("main .kt-form button[type=submit]").click()


def address(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path)


FAULTS = {
    "404": (address("/lots/999999"), "There is nothing here", "Qui non c’è nulla"),
    "403": (address("/people/"), "This is not yours to do", "Questo spetta ad altri"),
    "405": (address("/recalls/new/open"), "This cannot be done here", "Questo non si può fare qui"),
    "413": (too_large, "This is too large", "Questo è troppo grande"),
    "400": (stale, "This page is out of date", "Questa pagina non è più aggiornata"),
    "500": (
        address("/lots/"),
        "Something broke on our side",
        "Qualcosa si è guastato da parte nostra",
    ),
    "503": (address("/sessions/"), "The database does not answer", "Il database non risponde"),
    "429": (wrong_passwords, "Too many attempts", "Troppi tentativi"),
}


@pytest.mark.parametrize(
    ("locale", "viewport", "scheme"),
    [("en-GB", DESKTOP, "light"), ("it-IT", PHONE, "dark")],
    ids=["desktop", "phone"],
)
def test_every_fault_is_a_page_with_a_way_back(as_role, broken, locale, viewport, scheme) -> None:
    page = as_role("nurse", locale=locale, viewport=viewport, color_scheme=scheme)
    for status, (provoke, english, italian) in FAULTS.items():
        provoke(page)
        expect(page.locator(".kt-fault .kt-kicker")).to_have_text(status)
        expect(page.locator("h1")).to_have_text(english if locale == "en-GB" else italian)
        assert "Mario" not in page.content()
        assert "Traceback" not in page.content()
        assert page.locator(".kt-fault .btn").first.bounding_box()["height"] >= 56
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), status
    assert axe_faults(page) == []
