"""A call may say which workstation's scanner sent its barcodes."""

import json

import pytest

from inventory import store
from inventory.domain.udi.wedge import ITALIAN_KEYS, US_KEYS, Keyboard, Layout
from inventory.operations import equipping
from inventory.store.lists import list_entries
from tests.api.calling import Caller, codes
from tests.clinic import SALINE

DAMAGE = str.maketrans(US_KEYS, ITALIAN_KEYS)


def opened(caller: Caller, patient: str = "MRN 1") -> str:
    body = {"patient": patient, "procedure": "short", "location": "TO-OR1"}
    return str(caller.made("/patient-sessions", body)["code"])


@pytest.fixture
def italian(caller: Caller) -> str:
    """A workstation whose scanner types for a US keyboard into an Italian one."""
    code = str(equipping.enrol(caller.clinic.act(), "Room 4").body["code"])
    equipping.set_keyboard(caller.clinic.act(), code, Keyboard(Layout.ITALIAN))
    return code


def test_what_its_keyboard_did_is_undone_in_a_delivery_a_transfer_and_a_scan(
    caller: Caller, italian: str
) -> None:
    garbled = f"01{SALINE}1728013110LC-24/A".translate(DAMAGE)
    lines = [{"barcodes": [garbled], "packs": 5}]
    delivery = {"location": "TO-PHARMACY", "supplier": "Acme", "lines": lines}
    taken = caller.made("/receipts", {**delivery, "workstation": italian})
    assert taken["lines"][0]["lot"] == "LC-24/A"
    way = {"source": "TO-PHARMACY", "destination": "TO-OR1", "workstation": italian.lower()}
    moved = caller.made("/transfers", {**way, "lines": [{"barcodes": [garbled], "quantity": 2}]})
    assert moved["lines"][0]["lot"] == "LC-24/A"
    session = opened(caller)
    scan = {"barcodes": [garbled], "workstation": italian}
    assert caller.made(f"/patient-sessions/{session}/scans", scan)["lot"] == "LC-24/A"
    with store.reading() as connection:
        entry = list_entries(connection, kind="OPEN")[0][0]
    assert json.loads(entry.text)["workstation"] == "Room 4"


def test_a_workstation_that_is_not_there_is_named(caller: Caller) -> None:
    session = opened(caller)
    body = {"barcodes": [f"01{SALINE}"], "workstation": "WS00000000A"}
    answer = caller.post(f"/patient-sessions/{session}/scans", body)
    assert answer.status_code == 404
    assert "WS00000000A" in answer.json["detail"]


def test_the_label_of_the_session_itself_matches_and_opens_nothing(caller: Caller) -> None:
    session = opened(caller)
    address = f"/patient-sessions/{session}/scans"
    answer = caller.post(address, {"barcodes": [session]})
    assert (answer.status_code, answer.json["match"], answer.json["accepted"]) == (
        200,
        "session",
        False,
    )
    other = opened(caller, "MRN 2")
    assert codes(caller.post(address, {"barcodes": [other]})) == ["other-session"]
