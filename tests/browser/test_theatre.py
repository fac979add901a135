"""The screen in theatre, in Chromium: a scanner is imitated by keys that come fast and Enter."""

import random
import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from inventory.domain.codes import new_code
from inventory.domain.udi import gs1
from tests.browser.conftest import PHONE, TABLET, faults_in_both_themes
from tests.browser.keyboard import scan_in_time, type_under_caps_lock
from tests.clinic import CARTON, FAR, KIT, ROME, SALINE

pytestmark = pytest.mark.browser


def shoot(page: Page, *barcodes: str) -> None:
    """What a scanner does: the characters, GS as Ctrl+], and Enter."""
    for barcode in barcodes:
        for part in re.split("(\x1d)", barcode):
            if part == "\x1d":
                page.keyboard.press("Control+]")
            else:
                page.keyboard.type(part, delay=1)
        page.keyboard.press("Enter")


def verdict(page: Page, kind: str, word: str) -> None:
    """The whole screen says this."""
    expect(page.locator(".kt-verdict-word")).to_have_text(word)
    expect(page.locator("#verdict")).to_have_attribute("data-kind", kind)


def said(page: Page, word: str) -> None:
    """The last scan says this, also once the whole screen is free again."""
    expect(page.locator(".kt-last-word")).to_have_text(word)


def test_a_scan_is_taken_and_the_lists_follow(nurse, act):
    page, _ = nurse
    (unit,) = act.receive_kits("T1")
    shoot(page, unit)
    verdict(page, "taken", "Taken")
    expect(page.locator(".kt-line")).to_have_count(1)
    expect(page.locator("#plan-title")).to_have_text("Nothing missing")
    expect(page.locator("#verdict")).to_be_hidden()
    expect(page.locator("#scan")).to_be_focused()


def test_caps_lock_under_a_scanner_is_told_until_it_is_off_and_its_letters_are_not_trusted(
    nurse, act
):
    page, _ = nurse
    act.receive_kits("CAPS1")
    notice = page.locator("#caps-lock")
    expect(notice).to_be_hidden()
    type_under_caps_lock(page, "0123", pause_ms=120)
    expect(notice).to_be_hidden()  # somebody typed
    page.locator("#verdict [data-kt-on]").click()
    type_under_caps_lock(page, act.label("caps1"))
    expect(notice).to_contain_text("Caps Lock is on: switch it off.")
    expect(page.locator("#ask-lot .kt-choices button").first).to_have_text("CAPS1")
    page.keyboard.press("Escape")
    type_under_caps_lock(page, act.label("newlot", SALINE))
    with page.expect_response("**/found") as found:
        page.locator("#ask-book-in").get_by_role("button").first.click()
    assert found.value.request.post_data_json["caps_lock"] is True
    expect(page.locator("#verdict")).to_contain_text("the pack may show NEWLOT")
    page.keyboard.press("Shift")
    expect(notice).to_be_hidden()


def test_a_lot_that_was_scanned_under_caps_lock_stays_in_doubt_with_its_second_barcode(nurse, act):
    page, _ = nurse
    type_under_caps_lock(page, f"17{FAR}10half1")
    said(page, "Item: scan the other barcode of the label")
    page.locator("#verdict [data-kt-on]").click()
    with page.expect_response("**/scans") as scanned:
        shoot(page, f"01{SALINE}")
    assert scanned.value.request.post_data_json["caps_lock"] is True


def test_what_is_no_pack_is_told_and_the_syringes_label_is_compared(nurse, act):
    page, code = nurse
    shoot(page, code)
    verdict(page, "taken", "It matches")
    shoot(page, act.open_session("MRN 77"))
    verdict(page, "stop", "Another session")
    shoot(page, "MRN 77")
    verdict(page, "stop", "Another patient")
    for scanned, words in (
        ("8017952123454321012341", "badge of a member of staff"),
        (new_code("SB", random.Random(1)), "badge of a member of staff"),
        (new_code("PL", random.Random(1)), "label of a place"),
        ("8018952123454321012341", "wristband is not known here"),
        ("Rossi Maria", "not one of a medical product"),
    ):
        shoot(page, scanned)
        expect(page.locator("#verdict ul")).to_contain_text(words)
    expect(page.locator(".kt-line")).to_have_count(0)


