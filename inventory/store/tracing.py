"""The movements of a lot or an item, with all that the rings of a recall ask of each."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.recall import TracedMovement
from inventory.store import AnyRow
from inventory.store.tables.catalogue import item, lot, unit
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.places import location, site

_source = location.alias("source")
_destination = location.alias("destination")
_source_site = site.alias("source_site")
_destination_site = site.alias("destination_site")
_own_site = site.alias("own_site")
_reversing = entry.alias("reversing")
_TRACED: Final = (
    sa.select(
        _own_site.c.code,
        entry.c.number,
        entry.c.kind,
        entry.c.at,
        entry.c.occurred_at,
        entry.c.by,
        entry.c.reason,
        _reversing.c.number,
        item.c.code,
        lot.c.number,
        unit.c.code,
        movement.c.quantity,
        _source.c.code,
        _source.c.kind,
        _source_site.c.code,
        _destination.c.code,
        _destination.c.kind,
        _destination_site.c.code,
        movement.c.entered,
        movement.c.overridden,
    )
    .select_from(
        lot.join(item, item.c.id == lot.c.item_id)
        .join(movement, movement.c.lot_id == lot.c.id)
        .join(entry, entry.c.id == movement.c.entry_id)
        .join(_own_site, _own_site.c.id == entry.c.site_id)
        .join(_source, _source.c.id == movement.c.source_id)
        .join(_source_site, _source_site.c.id == _source.c.site_id)
        .join(_destination, _destination.c.id == movement.c.destination_id)
        .join(_destination_site, _destination_site.c.id == _destination.c.site_id)
        .outerjoin(unit, unit.c.id == movement.c.unit_id)
        .outerjoin(_reversing, _reversing.c.reverses_id == entry.c.id)
    )
    .order_by(entry.c.at, entry.c.site_id, entry.c.number, movement.c.line)
)


def _traced(row: AnyRow) -> TracedMovement:
    of_site, number, kind, at, occurred_at, by, reason, reversing = row[:8]
    return TracedMovement(
        f"{of_site}-{number}",
        EntryKind(kind),
        at,
        occurred_at,
        by,
        reason,
        f"{of_site}-{reversing}" if reversing else "",
        row[8],
        row[9],
        row[10] or "",
        row[11],
        row[12],
        LocationKind(row[13]),
        row[14],
        row[15],
        LocationKind(row[16]),
        row[17],
        row[18],
        row[19],
    )


def movements_of_items(connection: sa.Connection, codes: Sequence[str]) -> list[TracedMovement]:
    """Every movement of every lot of some items, in the order of the ledger; one query."""
    return [_traced(row) for row in connection.execute(_TRACED.where(item.c.code.in_(codes)))]


def movements_of_lot(connection: sa.Connection, lot_id: int) -> list[TracedMovement]:
    """Every movement of one lot, in the order of the ledger."""
    return [_traced(row) for row in connection.execute(_TRACED.where(lot.c.id == lot_id))]
