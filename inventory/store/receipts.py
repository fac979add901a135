"""Receipts: which delivery brought what."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import receipt
from inventory.store.tables.places import location


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivery that was taken in.

    Attributes:
        code: Our code, `RE...`.
        location: Code of the store that took it in.
        supplier: Who sent it.
        document: Number of the delivery note.
        at: When it was booked, UTC.
    """

    code: str
    location: str
    supplier: str
    document: str
    at: datetime


_SELECT = sa.select(
    receipt.c.code, location.c.code, receipt.c.supplier, receipt.c.document, receipt.c.at
).join(location, location.c.id == receipt.c.location_id)


def add_receipt(connection: sa.Connection, fresh: Receipt) -> None:
    """A further receipt."""
    place = sa.select(location.c.id).where(location.c.code == fresh.location)
    values = {
        "code": fresh.code,
        "location_id": connection.execute(place).scalar_one(),
        "supplier": fresh.supplier,
        "document": fresh.document,
        "at": fresh.at,
    }
    connection.execute(sa.insert(receipt), values)


def find_receipt(connection: sa.Connection, code: str) -> Receipt | None:
    """The receipt of a code, or None."""
    row = connection.execute(_SELECT.where(receipt.c.code == code)).first()
    return None if row is None else Receipt(*row)


def receipts_of_lot(connection: sa.Connection, lot_id: int) -> list[Receipt]:
    """The deliveries that brought a lot, oldest first."""
    brought = (
        sa.select(entry.c.about)
        .join(movement, movement.c.entry_id == entry.c.id)
        .where(movement.c.lot_id == lot_id, entry.c.kind == "RECEIVE")
    )
    query = _SELECT.where(receipt.c.code.in_(brought)).order_by(receipt.c.id)
    return [Receipt(*row) for row in connection.execute(query)]


def unit_ids_of_receipt(connection: sa.Connection, code: str) -> list[int]:
    """Keys of the units that a delivery brought, in the order of its lines."""
    query = (
        sa.select(movement.c.unit_id)
        .join(entry, entry.c.id == movement.c.entry_id)
        .where(entry.c.about == code, entry.c.kind == "RECEIVE", movement.c.unit_id.is_not(None))
        .order_by(movement.c.line)
    )
    return [int(key) for key in connection.execute(query).scalars()]
