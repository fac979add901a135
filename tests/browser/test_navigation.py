"""The jobs, on a tablet and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, TABLET

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("role", ["nurse", "pharmacist", "quality", "auditor", "admin"])
def test_all_jobs_stand_in_one_row_on_a_tablet(as_role, role: str) -> None:
    page = as_role(role, viewport=TABLET, locale="it-IT")
    side = page.locator("#kt-side")
    for width in (700, 820, 991):
        page.set_viewport_size({"width": width, "height": TABLET["height"]})
        box = side.bounding_box()
        assert box is not None
        assert box["height"] < 64, width


def test_a_word_over_several_jobs_is_opened_and_left_by_keyboard(as_role) -> None:
    page = as_role("pharmacist", viewport=TABLET)
    word = page.get_by_role("button", name="Supplies")
    word.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Transfers").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#kt-side").get_by_role("link", name="Stock")).to_be_focused()
    page.keyboard.press("Escape")
    expect(word).to_be_focused()
    expect(word).to_have_attribute("aria-expanded", "false")
    word.click()
    page.locator("#kt-side").get_by_role("link", name="Transfers").click()
    expect(page).to_have_url(re.compile("/transfers"))
    expect(word).to_have_attribute("aria-current", "true")


def test_a_lot_in_stock_takes_two_rows_on_a_phone(as_role, live) -> None:
    with live.app.app_context():
        live.clinic.receive(live.clinic.label("A17"), packs=3)
    page = as_role("pharmacist", viewport=PHONE)
    page.goto("/stock/")
    line = page.locator(".kt-stock-line").first
    tops = {cell.bounding_box()["y"] // 12 for cell in line.locator("td").all()}
    assert len(tops) == 2
