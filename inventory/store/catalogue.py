"""Items, lots and units: found by what a code says, added by receiving."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from inventory.domain.catalogue import Item, ItemKind, Lot, PackagingLevel, Tracking, Unit
from inventory.domain.problem import say
from inventory.store import row_id
from inventory.store.errors import Conflict, no_such
from inventory.store.expiries import EXPIRES_ON, EXPIRES_PRINTED
from inventory.store.prepared import ONE, Prepared, Question
from inventory.store.tables.catalogue import item, lot, packaging_level, unit
from inventory.store.tables.printing import unit_label

ITEM_COLUMNS: Final = (
    item.c.id,
    item.c.code,
    item.c.name,
    item.c.reference,
    item.c.manufacturer,
    item.c.kind,
    item.c.tracking,
    item.c.single_use,
)
LOT_COLUMNS: Final = (lot.c.id, lot.c.number, EXPIRES_ON, EXPIRES_PRINTED)


def as_item(row: Sequence[Any], packaging: tuple[PackagingLevel, ...] = ()) -> Item:
    """An item from the first eight columns of a row."""
    key, code, name, reference, manufacturer, kind, tracking, single_use = row[:8]
    return Item(
        key,
        code,
        name,
        reference,
        manufacturer,
        ItemKind(kind),
        Tracking(tracking),
        single_use,
        packaging,
    )


def as_lot(of: Item, row: Sequence[Any]) -> Lot:
    """A lot from four columns of a row."""
    key, number, expires_on, printed = row
    return Lot(key, of, number, expires_on, printed)


@dataclass(frozen=True, slots=True)
class Match:
    """What a device identifier and a lot number mean here.

    Attributes:
        item: The item, with the one packaging level that the identifier names.
        level: That level.
        lot: The lot, or None if it never came in.
    """

    item: Item
    level: PackagingLevel
    lot: Lot | None


_MATCH: Final = Prepared(
    sa.select(
        *ITEM_COLUMNS,
        packaging_level.c.di,
        packaging_level.c.issuer,
        packaging_level.c.units,
        *LOT_COLUMNS,
    )
    .select_from(
        packaging_level.join(item, item.c.id == packaging_level.c.item_id).outerjoin(
            lot, sa.and_(lot.c.item_id == item.c.id, lot.c.number == sa.bindparam("lot"))
        )
    )
    .where(packaging_level.c.di == sa.bindparam("di"))
)


def match_question(di: str, lot_number: str) -> Question:
    """What `find_match` will ask."""
    return _MATCH.of(di=di, lot=lot_number)


def find_match(connection: sa.Connection, di: str, lot_number: str) -> Match | None:
    """What a scanned identifier and lot mean, in one query; None where no item has it."""
    row = _MATCH.first(connection, di=di, lot=lot_number)
    if row is None:
        return None
    level = PackagingLevel(*row[8:11])
    found = as_item(row, (level,))
    return Match(found, level, None if row[11] is None else as_lot(found, row[11:15]))


_NEWEST_LABEL: Final = (
    sa.select(unit_label.c.code)
    .where(unit_label.c.unit_id == unit.c.id)
    .order_by(unit_label.c.id.desc())
    .limit(ONE)
    .scalar_subquery()
)
_BY_LABEL: Final = (
    sa.select(unit_label.c.unit_id)
    .where(unit_label.c.code == sa.bindparam("unit_code"))
    .scalar_subquery()
)
_UNIT: Final = sa.select(
    *ITEM_COLUMNS, *LOT_COLUMNS, unit.c.id, unit.c.code, unit.c.serial, _NEWEST_LABEL
).select_from(unit.join(lot, lot.c.id == unit.c.lot_id).join(item, item.c.id == lot.c.item_id))
_UNIT_BY_CODE: Final = Prepared(
    _UNIT.where(sa.or_(unit.c.code == sa.bindparam("unit_code"), unit.c.id == _BY_LABEL))
)
_UNIT_BY_ID: Final = Prepared(_UNIT.where(unit.c.id == sa.bindparam("unit_id")))
_UNIT_BY_SERIAL: Final = Prepared(
    _UNIT.where(
        unit.c.lot_id == sa.bindparam("of_lot"), unit.c.serial == sa.bindparam("unit_serial")
    )
)


_UNITS_OF_ITEM: Final = Prepared(
    _UNIT.where(lot.c.item_id == sa.bindparam("of_item"), unit.c.serial == sa.bindparam("serial"))
)


def _unit(row: Sequence[Any] | None) -> Unit | None:
    if row is None:
        return None
    key, code, serial, label = row[12:16]
    return Unit(key, code, as_lot(as_item(row), row[8:12]), serial or "", label or "")


def unit_question(code: str) -> Question:
    """What `find_unit` will ask."""
    return _UNIT_BY_CODE.of(unit_code=code)


def find_unit(connection: sa.Connection, code: str) -> Unit | None:
    """The unit of a code: its own, or that of any label it ever had; see `Unit.label_code`."""
    return _unit(_UNIT_BY_CODE.first(connection, unit_code=code))


def unit_of_id(connection: sa.Connection, key: int) -> Unit:
    """The unit of a key."""
    found = _unit(_UNIT_BY_ID.first(connection, unit_id=key))
    if found is None:
        raise no_such("unit", str(key))
    return found


def find_unit_by_serial(connection: sa.Connection, of: Lot, serial: str) -> Unit | None:
    """The unit of a lot that bears a manufacturer's serial."""
    return _unit(_UNIT_BY_SERIAL.first(connection, of_lot=of.id, unit_serial=serial))


