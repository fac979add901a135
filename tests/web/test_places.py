"""Transfers: read line by line, moved all at once, refused with reasons."""

import pytest

from inventory import store
from tests.clinic import SALINE
from tests.web.pharmacy import opened

HEAD = {"source": "TO-PHARMACY", "destination": "TO-OR1"}


@pytest.fixture(scope="module")
def pharmacy(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("places")) as pharmacy:
        with pharmacy.app.app_context():
            clinic = pharmacy.clinic
            clinic.units["A17"] = clinic.receive_kits("A17", 4, "TO-PHARMACY")
            clinic.receive(clinic.label("S1", SALINE), packs=10, location="TO-PHARMACY")
        yield pharmacy


def send(pharmacy, verb, *lines, key="", role="pharmacist", **head):
    return pharmacy.send(
        f"/transfers/{verb}", {"head": {**HEAD, **head}, "lines": list(lines)}, role, key
    )


def test_a_piece_says_where_it_lies_before_any_place_is_chosen(pharmacy):
    unit = pharmacy.clinic.units["A17"][0]
    [line] = send(pharmacy, "read", {"barcodes": [unit]}, source="", destination="").json["lines"]
    assert (line["state"], line["lies_in"], line["single"]) == ("taken", "TO-PHARMACY", True)


def test_a_used_piece_is_refused_before_any_place_is_chosen_and_no_place_is_filled_in(pharmacy):
    with pharmacy.app.app_context():
        clinic = pharmacy.clinic
        [unit] = clinic.receive_kits("U1", 1, "TO-OR1")
        session = clinic.open_session()
        clinic.scan(session, unit)
        clinic.use(session, unit)
    nowhere, chosen = (
        send(pharmacy, "read", {"barcodes": [unit]}, **head).json["lines"][0]
        for head in ({"source": "", "destination": ""}, {})
    )
    for line in (nowhere, chosen):
        assert (line["state"], line["lies_in"]) == ("stop", "")
        assert f"was used in session {session}" in line["text"]
        assert "Discard it and tell quality" in line["text"]


def test_a_lot_that_expires_earlier_is_told_on_the_line_and_stops_nothing(pharmacy):
    with pharmacy.app.app_context():
        label = pharmacy.clinic.label("S2", SALINE, "290101")
        pharmacy.clinic.receive(label, packs=36, location="TO-PHARMACY")
    [line] = send(pharmacy, "read", {"barcodes": [pharmacy.clinic.label("S1", SALINE)]}).json[
        "lines"
    ]
    assert line["state"] == "taken"
    assert "36 of lot S2 expire earlier, 2029-01-01" in line["html"]


def test_each_line_says_whether_it_can_be_moved(pharmacy):
    label = pharmacy.clinic.label("S1", SALINE)
    enough, short, unknown = send(
        pharmacy,
        "read",
        {"barcodes": [label], "number": 10},
        {"barcodes": [label], "number": 11},
        {"barcodes": [pharmacy.clinic.label("NOPE", SALINE)]},
    ).json["lines"]
    assert (enough["state"], short["state"], unknown["state"]) == ("taken", "stop", "stop")
    assert "Only 10 of lot S1" in short["html"]
    assert "was never received here" in unknown["html"]


def test_what_is_moved_is_moved_once(pharmacy):
    unit = pharmacy.clinic.units["A17"][1]
    lines = ({"barcodes": [unit]}, {"barcodes": [pharmacy.clinic.label("S1", SALINE)], "number": 2})
    first = send(pharmacy, "move", *lines, key="m1", role="nurse")
    assert first.status_code == 201
    again = send(pharmacy, "move", *lines, key="m1", role="nurse")
    assert again.json == first.json
    with pharmacy.app.app_context(), store.reading() as connection:
        moved = connection.exec_driver_sql(
            "SELECT count(*) FROM entry WHERE kind = 'TRANSFER'"
        ).scalar_one()
    assert moved == 1
    page = pharmacy.get("/transfers/").text
    assert first.json["code"] in page


def test_a_refused_transfer_moves_nothing_and_gives_every_reason(pharmacy):
    answer = send(
        pharmacy, "move", {"barcodes": [pharmacy.clinic.label("S1", SALINE)], "number": 99}
    )
    assert answer.status_code == 409
    assert answer.json["problems"][0]["code"] == "not-here"
    nowhere = send(pharmacy, "move", source="")
    assert nowhere.status_code == 404


def test_who_may_not_move_sees_only_what_was_moved(pharmacy):
    page = pharmacy.get("/transfers/", role="auditor").text
    assert "Latest transfers" in page
    assert "scan-list" not in page


def test_the_label_of_a_place_is_printed_from_transfers_and_stock(pharmacy):
    address = "/printing/stock/place/TO-OR1"
    assert address in pharmacy.get("/transfers/").text
    assert address in pharmacy.get("/stock/?place=TO-OR1").text
    assert address not in pharmacy.get("/stock/").text
    assert pharmacy.get(address).status_code == 200
    assert address not in pharmacy.get("/transfers/", role="auditor").text
