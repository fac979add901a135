"""Deliveries that were taken in, the latest first, and what each brought."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from inventory.domain.catalogue import Tracking
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.store.expiries import EXPIRES_ON
from inventory.store.lists.paging import PAGE, Found, matches
from inventory.store.tables.catalogue import item, lot, unit
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import receipt
from inventory.store.tables.places import location, site


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A delivery in a list.

    Attributes:
        code: Our code, `RE...`.
        at: When it was booked, UTC.
        supplier: Who sent it.
        document: Number of the delivery note.
        location: Code of the store that took it in.
        lots: How many lots it brought.
        quantity: Units of use in all.
        units: How many of them got a label of their own.
    """

    code: str
    at: datetime
    supplier: str
    document: str
    location: str
    lots: int
    quantity: int
    units: int


def receipts_found(*, search: str = "", place: str = "", labelled: str = "") -> Found[ReceiptLine]:
    """Deliveries, the latest first.

    Args:
        search: Part of the code, the supplier or the delivery note's number.
        place: Code of the store that took it in.
        labelled: Not empty for those only that brought pieces with labels of their own.
    """
    brought = (
        sa.select(movement.c.id)
        .join(entry, entry.c.id == movement.c.entry_id)
        .where(entry.c.about == receipt.c.code, entry.c.kind == EntryKind.RECEIVE.value)
    )

    def sums(of: "sa.ColumnElement[int]") -> "sa.ScalarSelect[int]":
        counted = brought.with_only_columns(sa.func.coalesce(of, 0), maintain_column_froms=True)
        return counted.correlate(receipt).scalar_subquery()

    query = sa.select(
        receipt.c.code,
        receipt.c.at,
        receipt.c.supplier,
        receipt.c.document,
        location.c.code,
        sums(sa.func.count(movement.c.lot_id.distinct())),
        sums(sa.func.sum(movement.c.quantity)),
        sums(sa.func.count(movement.c.unit_id)),
    ).join(location, location.c.id == receipt.c.location_id)
    if search:
        query = query.where(matches(search, receipt.c.code, receipt.c.supplier, receipt.c.document))
    if place:
        query = query.where(location.c.code == place)
    if labelled:
        query = query.where(brought.where(movement.c.unit_id.is_not(None)).exists())
    return Found(query.order_by(receipt.c.id.desc()), lambda row: ReceiptLine(*row))


def list_receipts(
    connection: sa.Connection, *, page: int = 1, size: int = PAGE, **wanted: str
) -> tuple[list[ReceiptLine], int]:
    """A page of `receipts_found`, and how many there are in all."""
    return receipts_found(**wanted).page(connection, page, size)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a delivery brought of one lot to one place.

    Attributes:
        item: Code of the item.
        item_name: Its name.
        reference: The manufacturer's REF.
        tracking: By lot or by unit.
        lot_id: Key of the lot.
        lot: The lot number.
        expires_on: Last day of use, or None.
        location: Code of the place it was put.
        location_kind: What the place means.
        quantity: Units of use.
        first_unit: Code of the first labelled piece, or empty.
    """

    item: str
    item_name: str
    reference: str
    tracking: Tracking
    lot_id: int
    lot: str
    expires_on: date | None
    location: str
    location_kind: LocationKind
    quantity: int
    first_unit: str


def lines_of_receipt(connection: sa.Connection, code: str) -> list[Brought]:
    """What a delivery brought, in the order in which it was booked."""
    query = (
        sa.select(
            item.c.code,
            item.c.name,
            item.c.reference,
            item.c.tracking,
            lot.c.id,
            lot.c.number,
            EXPIRES_ON,
            location.c.code,
            location.c.kind,
            sa.func.sum(movement.c.quantity),
            sa.func.coalesce(sa.func.min(unit.c.code), ""),
        )
        .select_from(movement)
        .join(entry, entry.c.id == movement.c.entry_id)
        .join(location, location.c.id == movement.c.destination_id)
        .join(lot, lot.c.id == movement.c.lot_id)
        .join(item, item.c.id == lot.c.item_id)
        .outerjoin(unit, unit.c.id == movement.c.unit_id)
        .where(entry.c.about == code, entry.c.kind == EntryKind.RECEIVE.value)
        .group_by(item.c.id, lot.c.id, location.c.id)
        .order_by(sa.func.min(movement.c.line))
    )
    return [
        Brought(*row[:3], Tracking(row[3]), *row[4:8], LocationKind(row[8]), row[9], row[10])
        for row in connection.execute(query)
    ]


def entry_of_receipt(connection: sa.Connection, code: str) -> tuple[str, str]:
    """Reference of the entry that booked a delivery, `TO-17`, and who did it."""
    query = (
        sa.select(site.c.code, entry.c.number, entry.c.by)
        .join(site, site.c.id == entry.c.site_id)
        .where(entry.c.about == code, entry.c.kind == EntryKind.RECEIVE.value)
    )
    of_site, number, by = connection.execute(query).one()
    return f"{of_site}-{number}", by
