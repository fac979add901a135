"""What proofs are made of: the chain's key, leaves, entries and their movements in order."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app

from inventory.domain.chain import Link
from inventory.store import AnyRow, expiries, keyring
from inventory.store.tables.catalogue import item, lot, unit
from inventory.store.tables.ledger import entry, movement
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


def leaves_after(connection: sa.Connection, site_id: int, number: int) -> list[bytes]:
    """Leaf hashes of a site's entries after a number, in order."""
    rows = connection.execute(
        sa.select(entry.c.leaf)
        .where(entry.c.site_id == site_id, entry.c.number > number)
        .order_by(entry.c.number)
    )
    return [bytes(leaf) for leaf in rows.scalars()]


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
    unit_lot = lot.alias("unit_lot")
    query = (
        sa.select(
            entry.c.number,
            movement.c.line,
            movement.c.entry_id,
            item.c.code.label("item"),
            lot.c.id.label("lot_id"),
            lot.c.number.label("lot"),
            lot.c.expires_on,
            unit.c.code.label("unit"),
            movement.c.step,
            movement.c.source_id,
            movement.c.destination_id,
            movement.c.quantity,
            movement.c.entered,
            movement.c.overridden,
            (unit_lot.c.id == lot.c.id).label("of_lot"),
        )
        .select_from(movement)
        .join(entry, entry.c.id == movement.c.entry_id)
        .join(lot, lot.c.id == movement.c.lot_id)
        .join(item, item.c.id == lot.c.item_id)
        .outerjoin(unit, unit.c.id == movement.c.unit_id)
        .outerjoin(unit_lot, unit_lot.c.id == unit.c.lot_id)
        .where(entry.c.site_id == site_id)
        .order_by(entry.c.number, entry.c.id, movement.c.line)
    )
    corrected = expiries.corrections_by_lot(connection)
    named = {
        row.id: row.code for row in connection.execute(sa.select(location.c.id, location.c.code))
    }
    with connection.execute(query.execution_options(yield_per=5000)) as rows:
        for row in rows:
            yield row.number, row.line, _words(row, corrected, named)


def _expiry_then(row: AnyRow, corrected: expiries.Steps) -> str:
    """The last day of use that counted when a movement was made."""
    day = row.expires_on
    for entry_id, expires_on in corrected.get(row.lot_id, ()):
        if entry_id < row.entry_id:
            day = expires_on
    return day.isoformat() if day else ""


def _words(row: AnyRow, corrected: expiries.Steps, named: dict[int, str]) -> dict[str, Any]:
    words = {
        "item": row.item,
        "lot": row.lot,
        "expires_on": _expiry_then(row, corrected),
        "unit": row.unit or "",
        "step": row.step or 0,
        "source": named.get(row.source_id, ""),
        "destination": named.get(row.destination_id, ""),
        "quantity": row.quantity,
        "entered": row.entered,
        "overridden": row.overridden,
    }
    if row.unit and not row.of_lot:
        words["unit"] = f"{row.unit} of another lot"
    return {name: word for name, word in words.items() if word not in ("", 0)}
