"""The separator GS as scanners send it, heard wherever a scan may come on the screen in theatre."""

import pytest
from playwright.sync_api import expect

from inventory.domain.udi import gs1
from tests.browser.keyboard import SEPARATORS, scan_in_time
from tests.clinic import FAR, SALINE

pytestmark = pytest.mark.browser


@pytest.fixture(params=[*SEPARATORS])
def separator(request):
    """How the scanner is set up."""
    return request.param


@pytest.fixture
def label(act, separator):
    """A pack whose lot is ended by a separator, in the room."""
    label = gs1.build([("01", SALINE), ("10", f"S{separator[:3]}"), ("17", FAR)])
    assert "\x1d" in label
    act.receive(label, packs=9)
    return label


def sent_whole(told, label):
    assert told.value.request.post_data_json["barcodes"] == [label]
    assert told.value.json()["kind"] == "taken"


def test_a_separator_reaches_the_server(nurse, label, separator):
    page, _ = nurse
    with page.expect_response("**/scans") as told:
        scan_in_time(page, label, separator=separator)
    sent_whole(told, label)


def test_a_scan_that_strays_into_another_field_keeps_its_separator(nurse, label, separator):
    page, _ = nurse
    page.locator("#without-barcode summary").click()
    page.locator("#manual-reference").fill("LIPO")
    with page.expect_response("**/scans") as told:
        scan_in_time(page, label, separator=separator)
    sent_whole(told, label)
    expect(page.locator("#manual-reference")).to_have_value("LIPO")


@pytest.mark.parametrize("where", ["the dialog", "its field"])
def test_a_scan_into_the_open_dialog_keeps_its_separator(nurse, act, label, separator, where):
    page, _ = nurse
    first, second = act.receive_kits(f"D{separator[:3]}{where[-5:].strip().upper()}", 2)
    scan_in_time(page, first)
    expect(page.locator(".kt-line")).to_have_count(1)
    scan_in_time(page, second)
    expect(page.locator("#ask-overrule")).to_be_visible()
    if where == "its field":
        page.get_by_label("Another reason").focus()
    with page.expect_response("**/scans") as told:
        scan_in_time(page, label, separator=separator)
    sent_whole(told, label)
    expect(page.locator("#ask-overrule")).to_be_hidden()
