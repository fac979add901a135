"""What is told to have been opened earlier, and what cannot have been so early."""

from datetime import datetime, timedelta

import pytest

from inventory import store
from inventory.domain.ledger import EntryKind
from inventory.operations import correcting, scanning
from inventory.operations.asking import Asked
from inventory.operations.finding import FoundPack, book_in_found
from inventory.operations.posting import Answer, Draft, Move, post
from inventory.operations.refusing import CLOCK_SLACK
from inventory.store import catalogue, places
from tests.clinic import SALINE, Clinic, codes

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def scan_late(
    clinic: Clinic, session: str, barcode: str, at: datetime | None, quantity: int = 1
) -> Answer:
    """A scan that says when the pack was opened."""
    request = scanning.ScanRequest(Asked((barcode,)), quantity, at)
    return scanning.scan_into_session(clinic.act(), session, request)


def test_a_kit_was_not_opened_before_its_delivery_came(clinic: Clinic) -> None:
    session = clinic.open_session()
    clinic.now += HOUR
    (kit,) = clinic.receive_kits("A17")
    came = clinic.now
    clinic.now += HOUR
    refused = scan_late(clinic, session, kit, came - CLOCK_SLACK - SECOND)
    assert codes(refused) == ["occurred-at-wrong"]
    sentence = str(refused.problems[0].message)
    assert f"{kit}, lot A17 of Lipo kit, came to TO-OR1 only at {came:%Y-%m-%d %H:%M}Z" in sentence
    assert "look at the clock, or at the time you typed" in sentence
    assert clinic.lines(session) == []
    assert not scan_late(clinic, session, kit, None).refused


@pytest.mark.parametrize("before", [timedelta(0), SECOND, CLOCK_SLACK])
def test_a_kit_may_be_opened_as_it_comes_and_two_clocks_may_differ_a_little(
    clinic: Clinic, before: timedelta
) -> None:
    (kit,) = clinic.receive_kits("A17")
    came = clinic.now
    clinic.now += HOUR
    assert not scan_late(clinic, clinic.open_session(), kit, came - before).refused


def test_a_kit_was_not_opened_in_a_room_before_it_was_moved_there(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17", location="TO-PHARMACY")
    clinic.now += HOUR
    before = clinic.now
    clinic.now += HOUR
    assert not clinic.move("TO-PHARMACY", "TO-OR1", kit).refused
    moved = clinic.now
    clinic.now += HOUR
    session = clinic.open_session()
    assert codes(scan_late(clinic, session, kit, before)) == ["occurred-at-wrong"]
    assert not scan_late(clinic, session, kit, moved).refused


def test_a_kit_that_is_not_here_is_refused_for_that_alone(clinic: Clinic) -> None:
    before = clinic.now
    clinic.now += HOUR
    (kit,) = clinic.receive_kits("A17", location="TO-PHARMACY")
    assert codes(scan_late(clinic, clinic.open_session(), kit, before)) == ["not-here"]


def test_of_a_lot_that_is_counted_nothing_was_opened_before_its_first_piece_came(
    clinic: Clinic,
) -> None:
    before, label = clinic.now, clinic.label("S1", gtin=SALINE)
    clinic.receive(label, packs=2, location="TO-PHARMACY")
    clinic.now += HOUR
    clinic.move("TO-PHARMACY", "TO-OR1", label)
    first = clinic.now
    clinic.now += HOUR
    clinic.move("TO-PHARMACY", "TO-OR1", label)
    session = clinic.open_session()
    refused = scan_late(clinic, session, label, before)
    assert codes(refused) == ["occurred-at-wrong"]
    assert str(refused.problems[0].message).startswith("Lot S1 of Saline 500 mL came to TO-OR1")
    assert not scan_late(clinic, session, label, first, quantity=2).refused


@pytest.mark.parametrize("gtin", ["", SALINE])
def test_what_was_scanned_for_the_wrong_patient_is_told_late_for_the_right_one(
    clinic: Clinic, gtin: str
) -> None:
    label = clinic.label("A17", **({"gtin": gtin} if gtin else {}))
    clinic.receive(label)
    clinic.now += HOUR
    wrong, right = clinic.open_session("MRN 1"), clinic.open_session("MRN 2")
    scanned = clinic.scan(wrong, label)
    opened_at = clinic.now
    clinic.now += HOUR
    entry = str(scanned.body["entry"])
    assert not correcting.reverse_entry(clinic.act(), entry, "wrong-patient").refused
    clinic.now += HOUR
    assert not scan_late(clinic, right, label, opened_at).refused


def test_a_move_that_was_reversed_brought_nothing(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17")
    came = clinic.now
    clinic.now += HOUR
    moved = clinic.move("TO-OR1", "TO-PHARMACY", kit)
    back = clinic.move("TO-PHARMACY", "TO-OR1", kit)
    for answer in (back, moved):
        entry = str(answer.body["entry"])
        assert not correcting.reverse_entry(clinic.act(), entry, "wrong-place").refused
    assert not scan_late(clinic, clinic.open_session(), kit, came).refused


def test_what_was_found_in_theatre_lay_there_before_it_was_booked(clinic: Clinic) -> None:
    session, label = clinic.open_session(), clinic.label("F1")
    opened_at = clinic.now
    clinic.now += HOUR
    assert scan_late(clinic, session, label, opened_at).body["way"] == "book-in"
    assert not book_in_found(clinic.act(), session, FoundPack(Asked((label,)))).refused
    assert not scan_late(clinic, session, label, opened_at).refused


def test_what_came_is_told_late_and_counts_from_when_it_came(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17", location="TO-PHARMACY")
    clinic.now += HOUR
    brought_at = clinic.now
    clinic.now += HOUR
    with store.reading() as connection:
        unit = catalogue.find_unit(connection, kit)
        source, room = (places.get_location(connection, c) for c in ("TO-PHARMACY", "TO-OR1"))
    assert unit is not None
    with store.transaction(room.site.id) as connection:
        move = Move(unit.lot, unit, source, room)
        draft = Draft(EntryKind.TRANSFER, "TR1", [move], occurred_at=brought_at)
        post(connection, clinic.act(), room.site, draft)
    session = clinic.open_session()
    assert codes(scan_late(clinic, session, kit, brought_at - HOUR / 2)) == ["occurred-at-wrong"]
    assert not scan_late(clinic, session, kit, brought_at).refused


def test_a_time_too_long_ago_is_said_once(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17")
    long_ago = clinic.now - timedelta(days=40)
    assert codes(scan_late(clinic, clinic.open_session(), kit, long_ago)) == ["occurred-at-wrong"]


def test_a_scan_that_tells_no_time_asks_the_ledger_nothing_more(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kit,) = clinic.receive_kits("A17")

    def asked(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("inventory.store.whereabouts.arrival", asked)
    assert not clinic.scan(clinic.open_session(), kit).refused


def test_a_time_before_the_session_was_opened_is_taken_and_told(clinic: Clinic) -> None:
    kits = clinic.receive_kits("A17", 2)
    came = clinic.now
    clinic.now += HOUR
    session = clinic.open_session()
    early = scan_late(clinic, session, kits[0], came)
    assert [(each.code, each.blocking) for each in early.problems] == [("before-session", False)]
    assert f"Recorded as of {came:%Y-%m-%d %H:%M}Z" in str(early.problems[0].message)
    saline = clinic.label("S1", gtin=SALINE)
    clinic.receive(saline)
    assert scan_late(clinic, session, saline, clinic.now).problems == ()
