"""Where a unit or a lot is now, for those who look for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Lot
from inventory.domain.ledger import IN_USE, ON_HAND, EntryKind, LocationKind
from inventory.store.expiries import EXPIRES_ON
from inventory.store.ledger import balance, places_of_lot
from inventory.store.places import location_of_id
from inventory.store.prepared import ONE, Prepared, Question
from inventory.store.tables.catalogue import lot
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.places import location

_source = location.alias("source")
_destination = location.alias("destination")


@dataclass(frozen=True, slots=True)
class UnitWhereabouts:
    """Where a unit's latest movement left it.

    Attributes:
        location_id: Key of the place.
        location: Its code.
        kind: What it means.
        session: The patient session it is in or was in last, else the place it came from.
        at: When it came there, UTC.
        step: Number of that movement in the unit's life.
    """

    location_id: int
    location: str
    kind: LocationKind
    session: str
    at: datetime
    step: int


_UNIT: Final = Prepared(
    sa.select(
        _destination.c.id,
        _destination.c.code,
        _destination.c.kind,
        _source.c.code,
        entry.c.occurred_at,
        movement.c.step,
    )
    .select_from(movement)
    .join(entry, entry.c.id == movement.c.entry_id)
    .join(_source, _source.c.id == movement.c.source_id)
    .join(_destination, _destination.c.id == movement.c.destination_id)
    .where(movement.c.unit_id == sa.bindparam("unit"))
    .order_by(movement.c.step.desc())
    .limit(ONE)
)


def unit_question(unit_id: int) -> Question:
    """What `where_is_unit` will ask."""
    return _UNIT.of(unit=unit_id)


def where_is_unit(connection: sa.Connection, unit_id: int) -> UnitWhereabouts:
    """Where a unit is; a unit is made by receiving it, so it is always somewhere."""
    ((key, code, kind, came_from, at, step),) = _UNIT.run(connection, unit=unit_id)
    session = code if kind == LocationKind.SESSION.value else came_from
    return UnitWhereabouts(key, code, LocationKind(kind), session, at, step)


def where_lies_lot(
    connection: sa.Connection, lot_id: int, except_id: int = 0
) -> list[tuple[str, int]]:
    """Places that hold pieces of a lot on hand or in use, and how many."""
    found = []
    for place_id, held in places_of_lot(connection, lot_id):
        place = location_of_id(connection, place_id)
        if place_id != except_id and held > 0 and place.kind in ON_HAND | IN_USE:
            found.append((place.code, held))
    return found


def expiring_earlier(
    connection: sa.Connection, location_id: int, than: Lot, today: date
) -> Iterator[tuple[str, date, int]]:
    """Lots of the same item that a place holds, not expired today, and that expire before a lot.

    Of each its number, its last day of use, and how many; the first to expire first.
    """
    query = (
        sa.select(lot.c.id, lot.c.number, EXPIRES_ON)
        .where(lot.c.item_id == than.item.id, lot.c.id != than.id, today <= EXPIRES_ON)
        .order_by(EXPIRES_ON, lot.c.id)
    )
    if than.expires_on:
        query = query.where(than.expires_on > EXPIRES_ON)
    for lot_id, number, expires_on in connection.execute(query).all():
        held = balance(connection, lot_id, location_id)
        if held > 0:
            yield number, expires_on, held


@dataclass(frozen=True, slots=True)
class Arrival:
    """What brought something to a place.

    Attributes:
        at: When it came, UTC.
        reason: Of the entry, or empty.
    """

    at: datetime
    reason: str


def arrival(
    connection: sa.Connection, location_id: int, lot_id: int, unit_id: int | None
) -> Arrival | None:
    """How a unit that lies in a place came there, or how the first pieces of a lot did.

    What was reversed never came, and what reverses brings nothing: it had been there before.
    """
    reversal = entry.alias("reversal")
    query = (
        sa.select(entry.c.occurred_at, entry.c.reason)
        .select_from(movement.join(entry, entry.c.id == movement.c.entry_id))
        .where(
            movement.c.lot_id == lot_id,
            movement.c.destination_id == location_id,
            entry.c.kind != EntryKind.REVERSE.value,
            ~sa.exists().where(reversal.c.reverses_id == entry.c.id),
        )
        .limit(1)
    )
    if unit_id is None:
        query = query.order_by(entry.c.occurred_at, entry.c.id)
    else:
        query = query.where(movement.c.unit_id == unit_id).order_by(movement.c.step.desc())
    row = connection.execute(query).first()
    return None if row is None else Arrival(*row)
