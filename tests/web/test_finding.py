"""No dead end in theatre, and pharmacy's list of what is to be completed."""

import re
from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image

from inventory.domain.udi import gs1
from tests.clinic import FAR, SALINE
from tests.pictures.drawing import frame, jpeg
from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("finding")) as working:
        yield working


@pytest.fixture
def session(work):
    return work.clinic.open_session()


def label(di, lot="N1"):
    return gs1.build([("01", di), ("17", FAR), ("10", lot)])


def send(work, path, role="nurse", **body):
    browser = work.as_role(role)
    headers = {"X-CSRFToken": browser.token, "Accept": "application/json"}
    return browser.client.post(path, json=body, headers=headers)


def test_an_unknown_code_is_taken_in_two_taps(work, session):
    nurse, code = work.as_role("nurse"), label("09521234111115")
    refused = nurse.scan(session, code).get_json()
    assert (refused["kind"], refused["way"]) == ("stop", "new-item")
    found = send(work, f"/sessions/{session}/found", barcodes=[code], kind="fluid").get_json()
    assert found["accepted"] is True
    assert nurse.scan(session, code).get_json()["lot"] == "N1"


def test_an_unknown_gtin_with_a_wrong_check_digit_is_overruled_and_taken_in(work, session):
    nurse, code = work.as_role("nurse"), label("09521234555552")
    refused = nurse.scan(session, code).get_json()
    assert (refused["overrulable"], refused["way"]) == (["check-digit-wrong"], "")
    override = {"codes": refused["overrulable"], "reason": "printed so"}
    again = nurse.scan(session, code, override=override).get_json()
    assert (again["overrulable"], again["way"]) == ([], "new-item")
    told = {"barcodes": [code], "kind": "fluid", "override": override}
    assert send(work, f"/sessions/{session}/found", **told).get_json()["accepted"] is True
    assert nurse.scan(session, code, override=override).get_json()["lot"] == "N1"


def test_a_lot_in_doubt_is_offered_and_chosen(work, session):
    work.clinic.receive(work.clinic.label("A17", gtin=SALINE), packs=3)
    nurse, code = work.as_role("nurse"), f"01{SALINE}10A1717280131"
    refused = nurse.scan(session, code).get_json()
    assert (refused["kind"], refused["word"]) == ("look", "Which lot?")
    assert refused["candidates"] == ["A17", "A1717280131"]
    taken = nurse.scan(session, code, lot="A17").get_json()
    assert (taken["word"], taken["lot"]) == ("Taken", "A17")
    assert "says expiry 2028-01-31" in str(taken)  # another day than was booked is told


def test_a_pack_without_a_barcode_needs_both_twice_or_a_photo(work, session):
    work.clinic.receive(work.clinic.label("S1", gtin=SALINE), packs=3)
    told = {"reference": "SALINE", "lot": "S1"}
    once = send(work, f"/sessions/{session}/scans", **told)
    assert once.status_code == 422
    assert "twice" in once.get_json()["detail"]
    other = send(work, f"/sessions/{session}/scans", **told, again=["SALINE", "S7"]).get_json()
    assert (other["kind"], other["word"]) == ("look", "Typed differently")
    taken = send(work, f"/sessions/{session}/scans", **told, again=["SALINE", "S1"]).get_json()
    assert (taken["kind"], taken["lot"]) == ("taken", "S1")


def test_a_photo_of_a_pack_is_kept_without_what_the_phone_wrote_into_it(work, session):
    work.clinic.receive(work.clinic.label("S2", gtin=SALINE), packs=3)
    taken = Image.new("RGB", (2000, 1000), "white")
    told = taken.getexif()
    told[0x010E] = "Rossi Mario"
    into = BytesIO()
    taken.save(into, "JPEG", exif=told)
    photo = b64encode(into.getvalue()).decode()
    answer = send(
        work, f"/sessions/{session}/manual", reference="SALINE", lot="S2", photo=photo
    ).get_json()
    assert answer["kind"] == "taken"
    code = re.search(r'"photo":"(\w{32})"', work.clinic.all_entry_texts()).group(1)
    assert (
        f"/sessions/{session}/photos/{code}"
        in work.as_role("pharmacist").get(f"/sessions/{session}/record").text
    )
    kept = work.as_role("pharmacist").get(f"/sessions/{session}/photos/{code}")
    assert kept.content_type == "image/jpeg"
    assert b"Rossi" not in kept.data
    assert Image.open(BytesIO(kept.data)).size == (1600, 800)
    other = work.clinic.open_session("MRN other")
    assert work.as_role("nurse").get(f"/sessions/{other}/photos/{code}").status_code == 404
    assert work.as_role("auditor").get(f"/sessions/{session}/photos/{code}").status_code == 403


