"""Receiving: read without writing, booked once, refused with every reason."""

import json
import re
from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image

from inventory import store
from tests.clinic import CARTON, KIT, SALINE
from tests.web.pharmacy import opened


@pytest.fixture(scope="module")
def pharmacy(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("receiving")) as pharmacy:
        yield pharmacy


HEAD = {"location": "TO-PHARMACY", "supplier": "Acme Medical", "document": "DDT 7"}


def read(pharmacy, *lines, **more):
    answer = pharmacy.send("/receiving/read", {"head": HEAD, "lines": list(lines), **more})
    assert answer.status_code == 200, answer.text
    return answer.json["lines"]


def book(pharmacy, *lines, key="", **head):
    return pharmacy.send(
        "/receiving/book", {"head": {**HEAD, **head}, "lines": list(lines)}, key=key
    )


def entries(pharmacy):
    with pharmacy.app.app_context(), store.reading() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM entry").scalar_one()


def last_entry(pharmacy):
    with pharmacy.app.app_context(), store.reading() as connection:
        query = "SELECT text FROM entry ORDER BY id DESC LIMIT 1"
        return json.loads(connection.exec_driver_sql(query).scalar_one())


def test_an_empty_list_says_how_to_begin(tmp_path):
    with opened(tmp_path) as pharmacy:
        assert "No delivery yet" in pharmacy.get("/receiving/").text
        assert "No labels yet" in pharmacy.get("/labels/").text
        assert "Nothing is on hand" in pharmacy.get("/stock/").text
        assert "Nothing was moved yet" in pharmacy.get("/transfers/").text


def test_reading_says_what_a_label_is_and_writes_nothing(pharmacy):
    before = entries(pharmacy)
    [line] = read(pharmacy, {"barcodes": [pharmacy.clinic.label("A17", gtin=CARTON)], "number": 2})
    assert line["state"] == "taken"
    assert line["quantity"] == 10
    assert line["lot"] == "A17"
    assert 'datetime="2029-02-28"' in line["html"]
    assert "= 10 units" in line["html"]
    assert entries(pharmacy) == before


def test_a_line_scanned_under_caps_lock_is_booked_with_a_reason_only(pharmacy):
    barcodes = [pharmacy.clinic.label("caps-1", SALINE)]
    plain, turned = read(
        pharmacy, {"barcodes": barcodes}, {"barcodes": barcodes, "caps_lock": True}
    )
    assert (plain["state"], turned["state"]) == ("taken", "stop")
    assert (turned["keep"], turned["overrulable"]) == (True, ["lot-garbled"])
    assert "may show CAPS-1" in turned["html"]


def test_the_second_barcode_of_a_label_completes_the_first(pharmacy):
    half, whole = read(
        pharmacy,
        {"barcodes": [f"01{SALINE}"]},
        {"barcodes": [f"01{SALINE}", "10S-4\x1d17290228"]},
    )
    assert (half["half"], half["state"], half["same"]) == (True, "part", "")
    assert (whole["half"], whole["state"], whole["lot"]) == (False, "taken", "S-4")


def test_plain_bars_behind_an_item_are_asked_about_and_booked_as_the_typed_lot(pharmacy):
    label = {"barcodes": [f"01{SALINE}", "]C0MIX1"]}
    asked, chosen = read(pharmacy, label, {**label, "lot": "MIX1"})
    assert (asked["half"], asked["state"], asked["one"]) == (True, "part", True)
    assert 'data-lot="MIX1"' in asked["html"]
    assert (chosen["half"], chosen["state"], chosen["lot"]) == (False, "taken", "MIX1")
    assert book(pharmacy, {**label, "lot": "MIX1"}).status_code == 201
    assert last_entry(pharmacy)["movements"][0]["entered"] == "typed"


def test_a_lot_linked_to_another_item_is_said_to_be_of_another_label(pharmacy):
    primary, lot = "+A999KT00312", "+$LC03$Q"
    alone, together = read(pharmacy, {"barcodes": [lot]}, {"barcodes": [primary, lot]})
    assert (alone["mislinked"], together["mislinked"], together["keep"]) == (False, True, False)
    assert together["text"].startswith("These barcodes are not of one label.")


def test_a_gs_survives_and_separates_lot_from_serial(pharmacy):
    one, other = read(
        pharmacy,
        {"barcodes": [f"01{KIT}10A1\x1d21S1"]},
        {"barcodes": [f"01{KIT}10A1\x1d21S2"]},
    )
    assert one["lot"] == other["lot"] == "A1"
    assert one["same"] != other["same"]
    assert one["single"]


def test_an_expired_and_a_recalled_lot_go_to_quarantine_and_say_why(pharmacy):
    with pharmacy.app.app_context():
        pharmacy.clinic.recall("R9", item=pharmacy.clinic.saline)
    expired, recalled = read(
        pharmacy,
        {"barcodes": [pharmacy.clinic.label("OLD", gtin=SALINE, expiry="250101")]},
        {"barcodes": [pharmacy.clinic.label("R9", gtin=SALINE)]},
    )
    assert (expired["state"], recalled["state"]) == ("look", "look")
    for line, text in (
        (expired, "Expired: lot OLD of Saline 500 mL, on 2025-01-01. It goes to quarantine."),
        (recalled, "Recalled: lot R9 of Saline 500 mL ("),
    ):
        assert line["text"].startswith(text)
        assert line["text"].endswith("It goes to quarantine.")
        assert "take another lot" not in line["html"]
    assert "It goes to quarantine." in recalled["html"]


