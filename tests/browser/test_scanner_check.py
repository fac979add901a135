"""The scanner check in a real browser: keys as scanners press them, faults said, a profile kept."""

import pytest

from inventory import store
from inventory.domain.scanner_hearing import DAMAGE_ITALIAN, GS1_TEXT, SYMBOLS
from inventory.domain.udi.wedge import GS, Keyboard, Layout
from inventory.operations import equipping
from inventory.store import workstations
from tests.browser.conftest import DESKTOP, PHONE, clock, faults_in_both_themes

pytestmark = pytest.mark.browser

SENT = SYMBOLS[0].identifier + GS1_TEXT


def press(page, text, end="Enter"):
    """Type as a scanner does: Ctrl+] for GS, no pause between keys."""
    page.locator("#scan").focus()
    for number, piece in enumerate(text.split(GS)):
        if number:
            page.keyboard.press("Control+BracketRight")
        page.keyboard.type(piece)
    if end:
        page.keyboard.press(end)


@pytest.fixture
def check(live, as_role):
    """A nurse's browser at the scanner check, and the code of its workstation."""
    name = f"Room {len(known(live)) + 1}"
    with live.app.app_context():
        code = equipping.enrol(live.clinic.act(), name).body["code"]
    page = as_role("nurse")
    page.goto("/workstations/here")
    page.get_by_label("Workstation", exact=True).select_option(code)
    page.get_by_role("button", name="This is it").click()
    page.get_by_role("link", name="Check the scanner").click()
    return page, code


def known(live):
    with live.app.app_context(), store.reading() as connection:
        return workstations.list_workstations(connection)


def kept(live, code):
    return next(each.keyboard for each in known(live) if each.code == code)


def word(page):
    page.locator("[data-said]").wait_for()
    page.locator("[data-word]:not(:empty)").wait_for()
    return page.locator("[data-word]").inner_text()


def test_a_scanner_that_types_ctrl_bracket_for_gs_is_set_up_right(check):
    page, _ = check
    press(page, SENT)
    assert word(page) == "This scanner is set up right"
    assert page.locator("[data-problems] .kt-notice").count() == 0
    assert "⟨GS⟩" in page.locator("[data-received]").inner_text()


def test_the_italian_layout_is_noticed_and_its_profile_kept_with_one_button(live, check):
    page, code = check
    press(page, SENT.translate(DAMAGE_ITALIAN))
    assert word(page) == "It works, with this profile"
    assert "Italian one" in page.locator("[data-problems]").inner_text()
    page.get_by_role("button", name="Keep this profile").click()
    page.locator("[data-kept]:not(:empty)").wait_for()
    assert kept(live, code) == Keyboard(Layout.ITALIAN)
    press(page, SENT.translate(DAMAGE_ITALIAN))
    page.get_by_text("This profile is kept for this workstation.").wait_for()


def test_a_separator_of_the_scanners_own_is_kept(live, check):
    page, code = check
    press(page, SENT.replace(GS, "~"))
    assert word(page) == "It works, with this profile"
    page.get_by_role("button", name="Keep this profile").click()
    page.locator("[data-kept]:not(:empty)").wait_for()
    assert kept(live, code) == Keyboard(separator="~")


def test_letters_turned_round_are_said(check):
    page, _ = check
    press(page, SENT.swapcase())
    assert word(page) == "This scanner must be set up"
    assert "capitals into small letters" in page.locator("[data-problems]").inner_text()


def test_a_scanner_without_enter_is_noticed_by_its_silence(check):
    page, _ = check
    press(page, SENT, end="")
    assert word(page) == "This scanner must be set up"
    assert "sends no Enter" in page.locator("[data-problems]").inner_text()


def test_a_lost_separator_is_said(check):
    page, _ = check
    press(page, SENT.replace(GS, ""))
    assert word(page) == "This scanner must be set up"
    assert "separator GS is lost" in page.locator("[data-problems]").inner_text()


def test_tab_at_the_end_is_taken_and_told(check):
    page, _ = check
    press(page, SENT, end="Tab")
    assert word(page) == "It works, with this profile"
    assert "with Tab" in page.locator("[data-problems]").inner_text()


def test_a_profile_that_is_kept_reads_scans_of_that_workstation(live, check):
    page, code = check
    with live.app.app_context():
        equipping.set_keyboard(live.clinic.act(), code, Keyboard(Layout.ITALIAN))
        live.clinic.now = clock()  # pages act by the real clock
        session = live.clinic.open_session("MRN 61")
    page.goto(f"/sessions/{session}")
    label = live.clinic.label("LC-24/a")
    page.locator("#scan").focus()
    page.keyboard.type(f"]d2{label}".translate(DAMAGE_ITALIAN))
    page.keyboard.press("Enter")
    page.get_by_text("LC-24/a").first.wait_for()


def test_the_pages_of_workstations_have_no_fault_of_access(live, as_role):
    with live.app.app_context():
        name = f"Desk {len(known(live)) + 100}"
        code = equipping.enrol(live.clinic.act(), name).body["code"]
        live.clinic.now = clock()  # pages act by the real clock
        (unit,) = live.clinic.receive_kits(f"AX{name[-3:]}")
    page = as_role("admin", reduced_motion="reduce")
    for address in (
        "/workstations/here",
        "/workstations/",
        f"/workstations/{code}",
        "/scanner-check/",
        f"/printing/stock/unit/{unit}",
        "/printing/badge/nurse1",
    ):
        page.goto(address)
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert (address, faults_in_both_themes(page)) == (address, [])
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, (address, size)
