"""A label printed again tells why; one that replaces another makes it void for ever."""

import pytest

from inventory import store
from inventory.operations import enrolling, labelling, printing
from inventory.operations.label_contents import Kind
from inventory.operations.verifying import verify_ledger
from inventory.store import catalogue, labels
from tests.clinic import Clinic, codes
from tests.operations.label_prints import entries, order, scanned


def test_a_reprint_tells_a_reason(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    assert not printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit))[0].refused
    answer, data = printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit))
    assert (codes(answer), data) == (["reason-missing"], b"")
    answer, data = printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit, reason="lost"))
    assert not answer.refused
    assert data.startswith(b"%PDF")
    assert [entry["reason"] for entry in entries("PRINT")] == ["lost", ""]


def test_a_label_printed_with_its_delivery_was_printed_before(clinic: Clinic) -> None:
    received = clinic.receive(clinic.label("A17"), packs=3)
    unit = received.body["lines"][0]["units"][1]
    code = received.body["code"]
    answer, data = printing.print_on_paper(clinic.act(), order(Kind.RECEIPT, code))
    assert not answer.refused
    assert len(answer.body["labels"]) == 3
    assert data.startswith(b"%PDF")
    assert codes(printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit))[0]) == [
        "reason-missing"
    ]


def test_a_replaced_label_is_void_at_every_scan_and_the_new_one_counts(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    asked = order(Kind.UNIT, unit, reason="damaged", replaces=True)
    answer, _ = printing.print_on_paper(clinic.act("k"), asked)
    (label,) = answer.body["labels"]
    assert label != unit
    refused = clinic.scan(session, unit)
    assert codes(refused) == ["label-void"]
    assert label in str(refused.problems[0].message)
    assert scanned(clinic, unit) == ["label-void"]
    assert scanned(clinic, label) == []
    taken = clinic.scan(session, label)
    assert taken.body["unit"] == unit
    assert codes(clinic.scan(session, unit)) == ["label-void"]
    clinic.use(session, unit)
    assert verify_ledger().faults == ()


def test_a_label_can_be_replaced_twice_and_only_the_last_counts(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    asked = order(Kind.UNIT, unit, reason="unreadable", replaces=True)
    first = printing.print_on_paper(clinic.act(), asked)[0].body["labels"][0]
    again = order(Kind.UNIT, first, reason="lost", replaces=True)
    second = printing.print_on_paper(clinic.act(), again)[0].body["labels"][0]
    assert [scanned(clinic, code) for code in (unit, first, second)] == [
        ["label-void"],
        ["label-void"],
        [],
    ]
    with store.reading() as connection:
        found = catalogue.find_unit(connection, first)
        assert found is not None
        assert labels.labels_of_unit(connection, found.id) == [first, second]
    assert (found.code, found.label_code) == (unit, second)
    assert labelling.units_of_codes([first])[0].label_code == second


def test_a_retry_of_a_replacement_gives_the_same_new_code(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    asked = order(Kind.UNIT, unit, reason="lost", replaces=True)
    first, paper = printing.print_on_paper(clinic.act("k"), asked)
    again, same = printing.print_on_paper(clinic.act("k"), asked)
    assert again.body["labels"] == first.body["labels"]
    assert same == paper


def test_a_replacement_needs_a_reason(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    answer, _ = printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit, replaces=True))
    assert codes(answer) == ["reason-missing"]
    assert scanned(clinic, unit) == []


@pytest.mark.tampers
def test_a_label_that_is_turned_to_another_unit_is_found(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    asked = order(Kind.UNIT, one, reason="lost", replaces=True)
    printing.print_on_paper(clinic.act(), asked)
    with store.transaction() as connection:
        other = catalogue.find_unit(connection, two)
        assert other is not None
        entry = connection.exec_driver_sql("SELECT max(id) FROM entry").scalar_one()
        labels.add_unit_label(connection, other.id, "KT0000000FAKE"[:11], int(entry) - 1)
    assert ["stands for" in fault.what for fault in verify_ledger().faults] == [True]


def test_a_label_that_was_replaced_cannot_be_changed_or_forgotten(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit, reason="lost", replaces=True))
    for statement in ("DELETE FROM unit_label", "UPDATE unit_label SET code = 'KT'"):
        with pytest.raises(Exception, match="append-only"), store.transaction() as connection:
            connection.exec_driver_sql(statement)


def test_a_new_badge_ends_the_old_one(clinic: Clinic) -> None:
    enrolling.enrol(clinic.act(), "giulia", "x", ["nurse"])
    first = printing.print_on_paper(clinic.act(), order(Kind.BADGE, "giulia"))[0].body["fresh"]
    lost = order(Kind.BADGE, "giulia", reason="lost")
    second = printing.print_on_paper(clinic.act(), lost)[0].body["fresh"]
    with store.reading() as connection:
        assert labels.find_badge_holder(connection, first) is None
        assert labels.find_badge_holder(connection, second) == "giulia"
        assert labels.find_badge(connection, "giulia") == second
