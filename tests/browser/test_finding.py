"""What a scan leaves open is settled on the spot, in theatre and at receiving."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from inventory.domain.udi import gs1
from tests.browser.conftest import PHONE, Live
from tests.clinic import FAR, SALINE

pytestmark = pytest.mark.browser

NEW, OTHER, SERIAL_ONLY = "09521234111115", "09521234222224", "09521234333333"


def label(di: str, lot: str = "N1") -> str:
    return gs1.build([("01", di), ("17", FAR), ("10", lot)])


def test_in_theatre_unknown_codes_and_lots_in_doubt_are_settled(
    as_role: Callable[..., Page], live: Live
) -> None:
    with live.app.app_context():
        live.clinic.receive(live.clinic.label("A17", gtin=SALINE), packs=3)
        session = live.clinic.open_session()
    page = as_role("nurse", viewport=PHONE)
    page.goto(f"/sessions/{session}")
    page.locator("#scan").fill(label(NEW))
    page.keyboard.press("Enter")
    page.locator("#ask-new-item").get_by_role("button", name="fluid").click()
    expect(page.locator("#verdict")).to_have_attribute("data-kind", "taken")
    expect(page.locator("#contents")).to_contain_text(NEW)
    page.locator("#scan").fill(f"01{SERIAL_ONLY}21SN-0042")
    page.keyboard.press("Enter")
    page.locator("#ask-new-item").get_by_role("button", name="fluid").click()
    expect(page.locator("#contents")).to_contain_text("SN-0042")
    page.locator("#scan").fill(f"01{SALINE}10A1717280131")
    page.keyboard.press("Enter")
    page.locator("#ask-lot").get_by_role("button", name="A17", exact=True).click()
    expect(page.locator("#contents")).to_contain_text("A17")
    expect(page.locator("#verdict")).to_contain_text("says expiry 2028-01-31")
    page.locator("#verdict [data-kt-on]").click()
    page.locator("#without-barcode summary").click()
    for name, text in (("reference", "SALINE"), ("lot", "A17"), ("reference_again", "SALINE")):
        page.locator(f"#manual-{name}").fill(text)
    form = page.locator("#manual-form")
    form.get_by_role("button", name="Record it").click()
    expect(page.locator("#manual-trouble")).to_be_visible()
    page.locator("#manual-lot_again").fill("A17")
    with page.expect_response("**/scans") as told:
        form.get_by_role("button", name="Record it").click()
    assert told.value.json()["kind"] == "taken"


def test_at_receiving_an_unknown_code_becomes_an_item_on_the_line(
    as_role: Callable[..., Page],
) -> None:
    page = as_role("pharmacist", viewport=PHONE)
    page.goto("/receiving/new")
    page.locator("#scan").fill(label(OTHER))
    page.keyboard.press("Enter")
    page.locator("[data-make]").select_option("cannula")
    expect(page.locator("#lines")).to_contain_text(f"? {OTHER}")
    expect(page.locator("#lines")).to_contain_text("ready")
