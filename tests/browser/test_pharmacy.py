"""The pharmacy's pages in a real browser, with a scanner that plays keyboard."""

import re
from datetime import UTC, datetime

import pytest
from PIL import Image
from playwright.sync_api import expect

from inventory import store
from inventory.domain.catalogue import ItemKind
from inventory.operations import provisioning
from tests.browser.conftest import PHONE, TABLET, faults_in_both_themes
from tests.browser.keyboard import scan_in_time, type_under_caps_lock
from tests.clinic import CARTON, KIT, SALINE

pytestmark = pytest.mark.browser

LINE_OF_COUNT = """() => {
  const count = document.querySelector("h2 > .kt-count"), word = document.createRange();
  const text = count.previousSibling.data.trimEnd().length;
  word.setStart(count.previousSibling, text - 1);
  word.setEnd(count.previousSibling, text);
  return Math.abs(word.getBoundingClientRect().bottom - count.getBoundingClientRect().bottom) < 12;
}"""
"""Whether the number beside the first heading is on the line of the heading's last word."""


def scan(page, text):
    """What a scanner types: as fast as it can, Ctrl+] for GS, Enter at the end."""
    for part in re.split("(\x1d)", text):
        if part == "\x1d":
            page.keyboard.press("Control+BracketRight")
        else:
            page.keyboard.type(part)
    page.keyboard.press("Enter")


def lines(page):
    return page.locator("#lines > li")


@pytest.fixture
def delivery(as_role):
    page = as_role("pharmacist")
    page.goto("/receiving/new")
    return page


def receipts(live):
    with live.app.app_context(), store.reading() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM receipt").scalar_one()


def test_scans_become_lines_and_another_scan_is_one_more(delivery, live):
    scan(delivery, live.clinic.label("A17"))
    expect(lines(delivery)).to_have_count(1)
    scan(delivery, live.clinic.label("S1", SALINE))
    expect(lines(delivery)).to_have_count(2)
    delivery.wait_for_timeout(800)
    scan(delivery, live.clinic.label("A17"))
    expect(lines(delivery).first.locator("[data-number]")).to_have_value("2")
    expect(delivery.locator("#sum")).to_have_text("Lines: 2 · Units of use: 3")


def test_scans_that_come_faster_than_the_server_answers_all_arrive(delivery, live):
    for number in range(12):
        scan(delivery, live.clinic.label(f"Q{number}", SALINE))
    expect(lines(delivery)).to_have_count(12)


def test_the_second_expiry_of_a_lot_marks_both_lines_until_one_is_removed(delivery, live):
    scan(delivery, live.clinic.label("X1", SALINE, "290228"))
    scan(delivery, live.clinic.label("X1", SALINE, "290301"))
    expect(delivery.locator("#said")).to_contain_text("two expiry dates")
    expect(delivery.locator("#lines > .kt-goods-stop")).to_have_count(2)
    lines(delivery).first.get_by_role("button", name="Remove").click()
    expect(lines(delivery)).to_have_count(1)
    expect(lines(delivery).first).to_contain_text("ready")


def test_the_separator_survives_and_two_barcodes_of_a_label_are_one_line(delivery):
    scan(delivery, f"01{KIT}")
    expect(lines(delivery).first).to_contain_text("second barcode")
    scan(delivery, "10A-9\x1d17290228")
    expect(lines(delivery)).to_have_count(1)
    expect(lines(delivery).first).to_contain_text("A-9")
    expect(lines(delivery).first).to_contain_text("2029-02-28")
    expect(lines(delivery).first).to_contain_text("ready")


def test_a_half_label_does_not_swallow_the_label_of_something_else(delivery, live):
    scan(delivery, f"01{KIT}")
    expect(lines(delivery)).to_have_count(1)
    scan(delivery, live.clinic.label("S1", SALINE))
    expect(lines(delivery)).to_have_count(2)
    expect(lines(delivery).nth(1)).to_contain_text("second barcode")


def test_what_is_no_barcode_is_said_and_makes_no_line(delivery):
    scan(delivery, "Mario Rossi")
    expect(delivery.locator("#said")).to_contain_text("Stop")
    expect(lines(delivery)).to_have_count(0)


