"""The whole job without a mouse: from the sign-in to the report of a recall, and out again."""

import re
from collections.abc import Iterator

import pytest
from flask_security import hash_password
from playwright.sync_api import Browser, Page, expect

from inventory.operations import enrolling
from inventory.operations.labelling import units_of_receipt
from inventory.store.people import ROLES
from tests.browser.conftest import PASSWORD, clock
from tests.browser.keyboard import Keyboard
from tests.clinic import SALINE

pytestmark = pytest.mark.browser


def said(page: Page, word: str) -> None:
    """The last scan says this, and the screen is free for the next one."""
    expect(page.locator(".kt-last-word")).to_have_text(word)


def free(page: Page) -> None:
    """Escape leaves the whole screen, and the scanner is heard again."""
    page.keyboard.press("Escape")
    expect(page.locator("#verdict")).to_be_hidden()
    expect(page.locator("#scan")).to_be_focused()


@pytest.fixture
def hands(live, browser: Browser) -> Iterator[Keyboard]:
    """A keyboard before the sign-in page, of somebody who may do all of it."""
    with live.app.app_context():
        live.clinic.now = clock()
        enrolling.enrol(live.clinic.act(), "hands", hash_password(PASSWORD), list(ROLES))
    context = browser.new_context(
        base_url=live.url, locale="en-GB", color_scheme="dark", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto("/sign-in")
    yield Keyboard(page)
    context.close()


def test_the_whole_job_is_done_without_a_mouse(hands, live) -> None:
    page = hands.page
    sign_in(hands)
    unit, spare, third = receive(hands, live)
    open_session(hands)
    scan(hands, live, unit, spare, third)
    say_outcomes(hands, spare, third)
    recall(hands)
    hands.do(page.get_by_role("button", name="Sign out"))
    page.wait_for_url("**/sign-in")
    assert hands.faults == []


def sign_in(hands: Keyboard) -> None:
    page = hands.page
    hands.press("Tab")
    assert hands.look().startswith("A Skip")
    hands.press("Enter")
    hands.tab_to(page.get_by_label("User name"))
    hands.type("hands")
    hands.press("Tab")
    hands.type(PASSWORD)
    hands.press("Enter")
    page.wait_for_url("**/")


def receive(hands: Keyboard, live) -> list[str]:
    page, clinic = hands.page, live.clinic
    hands.do(page.get_by_role("link", name="Receive", exact=True).first)
    page.wait_for_url("**/receiving/")
    hands.do(page.get_by_role("link", name=re.compile("Receive a delivery")).first)
    page.wait_for_url("**/receiving/new")
    expect(page.locator("#scan")).to_be_focused()
    hands.choose(page.get_by_label("Store"), "TO-OR1", "Shift+Tab")
    hands.tab_to(page.locator("#scan"))
    for count, label in enumerate((clinic.label("K1"), clinic.label("S1", SALINE)), 1):
        hands.scan(label)
        expect(page.locator("#lines > li")).to_have_count(count)
        expect(page.locator("#scan")).to_be_focused()
    number = page.locator("#lines > li").nth(1).locator("[data-number]")
    hands.tab_to(number)
    hands.press("Control+A")
    hands.type("3")
    hands.press("Tab")
    expect(page.locator("#sum")).to_contain_text("4")
    expect(page.locator("#lines > li").nth(1).locator("[data-remove]")).to_be_focused()
    hands.do(page.locator("#send"))
    expect(page.get_by_label("Supplier")).to_be_focused()
    hands.type("Acme")
    hands.do(page.locator("#send"), "Space")
    page.wait_for_url("**/receiving/RE*")
    with page.expect_popup() as paper:
        hands.do(page.get_by_role("button", name=re.compile("Print 3 labels")))
    paper.value.close()
    code = page.url.rsplit("/", 1)[1]
    with live.app.app_context():
        return [unit.code for unit in units_of_receipt(code)]


def open_session(hands: Keyboard) -> None:
    page = hands.page
    hands.do(page.get_by_role("link", name="Sessions").first)
    hands.do(page.get_by_role("link", name="Open a session").first)
    page.wait_for_url("**/sessions/new")
    expect(page.get_by_label("Wristband or record number")).to_be_focused()
    hands.type("MRN K1")
    hands.choose(page.get_by_label("Room"), "TO-OR1")
    hands.choose(page.get_by_label("Procedure"), "short")
    hands.do(page.get_by_role("button", name="Open the session"))
    page.wait_for_selector("#scan")
    expect(page.locator("#scan")).to_be_focused()


def scan(hands: Keyboard, live, unit: str, spare: str, third: str) -> None:
    """One taken, one refused and left, one overruled, one that is no pack."""
    page = hands.page
    dialog = page.get_by_role("dialog")
    hands.scan(unit)
    said(page, "Taken")
    free(page)
    hands.scan(spare)
    expect(dialog).to_be_visible()
    hands.look()
    hands.press("Escape")
    expect(dialog).to_be_hidden()
    free(page)
    hands.scan(third)
    expect(dialog).to_be_visible()
    hands.tab_to(page.get_by_label("Another reason"))
    hands.type("torn")
    hands.press("Enter")
    said(page, "Taken")
    free(page)
    hands.scan(live.clinic.label("S1", SALINE))
    expect(page.locator(".kt-line")).to_have_count(3)
    free(page)
    hands.scan("Rossi Maria")
    expect(page.locator("#verdict")).to_be_visible()
    hands.press("Tab")
    assert "Go on" in hands.look()
    hands.press("Enter")
    free(page)


def say_outcomes(hands: Keyboard, spare: str, third: str) -> None:
    """Wasted, put back, undone, used, closed; a dialog that is left gives the focus back."""
    page = hands.page
    dialog = page.get_by_role("dialog")
    waste = page.get_by_role("button", name=re.compile(f"^Wasted ?: .*{third}"))
    hands.tab_to(waste)
    hands.press("Enter")
    expect(dialog).to_be_visible()
    hands.press("Escape")
    expect(waste).to_be_focused()
    hands.press("Enter")
    hands.do(dialog.get_by_role("button", name="Dropped"))
    said(page, "Wasted")
    free(page)
    hands.do(page.get_by_role("button", name=re.compile("^Put back unopened")).first, "Space")
    said(page, "Put back")
    free(page)
    hands.do(page.get_by_role("button", name=re.compile("^Undo the scan")).first)
    hands.do(dialog.get_by_role("button", name="Was not opened at all"))
    said(page, "Undone")
    free(page)
    hands.scan(spare)
    expect(dialog).to_be_visible()
    hands.do(dialog.get_by_role("button", name="The first one was damaged"))
    expect(page.locator("#contents")).to_contain_text(spare)
    free(page)
    hands.do(page.get_by_role("button", name=re.compile("^Used")).first, "Space")
    said(page, "Used")
    free(page)
    hands.do(page.get_by_role("button", name="Close the session"))
    page.wait_for_selector("#scan", state="detached")


def recall(hands: Keyboard) -> None:
    page = hands.page
    hands.do(page.get_by_role("link", name="Recalls").first)
    hands.do(page.get_by_role("link", name="Open a recall").first)
    hands.tab_to(page.get_by_label("Manufacturer's reference"))
    hands.type("FSN K")
    hands.press("Tab")
    hands.type("Acme")
    hands.press("Tab")
    hands.type("leaks")
    hands.press("Tab")
    hands.look()
    hands.type("Lipo kit")
    hands.do(page.locator("#found button").first)
    lots = page.get_by_label("Lots, exactly as printed")
    expect(lots).to_be_focused()
    hands.type("K1")
    hands.do(page.get_by_role("button", name="Show what would be covered"))
    opening = page.get_by_role("button", name="Open the recall")
    expect(opening).to_be_visible()
    hands.do(opening)
    page.wait_for_url("**/recalls/RC*")
    with page.expect_download() as report:
        hands.do(page.get_by_role("link", name="Report (PDF)"))
    assert report.value.suggested_filename.startswith("recall-")
