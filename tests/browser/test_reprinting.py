"""The page that prints a label asks why it is printed again, of whatever kind it is."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, clock, faults_in_both_themes

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("role", "address", "reason"),
    [
        ("pharmacist", "/printing/stock/place/TO-OR1", "another copy is needed"),
        ("admin", "/printing/badge/nurse1", "what stands on it has changed"),
    ],
)
def test_a_label_printed_before_is_printed_when_a_reason_was_chosen(
    live, as_role, role, address, reason
):
    live.clinic.now = clock()  # pages act by the real clock
    page = as_role(role, reduced_motion="reduce")
    page.goto(address)
    why = page.get_by_label("Why")
    expect(why).to_have_value("")
    form = page.locator("form[data-label-print]")
    fields = "form => Object.fromEntries(new FormData(form))"
    assert page.request.post(address, form=form.evaluate(fields)).ok
    again = page.request.post(address, form={**form.evaluate(fields), "key": "again"})
    assert again.status == 409
    page.goto(address)
    page.get_by_role("button", name="Print").click()
    assert why.evaluate("field => field.validity.valueMissing")
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert faults_in_both_themes(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_label("Why it is printed again").select_option(reason)
    assert page.request.post(address, form=form.evaluate(fields)).ok
