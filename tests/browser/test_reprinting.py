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


def test_an_order_that_was_refused_stays_as_it_was_filled_in(live, as_role):
    live.clinic.now = clock()
    page = as_role("pharmacist", reduced_motion="reduce")
    page.goto("/printing/stock/place/CN-OR1")
    form = page.locator("form[data-label-print]")
    start = page.get_by_label("First free label")
    page.get_by_label("Labels", exact=True).select_option("roll-57x32")
    expect(start).to_be_hidden()
    start.evaluate("field => { field.value = 99; field.form.noValidate = true; }")
    with page.expect_navigation():
        form.evaluate("form => { form.target = ''; form.submit(); }")
    expect(start).to_have_value("99")
    expect(start).to_be_focused()
    expect(start).to_have_accessible_description("This sheet has positions 1 to 1.")
    assert faults_in_both_themes(page) == []
    page.get_by_label("Labels", exact=True).select_option("a4-24")
    expect(start).to_have_value("1")
