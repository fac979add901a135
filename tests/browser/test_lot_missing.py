"""In theatre, a code without a lot: what the nurse does where the label has no second barcode."""

import random

import pytest
from playwright.sync_api import Page, expect

from inventory import store
from inventory.domain.udi.hibc import mod43
from inventory.store import catalogue, provisional
from tests.browser.conftest import PHONE, faults_in_both_themes
from tests.browser.test_theatre import said, shoot, verdict
from tests.clinic import FAR, SALINE

pytestmark = pytest.mark.browser

NEEDS_LOT = "Lot and expiry: scan the second barcode"
UNKNOWN = "Item unknown: scan the second barcode"


def fill(page: Page, **fields: str) -> None:
    """Type into the form that is open, and record it."""
    form = page.locator("details[open] form")
    for name, text in fields.items():
        form.locator(f"[name={name}]").fill(text)
    form.get_by_role("button", name="Record it").click()


def test_the_lot_is_typed_where_the_label_has_no_second_barcode(nurse, act):
    page, code = nurse
    act.receive(act.label("L1", SALINE), packs=2)
    shoot(page, f"01{SALINE}")
    verdict(page, "look", NEEDS_LOT)
    expect(page.locator("#verdict")).to_contain_text("Saline 500 mL")
    expect(page.locator("#verdict")).to_contain_text("nothing is recorded yet")
    page.locator("#verdict").get_by_role("button", name="Type the lot").click()
    expect(page.locator("#verdict")).to_be_hidden()
    expect(page.locator("#typed-item")).to_have_value(act.saline)
    expect(page.locator("#typed-form")).to_contain_text(f"01{SALINE}")
    expect(page.locator("#typed-lot")).to_be_focused()
    fill(page, lot="L1")
    expect(page.locator("#typed-lot-again")).to_be_focused()
    assert act.lines(code) == []
    fill(page, lot_again="L1")
    verdict(page, "taken", "Taken")
    assert [(line.lot, line.entered) for line in act.lines(code)] == [("L1", "typed")]
    assert f'"barcodes":["01{SALINE}"]' in act.all_entry_texts()
    expect(page.locator("#typed-form [data-kt-held]")).to_be_hidden()
    act.receive(act.label("L2", SALINE))
    shoot(page, act.label("L2", SALINE))
    verdict(page, "taken", "Taken")  # what was typed is not said to be given up


def test_the_second_barcode_still_completes_it_once_the_form_is_open(nurse, act):
    page, code = nurse
    act.receive(act.label("L3", SALINE))
    shoot(page, f"01{SALINE}")
    page.locator("#verdict").get_by_role("button", name="Type the lot").click()
    page.locator("#scan").focus()
    shoot(page, f"17{FAR}10L3")
    verdict(page, "taken", "Taken")
    assert [(line.lot, line.entered) for line in act.lines(code)] == [("L3", "scanned")]


def unknown_codes(kind: str) -> tuple[str, str, str]:
    """A barcode of no item here and without a lot, what it names, and the REF that it says."""
    if kind == "hibc":
        return f"+A999NEW1{mod43('+A999NEW1')}", "A999NEW1", "NEW"
    gtin = "09521234777779"
    return (gtin[1:] if kind == "ean" else f"01{gtin}"), gtin, ""


@pytest.mark.parametrize("kind", ["ean", "hibc"])
def test_an_unknown_item_without_a_lot_is_typed_and_keeps_its_code(nurse, act, kind):
    page, code = nurse
    barcode, di, says = unknown_codes(kind)
    shoot(page, barcode)
    verdict(page, "look", UNKNOWN)
    expect(page.locator("#verdict")).to_contain_text(f"No item here has the code {di}.")
    page.locator("#verdict").get_by_role("button", name="Type REF and lot").click()
    expect(page.locator("#manual-reference")).to_have_value(says)
    ref = says or "NEW-EAN"
    fill(page, reference=ref, reference_again=ref, lot="U1", lot_again="U1")
    page.locator("#ask-new-item").get_by_role("button", name="fluid").click()
    verdict(page, "taken", "Taken")
    assert [line.lot for line in act.lines(code)] == ["U1"]
    with store.reading() as connection:
        (item,) = provisional.items_of_reference(connection, ref)
        assert provisional.is_provisional(connection, item.code)
        match = catalogue.find_match(connection, di, "U1")
    assert match.item.code == item.code
    shoot(page, barcode)  # the item is known now, though this page was loaded before
    verdict(page, "look", NEEDS_LOT)
    page.locator("#verdict").get_by_role("button", name="Type the lot").click()
    expect(page.locator("#typed-item")).to_have_value(item.code)


