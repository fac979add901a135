"""Correcting an entry: mirrored once, and only while nothing later rests on it."""

from inventory.operations import correcting, using
from inventory.operations.posting import Answer
from tests.clinic import SALINE, Clinic, codes


def reverse(clinic: Clinic, answer: Answer, reason: str = "wrong-lot") -> Answer:
    return correcting.reverse_entry(clinic.act(), str(answer.body["entry"]), reason)


def test_a_kit_scanned_into_the_wrong_session_is_taken_back_and_used_in_the_right_one(
    clinic: Clinic,
) -> None:
    (kit,) = clinic.receive_kits("A17")
    wrong, right = clinic.open_session("MRN 1"), clinic.open_session("MRN 2")
    scanned = clinic.scan(wrong, kit)
    assert reverse(clinic, scanned, "wrong-patient").body["reversed"] == scanned.body["entry"]
    assert clinic.lines(wrong) == [] or not clinic.lines(wrong)[0].in_session
    assert clinic.scan(right, kit).body["accepted"] is True


def test_an_entry_is_reversed_once(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17")
    scanned = clinic.scan(clinic.open_session(), kit)
    assert not reverse(clinic, scanned).refused
    assert "reversed-already" in codes(reverse(clinic, scanned))


def test_what_later_entries_rest_on_is_reversed_after_them(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    scanned = clinic.scan(session, kit)
    used = clinic.use(session, kit)
    refused = reverse(clinic, scanned)
    assert codes(refused) == ["later-rests-on-it"]
    assert f"in this order: {used.body['entry']}." in str(refused.problems[0].message)
    assert not reverse(clinic, used).refused
    assert [line.in_session for line in clinic.lines(session)] == [1]
    assert not reverse(clinic, scanned).refused
    assert clinic.scan(clinic.open_session("MRN 2"), kit).body["accepted"] is True


def test_saline_that_is_gone_cannot_be_given_back_to_the_supplier(clinic: Clinic) -> None:
    received = clinic.receive(clinic.label("S1", gtin=SALINE), packs=3)
    clinic.scan(clinic.open_session(), clinic.label("S1", gtin=SALINE))
    assert codes(reverse(clinic, received)) == ["later-rests-on-it"]
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=1)
    assert not reverse(clinic, received).refused


def test_the_latest_entries_that_rest_on_one_are_named_in_the_order_of_reversing(
    clinic: Clinic,
) -> None:
    label = clinic.label("S1", gtin=SALINE)
    received = clinic.receive(label, packs=9, location="TO-PHARMACY")
    moved = [clinic.move("TO-PHARMACY", "TO-OR1", label, quantity=1) for _ in range(7)]
    names = [str(each.body["entry"]) for each in reversed(moved)]
    said = str(reverse(clinic, received).problems[0].message)
    assert "7 in all" in said
    assert said.endswith(f"These are the latest: {', '.join(names[:5])}.")
    for each in reversed(moved[2:]):
        assert not reverse(clinic, each).refused
    said = str(reverse(clinic, received).problems[0].message)
    assert said.endswith(f"in this order: {names[5]}, {names[6]}.")


def test_a_reversal_needs_a_reason_from_the_list(clinic: Clinic) -> None:
    received = clinic.receive(clinic.label("A17"))
    assert codes(reverse(clinic, received, "because")) == ["reason-missing"]


def test_what_moved_nothing_is_not_reversed_nor_is_a_reversal(clinic: Clinic) -> None:
    refused = clinic.scan(clinic.open_session(), clinic.label("A17"))
    assert "not-reversible" in codes(reverse(clinic, refused))
    done = reverse(clinic, clinic.receive(clinic.label("A17")))
    assert "not-reversible" in codes(reverse(clinic, done))


def test_what_lies_in_a_closed_session_is_corrected_after_its_closing_was_reversed(
    clinic: Clinic,
) -> None:
    (kit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.scan(session, kit)
    used = using.use_all(clinic.act(), session)
    closed = clinic.use_all_and_close(session)
    assert "patient-session-closed" in codes(reverse(clinic, used))
    assert not reverse(clinic, closed).refused
    assert not reverse(clinic, used).refused


def test_what_was_sent_to_another_site_is_taken_back_from_its_transit_place(
    clinic: Clinic,
) -> None:
    (kit,) = clinic.receive_kits("A17")
    sent = clinic.move("TO-OR1", "CN-OR1", kit)
    back = reverse(clinic, sent, "wrong-place")
    assert str(back.body["entry"]).startswith("CN-")
    assert clinic.scan(clinic.open_session(), kit).body["accepted"] is True