@pytest.mark.parametrize("photo", ["%%%", 7, b64encode(b"GIF89a").decode()])
def test_what_is_no_photo_is_refused_in_words(work, session, photo):
    answer = send(work, f"/sessions/{session}/manual", reference="SALINE", lot="S2", photo=photo)
    assert answer.status_code == 422


def test_a_photo_may_be_large_beside_a_scan_that_may_not(work, session):
    noise = Image.effect_noise((700, 500), 90).convert("RGB")
    photo = b64encode(jpeg(noise, 95)).decode()
    assert 64 * 1024 < len(photo) < 1024 * 1024
    told = {"reference": "SALINE", "lot": "S9", "photo": photo}
    assert send(work, f"/sessions/{session}/scans", **told).status_code == 413
    assert send(work, f"/sessions/{session}/manual", **told).status_code == 200


def test_at_receiving_an_item_is_made_and_pharmacy_completes_it(work):
    code = label("09521234222224")
    made = send(
        work,
        "/items/provisional",
        "pharmacist",
        head={"kind": "cannula"},
        lines=[{"barcodes": [code]}],
    )
    assert made.status_code == 201
    item = made.get_json()["code"]
    pharmacist = work.as_role("pharmacist")
    assert "? 09521234222224" in pharmacist.get("/items/provisional").text
    assert "/items/provisional" in pharmacist.get("/items/").text
    page = pharmacist.get(f"/items/{item}/complete").text
    assert 'value="09521234222224"' in page  # REF, until the pack says another
    short = pharmacist.send(f"/items/{item}/complete", name="", kind="cannula", tracking="lot")
    assert short.status_code == 422
    done = pharmacist.send(
        f"/items/{item}/complete",
        name="Cannula 3 mm",
        reference="C-3",
        manufacturer="Acme",
        kind="cannula",
        tracking="lot",
        single_use="y",
    )
    assert "Cannula 3 mm is complete." in done.text
    assert "? 09521234222224" not in done.text


def test_a_second_item_of_one_code_is_not_made(work):
    sent = {"head": {"kind": "needle"}, "lines": [{"barcodes": [label("09521234333333")]}]}
    assert send(work, "/items/provisional", **sent).status_code == 201
    twice = send(work, "/items/provisional", **sent)
    assert twice.status_code == 409
    assert twice.get_json()["problems"][0]["code"] == "packaging-twice"
    assert send(work, "/items/provisional", lines=sent["lines"]).status_code == 422


def test_lines_told_by_hand_are_counted(work, session):
    def counted():
        page = work.as_role("pharmacist").get("/items/provisional").text
        found = dict(re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page))
        return int(found["By hand"]), int(found["Scanned"])

    work.clinic.receive(work.clinic.label("S3", gtin=SALINE), packs=3)
    by_hand, scanned = counted()
    told = {"reference": "SALINE", "lot": "S3", "again": ["SALINE", "S3"]}
    assert send(work, f"/sessions/{session}/scans", **told).get_json()["kind"] == "taken"
    assert counted() == (by_hand + 1, scanned)
    work.as_role("nurse").scan(session, work.clinic.label("S3", gtin=SALINE))
    assert counted() == (by_hand + 1, scanned + 1)


def test_a_picture_that_is_no_session_line_is_not_shown(work, session):
    assert work.as_role("nurse").get(f"/sessions/{session}/photos/%22").status_code == 404
    assert jpeg(frame())[:2] == b"\xff\xd8"