def find_unit_of_item(connection: sa.Connection, of: Item, serial: str) -> Unit | None:
    """The one unit of an item that bears a manufacturer's serial, whatever its lot; else None."""
    rows = _UNITS_OF_ITEM.run(connection, of_item=of.id, serial=serial)
    return _unit(rows[0]) if len(rows) == 1 else None


def _packaging(connection: sa.Connection, item_id: int) -> tuple[PackagingLevel, ...]:
    rows = connection.execute(
        sa.select(packaging_level.c.di, packaging_level.c.issuer, packaging_level.c.units)
        .where(packaging_level.c.item_id == item_id)
        .order_by(packaging_level.c.units, packaging_level.c.id)
    )
    return tuple(PackagingLevel(*row) for row in rows)


def find_item(connection: sa.Connection, code: str) -> Item | None:
    """The item of a code, with all its packaging levels."""
    row = connection.execute(sa.select(*ITEM_COLUMNS).where(item.c.code == code)).first()
    return None if row is None else as_item(row, _packaging(connection, row[0]))


def get_item(connection: sa.Connection, code: str) -> Item:
    """The item of a code, with all its packaging levels.

    Raises:
        NotFound: There is none.
    """
    found = find_item(connection, code)
    if found is None:
        raise no_such("item", code)
    return found


def find_lot(connection: sa.Connection, of: Item, number: str) -> Lot | None:
    """A lot by its number, compared exactly."""
    row = connection.execute(
        sa.select(*LOT_COLUMNS).where(lot.c.item_id == of.id, lot.c.number == number)
    ).first()
    return None if row is None else as_lot(of, row)


def get_lot(connection: sa.Connection, lot_id: int) -> Lot:
    """The lot of a key.

    Raises:
        NotFound: There is none.
    """
    row = connection.execute(
        sa.select(*ITEM_COLUMNS, *LOT_COLUMNS)
        .join(lot, lot.c.item_id == item.c.id)
        .where(lot.c.id == lot_id)
    ).first()
    if row is None:
        raise no_such("lot", str(lot_id))
    return as_lot(as_item(row, _packaging(connection, row[0])), row[8:12])


def lots_of(connection: sa.Connection, of: Item) -> list[Lot]:
    """All lots of an item that ever came in, by number."""
    rows = connection.execute(
        sa.select(*LOT_COLUMNS).where(lot.c.item_id == of.id).order_by(lot.c.number)
    )
    return [as_lot(of, row) for row in rows]


def _check_free(connection: sa.Connection, packaging: Sequence[PackagingLevel]) -> None:
    """Whether no item has one of the identifiers.

    Raises:
        Conflict: One has (`packaging-twice`).
    """
    identifiers = [level.di for level in packaging]
    taken = (
        sa.select(packaging_level.c.di, item.c.name, item.c.code)
        .join(item, item.c.id == packaging_level.c.item_id)
        .where(packaging_level.c.di.in_(identifiers))
    )
    if identifiers and (row := connection.execute(taken).first()):
        di, name, code = row
        raise Conflict(
            say(
                "%(di)s is already the identifier of %(item)s (%(code)s). Use that item.",
                di=di,
                item=name,
                code=code,
            ),
            "packaging-twice",
        )


def add_item(connection: sa.Connection, fresh: Item) -> Item:
    """A further item with its packaging levels.

    Raises:
        Conflict: Another item has one of the identifiers (`packaging-twice`).
    """
    _check_free(connection, fresh.packaging)
    values = {
        "code": fresh.code,
        "name": fresh.name,
        "reference": fresh.reference,
        "manufacturer": fresh.manufacturer,
        "kind": fresh.kind.value,
        "tracking": fresh.tracking.value,
        "single_use": fresh.single_use,
    }
    key = row_id(connection.execute(sa.insert(item), values))
    _insert_packaging(connection, key, fresh.packaging)
    return get_item(connection, fresh.code)


def add_packaging(connection: sa.Connection, of: Item, further: Sequence[PackagingLevel]) -> Item:
    """The item with further packaging levels.

    Raises:
        Conflict: An item has one of the identifiers (`packaging-twice`).
    """
    _check_free(connection, further)
    _insert_packaging(connection, of.id, further)
    return get_item(connection, of.code)


def _insert_packaging(
    connection: sa.Connection, item_id: int, packaging: Sequence[PackagingLevel]
) -> None:
    for level in packaging:
        values = {"di": level.di, "issuer": level.issuer, "units": level.units}
        connection.execute(sa.insert(packaging_level), {"item_id": item_id, **values})


def add_lot(
    connection: sa.Connection, of: Item, number: str, expires_on: date | None, printed: str
) -> Lot:
    """A lot that comes in for the first time."""
    values = {
        "item_id": of.id,
        "number": number,
        "expires_on": expires_on,
        "expires_printed": printed,
    }
    key = row_id(connection.execute(sa.insert(lot), values))
    return Lot(key, of, number, expires_on, printed)


def add_unit(connection: sa.Connection, of: Lot, code: str, serial: str) -> Unit:
    """A piece of a lot that gets a code of its own."""
    values = {"code": code, "lot_id": of.id, "serial": serial or None}
    key = row_id(connection.execute(sa.insert(unit), values))
    return Unit(key, code, of, serial)
