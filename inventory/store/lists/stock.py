"""What is on hand, and where; items with what is on hand of them."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from inventory.domain.catalogue import ItemKind, Tracking
from inventory.domain.ledger import ON_HAND, LocationKind
from inventory.store import AnyRow
from inventory.store.expiries import EXPIRES_ON
from inventory.store.lists.paging import PAGE, Found, matches
from inventory.store.tables.catalogue import item, lot, packaging_level, unit
from inventory.store.tables.ledger import movement
from inventory.store.tables.places import location, site


@dataclass(frozen=True, slots=True)
class StockLine:
    """What one place holds of one lot.

    Attributes:
        item: Code of the item.
        item_name: Its name.
        reference: The manufacturer's REF.
        kind: Its kind.
        tracking: By lot or by unit.
        lot_id: Key of the lot.
        lot: The lot number.
        expires_on: Last day of use, or None.
        location: Code of the place.
        location_kind: What the place means.
        quantity: Units of use, 1 or more.
    """

    item: str
    item_name: str
    reference: str
    kind: ItemKind
    tracking: Tracking
    lot_id: int
    lot: str
    expires_on: date | None
    location: str
    location_kind: LocationKind
    quantity: int


def on_hand(
    connection: sa.Connection,
    *,
    place: str = "",
    search: str = "",
    expires_before: date | None = None,
    item_code: str = "",
) -> list[StockLine]:
    """What is on hand, first to expire first within an item.

    Args:
        connection: Reading.
        place: Code of one place, or of a site; empty for all.
        search: Part of the item's name, REF or the lot number, case not minded.
        expires_before: Only what expires before this day.
        item_code: Only this item.
    """
    held = held_by_place(place)
    query = (
        sa.select(
            item.c.code,
            item.c.name,
            item.c.reference,
            item.c.kind,
            item.c.tracking,
            lot.c.id,
            lot.c.number,
            EXPIRES_ON,
            location.c.code,
            location.c.kind,
            held.c.quantity,
        )
        .select_from(held)
        .join(location, location.c.id == held.c.place)
        .join(lot, lot.c.id == held.c.lot_id)
        .join(item, item.c.id == lot.c.item_id)
        .where(held.c.quantity > 0)
        .order_by(item.c.name, item.c.code, EXPIRES_ON.is_(None), EXPIRES_ON, location.c.id)
    )
    if search:
        query = query.where(matches(search, item.c.name, item.c.reference, lot.c.number))
    if expires_before:
        query = query.where(expires_before > EXPIRES_ON)
    if item_code:
        query = query.where(item.c.code == item_code)
    return [
        StockLine(
            *row[:3],
            ItemKind(row[3]),
            Tracking(row[4]),
            *row[5:9],
            LocationKind(row[9]),
            int(row[10]),
        )
        for row in connection.execute(query)
    ]


def held_by_place(place: str) -> "sa.Subquery":
    """Sums by place and lot over the places that hold stock."""
    kinds = [kind.value for kind in ON_HAND]
    places = sa.select(location.c.id).where(location.c.kind.in_(kinds))
    if place:
        of_site = sa.select(site.c.id).where(site.c.code == place)
        places = places.where(
            sa.or_(
                location.c.code == place, location.c.label == place, location.c.site_id.in_(of_site)
            )
        )
    came = (
        sa.select(
            movement.c.destination_id.label("place"),
            movement.c.lot_id,
            sa.func.sum(movement.c.quantity).label("quantity"),
        )
        .where(movement.c.destination_id.in_(places))
        .group_by(movement.c.destination_id, movement.c.lot_id)
    )
    went = (
        sa.select(movement.c.source_id, movement.c.lot_id, -sa.func.sum(movement.c.quantity))
        .where(movement.c.source_id.in_(places))
        .group_by(movement.c.source_id, movement.c.lot_id)
    )
    both = sa.union_all(came, went).subquery()
    return (
        sa.select(both.c.place, both.c.lot_id, sa.func.sum(both.c.quantity).label("quantity"))
        .group_by(both.c.place, both.c.lot_id)
        .subquery()
    )


def units_on_hand(connection: sa.Connection, lot_id: int) -> list[tuple[str, str, str]]:
    """Units of a lot that are on hand or in a session: code, serial, code of the place."""
    later = movement.alias("later")
    query = (
        sa.select(unit.c.code, sa.func.coalesce(unit.c.serial, ""), location.c.code)
        .join(movement, movement.c.unit_id == unit.c.id)
        .join(location, location.c.id == movement.c.destination_id)
        .where(
            unit.c.lot_id == lot_id,
            location.c.kind.in_([*(kind.value for kind in ON_HAND), LocationKind.SESSION.value]),
            ~sa.exists().where(later.c.unit_id == unit.c.id, later.c.step == movement.c.step + 1),
        )
        .order_by(location.c.id, unit.c.id)
    )
    return [(code, serial, place) for code, serial, place in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item in a list, with what is on hand of it.

    Attributes:
        code: Code of the item.
        name: Its name.
        reference: The manufacturer's REF.
        manufacturer: Its manufacturer.
        kind: Its kind.
        tracking: By lot or by unit.
        on_hand: Units of use on hand at all sites.
    """

    code: str
    name: str
    reference: str
    manufacturer: str
    kind: ItemKind
    tracking: Tracking
    on_hand: int


def items_found(*, search: str = "", kind: str = "") -> Found[ItemLine]:
    """Items by name; searched by part of name, REF or maker, or by a whole identifier."""
    held = held_by_place("")
    of_item = (
        sa.select(lot.c.item_id, sa.func.sum(held.c.quantity).label("quantity"))
        .join(held, held.c.lot_id == lot.c.id)
        .group_by(lot.c.item_id)
        .subquery()
    )
    query = sa.select(
        item.c.code,
        item.c.name,
        item.c.reference,
        item.c.manufacturer,
        item.c.kind,
        item.c.tracking,
        sa.func.coalesce(of_item.c.quantity, 0),
    ).outerjoin(of_item, of_item.c.item_id == item.c.id)
    if search:
        identified = sa.exists().where(
            packaging_level.c.item_id == item.c.id, packaging_level.c.di == search
        )
        query = query.where(
            sa.or_(matches(search, item.c.name, item.c.reference, item.c.manufacturer), identified)
        )
    if kind:
        query = query.where(item.c.kind == kind)
    return Found(query.order_by(item.c.name, item.c.id), _item_line)


def list_items(
    connection: sa.Connection, *, page: int = 1, size: int = PAGE, **wanted: str
) -> tuple[list[ItemLine], int]:
    """A page of `items_found`, and how many there are in all."""
    return items_found(**wanted).page(connection, page, size)


def _item_line(row: AnyRow) -> ItemLine:
    code, name, reference, manufacturer, of_kind, tracking, held = row
    return ItemLine(
        code, name, reference, manufacturer, ItemKind(of_kind), Tracking(tracking), int(held)
    )
