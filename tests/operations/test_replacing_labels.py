"""A label printed again tells why; one that replaces another makes it void for ever."""

import pytest

from inventory import store
from inventory.operations import enrolling, labelling, printing
from inventory.operations.label_contents import Kind
from inventory.operations.verifying import verify_ledger
from inventory.store import catalogue, labels
from labels.port9100 import Fate
from tests.clinic import Clinic, codes
from tests.operations.label_prints import Recorder, a_workstation, entries, order, scanned


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


@pytest.mark.parametrize(
    ("fate", "counting"),
    [
        (Fate.SENT, [False, True]),
        (Fate.PAUSED, [False, True]),
        (Fate.REFUSED, [True, False]),
        (Fate.SILENT, [True, False]),
        (Fate.HUNG, [True, True]),
        (Fate.BROKEN, [True, True]),
        (Fate.UNCONFIRMED, [True, True]),
    ],
)
def test_a_badge_counts_until_the_new_one_came_out_of_the_printer(
    clinic: Clinic, fate: Fate, counting: list[bool]
) -> None:
    first = a_badge(clinic)
    place = a_workstation(clinic)
    damaged = order(Kind.BADGE, "giulia", reason="damaged")
    answer = printing.print_labels(clinic.act("k"), place, damaged, Recorder(fate))
    both = [first, str(answer.body["fresh"])]
    assert are_held(both) == counting
    printing.print_labels(clinic.act("k"), place, damaged, Recorder(Fate.SENT))
    assert are_held(both) == counting  # a retry changes nothing
    again = printing.print_labels(clinic.act(), place, damaged, Recorder())
    assert are_held([*both, str(again.body["fresh"])]) == [False, False, True]


def test_a_first_badge_that_no_printer_took_is_printed_at_once_without_a_reason(
    clinic: Clinic,
) -> None:
    enrolling.enrol(clinic.act(), "giulia", "x", ["nurse"])
    place, wanted = a_workstation(clinic), order(Kind.BADGE, "giulia")
    refused = printing.print_labels(clinic.act(), place, wanted, Recorder(Fate.REFUSED))
    assert codes(refused) == ["printer-refused"]
    again = printing.print_labels(clinic.act(), place, wanted, Recorder())
    assert not again.refused
    assert are_held([str(refused.body["fresh"]), str(again.body["fresh"])]) == [False, True]


def test_a_lost_badge_ends_at_once_whatever_the_printer_does(clinic: Clinic) -> None:
    first = a_badge(clinic)
    lost = order(Kind.BADGE, "giulia", reason="lost")
    printing.print_labels(clinic.act(), a_workstation(clinic), lost, Recorder(Fate.SILENT))
    assert are_held([first]) == [False]


def test_the_badges_of_others_are_left_alone(clinic: Clinic) -> None:
    first = a_badge(clinic)
    a_badge(clinic, "marco")
    assert are_held([first]) == [True]


def test_a_badge_is_printed_once(clinic: Clinic) -> None:
    enrolling.enrol(clinic.act(), "giulia", "x", ["nurse"])
    answer, data = printing.print_on_paper(clinic.act(), order(Kind.BADGE, "giulia", copies=2))
    assert (codes(answer), data) == (["copies-wrong"], b"")
    assert "A person has one badge" in str(answer.problems[0].message)


def a_badge(clinic: Clinic, name: str = "giulia") -> str:
    """The code of a first badge, printed on paper."""
    enrolling.enrol(clinic.act(), name, "x", ["nurse"])
    return str(printing.print_on_paper(clinic.act(), order(Kind.BADGE, name))[0].body["fresh"])


def are_held(badges: list[str]) -> list[bool]:
    with store.reading() as connection:
        return [labels.find_badge_holder(connection, each) is not None for each in badges]


def test_a_new_badge_ends_the_old_one(clinic: Clinic) -> None:
    enrolling.enrol(clinic.act(), "giulia", "x", ["nurse"])
    first = printing.print_on_paper(clinic.act(), order(Kind.BADGE, "giulia"))[0].body["fresh"]
    lost = order(Kind.BADGE, "giulia", reason="lost")
    second = printing.print_on_paper(clinic.act(), lost)[0].body["fresh"]
    with store.reading() as connection:
        assert labels.find_badge_holder(connection, first) is None
        assert labels.find_badge_holder(connection, second) == "giulia"
        assert labels.find_badge(connection, "giulia") == second
