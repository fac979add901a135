"""Lots that ever came in, and the patient sessions they were opened for."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind, LocationKind
from inventory.store.expiries import EXPIRES_ON
from inventory.store.lists.paging import PAGE, Found, matches
from inventory.store.tables.catalogue import item, lot, unit
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import patient_session
from inventory.store.tables.patients import patient
from inventory.store.tables.places import location, site


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot in a list.

    Attributes:
        id: Key of the lot.
        item: Code of the item.
        item_name: Its name.
        reference: The manufacturer's REF.
        number: The lot number.
        expires_on: Last day of use, or None.
    """

    id: int
    item: str
    item_name: str
    reference: str
    number: str
    expires_on: date | None


def lots_found(*, number: str = "", item_code: str = "", search: str = "") -> Found[LotLine]:
    """Lots that ever came in, the latest first.

    Args:
        number: The lot number, compared exactly.
        item_code: Code of the item.
        search: Part of the lot number, the item's name or REF.
    """
    query = sa.select(
        lot.c.id, item.c.code, item.c.name, item.c.reference, lot.c.number, EXPIRES_ON
    ).join(item, item.c.id == lot.c.item_id)
    if number:
        query = query.where(lot.c.number == number)
    if item_code:
        query = query.where(item.c.code == item_code)
    if search:
        query = query.where(matches(search, lot.c.number, item.c.name, item.c.reference))
    return Found(query.order_by(lot.c.id.desc()), lambda row: LotLine(*row))


def find_lots(
    connection: sa.Connection, *, page: int = 1, size: int = PAGE, **wanted: str
) -> tuple[list[LotLine], int]:
    """A page of `lots_found`, and how many there are in all."""
    return lots_found(**wanted).page(connection, page, size)


@dataclass(frozen=True, slots=True)
class LotInSession:
    """A patient session that a lot was opened for: the forward trace.

    Attributes:
        session: Its opaque code.
        opened_at: When the session was opened, UTC.
        site: Code of the site.
        location: Code of the room.
        patient: The pseudonym.
        unit: Code of the unit, or empty.
        in_session: Units of use opened, outcome not said.
        used: Units of use used on the patient.
        wasted: Units of use wasted.
        restocked: Units of use put back or reversed.
    """

    session: str
    opened_at: datetime
    site: str
    location: str
    patient: str
    unit: str
    in_session: int
    used: int
    wasted: int
    restocked: int


def sessions_of_lot(connection: sa.Connection, lot_id: int) -> list[LotInSession]:
    """Every patient session that a lot was opened for, oldest first; one query."""
    place, other, room = location.alias("place"), location.alias("other"), location.alias("room")

    def flows(direction: int, end: "sa.Column[int]", far: "sa.Column[int]") -> "sa.Select[Any]":
        return (
            sa.select(
                end.label("place"),
                movement.c.unit_id,
                other.c.kind.label("fate"),
                (movement.c.quantity * direction).label("quantity"),
            )
            .join(place, place.c.id == end)
            .join(other, other.c.id == far)
            .where(movement.c.lot_id == lot_id, place.c.kind == LocationKind.SESSION.value)
        )

    both = sa.union_all(
        flows(1, movement.c.destination_id, movement.c.source_id),
        flows(-1, movement.c.source_id, movement.c.destination_id),
    ).subquery()

    def total(*kinds: LocationKind) -> "sa.ColumnElement[int]":
        wanted = both.c.fate.in_([kind.value for kind in kinds])
        return -sa.func.sum(sa.case((wanted, both.c.quantity), else_=0))

    taken = (
        sa.select(
            both.c.place,
            both.c.unit_id,
            sa.func.sum(both.c.quantity).label("in_session"),
            total(LocationKind.USED, LocationKind.REPROCESSING).label("used"),
            total(LocationKind.WASTED).label("wasted"),
            sa.func.sum(sa.case((both.c.quantity > 0, both.c.quantity), else_=0)).label("came"),
        )
        .group_by(both.c.place, both.c.unit_id)
        .subquery()
    )
    query = (
        sa.select(
            patient_session.c.code,
            patient_session.c.opened_at,
            site.c.code,
            room.c.code,
            patient.c.code,
            sa.func.coalesce(unit.c.code, ""),
            taken.c.in_session,
            taken.c.used,
            taken.c.wasted,
            taken.c.came - taken.c.in_session - taken.c.used - taken.c.wasted,
        )
        .join(patient_session, patient_session.c.place_id == taken.c.place)
        .join(site, site.c.id == patient_session.c.site_id)
        .join(room, room.c.id == patient_session.c.location_id)
        .join(patient, patient.c.id == patient_session.c.patient_id)
        .outerjoin(unit, unit.c.id == taken.c.unit_id)
        .order_by(patient_session.c.opened_at, patient_session.c.id, unit.c.id)
    )
    return [LotInSession(*row[:6], *map(int, row[6:])) for row in connection.execute(query)]


def sessions_after(
    connection: sa.Connection, lot_id: int, day: date | None, zone: ZoneInfo
) -> list[str]:
    """Codes of the sessions for which a lot was opened after a day and kept, oldest first.

    It counts when a piece was opened: a session goes on past midnight, and is recorded late. Of a
    lot that is counted nobody knows which piece was put back: while one is kept, all count.

    Args:
        connection: Reading or in an act.
        lot_id: Key of the lot.
        day: Its last day of use; None is no day at all, and nothing comes after it.
        zone: Of the clinic's days.
    """
    if day is None:
        return []
    undone = entry.alias("undone")
    rows = connection.execute(
        sa.select(patient_session.c.code, sa.func.coalesce(unit.c.code, ""), entry.c.occurred_at)
        .select_from(movement)
        .join(entry, entry.c.id == movement.c.entry_id)
        .join(patient_session, patient_session.c.place_id == movement.c.destination_id)
        .outerjoin(unit, unit.c.id == movement.c.unit_id)
        .where(movement.c.lot_id == lot_id, entry.c.kind == EntryKind.OPEN.value)
        .where(~sa.exists().where(undone.c.reverses_id == entry.c.id))
    )
    late = {row[:2] for row in rows if row[2].astimezone(zone).date() > day}
    kept = [
        each.session
        for each in sessions_of_lot(connection, lot_id)
        if (each.session, each.unit) in late and each.in_session + each.used + each.wasted
    ]
    return list(dict.fromkeys(kept))
