"""A wrong expiry is corrected by a further entry, everywhere at once, and whom it hit is told."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from inventory import store
from inventory.operations import correcting, holding, printing, scanning
from inventory.operations.asking import Asked
from inventory.operations.label_contents import Kind
from inventory.operations.posting import Answer
from inventory.operations.verifying import verify_ledger
from inventory.store import catalogue, expiries, lists
from inventory.store.errors import Conflict
from inventory.store.lists import list_entries
from tests.clinic import SALINE, Clinic, codes
from tests.operations.label_prints import order

GONE = "2026-10-31"  # two days before the tests' Monday
PAST = "261031"


def expiry(clinic: Clinic, lot: str) -> date | None:
    with store.reading() as connection:
        return catalogue.get_lot(connection, clinic.lot_id(lot)).expires_on


def told(answer: Answer) -> list[str]:
    return [problem.code for problem in answer.problems]


def test_a_lot_booked_as_expired_is_taken_once_its_expiry_is_corrected(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A17", expiry=PAST), location="TO-PHARMACY")
    (unit,) = answer.body["lines"][0]["units"]
    session = clinic.open_session()
    assert "lot-expired" in codes(clinic.scan(session, unit))
    done = clinic.correct_expiry("A17", "2028-10-31")
    assert (done.refused, done.body["was"], done.body["expires_on"]) == (False, GONE, "2028-10-31")
    assert clinic.move("TO-QUARANTINE", "TO-OR1", unit).refused is False
    assert clinic.scan(session, unit).body["expires_on"] == "2028-10-31"
    assert verify_ledger().faults == ()


def test_a_lot_booked_too_long_is_refused_everywhere_once_it_is_corrected(clinic: Clinic) -> None:
    first, second = clinic.receive_kits("A17", 2)
    clinic.receive_kits("A17", 1, "CN-OR1")
    session = clinic.open_session()
    clinic.scan(session, first)
    done = clinic.correct_expiry("A17", GONE)
    assert told(done) == ["used-expired", "labels-old", "lot-expired"]
    assert done.body["used_after"] == [session]
    assert [entry[:2] for entry in done.body["entries"]] == ["TO", "CN"]
    assert "lot-expired" in codes(clinic.scan(session, second))
    assert verify_ledger().faults == ()


def test_the_day_itself_is_good_and_nobody_used_it_too_late(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.scan(session, unit)
    done = clinic.correct_expiry("A17", clinic.today.isoformat())
    assert (done.body["used_after"], told(done)) == ([], ["labels-old"])


def test_a_piece_that_was_put_back_concerns_no_session(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.scan(session, unit)
    clinic.restock(session, unit)
    assert clinic.correct_expiry("A17", GONE).body["used_after"] == []


def test_a_pack_is_scanned_and_tells_its_own_day(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", expiry="270100"))
    done = clinic.correct_expiry("A17", "", clinic.label("A17", expiry="280100"))
    assert (done.refused, done.body["expires_on"]) == (False, "2028-01-31")
    with store.reading() as connection:
        lot = catalogue.get_lot(connection, clinic.lot_id("A17"))
        (entries, _) = list_entries(connection, kind="CORRECT_EXPIRY")
    assert lot.expires_printed == "280100"
    assert {each.by for each in entries} == {"paolo"}
    assert '"entered":"scanned"' in clinic.all_entry_texts()


def test_what_is_no_pack_of_this_lot_corrects_nothing(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=3)
    tries = {
        clinic.label("A18", expiry="280131"): ["other-lot"],
        clinic.label("A17", gtin=SALINE, expiry="280131"): ["other-lot"],
        unit: ["expiry-missing"],  # our own label shows the day that is booked
        "rubbish": ["unreadable"],
        "0109521234543213" + "10A17": ["expiry-missing"],
    }
    for scan, why in tries.items():
        assert codes(clinic.correct_expiry("A17", "", scan)) == why, scan
    assert expiry(clinic, "A17") == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"expires_on": "2028-10-31", "reason": "mood"}, ["reason-missing"]),
        ({}, ["expiry-missing"]),
        ({"expires_on": "2028-10-31", "none": True}, ["expiry-missing"]),
        ({"expires_on": "2029-02-28"}, ["expiry-same"]),
        ({"expires_on": "0028-10-31"}, ["expiry-wrong"]),
        ({"expires_on": "2128-10-31"}, ["expiry-wrong"]),
    ],
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    clinic: Clinic, asked: dict[str, Any], why: list[str]
) -> None:
    clinic.receive_kits("A17")
    assert codes(clinic.correct_expiry("A17", **asked)) == why
    assert expiry(clinic, "A17") == date(2029, 2, 28)
    with store.reading() as connection:
        assert list_entries(connection, kind="CORRECT_EXPIRY")[1] == 0
        assert list_entries(connection, kind="REFUSAL")[1] == 1


def test_a_pack_without_an_expiry_never_expires_and_may_be_corrected_again(clinic: Clinic) -> None:
    clinic.receive_kits("A17")
    assert clinic.correct_expiry("A17", none=True).body["expires_on"] is None
    assert expiry(clinic, "A17") is None
    assert clinic.correct_expiry("A17", "2028-10-31", reason="other").body["was"] is None
    assert expiry(clinic, "A17") == date(2028, 10, 31)
    with store.reading() as connection:
        history = expiries.corrections_of(connection, clinic.lot_id("A17"))
    assert [(each.expires_on, each.reason) for each in history] == [
        (None, "typed-wrong"),
        (date(2028, 10, 31), "other"),
    ]
    assert verify_ledger().faults == ()


def test_every_list_and_record_shows_the_corrected_day(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A17"), packs=2)
    used, _ = answer.body["lines"][0]["units"]
    session = clinic.open_session()
    clinic.scan(session, used)
    clinic.correct_expiry("A17", "2027-01-31")
    day = date(2027, 1, 31)
    with store.reading() as connection:
        stock = lists.on_hand(connection, item_code=clinic.kit)
        soon = lists.on_hand(connection, expires_before=day + timedelta(days=1))
        late = lists.on_hand(connection, expires_before=day)
        found, _ = lists.find_lots(connection, number="A17")
        brought = lists.lines_of_receipt(connection, answer.body["code"])
        unit = catalogue.find_unit(connection, used)
    assert [line.expires_on for line in (*stock, *soon, *found, *brought)] == [day] * 4
    assert late == []
    assert [line.expires_on for line in clinic.lines(session)] == [day]
    assert unit is not None
    assert unit.lot.expires_on == day


def test_a_delivery_of_the_lot_with_the_right_day_is_taken_in_after_the_correction(
    clinic: Clinic,
) -> None:
    clinic.receive(clinic.label("A17", expiry="270131"))
    again = clinic.label("A17", expiry="280131")
    refused = clinic.receive(again)
    assert codes(refused) == ["expiry-differs"]
    clinic.correct_expiry("A17", "", again)
    assert clinic.receive(again).refused is False
    assert verify_ledger().faults == ()


def test_a_label_with_the_old_day_is_printed_again_because_it_is_out_of_date(
    clinic: Clinic,
) -> None:
    (unit,) = clinic.receive_kits("A17")
    printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit))
    clinic.correct_expiry("A17", "2028-10-31")
    answer, paper = printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit, reason="outdated"))
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert (answer.refused, "2028-10-31" in words, "2029-02-28" in words) == (False, True, False)


def test_a_label_on_the_shelf_with_the_old_day_is_to_be_printed_again(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=3)
    clinic.receive(clinic.label("S2", gtin=SALINE), packs=3)
    lot = str(clinic.lot_id("S1", clinic.saline))
    printing.print_on_paper(clinic.act(), order(Kind.LOT, lot))
    done = clinic.correct_expiry("S1", "2028-10-31", item=clinic.saline)
    assert told(done) == ["shelf-label-old"]
    assert told(clinic.correct_expiry("S2", "2028-10-31", item=clinic.saline)) == []


def test_a_retry_of_a_correction_corrects_once(clinic: Clinic) -> None:
    clinic.receive_kits("A17")
    first = clinic.correct_expiry("A17", "2028-10-31", key="k")
    again = clinic.correct_expiry("A17", "2028-10-31", key="k")
    assert (again.replayed, again.body, again.problems) == (True, first.body, first.problems)
    with pytest.raises(Conflict):
        clinic.correct_expiry("A17", "2028-11-30", key="k")
    with store.reading() as connection:
        assert list_entries(connection, kind="CORRECT_EXPIRY")[1] == 2  # one for each site


def test_a_reversal_after_the_correction_leaves_a_ledger_that_verifies(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.scan(session, unit)
    clinic.correct_expiry("A17", "2028-10-31")
    clinic.restock(session, unit)
    holding.hold_lot(clinic.act(), clinic.lot_id("A17"), "incident")
    assert verify_ledger().faults == ()


def test_a_session_counts_by_when_the_piece_was_opened_not_by_when_it_began(
    clinic: Clinic,
) -> None:
    one, other = clinic.receive_kits("A17", 2)
    night = clinic.open_session()
    clinic.now += timedelta(days=1)
    last = clinic.today - timedelta(days=1)
    clinic.scan(night, one)  # the session began on the last day, and this is the day after
    clinic.now += timedelta(days=1)
    late = clinic.open_session(patient="MRN 2")
    told_late = scanning.ScanRequest(Asked((other,)), 1, clinic.now - timedelta(days=2))
    assert scanning.scan_into_session(clinic.act(), late, told_late).refused is False
    assert clinic.correct_expiry("A17", last.isoformat()).body["used_after"] == [night]


def test_a_piece_whose_scan_was_undone_concerns_no_session(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=3)
    session = clinic.open_session()
    opened = clinic.scan(session, clinic.label("S1", gtin=SALINE))
    clinic.now += timedelta(days=2)
    second = clinic.scan(session, clinic.label("S1", gtin=SALINE)).body["entry"]
    day = (clinic.today - timedelta(days=1)).isoformat()
    assert opened.refused is False
    assert correcting.undo_opening(clinic.act(), session, second, "wrong-item").refused is False
    corrected = clinic.correct_expiry("S1", day, item=clinic.saline)
    assert (corrected.refused, corrected.body["used_after"]) == (False, [])


def test_a_pack_with_our_label_on_it_tells_its_own_day(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    pack = clinic.label("A17", expiry="280131")
    done = clinic.correct_expiry("A17", "", unit, pack)  # as a camera sees them
    assert (done.refused, done.body["expires_on"]) == (False, "2028-01-31")


def test_a_label_of_ours_on_a_pack_of_another_lot_corrects_nothing(clinic: Clinic) -> None:
    (other,) = clinic.receive_kits("A18")
    clinic.receive_kits("A17")
    pack = clinic.label("A17", expiry="280131")
    assert codes(clinic.correct_expiry("A17", "", other, pack)) == ["other-lot"]
    assert codes(clinic.correct_expiry("A18", "", other, pack)) == ["other-lot"]


def test_a_pack_with_a_serial_number_tells_its_day(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", serial="S1"))
    pack = clinic.label("A17", expiry="280131", serial="S1")
    done = clinic.correct_expiry("A17", "", pack)
    assert (done.refused, done.body["expires_on"]) == (False, "2028-01-31")
