"""Outcomes, and closing a session."""

import pytest

from inventory import store
from inventory.operations import closing, using
from inventory.operations.correcting import reverse_entry
from inventory.operations.holding import hold_lot
from inventory.store import catalogue
from tests.clinic import SALINE, Clinic, codes


def a_session_with_a_kit(clinic: Clinic) -> tuple[str, str]:
    kit = clinic.receive_kits("A17")[0]
    session = clinic.open_session()
    clinic.scan(session, kit)
    return session, kit


def test_a_session_does_not_close_while_a_kit_has_no_outcome(clinic: Clinic) -> None:
    session, _ = a_session_with_a_kit(clinic)
    assert codes(closing.close_session(clinic.act(), session)) == ["outcome-missing"]


def test_a_session_does_not_close_while_something_required_has_no_lot(clinic: Clinic) -> None:
    session = clinic.open_session()
    assert codes(closing.close_session(clinic.act(), session)) == ["required-missing"]


def test_a_wasted_kit_does_not_stand_for_the_required_one(clinic: Clinic) -> None:
    session, kit = a_session_with_a_kit(clinic)
    clinic.waste(session, kit, "contaminated")
    assert codes(closing.close_session(clinic.act(), session)) == ["required-missing"]


def test_a_cancelled_procedure_closes_when_all_that_was_opened_has_its_outcome(
    clinic: Clinic,
) -> None:
    session, kit = a_session_with_a_kit(clinic)
    assert codes(closing.close_session(clinic.act(), session, cancelled=True)) == [
        "outcome-missing"
    ]
    clinic.restock(session, kit)
    assert closing.close_session(clinic.act(), session, cancelled=True).body["closed"] is True


def test_a_procedure_in_which_something_was_used_did_take_place(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5)
    session = clinic.open_session()
    clinic.scan(session, clinic.label("S1", gtin=SALINE))
    used = clinic.use(session, item=clinic.saline, lot="S1").body["entry"]
    answer = closing.close_session(clinic.act(), session, cancelled=True)
    assert codes(answer) == ["used-in-cancelled"]
    assert "or close it as broken off" in str(answer.problems[0].message)
    assert not reverse_entry(clinic.act(), used, "never-happened").refused
    assert not clinic.restock(session, item=clinic.saline, lot="S1").refused
    assert closing.close_session(clinic.act(), session, cancelled=True).body["closed"] is True


def test_a_procedure_that_was_broken_off_is_closed_and_stays_in_doubt_for_what_it_lacks(
    clinic: Clinic,
) -> None:
    clinic.receive_kits("A17")
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5)
    session = clinic.open_session()
    clinic.scan(session, clinic.label("S1", gtin=SALINE))
    refused = closing.close_session(clinic.act(), session, broken_off=True)
    assert codes(refused) == ["outcome-missing"]
    clinic.use(session, item=clinic.saline, lot="S1")
    assert closing.close_session(clinic.act(), session, broken_off=True).body["closed"] is True
    (doubt,) = clinic.report(clinic.recall("A17")).rings.cannot_be_excluded
    assert (doubt.session.code, doubt.session.cancelled) == (session, False)
    (why,) = doubt.why
    assert str(why.sentence).startswith(
        "A required line has no lot, and a recalled lot of Lipo kit"
    )


def test_a_closed_session_is_closed_once(clinic: Clinic) -> None:
    session, kit = a_session_with_a_kit(clinic)
    clinic.use(session, kit)
    closing.close_session(clinic.act(), session)
    assert codes(closing.close_session(clinic.act(), session)) == ["patient-session-closed"]


def test_wasting_needs_a_reason_that_is_known(clinic: Clinic) -> None:
    session, kit = a_session_with_a_kit(clinic)
    assert codes(clinic.waste(session, kit, "")) == ["reason-missing"]
    assert codes(clinic.waste(session, kit, "bad mood")) == ["reason-missing"]
    assert not clinic.waste(session, kit, "dropped").refused


def test_a_restocked_kit_can_be_scanned_for_the_next_patient(clinic: Clinic) -> None:
    session, kit = a_session_with_a_kit(clinic)
    assert not clinic.restock(session, kit).refused
    other = clinic.open_session("MRN 2")
    assert clinic.scan(other, kit).body["accepted"] is True


def test_a_recalled_kit_is_restocked_into_quarantine(clinic: Clinic) -> None:
    session, kit = a_session_with_a_kit(clinic)
    clinic.recall("A17")
    assert [p.code for p in clinic.restock(session, kit).problems] == ["to-quarantine"]
    assert codes(clinic.scan(clinic.open_session("MRN 2"), kit)) == ["lot-recalled", "not-here"]


def test_a_kit_on_hold_is_restocked_into_quarantine_and_a_recall_counts_it_there(
    clinic: Clinic,
) -> None:
    session, kit = a_session_with_a_kit(clinic)
    (line,) = clinic.lines(session)
    with store.reading() as connection:
        lot = catalogue.find_lot(connection, catalogue.get_item(connection, clinic.kit), line.lot)
    assert lot is not None
    assert not hold_lot(clinic.act(), lot.id, "incident").refused
    (told,) = clinic.restock(session, kit).problems
    assert (told.code, told.message.values["place"]) == ("to-quarantine", "TO-QUARANTINE")
    clinic.scan(session, *clinic.receive_kits("B1"))
    clinic.use_all_and_close(session)
    report = clinic.report(clinic.recall(line.lot))
    assert [(each.location, each.quantity) for each in report.whereabouts if each.unit == kit] == [
        ("TO-QUARANTINE", 1)
    ]
    assert [(sums.unexplained, sums.in_use) for sums in report.reconciliation] == [(0, 0)]
    assert [each.session.code for each in report.rings.excluded] == [session]
    hold_lot(clinic.act(), lot.id, "incident", lift=True)


def test_bottles_are_used_and_put_back_in_parts(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5)
    session = clinic.open_session()
    clinic.scan(session, clinic.label("S1", gtin=SALINE), quantity=3)
    clinic.use(session, item=clinic.saline, lot="S1", quantity=2)
    clinic.restock(session, item=clinic.saline, lot="S1", quantity=1)
    line = clinic.lines(session)[0]
    assert (line.in_session, line.used, line.restocked) == (0, 2, 1)


@pytest.mark.parametrize("quantity", [0, -1, 4])
def test_no_more_is_used_than_was_opened(clinic: Clinic, quantity: int) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5)
    session = clinic.open_session()
    clinic.scan(session, clinic.label("S1", gtin=SALINE), quantity=3)
    answer = clinic.use(session, item=clinic.saline, lot="S1", quantity=quantity)
    assert codes(answer) == ["quantity-wrong"]


def test_what_is_not_in_the_session_has_no_outcome(clinic: Clinic) -> None:
    session = clinic.open_session()
    assert codes(clinic.use(session, "KT00000000A")) == ["not-in-session"]


def test_an_outcome_that_is_none_is_refused(clinic: Clinic) -> None:
    session, kit = a_session_with_a_kit(clinic)
    answer = using.say_outcome(clinic.act(), session, using.Outcome("eaten", kit))
    assert codes(answer) == ["outcome-unknown"]


def test_everything_open_is_said_used_in_one_entry(clinic: Clinic) -> None:
    session, _ = a_session_with_a_kit(clinic)
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5)
    clinic.scan(session, clinic.label("S1", gtin=SALINE), quantity=2)
    assert using.use_all(clinic.act(), session).body["quantity"] == 3
    assert codes(using.use_all(clinic.act(), session)) == ["nothing-open"]
