"""Labels: of a delivery or of one piece, as PDF and as picture; printing is an entry."""

import re

import pytest

from inventory import store
from tests.web.conftest import beside
from tests.web.pharmacy import opened


@pytest.fixture(scope="module")
def pharmacy(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("labels")) as pharmacy:
        with pharmacy.app.app_context():
            pharmacy.clinic.units["B9"] = pharmacy.clinic.receive_kits("B9", 2, "TO-PHARMACY")
            pharmacy.clinic.units["A17"] = pharmacy.clinic.receive_kits("A17", 4, "TO-PHARMACY")
        yield pharmacy


def receipt(pharmacy):
    return re.search(r"RE[0-9A-Z]{9}", pharmacy.get("/labels/").text).group()


def prints(pharmacy):
    with pharmacy.app.app_context(), store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT about FROM entry WHERE kind = 'PRINT'")
        return list(rows.scalars())


def test_the_labels_of_a_delivery_are_printed_and_it_is_kept(pharmacy):
    code = receipt(pharmacy)
    assert "Print 4 labels" in pharmacy.get(f"/labels/?code={code}").text
    answer = pharmacy.post("/labels/sheet", data={"about": code, "stock": "a4-24", "start": "5"})
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert prints(pharmacy)[-1] == code


def test_printing_again_needs_a_reason_and_a_retry_is_no_new_print(pharmacy):
    first, other = pharmacy.clinic.units["B9"]
    asked = {"about": first, "stock": "a4-24", "key": "first-print"}
    assert pharmacy.post("/labels/sheet", data=asked).data.startswith(b"%PDF-")
    before = prints(pharmacy)
    assert pharmacy.post("/labels/sheet", data=asked).data.startswith(b"%PDF-")
    assert prints(pharmacy) == before
    refused = pharmacy.post("/labels/sheet", data={**asked, "key": "again", "start": "7"})
    assert refused.status_code == 409
    assert beside("reason", refused.text).endswith("Say why they are printed again.")
    assert re.search('id="reason"[^>]*name="reason" required', refused.text)
    assert re.search('name="start"[^>]*value="7"', refused.text)  # what was typed stays
    assert prints(pharmacy) == before
    delivery = re.findall(r"RE[0-9A-Z]{9}", pharmacy.get("/labels/").text)[-1]
    whole = pharmacy.post("/labels/sheet", data={"about": delivery, "stock": "a4-24"})
    assert whole.status_code == 409  # one of its labels came out before
    wrong = pharmacy.post("/labels/sheet", data={**asked, "key": "w", "reason": "because"})
    assert beside("reason", wrong.text) == "Choose one of the reasons."
    told = pharmacy.post("/labels/sheet", data={**asked, "key": "told", "reason": "lost"})
    assert told.data.startswith(b"%PDF-")
    assert prints(pharmacy) == [*before, first]
    assert "it is the first one" in pharmacy.get(f"/labels/?code={other}").text


def test_one_piece_is_found_by_its_label_or_chosen_by_the_manufacturers_code(pharmacy):
    unit = pharmacy.clinic.units["A17"][0]
    assert "Print 1 label" in pharmacy.get(f"/labels/?code={unit.lower()}").text
    page = pharmacy.get("/labels/", query_string={"code": pharmacy.clinic.label("A17")}).text
    assert page.count("/labels/?code=KT") == 4


def test_a_blank_that_ends_a_scan_as_its_check_character_is_kept(pharmacy):
    scanned = "+A999KT0031/$$3280229LC03/S0003 "
    for code in (scanned, f"]d1{scanned}", f" {scanned}\r"):
        page = pharmacy.get("/labels/", query_string={"code": code}).text
        assert "No item here has the code A999KT0031. Scan another" in page
        assert "did not arrive" not in page
    page = pharmacy.get("/labels/", query_string={"code": scanned.rstrip()}).text
    assert "did not arrive" in page
    unit = pharmacy.clinic.units["A17"][0]
    assert "Print 1 label" in pharmacy.get("/labels/", query_string={"code": f" {unit} "}).text


def test_a_preview_is_a_picture_and_no_entry(pharmacy):
    before = prints(pharmacy)
    answer = pharmacy.get(f"/labels/{pharmacy.clinic.units['A17'][0]}.png?stock=roll-50x25")
    assert answer.mimetype == "image/png"
    assert prints(pharmacy) == before


def test_what_is_not_there_is_said_so(pharmacy):
    assert pharmacy.get("/labels/KT00000000A.png").status_code == 404
    assert pharmacy.get("/labels/?code=RE00000000A").status_code == 404
    assert "Stop" in pharmacy.get("/labels/?code=Mario").text
    unit = pharmacy.clinic.units["A17"][0]
    assert pharmacy.get(f"/labels/{unit}.png?stock=poster").status_code == 422
    sent = pharmacy.post("/labels/sheet", data={"about": unit, "stock": "poster"})
    assert sent.status_code == 422
    assert beside("stock", sent.text) == "There are no labels of this size."
    asked = {"about": unit, "stock": "a4-24", "reason": "lost"}
    for start in ("99", "abc", ""):
        sent = pharmacy.post("/labels/sheet", data={**asked, "start": start})
        assert beside("start", sent.text) == "This sheet has positions 1 to 24."
        assert re.search(f'name="start"[^>]*value="{start}"', sent.text)
        assert '<option selected value="lost">' in sent.text
    for about in ("", "KT00000000A", "nonsense"):
        assert pharmacy.post("/labels/sheet", data={**asked, "about": about}).status_code == 404
        nowhere = {"about": about, "stock": "poster"}
        assert pharmacy.post("/labels/sheet", data=nowhere).status_code == 404


def test_an_auditor_looks_and_prints_nothing(pharmacy):
    unit = pharmacy.clinic.units["A17"][0]
    assert "Print 1 label" not in pharmacy.get(f"/labels/?code={unit}", role="auditor").text
    sent = pharmacy.post("/labels/sheet", role="auditor", data={"about": unit, "stock": "a4-24"})
    assert sent.status_code == 403


def test_a_thousand_labels_come_out_in_one_request(tmp_path):
    with opened(tmp_path) as pharmacy:
        with pharmacy.app.app_context():
            label = pharmacy.clinic.label("BIG")
            answer = pharmacy.clinic.receive(label, packs=1000, location="TO-PHARMACY")
        code = answer.body["code"]
        assert len(answer.body["lines"][0]["units"]) == 1000
        sheet = pharmacy.post("/labels/sheet", data={"about": code, "stock": "a4-24"})
        assert sheet.mimetype == "application/pdf"
        assert re.search(rb"/Count (\d+)", sheet.data)[1] == b"42"  # 24 a page
        assert prints(pharmacy)[-1] == code
