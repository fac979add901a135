"""Labels of lots, places, sessions and badges are printed again for a reason too."""

from datetime import timedelta

import pytest

from inventory import store
from inventory.operations import enrolling, printing
from inventory.operations.label_contents import Kind
from inventory.operations.label_orders import Order
from inventory.store import catalogue, labels
from labels.port9100 import Fate
from tests.clinic import Clinic, codes
from tests.operations.label_prints import CLINIC, Recorder, a_workstation, entries, order

FURTHER = {
    Kind.LOT: "more",
    Kind.PLACE: "more",
    Kind.SESSION: "more",
    Kind.BADGE: "outdated",
}
"""Kinds of which no piece is told apart, each with a reason that a piece has not."""


def asked(clinic: Clinic, kind: Kind, **more: object) -> Order:
    """An order for a label of a kind; the thing is made where it is not there."""
    code = {Kind.PLACE: "TO-OR1", Kind.BADGE: "giulia"}.get(kind, "")
    if kind is Kind.SESSION:
        code = clinic.open_session()
    elif kind is Kind.LOT:
        (unit,) = clinic.receive_kits("A17")
        with store.reading() as connection:
            found = catalogue.find_unit(connection, unit)
        assert found is not None
        code = str(found.lot.id)
    elif kind is Kind.BADGE:
        enrolling.enrol(clinic.act(), "giulia", "x", ["nurse"])
    return order(kind, code, **more)


def reasoned(asked: Order, reason: str) -> Order:
    return Order(asked.wanted, asked.stock, asked.clinic, reason=reason)


@pytest.mark.parametrize("kind", FURTHER)
def test_a_label_printed_on_paper_is_printed_again_for_a_reason_anywhere(
    clinic: Clinic, kind: Kind
) -> None:
    first, printer = asked(clinic, kind), Recorder()
    code = a_workstation(clinic)
    assert not printing.print_on_paper(clinic.act(), first)[0].refused
    on_paper, data = printing.print_on_paper(clinic.act(), first)
    to_printer = printing.print_labels(clinic.act(), code, first, printer)
    assert (codes(on_paper), codes(to_printer)) == (["reason-missing"], ["reason-missing"])
    assert "Say why" in str(on_paper.problems[0].message)
    assert (data, printer.sent) == (b"", [])
    again = printing.print_labels(clinic.act(), code, reasoned(first, FURTHER[kind]), printer)
    assert not again.refused
    assert not printing.print_on_paper(clinic.act(), reasoned(first, "damaged"))[0].refused
    assert [entry["reason"] for entry in entries("PRINT")] == ["damaged", FURTHER[kind], ""]


@pytest.mark.parametrize("kind", FURTHER)
@pytest.mark.parametrize(
    ("fate", "came_out"),
    [
        (Fate.SENT, True),
        (Fate.PAUSED, True),
        (Fate.UNCONFIRMED, True),
        (Fate.HUNG, True),
        (Fate.REFUSED, False),
        (Fate.SILENT, False),
    ],
)
def test_what_no_printer_took_was_not_printed_before(
    clinic: Clinic, kind: Kind, fate: Fate, came_out: bool
) -> None:
    first = asked(clinic, kind)
    printing.print_labels(clinic.act(), a_workstation(clinic), first, Recorder(fate))
    again, _ = printing.print_on_paper(clinic.act(), first)
    assert codes(again) == (["reason-missing"] if came_out else [])


def test_a_retry_of_a_first_print_needs_no_reason(clinic: Clinic) -> None:
    first = asked(clinic, Kind.PLACE)
    once, paper = printing.print_on_paper(clinic.act("k"), first)
    again, same = printing.print_on_paper(clinic.act("k"), first)
    assert (again.body, same) == (once.body, paper)


def test_the_label_of_a_session_is_none_of_its_syringe(clinic: Clinic) -> None:
    session = asked(clinic, Kind.SESSION)
    done = clinic.now - timedelta(minutes=5)
    code = session.wanted.code
    syringe = order(Kind.PRODUCT, code, processed_at=done, volume_ml="12.5")
    assert not printing.print_on_paper(clinic.act(), session)[0].refused
    assert not printing.print_on_paper(clinic.act(), syringe)[0].refused
    assert codes(printing.print_on_paper(clinic.act(), session)[0]) == ["reason-missing"]


def test_a_piece_a_delivery_and_a_syringe_never_get_a_further_copy(clinic: Clinic) -> None:
    received = clinic.receive(clinic.label("A17"), packs=2)
    unit = received.body["lines"][0]["units"][0]
    done = clinic.now - timedelta(minutes=5)
    product = {"processed_at": done, "volume_ml": "12.5"}
    for each in (
        order(Kind.UNIT, unit, reason="more"),
        order(Kind.UNIT, unit, reason="more", replaces=True),
        order(Kind.RECEIPT, received.body["code"], reason="more"),
        order(Kind.PRODUCT, clinic.open_session(), reason="more", **product),
    ):
        answer, data = printing.print_on_paper(clinic.act(), each)
        assert (codes(answer), data) == (["reason-unknown"], b"")
        assert "only if it is lost, damaged, out of date" in str(answer.problems[0].message)
    assert entries("PRINT") == []


def test_a_person_has_one_badge_and_keeps_it_until_there_is_a_reason_for_a_new_one(
    clinic: Clinic,
) -> None:
    first = asked(clinic, Kind.BADGE)
    badge = printing.print_on_paper(clinic.act(), first)[0].body["fresh"]
    missing, _ = printing.print_on_paper(clinic.act(), first)
    more, _ = printing.print_on_paper(clinic.act(), reasoned(first, "more"))
    assert (codes(missing), codes(more)) == (["reason-missing"], ["reason-unknown"])
    assert "was given a badge before" in str(missing.problems[0].message)
    assert "A person has one badge" in str(more.problems[0].message)
    with store.reading() as connection:
        assert labels.find_badge(connection, "giulia") == badge


def test_the_test_of_a_printer_is_repeated_without_a_reason(clinic: Clinic) -> None:
    code, printer = a_workstation(clinic), Recorder()
    for _ in range(2):
        assert not printing.print_test(clinic.act(), code, CLINIC, printer).refused
    assert len(printer.sent) == 2