def test_scans_that_arrive_while_one_is_answered_are_taken_in_their_order(nurse, act):
    page, code = nurse
    labels = [gs1.build([("01", SALINE), ("17", FAR), ("10", f"Q{place}")]) for place in range(8)]
    for label in labels:
        act.receive(label)
    shoot(page, *labels)
    expect(page.locator(".kt-line")).to_have_count(8)
    expect(page.locator(".kt-line").first).to_contain_text("Q7")
    assert [line.lot for line in act.lines(code)] == [f"Q{place}" for place in range(8)]


def test_a_scan_without_network_waits_and_survives_a_reload(nurse, act):
    page, code = nurse
    first, second = act.receive_kits("T3", 2)
    page.route("**/scans", lambda route: route.abort())
    shoot(page, first)
    expect(page.locator("#waiting")).to_contain_text("Waiting for the network (1)")
    page.reload()
    expect(page.locator("#waiting")).to_be_visible()
    page.unroute("**/scans")
    said(page, "Taken")
    expect(page.locator("#waiting")).to_be_hidden()
    assert [line.unit for line in act.lines(code)] == [first]
    assert second not in page.locator("#contents").inner_text()


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_moves_twice(nurse, act):
    page, code = nurse
    label = act.label("T4", SALINE)
    act.receive(label, packs=5)
    lost = []

    def lose_the_first(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/scans", lose_the_first)
    shoot(page, label)
    said(page, "Taken")
    assert [(line.lot, line.in_session) for line in act.lines(code)] == [("T4", 1)]


def test_a_slow_answer_is_seen_to_be_on_its_way(nurse, act):
    page, code = nurse
    (unit,) = act.receive_kits("T14")
    held = []
    page.route("**/scans", lambda route: held.append(route))
    shoot(page, unit)
    said(page, "One moment…")
    held.pop().continue_()
    verdict(page, "taken", "Taken")
    assert [line.unit for line in act.lines(code)] == [unit]


def test_what_a_colleague_scanned_is_there_when_one_looks_again(nurse, act):
    page, code = nurse
    (unit,) = act.receive_kits("T15")
    act.scan(code, unit)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".kt-line")).to_contain_text("T15")


def test_a_trigger_pulled_once_that_reads_twice_counts_once(nurse, act):
    page, code = nurse
    label = act.label("T5", SALINE)
    act.receive(label, packs=5)
    scan_in_time(page, label, label)
    expect(page.locator(".kt-line")).to_have_count(1)
    said(page, "Taken")
    assert [line.in_session for line in act.lines(code)] == [1]


def test_a_used_kit_is_red_until_the_next_scan(nurse, act):
    page, _ = nurse
    used, fresh = act.receive_kits("T6", 2)
    other = act.open_session("MRN other")
    act.scan(other, used)
    shoot(page, used)
    verdict(page, "stop", "Already used")
    expect(page.locator(".kt-verdict-sentences")).to_contain_text(other)
    page.wait_for_timeout(1600)
    expect(page.locator("#verdict")).to_be_visible()
    shoot(page, fresh)
    verdict(page, "taken", "Taken")


def test_a_second_kit_asks_for_a_reason_in_a_dialog(nurse, act):
    page, code = nurse
    first, second = act.receive_kits("T7", 2)
    shoot(page, first)
    said(page, "Taken")
    shoot(page, second)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 of Lipo kit planned, 1 already opened")
    dialog.get_by_role("button", name="The first one was damaged").click()
    expect(page.locator(".kt-line")).to_have_count(2)
    assert [line.overridden for line in act.lines(code)] == ["", "more-than-planned"]


def test_a_scan_into_the_open_dialog_is_no_reason(nurse, act):
    page, code = nurse
    first, second = act.receive_kits("T8", 2)
    label = act.label("T8S", SALINE)
    act.receive(label)
    shoot(page, first)
    said(page, "Taken")
    shoot(page, second)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Another reason").focus()
    scan_in_time(page, label)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".kt-last-code")).to_contain_text("T8S")
    assert sorted(line.lot for line in act.lines(code)) == ["T8", "T8S"]


def test_the_second_barcode_completes_the_first(nurse, act):
    page, code = nurse
    act.receive_kits("T9")
    shoot(page, f"01{KIT}")
    verdict(page, "look", "Lot and expiry: scan the second barcode")
    shoot(page, f"17{FAR}10T9")
    verdict(page, "taken", "Taken")
    assert [line.lot for line in act.lines(code)] == ["T9"]


