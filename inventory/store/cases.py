"""Cases as their tables hold them, for the verifier to hold against the entries that made them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inventory.domain.chain import instant
from inventory.domain.ledger import LocationKind
from inventory.domain.places import MEANINGS
from inventory.store.patients import Patient, commitment
from inventory.store.tables.catalogue import item, procedure_definition, unit
from inventory.store.tables.ledger import entry
from inventory.store.tables.patient_sessions import patient_session, recall, recall_scope, receipt
from inventory.store.tables.patients import patient
from inventory.store.tables.places import location, site

Sound = Mapping[str, int]
"""Up to which number the entries of each site are as they were written; no other is read here."""


def case_entries(
    connection: sa.Connection, kind: str, sound: Sound
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Entries that made a case: reference, code of the case, and the text read."""
    yield from _read(connection, entry.c.kind == kind, sound)


def entries_with_notes(
    connection: sa.Connection, sound: Sound
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Entries that name a note or a photo which is kept apart: reference and facts."""
    named = sa.or_(*(entry.c.text.contains(f'"{name}_digest"') for name in ("note", "photo")))
    for reference, _, said in _read(connection, named, sound):
        yield reference, said["facts"]


def _read(
    connection: sa.Connection, wanted: sa.ColumnElement[bool], sound: Sound
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    query = (
        sa.select(site.c.code, entry.c.number, entry.c.about, entry.c.text)
        .join(site, site.c.id == entry.c.site_id)
        .where(wanted)
        .order_by(entry.c.id)
    )
    for of_site, number, about, text in connection.execute(query):
        if number <= sound.get(of_site, 0):
            yield f"{of_site}-{number}", about, json.loads(text)


@dataclass(frozen=True, slots=True)
class KeptRecall:
    """A recall as its tables hold it.

    Attributes:
        reference: The manufacturer's reference of the notice.
        manufacturer: Who recalls.
        reason: Why, in the notice's words.
        opened_at: When it was opened, UTC.
        opened_by: User name of who opened it.
        scope: Items by code with the lots, or None for all lots.
    """

    reference: str
    manufacturer: str
    reason: str
    opened_at: datetime
    opened_by: str
    scope: Sequence[tuple[str, Sequence[str] | None]]


def recall_as_kept(connection: sa.Connection, code: str) -> KeptRecall | None:
    """A recall as its tables hold it, or None."""
    row = connection.execute(
        sa.select(
            recall.c.id,
            recall.c.reference,
            recall.c.manufacturer,
            recall.c.reason,
            recall.c.opened_at,
            recall.c.opened_by,
        ).where(recall.c.code == code)
    ).first()
    if row is None:
        return None
    scope: dict[str, list[str] | None] = {}
    for item_code, number in connection.execute(
        sa.select(item.c.code, recall_scope.c.lot_number)
        .join(item, item.c.id == recall_scope.c.item_id)
        .where(recall_scope.c.recall_id == row.id)
    ):
        lots = scope.setdefault(item_code, [])
        if number is None or lots is None:
            scope[item_code] = None
        else:
            lots.append(number)
    return KeptRecall(*row[1:], tuple(scope.items()))


def serials(connection: sa.Connection) -> dict[str, str]:
    """The serial numbers of units, by code; of those that have one."""
    query = sa.select(unit.c.code, unit.c.serial).where(unit.c.serial.is_not(None))
    rows = connection.execute(query)
    return {row.code: row.serial for row in rows}


def session_as_kept(connection: sa.Connection, code: str) -> dict[str, Any] | None:
    """What the entry of a patient session says of it, made again from the tables.

    None where there is no such session, or where it points at a place that is not its own.
    """
    place = location.alias("place")
    row = connection.execute(
        sa.select(
            location.c.code,
            procedure_definition.c.code,
            patient_session.c.opened_at,
            patient_session.c.retain_until,
            patient.c.id,
            patient.c.code,
        )
        .join(location, location.c.id == patient_session.c.location_id)
        .join(procedure_definition, procedure_definition.c.id == patient_session.c.procedure_id)
        .join(patient, patient.c.id == patient_session.c.patient_id)
        .join(place, place.c.id == patient_session.c.place_id)
        .where(patient_session.c.code == code, place.c.code == code)
        .where(place.c.site_id == patient_session.c.site_id)
        .where(location.c.site_id == patient_session.c.site_id)
    ).first()
    if row is None:
        return None
    room, procedure, opened_at, retain_until, patient_id, pseudonym = row
    return {
        "patient_commit": commitment(connection, Patient(patient_id, pseudonym)),
        "location": room,
        "procedure": procedure,
        "opened_at": instant(opened_at),
        "retain_until": retain_until.isoformat(),
    }


def places_misnamed(connection: sa.Connection) -> list[str]:
    """Codes of places whose kind is not what their code says: `TO-USED`, a session's own."""
    named = {f"-{kind}": kind for kind in MEANINGS}
    query = sa.select(location.c.code, location.c.kind, site.c.code, patient_session.c.code)
    rows = connection.execute(
        query.join(site, site.c.id == location.c.site_id).outerjoin(
            patient_session, patient_session.c.code == location.c.code
        )
    )
    return [
        code
        for code, kind, of_site, session in rows
        if (LocationKind.SESSION if session else named.get(code.removeprefix(of_site)))
        != (kind if kind == LocationKind.SESSION or kind in MEANINGS else None)
    ]


def cases_without_entry(connection: sa.Connection) -> list[str]:
    """Codes of sessions, recalls and receipts that no entry is about: somebody slipped them in."""
    codes: list[str] = []
    for table in (patient_session, recall, receipt):
        query = sa.select(table.c.code).where(~sa.exists().where(entry.c.about == table.c.code))
        codes += connection.execute(query).scalars()
    return codes
