"""What proofs are made of: leaves, checkpoints, and all that the verifier compares."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from inventory.domain.chain import Link, Tree
from inventory.domain.ledger import LocationKind
from inventory.domain.places import MEANINGS
from inventory.store import AnyRow, keyring
from inventory.store.patients import Patient, commitment
from inventory.store.tables.catalogue import item, lot, procedure_definition, unit
from inventory.store.tables.ledger import checkpoint, entry, movement
from inventory.store.tables.patient_sessions import patient_session, recall, recall_scope, receipt
from inventory.store.tables.patients import patient
from inventory.store.tables.places import installation, location, site


def installation_code(connection: sa.Connection) -> str:
    """The name that this installation was given when its database was made."""
    return str(connection.execute(sa.select(installation.c.code)).scalar_one())


def chain_key(connection: sa.Connection) -> bytes:
    """What keys the MAC chain of this installation, 32 bytes.

    The installation's name is in it: whoever gives the database another name, so that no kept
    checkpoint seems to speak of it, breaks every link. Two databases may share one folder of keys.
    """
    code = installation_code(connection)
    return hmac.new(keyring().chain, code.encode(), hashlib.sha256).digest()


def remembered_chain_key(connection: sa.Connection) -> bytes:
    """The same for acts: read once in the life of an application."""
    known: bytes | None = current_app.extensions.get("kittrace.chain_key")
    if known is None:
        known = current_app.extensions["kittrace.chain_key"] = chain_key(connection)
    return known


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint as kept here.

    Attributes:
        tree: Size and peaks, from which the tree can grow.
        note: The signed note.
        at: When it was made, UTC.
    """

    tree: Tree
    note: str
    at: datetime


def latest_checkpoint(connection: sa.Connection, site_id: int) -> KeptCheckpoint | None:
    """The latest checkpoint of a site, or None."""
    row = connection.execute(
        sa.select(checkpoint.c.size, checkpoint.c.peaks, checkpoint.c.note, checkpoint.c.at)
        .where(checkpoint.c.site_id == site_id)
        .order_by(checkpoint.c.size.desc())
        .limit(1)
    ).first()
    return None if row is None else _kept(row)


def _kept(row: AnyRow) -> KeptCheckpoint:
    size, peaks, note, at = row
    parts = tuple(peaks[start : start + 32] for start in range(0, len(peaks), 32))
    return KeptCheckpoint(Tree(size, parts), note, at)


def checkpoints(connection: sa.Connection, site_id: int) -> list[KeptCheckpoint]:
    """All checkpoints of a site, the smallest first."""
    rows = connection.execute(
        sa.select(checkpoint.c.size, checkpoint.c.peaks, checkpoint.c.note, checkpoint.c.at)
        .where(checkpoint.c.site_id == site_id)
        .order_by(checkpoint.c.size)
    )
    return [_kept(row) for row in rows]


def leaves_after(connection: sa.Connection, site_id: int, number: int) -> list[bytes]:
    """Leaf hashes of a site's entries after a number, in order."""
    rows = connection.execute(
        sa.select(entry.c.leaf)
        .where(entry.c.site_id == site_id, entry.c.number > number)
        .order_by(entry.c.number)
    )
    return [bytes(leaf) for leaf in rows.scalars()]


def add_checkpoint(
    connection: sa.Connection, site_id: int, tree: Tree, note: str, at: datetime
) -> None:
    """Keep a checkpoint."""
    values = {
        "site_id": site_id,
        "size": tree.size,
        "peaks": b"".join(tree.peaks),
        "note": note,
        "at": at,
    }
    connection.execute(sa.insert(checkpoint), values)


def latest_links(connection: sa.Connection, site_id: int) -> list[Link]:
    """The last two entries of a site, the older first."""
    rows = connection.execute(
        sa.select(entry.c.number, entry.c.text, entry.c.leaf, entry.c.mac)
        .where(entry.c.site_id == site_id)
        .order_by(entry.c.number.desc())
        .limit(2)
    ).all()
    return [Link(number, text, bytes(leaf), mac) for number, text, leaf, mac in reversed(rows)]