def test_a_scan_into_another_field_is_still_a_scan(delivery, live):
    delivery.get_by_label("Supplier").fill("Acme")
    scan_in_time(delivery, live.clinic.label("A17"))
    expect(lines(delivery)).to_have_count(1)
    expect(delivery.get_by_label("Supplier")).to_have_value("Acme")


def test_a_line_scanned_under_caps_lock_asks_for_a_reason(delivery, live):
    type_under_caps_lock(delivery, live.clinic.label("caps2"))
    expect(delivery.locator("#caps-lock")).to_be_visible()
    expect(lines(delivery)).to_contain_text("the pack may show CAPS2")
    expect(delivery.locator("#overrule")).to_be_visible()
    delivery.keyboard.press("Shift")
    expect(delivery.locator("#caps-lock")).to_be_hidden()
    scan(delivery, live.clinic.label("CAPS2"))
    expect(delivery.locator("#lines > .kt-goods-taken")).to_have_count(1)


def test_a_reload_keeps_the_list_and_the_words_above_it(delivery, live):
    delivery.get_by_label("Supplier").fill("Acme Medical")
    delivery.locator("#scan").focus()
    scan(delivery, live.clinic.label("A17", CARTON))
    expect(lines(delivery)).to_have_count(1)
    delivery.reload()
    expect(lines(delivery)).to_have_count(1)
    expect(delivery.get_by_label("Supplier")).to_have_value("Acme Medical")
    expect(delivery.locator("#sum")).to_have_text("Lines: 1 · Units of use: 5")


def test_a_scan_that_is_still_being_read_survives_a_reload(delivery, live):
    delivery.route("**/receiving/read", lambda route: None)
    scan(delivery, live.clinic.label("A17"))
    expect(delivery.locator("#said")).to_have_text("One moment…")
    delivery.unroute("**/receiving/read")
    delivery.reload()
    expect(lines(delivery)).to_have_count(1)
    expect(lines(delivery).first).to_contain_text("ready")
    delivery.reload()
    expect(lines(delivery)).to_have_count(1)


def test_on_a_phone_what_is_said_of_a_scan_is_in_sight(as_role, live):
    page = as_role("pharmacist", viewport=PHONE)
    page.goto("/receiving/new")
    scan(page, live.clinic.label("A17"))
    expect(lines(page)).to_have_count(1)
    said, book = (page.locator(each).bounding_box() for each in ("#said", ".kt-book"))
    assert said["y"] > 0
    assert said["y"] + said["height"] < book["y"]


def test_on_a_phone_a_total_is_one_row_and_csv_stands_beside_the_title(as_role, live):
    with live.app.app_context():
        live.clinic.receive(live.clinic.label("S1", SALINE), packs=2)
    page = as_role("pharmacist", viewport=PHONE)
    page.goto("/stock/")
    title, csv = (page.locator(each).bounding_box() for each in (".kt-head h1", ".kt-csv"))
    assert csv["y"] < title["y"] + title["height"]
    word, number = (
        page.locator(f".kt-total > {each}").bounding_box() for each in (":first-child", ".num")
    )
    assert word["y"] == number["y"]


def test_a_count_never_stands_alone_on_a_line(as_role):
    page = as_role("pharmacist", viewport=PHONE)
    page.goto("/labels/")
    for width in range(200, 391, 10):
        page.set_viewport_size({**PHONE, "width": width})
        assert page.evaluate(LINE_OF_COUNT), width


def test_a_delivery_is_booked_once_whoever_clicks_twice(delivery, live):
    before = receipts(live)
    scan(delivery, live.clinic.label("D1"))
    expect(lines(delivery)).to_have_count(1)
    button = delivery.get_by_role("button", name="Book the delivery")
    button.click()
    expect(delivery.get_by_text("Say who sent the delivery.")).to_be_visible()
    delivery.get_by_label("Supplier").fill("Acme Medical")
    button.dblclick()
    delivery.wait_for_url("**/receiving/RE*")
    assert receipts(live) == before + 1
    expect(delivery.get_by_text("Print 1 label")).to_be_visible()
    delivery.go_back()
    expect(lines(delivery)).to_have_count(0)