def test_the_quantity_counts_for_one_scan(nurse, act):
    page, code = nurse
    label = act.label("T10", SALINE)
    act.receive(label, packs=9)
    page.get_by_role("button", name="One more").click()
    page.get_by_role("button", name="One more").click()
    expect(page.locator("#scan")).to_be_focused()
    shoot(page, label)
    said(page, "Taken")
    expect(page.locator("#quantity")).to_have_text("1")
    assert [line.in_session for line in act.lines(code)] == [3]


def test_outcomes_by_finger_and_a_close_that_names_what_is_missing(nurse, act):
    page, code = nurse
    one, two = act.receive_kits("T11", 2)
    page.get_by_role("button", name="Close the session").click()
    verdict(page, "stop", "Not finished")
    expect(page.locator(".kt-verdict-sentences")).to_contain_text("Kit: 1 missing")
    page.get_by_role("button", name="Go on").click()
    shoot(page, one)
    said(page, "Taken")
    expect(page.locator("#verdict")).to_be_hidden()
    page.get_by_role("button", name=re.compile("^Wasted")).click()
    page.get_by_role("dialog").get_by_role("button", name="Dropped").click()
    said(page, "Wasted")
    expect(page.locator("#verdict")).to_be_hidden()
    expect(page.locator("#scan")).to_be_focused()
    shoot(page, two)  # the dropped one counts as opened
    page.get_by_role("dialog").get_by_role("button", name="The first one was damaged").click()
    said(page, "Taken")
    expect(page.locator("#verdict")).to_be_hidden()
    page.get_by_role("button", name="Everything still open was used").click()
    said(page, "All used")
    expect(page.locator("#verdict")).to_be_hidden()
    page.get_by_role("button", name="Close the session").click()
    page.wait_for_selector("#scan", state="detached")
    assert [(line.used, line.wasted) for line in act.lines(code)] == [(0, 1), (1, 0)]


def test_a_close_with_much_left_to_say_is_read_from_its_top_and_go_on_stays_in_sight(nurse, act):
    page, code = nurse
    for place in range(14):
        act.receive(act.label(f"C{place}", SALINE))
        assert not act.scan(code, act.label(f"C{place}", SALINE)).refused
    page.set_viewport_size(PHONE)
    page.reload()
    page.get_by_role("button", name="Close the session").click()
    verdict(page, "stop", "Not finished")
    sentences = page.locator(".kt-verdict-sentences > li")
    expect(sentences.first).to_contain_text("Opened without an outcome: 14. Say used, wasted or")
    expect(sentences.first.locator("li")).to_have_count(14)
    expect(sentences.first).to_contain_text("1 × Saline 500 mL, lot C13")
    expect(sentences.nth(1)).to_contain_text("Kit: 1 missing")
    top = page.locator("#verdict .kt-shape-stop").bounding_box()["y"]
    on = page.get_by_role("button", name="Go on")
    foot = on.bounding_box()
    assert top >= 0
    assert foot["y"] + foot["height"] <= PHONE["height"]
    sentences.nth(1).scroll_into_view_if_needed()
    expect(on).to_be_in_viewport(ratio=1)


def test_the_reasons_to_take_a_carton_are_those_that_fit_it(nurse, act):
    page, _ = nurse
    act.receive_kits("CART1")
    shoot(page, act.label("CART1", CARTON))
    dialog = page.locator("#ask-overrule")
    expect(dialog.get_by_role("button", name="One piece of this carton was opened")).to_be_visible()
    expect(dialog.get_by_role("button", name="Needed for this patient")).to_be_hidden()
    expect(dialog.get_by_role("button", name="It is printed so on the pack")).to_be_hidden()


def test_a_scan_is_undone_by_finger(nurse, act):
    page, code = nurse
    (unit,) = act.receive_kits("T12")
    shoot(page, unit)
    said(page, "Taken")
    expect(page.locator("#verdict")).to_be_hidden()
    page.get_by_role("button", name=re.compile("^Undo the scan")).click()
    page.get_by_role("dialog").get_by_role("button", name="Was not opened at all").click()
    said(page, "Undone")
    assert act.lines(code) == []


def test_what_is_typed_by_hand_is_marked(nurse, act):
    page, code = nurse
    act.receive(act.label("T13", SALINE), packs=5)
    page.get_by_text("Type by hand, or record late").click()
    page.get_by_label("Item", exact=True).select_option(act.saline)
    page.locator("#typed-lot").fill("T13")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator("#typed-form [role=alert]")).to_have_text(
        "Type the lot twice, or attach a photo."
    )
    page.locator("#typed-lot-again").fill("T13")
    page.get_by_role("button", name="Record it").click()
    said(page, "Taken")
    expect(page.locator("#contents")).to_contain_text("typed by hand")
    assert [line.entered for line in act.lines(code)] == ["typed"]