def first_link(connection: sa.Connection, site_id: int) -> Link | None:
    """The first entry of a site."""
    row = connection.execute(
        sa.select(entry.c.number, entry.c.text, entry.c.leaf, entry.c.mac)
        .where(entry.c.site_id == site_id)
        .order_by(entry.c.number)
        .limit(1)
    ).first()
    return Link(row[0], row[1], bytes(row[2]), row[3]) if row else None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the verifier compares it: its text and its columns.

    Attributes:
        id: Key in the store.
        link: Number, text, leaf, MAC.
        columns: The columns that repeat what the text says, by the text's names.
    """

    id: int
    link: Link
    columns: dict[str, Any]


def entries_of(connection: sa.Connection, site_id: int) -> Iterator[StoredEntry]:
    """All entries of a site in the order of their numbers, read in parts."""
    mirrored, mirrored_site = entry.alias("mirrored"), site.alias("mirrored_site")
    query = (
        sa.select(
            entry.c.id,
            entry.c.number,
            entry.c.text,
            entry.c.leaf,
            entry.c.mac,
            entry.c.kind,
            entry.c.at,
            entry.c.occurred_at,
            entry.c.by,
            entry.c.about,
            entry.c.reason,
            mirrored.c.number.label("mirrored"),
            mirrored_site.c.code.label("mirrored_site"),
        )
        .outerjoin(mirrored, mirrored.c.id == entry.c.reverses_id)
        .outerjoin(mirrored_site, mirrored_site.c.id == mirrored.c.site_id)
        .where(entry.c.site_id == site_id)
        .order_by(entry.c.number, entry.c.id)
    )
    with connection.execute(query.execution_options(yield_per=2000)) as rows:
        for row in rows:
            columns = {
                "number": row.number,
                "kind": row.kind,
                "at": row.at,
                "occurred_at": row.occurred_at,
                "by": row.by,
                "about": row.about,
                "reason": row.reason,
                "reverses": f"{row.mirrored_site}-{row.mirrored}" if row.mirrored else "",
            }
            held = Link(row.number, row.text, bytes(row.leaf), row.mac)
            yield StoredEntry(row.id, held, columns)


def movements_in_order(
    connection: sa.Connection, site_id: int
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Every movement of a site's entries in their order: number of the entry, line, and words."""
    source, destination = location.alias("source"), location.alias("destination")
    unit_lot = lot.alias("unit_lot")
    query = (
        sa.select(
            entry.c.number,
            movement.c.line,
            item.c.code.label("item"),
            lot.c.number.label("lot"),
            lot.c.expires_on,
            unit.c.code.label("unit"),
            movement.c.step,
            source.c.code.label("source"),
            destination.c.code.label("destination"),
            movement.c.quantity,
            movement.c.entered,
            movement.c.overridden,
            (unit_lot.c.id == lot.c.id).label("of_lot"),
        )
        .select_from(movement)
        .join(entry, entry.c.id == movement.c.entry_id)
        .join(lot, lot.c.id == movement.c.lot_id)
        .join(item, item.c.id == lot.c.item_id)
        .join(source, source.c.id == movement.c.source_id)
        .join(destination, destination.c.id == movement.c.destination_id)
        .outerjoin(unit, unit.c.id == movement.c.unit_id)
        .outerjoin(unit_lot, unit_lot.c.id == unit.c.lot_id)
        .where(entry.c.site_id == site_id)
        .order_by(entry.c.number, entry.c.id, movement.c.line)
    )
    with connection.execute(query.execution_options(yield_per=5000)) as rows:
        for row in rows:
            yield row.number, row.line, _words(row)


def _words(row: AnyRow) -> dict[str, Any]:
    words = {
        "item": row.item,
        "lot": row.lot,
        "expires_on": row.expires_on.isoformat() if row.expires_on else "",
        "unit": row.unit or "",
        "step": row.step or 0,
        "source": row.source,
        "destination": row.destination,
        "quantity": row.quantity,
        "entered": row.entered,
        "overridden": row.overridden,
    }
    if row.unit and not row.of_lot:
        words["unit"] = f"{row.unit} of another lot"
    return {name: word for name, word in words.items() if word not in ("", 0)}


def case_entries(connection: sa.Connection, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Entries that made a case: reference, code of the case, and the text read."""
    query = (
        sa.select(site.c.code, entry.c.number, entry.c.about, entry.c.text)
        .join(site, site.c.id == entry.c.site_id)
        .where(entry.c.kind == kind)
        .order_by(entry.c.id)
    )
    for of_site, number, about, text in connection.execute(query):
        yield f"{of_site}-{number}", about, json.loads(text)


def recall_as_kept(
    connection: sa.Connection, code: str
) -> tuple[str, str, str, list[tuple[str, list[str] | None]]] | None:
    """Reference, manufacturer, reason and scope of a recall as its tables hold them."""
    head = connection.execute(
        sa.select(recall.c.id, recall.c.reference, recall.c.manufacturer, recall.c.reason).where(
            recall.c.code == code
        )
    ).first()
    if head is None:
        return None
    scope: dict[str, list[str] | None] = {}
    for item_code, number in connection.execute(
        sa.select(item.c.code, recall_scope.c.lot_number)
        .join(item, item.c.id == recall_scope.c.item_id)
        .where(recall_scope.c.recall_id == head.id)
    ):
        lots = scope.setdefault(item_code, [])
        if number is None or lots is None:
            scope[item_code] = None
        else:
            lots.append(number)
    return head.reference, head.manufacturer, head.reason, list(scope.items())


def session_as_kept(connection: sa.Connection, code: str) -> dict[str, Any] | None:
    """What the entry of a patient session says of it, made again from the tables.

    None where there is no such session, or where it points at a place that is not its own.
    """
    place = location.alias("place")
    row = connection.execute(
        sa.select(
            location.c.code,
            procedure_definition.c.code,
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
    room, procedure, retain_until, patient_id, pseudonym = row
    return {
        "patient_commit": commitment(connection, Patient(patient_id, pseudonym)),
        "location": room,
        "procedure": procedure,
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