def test_a_lot_with_two_expiry_dates_is_told_on_both_lines_before_it_is_booked(pharmacy):
    one, other, third = (
        {"barcodes": [pharmacy.clinic.label(lot, SALINE, expiry)]}
        for lot, expiry in (("T1", "290228"), ("T1", "290301"), ("T2", "290301"))
    )
    assert [line["state"] for line in read(pharmacy, one, other)] == ["taken", "taken"]
    marked = read(pharmacy, one, other, third, together=True)
    assert [line["state"] for line in marked] == ["stop", "stop", "taken"]
    for line in marked[:2]:
        assert "two expiry dates, 2029-02-28, 2029-03-01" in line["text"]
        assert "remove the line that is wrong and scan it again" in line["text"]
    answer = book(pharmacy, one, other, third)
    assert [each["code"] for each in answer.json["problems"]] == ["expiry-differs"]


def test_an_unknown_item_leads_to_a_new_item(pharmacy):
    [line] = read(pharmacy, {"barcodes": ["01095211111111161029"]})
    assert line["state"] == "stop"
    assert "/items/new?di=09521111111116" in line["html"]
    [well_read] = read(pharmacy, {"barcodes": ["01095212340000201029"]})
    assert "The code is added under Items." in well_read["text"]
    assert "pharmacy" not in well_read["html"]


def test_what_cannot_be_read_is_no_line(pharmacy):
    typed, wrong = read(pharmacy, {"barcodes": ["Mario Rossi"]}, {"barcodes": ["0109521234543214"]})
    assert (typed["keep"], wrong["keep"]) == (False, False)
    assert "Mario" not in typed["html"] + typed["text"]


def test_the_label_of_a_place_chooses_the_store(pharmacy):
    with pharmacy.app.app_context(), store.reading() as connection:
        label = connection.exec_driver_sql(
            "SELECT label FROM location WHERE code = 'CN-PHARMACY'"
        ).scalar_one()
    assert read(pharmacy, {"barcodes": [label]}) == [{"place": "CN-PHARMACY"}]


def test_a_delivery_is_booked_once_and_shown_with_its_labels(pharmacy):
    line = {"barcodes": [pharmacy.clinic.label("B02")], "number": 3}
    first = book(pharmacy, line, key="one")
    assert first.status_code == 201
    before = entries(pharmacy)
    assert book(pharmacy, line, key="one").json == first.json
    assert entries(pharmacy) == before
    page = pharmacy.get(first.json["location"]).text
    assert "B02" in page
    assert "Print 3 labels" in page
    assert "DDT 7" in page
    assert first.json["location"].rpartition("/")[2] in pharmacy.get("/receiving/").text


def test_the_same_key_for_another_delivery_is_a_conflict(pharmacy):
    line = {"barcodes": [pharmacy.clinic.label("B03")]}
    assert book(pharmacy, line, key="two").status_code == 201
    answer = book(pharmacy, {**line, "number": 9}, key="two")
    assert answer.status_code == 409
    assert answer.json["problems"][0]["code"] == "key-conflict"


def test_a_refusal_names_everything_that_is_wrong(pharmacy):
    answer = book(pharmacy, {"barcodes": [f"01{SALINE}"]}, supplier=" ")
    assert answer.status_code == 409
    assert {p["code"] for p in answer.json["problems"]} == {"lot-missing", "supplier-missing"}


def test_a_line_typed_by_hand_is_taken(pharmacy):
    typed = {"item": pharmacy.clinic.saline, "lot": "H1", "expires_on": "2029-01-31", "number": 4}
    once = book(pharmacy, typed)
    assert once.status_code == 422
    assert "Type the lot twice" in once.text
    answer = book(pharmacy, {**typed, "lot_again": "H1"})
    assert answer.status_code == 201
    assert ">4<" in pharmacy.get(answer.json["location"]).text
    said = last_entry(pharmacy)
    assert said["facts"]["lines"] == [{"manual": "twice"}]
    assert said["movements"][0]["entered"] == "typed"