def test_a_time_of_opening_that_still_holds_stands_beside_the_scan_field_until_it_is_emptied(
    nurse, act
):
    page, _ = nurse
    label = act.label("LATE1", SALINE)
    act.receive(label, packs=2)
    act.now -= timedelta(minutes=2)
    at = act.now.astimezone(ROME).strftime("%Y-%m-%dT%H:%M")
    page.locator("#by-hand > summary").click()
    page.locator("#occurred-at").fill(at)
    page.locator("#by-hand > summary").click()
    strip = page.locator("#late")
    expect(strip).to_contain_text(
        f"Scans are recorded as of {at.replace('T', ' ')}, not as of now."
    )
    page.locator("#scan").focus()
    shoot(page, label)
    said(page, "Taken")
    expect(page.locator(".kt-last-code")).to_contain_text(f"recorded as of {at.replace('T', ' ')}")
    strip.get_by_role("button", name="Record as of now").click()
    expect(strip).to_be_hidden()
    expect(page.locator("#scan")).to_be_focused()
    with page.expect_response("**/scans") as scanned:
        shoot(page, act.label("LATE1", SALINE))
    assert "occurred_at" not in scanned.value.request.post_data_json


def test_the_wristbands_scan_leads_to_the_room_that_is_not_chosen_yet(as_role):
    page = as_role("nurse", viewport=TABLET)
    page.goto("/sessions/new")
    page.locator("#location").select_option("")
    page.locator("#patient").focus()
    shoot(page, "MRN 4812")
    expect(page.locator("#location")).to_be_focused()
    page.locator("main button[type=submit]").click()
    expect(page.locator("#location-error")).to_contain_text("Choose the room.")
    expect(page.locator("#patient")).to_have_value("MRN 4812")


def test_a_session_is_opened_with_one_scan_once_the_room_is_known(as_role, act):
    page = as_role("nurse", viewport=TABLET)
    page.goto("/sessions/new")
    page.get_by_label("Room").select_option("TO-OR1")
    page.get_by_label("Wristband or record number").fill("MRN b1")
    page.get_by_role("button", name="Open the session").click()
    page.wait_for_selector("#scan")
    page.goto("/sessions/new")
    expect(page.get_by_label("Wristband or record number")).to_be_focused()
    shoot(page, "8018952123454321012341")
    page.wait_for_selector("#scan")


@pytest.mark.parametrize(("viewport", "locale"), [(TABLET, "en-GB"), (PHONE, "it-IT")])
def test_nobody_is_shut_out_of_the_screen(as_role, act, viewport, locale):
    code = act.open_session(procedure="disc-fat-prf")
    (unit, used) = act.receive_kits(f"AXE{locale}{viewport['width']}", 2)
    act.scan(act.open_session("MRN axe"), used)
    page = as_role("nurse", viewport=viewport, locale=locale, reduced_motion="reduce")
    page.goto(f"/sessions/{code}")
    assert faults_in_both_themes(page) == []
    shoot(page, unit)
    expect(page.locator(".kt-line")).to_have_count(1)
    expect(page.locator("#verdict")).to_be_hidden()
    assert faults_in_both_themes(page) == []
    shoot(page, used)
    expect(page.locator("#verdict")).to_be_visible()
    assert faults_in_both_themes(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_three_barcodes_in_any_order_are_one_thing_and_the_next_pack_is_another(nurse, act):
    page, code = nurse
    act.receive(act.label("T20", SALINE), packs=2)
    act.receive_kits("T21")
    shoot(page, f"]C117{FAR}")
    verdict(page, "look", "Item: scan the other barcode of the label")
    shoot(page, f"01{SALINE}")
    verdict(page, "look", "Lot and expiry: scan the second barcode")
    shoot(page, "10T20")
    verdict(page, "taken", "Taken")
    page.wait_for_timeout(800)
    shoot(page, "10T20")
    verdict(page, "look", "Same label")
    shoot(page, f"01{KIT}")
    verdict(page, "look", "Lot and expiry: scan the second barcode")
    shoot(page, f"17{FAR}10T21")
    verdict(page, "taken", "Taken")
    assert sorted((line.lot, line.in_session) for line in act.lines(code)) == [
        ("T20", 1),
        ("T21", 1),
    ]
