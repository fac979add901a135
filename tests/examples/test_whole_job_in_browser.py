"""The whole job in Chromium: boxes come in, labels come out, patients are treated, a notice comes.

A scanner is imitated by keys and Enter; what is scanned in theatre was read from the labels as
they were printed, the way a scanner reads them.
"""

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from inventory import store
from inventory.store import catalogue
from tests.browser.conftest import TABLET, as_role, browser, live  # noqa: F401 - fixtures
from tests.browser.test_theatre import said, shoot, verdict
from tests.labels.papers import render, scanned

pytestmark = pytest.mark.browser


def delivery(page: Page, *labels: str) -> str:
    """The pharmacist scans the boxes and books them; the code of the receipt."""
    page.goto("/receiving/new")
    page.get_by_label("Store").select_option("TO-OR1")
    page.get_by_label("Supplier").fill("Acme Medical")
    page.get_by_label("Delivery note number").fill("DDT 4711")
    page.locator("#document").blur()
    for place, label in enumerate(labels, start=1):
        shoot(page, label)
        expect(page.locator("#lines > li")).to_have_count(place)
    page.get_by_role("button", name="Book the delivery").click()
    page.wait_for_url(re.compile(r"/receiving/RE\w{9}"))
    return page.url.rpartition("/")[2]


def printed_labels(page: Page, receipt: str, folder) -> list[str]:
    """The labels' PDF is taken away, and its symbols are read back."""
    form = page.locator("form[data-print]")
    sent = {
        "csrf_token": form.locator("[name=csrf_token]").input_value(),
        "about": receipt,
        "stock": "a4-24",
        "start": "1",
    }
    answer = page.request.post("/labels/sheet", form=sent)
    assert answer.headers["content-type"] == "application/pdf"
    texts = [text for _, text in scanned(render(answer.body(), 300, folder))]
    return [text for text in dict.fromkeys(texts) if re.fullmatch(r"KT\w{9}", text)]


def session(page: Page, patient: str) -> str:
    """The nurse opens a session with the wristband's number; its code."""
    page.goto("/sessions/new")
    page.get_by_label("Room").select_option("TO-OR1")
    page.get_by_label("Procedure").select_option("short")
    page.locator("#patient").focus()
    shoot(page, patient)
    page.wait_for_selector("#scan:focus")
    return page.url.rpartition("/")[2]


def finish(page: Page) -> None:
    """Everything was used, and the session is closed."""
    page.get_by_role("button", name="Everything still open was used").click()
    said(page, "All used")
    expect(page.locator("#verdict")).to_be_hidden()
    page.get_by_role("button", name="Close the session").click()
    page.wait_for_selector("#scan", state="detached")


def test_from_the_box_to_the_patients_of_a_recall(as_role, live, tmp_path):  # noqa: F811
    pharmacist = as_role("pharmacist")
    boxes = [live.clinic.label("A17"), live.clinic.label("B02")]
    receipt = delivery(pharmacist, *boxes)
    labels = printed_labels(pharmacist, receipt, tmp_path)
    with live.app.app_context(), store.reading() as connection:
        lots = {catalogue.find_unit(connection, code).lot.number: code for code in labels}
    kit, other_lot = lots["A17"], lots["B02"]

    nurse = as_role("nurse", viewport=TABLET)
    first = session(nurse, "MRN 1001")
    shoot(nurse, "0000WRONG0000")
    verdict(nurse, "stop", "Not readable")
    nurse.get_by_role("button", name="Go on").click()
    nurse.get_by_role("button", name="Close the session").click()
    verdict(nurse, "stop", "Not finished")
    nurse.get_by_role("button", name="Go on").click()
    shoot(nurse, kit)
    said(nurse, "Taken")
    expect(nurse.locator("#verdict")).to_be_hidden()
    nurse.get_by_role("button", name="Close the session").click()
    verdict(nurse, "stop", "Not finished")
    nurse.get_by_role("button", name="Go on").click()
    finish(nurse)

    second = session(nurse, "MRN 1002")
    shoot(nurse, kit)
    verdict(nurse, "stop", "Already used")
    expect(nurse.locator(".kt-verdict-sentences")).to_contain_text(first)
    shoot(nurse, other_lot)
    said(nurse, "Taken")
    expect(nurse.locator("#verdict")).to_be_hidden()
    finish(nurse)

    quality = as_role("quality")
    quality.goto("/recalls/new")
    quality.get_by_label("Manufacturer's reference").fill("FSN 2026-11")
    quality.get_by_label("Manufacturer", exact=True).fill("Acme")
    quality.get_by_label("Reason, in the notice's words").fill("Sterility not assured")
    quality.get_by_label("Find the item").fill("lipo")
    quality.locator("#found").get_by_role("button").click()
    quality.get_by_label("Lots, exactly as printed").fill("A17\nNEVER-HERE")
    quality.get_by_role("button", name="Show what would be covered").click()
    expect(quality.locator(".kt-preview")).to_contain_text("NEVER-HERE")
    quality.get_by_role("button", name="Open the recall").click()
    quality.wait_for_url(re.compile(r"/recalls/RC\w{9}"))

    expect(quality.locator("#exposed")).to_contain_text(first)
    expect(quality.locator("#exposed")).not_to_contain_text(second)
    expect(quality.locator("#cannot-be-excluded")).to_contain_text(second)
    expect(quality.locator("#reconciliation")).to_contain_text("balances")
    assert "MRN " not in quality.content()

    with quality.expect_download() as download:
        quality.get_by_role("link", name="Report (PDF)").click()
    recall = quality.url.rpartition("/")[2]
    assert download.value.suggested_filename == f"recall-{recall}.pdf"
    paper = download.value.path().read_bytes()
    words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert first in words
    assert second in words
    assert "Lots that do not add up: 0." in words
    assert "MRN " not in words