def test_a_lost_answer_is_asked_for_again_and_books_nothing_twice(delivery, live):
    before = receipts(live)
    delivery.get_by_label("Supplier").fill("Acme Medical")
    delivery.locator("#scan").focus()
    scan(delivery, live.clinic.label("D2"))
    expect(lines(delivery)).to_have_count(1)

    def lose(route):
        route.fetch()
        route.abort()

    delivery.route("**/receiving/book", lose, times=1)
    button = delivery.get_by_role("button", name="Book the delivery")
    button.click()
    expect(delivery.get_by_text("Nothing is lost")).to_be_visible()
    button.click()
    delivery.wait_for_url("**/receiving/RE*")
    assert receipts(live) == before + 1


def test_who_was_signed_out_is_told_and_finds_the_list_again(delivery, live):
    scan(delivery, live.clinic.label("A17"))
    expect(lines(delivery)).to_have_count(1)
    delivery.context.clear_cookies()
    scan(delivery, live.clinic.label("S1", SALINE))
    expect(lines(delivery)).to_have_count(2)
    delivery.get_by_role("link", name="Sign in").click()
    delivery.get_by_label("User name").fill("pharmacist1")
    delivery.get_by_label("Password", exact=True).fill("correct horse battery")
    delivery.locator("main button[type=submit]").click()
    delivery.wait_for_url("**/receiving/new")
    expect(lines(delivery)).to_have_count(2)
    expect(lines(delivery).first).to_contain_text("S1")


def test_a_line_is_typed_by_hand(delivery):
    delivery.get_by_text("type the line").click()
    delivery.locator("#hand-item").select_option(label="Saline 500 mL · SALINE")
    delivery.locator("#hand-lot").fill("hand-1")
    delivery.locator("#hand-lot-again").fill("hand-7")
    delivery.get_by_role("button", name="Add the line").click()
    expect(delivery.locator("#said")).to_contain_text("typed otherwise")
    expect(lines(delivery)).to_have_count(0)
    delivery.locator("#hand-lot-again").fill("hand-1")
    delivery.locator("#hand-number").fill("4")
    delivery.get_by_role("button", name="Add the line").click()
    expect(lines(delivery)).to_have_count(1)
    expect(lines(delivery).first).to_contain_text("hand-1")
    lines(delivery).first.get_by_role("button", name="Remove").click()
    expect(lines(delivery)).to_have_count(0)


def test_a_photo_stands_for_typing_the_lot_twice(delivery, tmp_path):
    Image.effect_noise((3000, 2000), 40).convert("RGB").save(tmp_path / "pack.jpg")
    delivery.get_by_text("type the line").click()
    delivery.locator("#hand-item").select_option(label="Saline 500 mL · SALINE")
    delivery.locator("#hand-lot").fill("hand-2")
    delivery.locator("#hand-photo").set_input_files(tmp_path / "pack.jpg")
    delivery.get_by_role("button", name="Add the line").click()
    expect(lines(delivery)).to_have_count(1)
    delivery.get_by_label("Supplier").fill("Acme Medical")
    delivery.get_by_role("button", name="Book the delivery").click()
    delivery.wait_for_url("**/receiving/RE*")
    expect(delivery.get_by_role("link", name="Photo 1")).to_be_visible()


def test_a_wrong_check_digit_is_booked_with_one_reason(delivery, live):
    live.clinic.now = datetime.now(UTC)  # noqa: TID251 - the server has booked by its own clock
    before = receipts(live)
    delivery.get_by_label("Supplier").fill("Acme Medical")
    delivery.locator("#supplier").blur()
    with live.app.app_context():
        provisioning.add_provisional_item(live.clinic.act(), ["+A999123457"], ItemKind.FLUID)
    expect(delivery.locator("#overrule")).to_be_hidden()
    scan(delivery, "+A99912345/$A170")
    expect(lines(delivery)).to_have_count(1)
    expect(delivery.locator("#overrule")).to_be_visible()
    button = delivery.get_by_role("button", name="Book the delivery")
    button.click()
    expect(delivery.get_by_text("Say why, or remove the marked lines.")).to_be_visible()
    delivery.locator("#override").fill("misprinted box")
    button.click()
    delivery.wait_for_url("**/receiving/RE*")
    assert receipts(live) == before + 1


