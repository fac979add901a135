"""Items that were made from what a code says, until pharmacy completes them.

Nothing of it is stored a second time: an item is provisional while the latest entry about it in
the catalogue says so.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Item, folded
from inventory.domain.ledger import EntryKind
from inventory.store.catalogue import ITEM_COLUMNS, as_item
from inventory.store.lists.paging import Found, matches
from inventory.store.tables.catalogue import item, lot, packaging_level
from inventory.store.tables.ledger import entry, movement

PROVISIONAL: Final = "provisional"
"""The reason of the entry that made a provisional item."""

UNKNOWN: Final = "?"
"""What stands for a name or a manufacturer that nobody has typed yet."""

_later = entry.alias("later")
_PROVISIONAL: Final = (
    sa.select(*ITEM_COLUMNS, entry.c.at, entry.c.by)
    .join(entry, entry.c.about == item.c.code)
    .where(
        entry.c.kind == EntryKind.CATALOGUE.value,
        entry.c.reason == PROVISIONAL,
        ~sa.exists().where(
            _later.c.about == entry.c.about,
            _later.c.kind == EntryKind.CATALOGUE.value,
            _later.c.id > entry.c.id,
        ),
    )
    .order_by(entry.c.id)
)


def provisional_found(*, search: str = "") -> Found[tuple[Item, datetime, str]]:
    """Provisional items, the oldest first, each with when and by whom it was made.

    Args:
        search: Part of the name, the REF or the user name, or a whole identifier.
    """
    query = _PROVISIONAL
    if search:
        identified = sa.exists().where(
            packaging_level.c.item_id == item.c.id, packaging_level.c.di == search
        )
        texts = matches(search, item.c.name, item.c.reference, entry.c.by)
        query = query.where(sa.or_(texts, identified))
    return Found(query, lambda row: (as_item(row), row[8], row[9]))


def list_provisional(connection: sa.Connection) -> list[tuple[Item, datetime, str]]:
    """All provisional items, the oldest first, each with when and by whom it was made."""
    return provisional_found().all(connection)


def count_provisional(connection: sa.Connection) -> int:
    """How many items wait to be completed."""
    return provisional_found().page(connection, size=0)[1]


def is_provisional(connection: sa.Connection, code: str) -> bool:
    """Whether an item still has to be completed."""
    query = _PROVISIONAL.where(item.c.code == code)
    return connection.execute(query).first() is not None


def has_moved(connection: sa.Connection, of: Item) -> bool:
    """Whether a piece of an item ever moved."""
    query = (
        sa.select(movement.c.id)
        .join(lot, lot.c.id == movement.c.lot_id)
        .where(lot.c.item_id == of.id)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def change_item(connection: sa.Connection, changed: Item) -> None:
    """Write an item's words and kind anew; code and packaging levels stay."""
    connection.execute(
        sa.update(item)
        .where(item.c.id == changed.id)
        .values(
            name=changed.name,
            reference=changed.reference,
            manufacturer=changed.manufacturer,
            kind=changed.kind.value,
            tracking=changed.tracking.value,
            single_use=changed.single_use,
        )
    )


def items_of_reference(connection: sa.Connection, reference: str) -> list[Item]:
    """Items with a manufacturer's REF; several makers may share one.

    It is compared as printed; where none has it so, case, blanks and signs are passed over.
    """
    found = items_referred(connection, reference)
    return [each for each in found if each.reference == reference] or found


def items_referred(connection: sa.Connection, reference: str) -> list[Item]:
    """Items whose REF is the same but for case, blanks and signs, the oldest first."""
    asked = folded(reference)
    rows = connection.execute(sa.select(item.c.id, item.c.reference)) if asked else ()
    keys = [row.id for row in rows if folded(row.reference) == asked]
    query = sa.select(*ITEM_COLUMNS).where(item.c.id.in_(keys)).order_by(item.c.id)
    return [as_item(row) for row in connection.execute(query)] if keys else []


def count_entered(
    connection: sa.Connection, kinds: Sequence[EntryKind], since: datetime
) -> dict[str, int]:
    """How often a line was `scanned`, `typed` or `chosen` since an instant."""
    query = (
        sa.select(movement.c.entered, sa.func.count())
        .join(entry, entry.c.id == movement.c.entry_id)
        .where(entry.c.kind.in_([kind.value for kind in kinds]), entry.c.at >= since)
        .group_by(movement.c.entered)
    )
    return {str(entered): int(count) for entered, count in connection.execute(query)}
