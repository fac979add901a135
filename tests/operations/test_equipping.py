"""Workstations: named, profiled, given a printer; each change an entry."""

import json

import pytest

from inventory import store
from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.domain.workstation import Printer, Workstation
from inventory.operations import equipping
from inventory.store import workstations
from inventory.store.errors import Conflict, NotFound
from inventory.store.lists import list_entries
from tests.clinic import Clinic, codes

ZEBRA = Printer("10.0.0.7", 9100, 300, "roll-57x32")


def enrolled(clinic: Clinic, name: str = "Room 1, cart") -> str:
    return str(equipping.enrol(clinic.act(), name).body["code"])


def kept(code: str) -> Workstation:
    with store.reading() as connection:
        return workstations.get_workstation(connection, code)


def reasons() -> list[str]:
    with store.reading() as connection:
        found, _ = list_entries(connection, kind="WORKSTATION")
        return [json.loads(entry.text)["reason"] for entry in found]


def test_a_workstation_begins_with_a_plain_keyboard_and_no_printer(clinic: Clinic) -> None:
    code = enrolled(clinic)
    assert code.startswith("WS")
    assert kept(code) == Workstation(code, "Room 1, cart")


def test_every_change_is_kept_and_is_an_entry(clinic: Clinic) -> None:
    code = enrolled(clinic)
    keyboard = Keyboard(Layout.ITALIAN, "~")
    equipping.rename(clinic.act(), code, "Room 2")
    equipping.set_keyboard(clinic.act(), code, keyboard)
    equipping.set_printer(clinic.act(), code, ZEBRA, "a4-65", names_allowed=False)
    assert kept(code) == Workstation(code, "Room 2", keyboard, ZEBRA, "a4-65")
    equipping.set_printer(clinic.act(), code, None, "a4-65", names_allowed=False)
    assert kept(code).printer is None
    assert reasons() == ["printer", "printer", "keyboard", "renamed", "enrolled"]


def test_a_name_belongs_to_one_workstation(clinic: Clinic) -> None:
    enrolled(clinic)
    with pytest.raises(Conflict):
        equipping.enrol(clinic.act(), "Room 1, cart")
    other = enrolled(clinic, "Room 2")
    with pytest.raises(Conflict):
        equipping.rename(clinic.act(), other, "Room 1, cart")
    equipping.rename(clinic.act(), other, "Room 2")


def test_a_retry_enrols_once(clinic: Clinic) -> None:
    first = equipping.enrol(clinic.act("k"), "Room 1")
    assert equipping.enrol(clinic.act("k"), "Room 1").body == first.body
    with store.reading() as connection:
        assert len(workstations.list_workstations(connection)) == 1


@pytest.mark.parametrize(
    ("printer", "sheet", "expected"),
    [
        (Printer("8.8.8.8"), "a4-24", ["printer-address-wrong"]),
        (Printer("zebra.local"), "a4-24", ["printer-address-wrong"]),
        (Printer("10.0.0.7", 22), "a4-24", ["printer-port-wrong"]),
        (Printer("10.0.0.7", dpi=100), "a4-24", ["printer-dpi-wrong"]),
        (Printer("10.0.0.7", stock="a4-24"), "a4-24", ["stock-unknown"]),
        (Printer("10.0.0.7", stock="x"), "a4-24", ["stock-unknown"]),
        (None, "roll-50x25", ["stock-unknown"]),
        (None, "x", ["stock-unknown"]),
    ],
)
def test_a_printer_that_cannot_be_meant_is_refused(
    clinic: Clinic, printer: Printer | None, sheet: str, expected: list[str]
) -> None:
    code = enrolled(clinic)
    answer = equipping.set_printer(clinic.act(), code, printer, sheet, names_allowed=False)
    assert codes(answer) == expected
    assert kept(code) == Workstation(code, "Room 1, cart")
    assert reasons() == ["enrolled"]


def test_an_administrator_may_give_a_printers_name(clinic: Clinic) -> None:
    code = enrolled(clinic)
    printer = Printer("zebra-1.clinic.local")
    equipping.set_printer(clinic.act(), code, printer, "a4-24", names_allowed=True)
    assert kept(code).printer == printer


def test_a_separator_that_codes_hold_is_refused(clinic: Clinic) -> None:
    code = enrolled(clinic)
    answer = equipping.set_keyboard(clinic.act(), code, Keyboard(separator="-"))
    assert codes(answer) == ["separator-unusable"]


def test_what_nobody_enrolled_is_not_there(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        equipping.rename(clinic.act(), "WS000000000", "x")


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_name_is_short_and_there(clinic: Clinic, name: str) -> None:
    assert equipping.enrol(clinic.act(), name).refused