def test_places_and_pieces_are_scanned_and_moved(as_role, live):
    live.clinic.now = datetime.now(UTC)  # noqa: TID251 - the server has booked by its own clock
    with live.app.app_context():
        unit, other = live.clinic.receive_kits("T1", 2, "TO-PHARMACY")
        with store.reading() as connection:
            label = connection.exec_driver_sql(
                "SELECT label FROM location WHERE code = 'TO-OR1'"
            ).scalar_one()
    page = as_role("nurse", viewport=TABLET)
    page.goto("/transfers/")
    scan(page, unit)
    expect(page.locator("#source")).to_have_value("TO-PHARMACY")
    scan(page, label)
    expect(page.locator("#destination")).to_have_value("TO-OR1")
    scan(page, other)
    expect(lines(page)).to_have_count(2)
    page.get_by_role("button", name="Move it").click()
    told = page.get_by_text("2 units of use are now in TO-OR1")
    expect(told).to_be_visible()
    code = re.search("TR[0-9A-Z]+", told.inner_text())[0]
    expect(page.locator("#latest tbody tr").first).to_contain_text(code)
    expect(lines(page)).to_have_count(0)


def test_the_barcodes_of_a_new_item_fill_its_levels(as_role):
    page = as_role("pharmacist")
    page.goto("/items/new")
    scan(page, "0109521234000099240WS-1")
    expect(page.locator("[name=packaging-0-di]")).to_have_value("09521234000099")
    expect(page.locator("[name=reference]")).to_have_value("WS-1")
    scan(page, "0119521234000096")
    expect(page.locator("[name=packaging-1-di]")).to_have_value("19521234000096")
    page.locator("[name=packaging-1-units]").fill("10")
    page.locator("[name=name]").fill("Wash set")
    page.locator("[name=manufacturer]").fill("Acme")
    page.get_by_role("button", name="Add the item").click()
    expect(page.get_by_text("Wash set is in the catalogue.")).to_be_visible()


ADDRESSES = (
    "/items/",
    "/items/new",
    "/receiving/",
    "/receiving/new",
    "/stock/",
    "/transfers/",
    "/labels/",
)


def test_no_page_keeps_anybody_out(as_role, live):
    """On a phone; what `test_accessibility` sees on a tablet has no lines in a delivery."""
    page = as_role("pharmacist", viewport=PHONE, reduced_motion="reduce")
    page.goto("/receiving/new")
    scan(page, live.clinic.label("OLD", expiry="250101"))
    scan(page, f"01{KIT}")
    expect(lines(page)).to_have_count(2)
    found = []
    for address in ADDRESSES:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found += [
            (address, fault)
            for fault in faults_in_both_themes(page)
            if not fault.startswith("target-size")  # a bar may lie over one until it is scrolled
        ]
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if width > 0:
            found.append((address, "scrolls sideways", width))
        if address == "/receiving/new":
            page.set_viewport_size(TABLET)
            found += [("on a tablet", fault) for fault in faults_in_both_themes(page)]
            page.set_viewport_size(PHONE)
    assert found == []


def test_three_barcodes_of_a_label_are_one_line_with_its_expiry(delivery):
    scan(delivery, "]C117290228")
    expect(lines(delivery).first).to_contain_text("second barcode")
    scan(delivery, f"01{KIT}")
    scan(delivery, "10A-77")
    expect(lines(delivery)).to_have_count(1)
    expect(lines(delivery).first).to_contain_text("2029-02-28")
    expect(lines(delivery).first).to_contain_text("ready")


def test_a_lot_without_an_expiry_is_asked_about_and_takes_it_from_the_next_barcode(delivery):
    scan(delivery, f"01{SALINE}10A-78")
    expect(lines(delivery).first).to_contain_text("No expiry was read")
    scan(delivery, "]C117290228")
    expect(lines(delivery)).to_have_count(1)
    expect(lines(delivery).first).to_contain_text("2029-02-28")
    expect(lines(delivery).first).not_to_contain_text("No expiry was read")
    scan(delivery, f"01{SALINE}10A-79")
    delivery.wait_for_timeout(800)
    scan(delivery, f"01{SALINE}10A-79")
    expect(lines(delivery).first.locator("[data-number]")).to_have_value("2")
