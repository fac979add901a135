"""An expiry that was booked wrong, put right with the pack in the hand."""

from playwright.sync_api import expect

from inventory import store
from inventory.store.lists import find_lots
from tests.browser.keyboard import scan_in_time


def test_the_barcodes_of_a_pack_are_scanned_into_the_form_and_sent_with_the_reason(as_role, live):
    clinic = live.clinic
    with live.app.app_context():
        (unit,) = clinic.receive_kits("E1")
        with store.reading() as connection:
            ((lot,), _) = find_lots(connection, number="E1")
    page = as_role("pharmacist")
    page.goto(f"/lots/{lot.id}")
    page.get_by_role("link", name="Correct the expiry").click()
    expect(page.locator("#scan")).to_be_focused()
    scan_in_time(page, unit)
    page.get_by_label("It was read wrong from a code").check()
    send = page.get_by_role("button", name="Correct the expiry")
    send.click()
    expect(page.locator(".kt-stop")).to_contain_text("This code tells no expiry")
    kept = page.locator("#barcodes li")
    expect(kept).to_contain_text(unit)
    kept.get_by_role("button", name="Remove").click()
    expect(kept).to_have_count(0)

    page.locator("#scan").focus()
    scan_in_time(page, clinic.label("E1", expiry="280600"))
    expect(kept).to_have_count(1)
    send.click()
    expect(page.locator(".kt-taken").first).to_contain_text("2028-06-30")
    expect(page.locator(".kt-facts")).to_contain_text("2028-06-30")
    expect(page.get_by_text("Expiry corrected to 2028-06-30")).to_be_visible()