def test_a_code_that_is_of_another_pack_is_not_kept_with_what_is_typed(nurse, act):
    page, _ = nurse
    shoot(page, "9521234666660")
    page.locator("#verdict").get_by_role("button", name="Type REF and lot").click()
    page.get_by_role("button", name="It is of another pack").click()
    with page.expect_response("**/scans") as told:
        fill(page, reference="X1", reference_again="X1", lot="U2", lot_again="U2")
    assert "held" not in told.value.request.post_data_json


def test_an_unknown_item_goes_on_with_its_second_barcode_and_two_taps(nurse, act):
    page, code = nurse
    shoot(page, "9521234555551")
    verdict(page, "look", UNKNOWN)
    shoot(page, f"17{FAR}10U3")
    page.locator("#ask-new-item").get_by_role("button", name="fluid").click()
    verdict(page, "taken", "Taken")
    assert [line.lot for line in act.lines(code)] == ["U3"]


def test_a_lot_without_an_item_leads_to_the_list_of_items(nurse, act):
    page, code = nurse
    act.receive(act.label("L4", SALINE))
    shoot(page, f"17{FAR}10L4")
    verdict(page, "look", "Item: scan the other barcode of the label")
    page.locator("#verdict").get_by_role("button", name="Choose the item").click()
    expect(page.locator("#typed-lot")).to_have_value("L4")
    page.locator("#typed-item").select_option(act.saline)
    fill(page, lot_again="L4")
    verdict(page, "taken", "Taken")
    assert [line.lot for line in act.lines(code)] == ["L4"]


def test_what_was_held_when_the_next_thing_is_scanned_is_said_not_to_be_recorded(nurse, act):
    page, code = nurse
    (unit,) = act.receive_kits("L5")
    shoot(page, f"01{SALINE}")
    verdict(page, "look", NEEDS_LOT)
    shoot(page, unit)
    verdict(page, "look", "Taken")
    lost = "NOT recorded: what was scanned before, Saline 500 mL."
    expect(page.locator("#verdict")).to_contain_text(lost)
    page.wait_for_timeout(1600)
    expect(page.locator("#verdict")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#waiting")).to_contain_text(lost)
    assert [line.unit for line in act.lines(code)] == [unit]


def test_what_was_held_for_too_long_is_said_not_to_be_recorded(nurse, act):
    page, _ = nurse
    (unit,) = act.receive_kits("L6")
    shoot(page, f"01{SALINE}")
    verdict(page, "look", NEEDS_LOT)
    page.evaluate("""() => { const later = Date.now() + 180000; Date.now = () => later; }""")
    shoot(page, unit)
    verdict(page, "look", "Taken")
    expect(page.locator("#verdict")).to_contain_text("NOT recorded")


def test_what_is_typed_of_another_pack_leaves_the_first_barcode_held(nurse, act):
    page, code = nurse
    act.receive(act.label("L7", SALINE), packs=2)
    act.receive(act.label("L8", SALINE), packs=2)
    shoot(page, f"01{SALINE}")
    verdict(page, "look", NEEDS_LOT)
    page.get_by_role("button", name="Go on").click()
    page.locator("#without-barcode summary").click()
    fill(page, reference="SALINE", reference_again="SALINE", lot="L8", lot_again="L8")
    said(page, "Taken")
    expect(page.locator(".kt-line")).to_have_count(1)
    expect(page.locator("#verdict")).to_be_hidden()
    shoot(page, f"17{FAR}10L7")
    expect(page.locator(".kt-line")).to_have_count(2)
    assert sorted(line.lot for line in act.lines(code)) == ["L7", "L8"]


def test_the_keyboard_reaches_both_ways_out_of_the_amber_screen(nurse, act):
    page, _ = nurse
    shoot(page, f"01{SALINE}")
    verdict(page, "look", NEEDS_LOT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Type the lot")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#typed-lot")).to_be_focused()


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE])
def test_nobody_is_shut_out_of_typing_the_lot(as_role, act, viewport):
    code = act.open_session(f"MRN {random.Random(viewport['width']).random()}")
    page = as_role("nurse", viewport=viewport, reduced_motion="reduce")
    page.goto(f"/sessions/{code}")
    for barcode, button in ((f"01{SALINE}", "Type the lot"), ("9521234444442", "Type REF and lot")):
        shoot(page, barcode)
        expect(page.locator("#verdict")).to_be_visible()
        assert faults_in_both_themes(page) == []
        page.get_by_role("button", name=button).click()
        expect(page.locator("#verdict")).to_be_hidden()
        assert faults_in_both_themes(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#scan").focus()
