"""What stands on each kind of label: from codes to the values that `labels` prints.

No label's code holds a name: a badge shows one beside its code, and nothing else names anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory.domain.catalogue import Unit
from inventory.domain.places import Site
from inventory.domain.problem import Problem, say
from inventory.domain.workstation import Workstation
from inventory.operations.cataloguing import home_site
from inventory.operations.lot_labels import lot_label, printed_expiry
from inventory.store import (
    catalogue,
    ledger,
    patient_sessions,
    people,
    places,
    procedures,
    receipts,
    workstations,
)
from inventory.store.errors import no_such
from labels.content import Label
from labels.kinds import (
    PlaceLabel,
    ProductLabel,
    SessionLabel,
    StaffBadge,
    UnitLabel,
)
from labels.problems import BadSymbol, DoesNotFit, LabelProblem


class Kind(StrEnum):
    """What a label is put on; each is named by one code."""

    UNIT = "unit"
    RECEIPT = "receipt"  # the units of one delivery
    LOT = "lot"
    PLACE = "place"
    SESSION = "session"
    PRODUCT = "product"
    BADGE = "badge"
    TEST = "test"  # of a workstation's printer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Labels that somebody wants.

    Attributes:
        kind: What for.
        code: Of the unit, receipt, place, session or workstation; key of the lot; user name.
        fresh_code: The code that a unit's or a badge's label gets in place of the one before.
        processed_at: When processing ended, for a product.
        volume_ml: Of a product, as text: `12.5`.
    """

    kind: Kind
    code: str
    fresh_code: str = ""
    processed_at: datetime | None = None
    volume_ml: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Labels ready to be composed.

    Attributes:
        labels: In the order of printing.
        site: Whose ledger keeps that they were printed.
        about: Code that the entry is about.
        units: Units they are for, if they are for units.
    """

    labels: tuple[Label, ...]
    site: Site
    about: str
    units: tuple[Unit, ...] = ()


def batch_of(connection: sa.Connection, wanted: Wanted, clinic: str, zone: ZoneInfo) -> Batch:
    """The labels that are wanted.

    Args:
        connection: To read from.
        wanted: Which.
        clinic: Whose labels they are.
        zone: The clinic's time zone.

    Raises:
        NotFound: There is nothing of that code.
    """
    match wanted.kind:
        case Kind.UNIT:
            unit = catalogue.find_unit(connection, wanted.code.upper())
            if unit is None:
                raise no_such("unit", wanted.code)
            unit = replace(unit, label=wanted.fresh_code or unit.label)
            return _of_units(connection, [unit], unit.code, clinic)
        case Kind.RECEIPT:
            if receipts.find_receipt(connection, wanted.code) is None:
                raise no_such("receipt", wanted.code)
            keys = receipts.unit_ids_of_receipt(connection, wanted.code)
            if not keys:
                raise no_such("unit", wanted.code)
            units = [catalogue.unit_of_id(connection, key) for key in keys]
            return _of_units(connection, units, wanted.code, clinic)
        case Kind.LOT:
            return _of_lot(connection, wanted.code, clinic)
        case Kind.PLACE:
            return _of_place(connection, wanted.code, clinic)
        case Kind.SESSION | Kind.PRODUCT:
            return _of_session(connection, wanted, clinic, zone)
        case Kind.BADGE:
            return _of_person(connection, wanted, clinic)
        case Kind.TEST:
            return _of_workstation(workstations.get_workstation(connection, wanted.code), clinic)


def unit_label(unit: Unit, clinic: str) -> UnitLabel:
    """The label that counts for a unit."""
    item = unit.lot.item
    return UnitLabel(
        code=unit.label_code,
        item=item.name,
        reference=item.reference,
        lot=unit.lot.number,
        expires_on=printed_expiry(unit.lot),
        clinic=clinic,
        manufacturer=item.manufacturer,
    )


def _of_units(connection: sa.Connection, units: Sequence[Unit], about: str, clinic: str) -> Batch:
    place = ledger.last_step(connection, units[0].id)[1]
    site = places.location_of_id(connection, place or 0).site
    made = tuple(unit_label(unit, clinic) for unit in units)
    return Batch(made, site, about, tuple(units))


def _of_lot(connection: sa.Connection, key: str, clinic: str) -> Batch:
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        raise no_such("lot", key)
    lot = catalogue.get_lot(connection, int(key))
    about = f"{lot.item.code}/{lot.number}"
    return Batch((lot_label(lot, clinic),), home_site(), about)


def _of_place(connection: sa.Connection, code: str, clinic: str) -> Batch:
    place = places.get_location(connection, code)
    if not place.label:
        raise no_such("location", code)
    label = PlaceLabel(place.label, place.name, place.site.name, clinic)
    return Batch((label,), place.site, place.code)


def _of_session(connection: sa.Connection, wanted: Wanted, clinic: str, zone: ZoneInfo) -> Batch:
    found = patient_sessions.get_session(connection, wanted.code.upper())
    site = patient_sessions.site_of(found.code)
    if wanted.kind is Kind.PRODUCT:
        at = wanted.processed_at
        text = at.astimezone(zone).isoformat(" ", "minutes") if at else ""
        when = f"{text[:16]} {text[16:]}" if text else "-"
        product = ProductLabel(found.code, when, wanted.volume_ml or "-", clinic)
        return Batch((product,), site, found.code)
    procedure = procedures.get_procedure(connection, found.procedure)[1]
    room = places.get_location(connection, found.location)
    opened = found.opened_at.astimezone(zone)
    label = SessionLabel(found.code, procedure.name, f"{opened:%Y-%m-%d %H:%M}", room.name, clinic)
    return Batch((label,), site, found.code)


def _of_person(connection: sa.Connection, wanted: Wanted, clinic: str) -> Batch:
    person = people.find_person(connection, wanted.code)
    if person is None or not person.active:
        raise no_such("person", wanted.code)
    badge = StaffBadge(
        wanted.fresh_code or BLANK_BADGE,
        person.username,
        ", ".join(person.roles),
        clinic,
        ", ".join(ROLES_IN_ITALIAN[role] for role in person.roles),
    )
    return Batch((badge,), home_site(), person.username)


ROLES_IN_ITALIAN: Final = {
    "nurse": "infermiere",
    "pharmacist": "farmacista",
    "quality": "qualità",
    "admin": "amministratore",
    "auditor": "revisore",
}
"""Stand on a badge beneath the English ones: who reads it is not who printed it."""

BLANK_BADGE: Final = "SB00000000"
"""Stands on a preview, before a badge has its code; without a check character, so never taken."""


def _of_workstation(of: Workstation, clinic: str) -> Batch:
    label = SessionLabel(of.code, "KitTrace · test / prova", room=of.name, clinic=clinic)
    return Batch((label,), home_site(), of.code)


ON_THE_LABEL: Final = {
    "reference": "REF",
    "lot": "LOT",
    "gtin": "GTIN",
    "planned_on": "Date / Data",
    "room": "Room / Sala",
    "processed_at": "Time / Ora",
    "volume_ml": "Volume",
}
"""What stands before a field on the label, in every language."""


def problem_of(fault: LabelProblem) -> Problem:
    """Why a label is not printed, said so that a person knows what to do."""
    field = ON_THE_LABEL.get(fault.field, fault.field)
    if isinstance(fault, DoesNotFit) and fault.field == "notices":
        message = say(
            "What must be said of processed tissue can no longer be read on labels this small."
            " Choose labels of 38.1 × 21.2 mm or larger."
        )
    elif isinstance(fault, DoesNotFit):
        message = say(
            "The field %(field)s has no room on labels of this size. Choose a larger one.",
            field=field,
        )
    elif isinstance(fault, BadSymbol):
        message = say(
            "The barcode of this label did not read back right, so it was not printed. Tell"
            " whoever looks after KitTrace."
        )
    else:
        message = say("The field %(field)s holds a character that cannot be printed.", field=field)
    return Problem(fault.code, message)