def test_a_line_typed_by_hand_may_have_a_photo_in_place_of_the_second_time(pharmacy):
    into = BytesIO()
    Image.new("RGB", (40, 30), "white").save(into, "JPEG")
    photo = b64encode(into.getvalue()).decode()
    typed = {"item": pharmacy.clinic.saline, "lot": "H3", "number": 1}
    answer = book(pharmacy, {**typed, "photo": photo}, {**typed, "lot": "H4", "lot_again": "H4"})
    assert answer.status_code == 201
    pictured, twice = last_entry(pharmacy)["facts"]["lines"]
    assert (set(pictured), twice) == ({"photo", "photo_digest"}, {"manual": "twice"})
    shown = re.findall(
        r'href="(/receiving/RE\w+/photos/\w{32})"', pharmacy.get(answer.json["location"]).text
    )
    assert [address.rsplit("/")[-1] for address in shown] == [pictured["photo"]]
    assert pharmacy.get(shown[0]).data.startswith(b"\xff\xd8")
    assert pharmacy.get(shown[0], "auditor").status_code == 403
    assert pharmacy.get(shown[0][:-1] + "g").status_code == 404
    wrong = book(pharmacy, {**typed, "photo": b64encode(b"GIF89a").decode()})
    assert (wrong.status_code, "no picture" in wrong.text) == (422, True)


def test_a_line_is_typed_by_its_ref_and_a_lot_typed_otherwise_is_no_line(pharmacy):
    typed = {"reference": "SALINE", "lot": "H2", "expires_on": "2029-01-31"}
    same, differs, unknown = read(
        pharmacy,
        {**typed, "lot_again": "H2"},
        {**typed, "lot_again": "HZ"},
        {**typed, "reference": "NO-SUCH", "lot_again": "H2"},
    )
    assert (same["state"], same["item"]) == ("taken", pharmacy.clinic.saline)
    assert (differs["keep"], differs["state"]) == (False, "stop")
    assert "Look at the pack and type both again" in differs["text"]
    assert (unknown["item"], unknown["state"]) == ("", "stop")
    answer = book(pharmacy, {**typed, "lot_again": "HZ"})
    assert [problem["code"] for problem in answer.json["problems"]] == ["typed-differs"]


@pytest.mark.parametrize(
    "content",
    [
        {"lines": 5},
        {"lines": [{"barcodes": "text"}]},
        {"lines": [{"barcodes": ["a"] * 6}]},
        {"lines": [{"number": "2"}]},
        {"lines": [{"expires_on": "soon"}]},
        {"head": {"location": 5}},
        [],
        "text",
    ],
)
def test_content_of_another_shape_is_refused_in_words(pharmacy, content):
    answer = pharmacy.send("/receiving/read", content)
    assert answer.status_code in (400, 422)
    assert answer.json["problems"][0]["message"]


def test_five_hundred_lines_are_read_and_booked(pharmacy):
    lines = [{"barcodes": [pharmacy.clinic.label(f"L{n}", gtin=SALINE)]} for n in range(500)]
    assert len(read(pharmacy, *lines)) == 500
    answer = book(pharmacy, *lines)
    assert answer.status_code == 201
    assert len(re.findall(r"/lots/\d+", pharmacy.get(answer.json["location"]).text)) in (0, 500)


def test_a_signed_out_browser_is_told_so_in_words(pharmacy):
    answer = pharmacy.app.test_client().post(
        "/receiving/read", json={"lines": []}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 401
    assert "Sign in" in answer.json["detail"]


def test_the_list_is_taken_away_as_csv(pharmacy):
    answer = pharmacy.get("/receiving/receipts.csv")
    assert answer.text.startswith("\ufeffReceipt,Booked at,Supplier")
    assert "DDT 7" in answer.text


WRONG = "+A99912345/$A170"  # its check character would be another
GOOD = {"barcodes": ["+A999123457"]}


def test_a_wrong_check_digit_is_overruled_once_for_the_delivery_and_marked(pharmacy):
    line = {"barcodes": [WRONG]}
    assert [said["keep"] for said in read(pharmacy, line)] == [False]  # no item has its code
    made = pharmacy.send("/items/provisional", {"head": {"kind": "fluid"}, "lines": [GOOD]})
    assert made.status_code == 201, made.text
    [said] = read(pharmacy, line)
    assert (said["keep"], said["state"]) == (True, "stop")
    assert said["overrulable"] == ["check-digit-wrong"]
    assert "why it is booked all the same" in said["html"]
    assert 'name="override"' in pharmacy.get("/receiving/new").text
    for head in ({}, {"override": "why"}, {"override_codes": "check-digit-wrong"}):
        assert book(pharmacy, line, **head).json["problems"][0]["code"] == "check-digit-wrong"
    told = {"override": "misprinted box", "override_codes": "check-digit-wrong lot-recalled"}
    assert book(pharmacy, line, **told).status_code == 201
    entry = last_entry(pharmacy)
    assert entry["movements"][0]["overridden"] == "check-digit-wrong"
    assert entry["facts"]["note"]
    assert "misprinted" not in json.dumps(entry)


def test_an_administrator_overrules_nothing(pharmacy):
    [said] = pharmacy.send("/receiving/read", {"lines": [{"barcodes": [WRONG]}]}, "admin").json[
        "lines"
    ]
    assert "overrulable" not in said
    assert 'name="override"' not in pharmacy.get("/receiving/new", role="admin").text
    head = {**HEAD, "override": "why", "override_codes": "check-digit-wrong"}
    sent = {"head": head, "lines": [{"barcodes": [WRONG]}]}
    assert pharmacy.send("/receiving/book", sent, "admin").status_code == 403
