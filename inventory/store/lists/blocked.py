"""Which lots may not be used now because of a recall or a hold, all at once, for lists."""

from dataclasses import dataclass

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind
from inventory.store.tables.catalogue import item, lot
from inventory.store.tables.ledger import entry
from inventory.store.tables.patient_sessions import recall, recall_scope


@dataclass(frozen=True, slots=True)
class BlockedLots:
    """Keys of lots.

    Attributes:
        recalled: Covered by an open recall.
        held: On hold for investigation.
    """

    recalled: frozenset[int]
    held: frozenset[int]


def blocked_lots(connection: sa.Connection) -> BlockedLots:
    """The lots that came in and that a recall or a hold blocks now."""
    return BlockedLots(_recalled(connection), _held(connection))


def _recalled(connection: sa.Connection) -> frozenset[int]:
    lifted = sa.exists().where(
        entry.c.about == recall.c.code, entry.c.kind == EntryKind.LIFT_RECALL.value
    )
    covered = sa.or_(recall_scope.c.lot_number.is_(None), recall_scope.c.lot_number == lot.c.number)
    query = (
        sa.select(lot.c.id)
        .join(recall_scope, sa.and_(recall_scope.c.item_id == lot.c.item_id, covered))
        .join(recall, recall.c.id == recall_scope.c.recall_id)
        .where(~lifted)
    )
    return frozenset(connection.execute(query).scalars())


def _held(connection: sa.Connection) -> frozenset[int]:
    latest: dict[str, str] = {}
    rows = connection.execute(
        sa.select(entry.c.about, entry.c.kind)
        .where(entry.c.kind.in_([EntryKind.HOLD.value, EntryKind.LIFT_HOLD.value]))
        .order_by(entry.c.at, entry.c.id)
    )
    for about, kind in rows:
        latest[about] = kind
    names = [about for about, kind in latest.items() if kind == EntryKind.HOLD.value]
    name = item.c.code + "/" + lot.c.number
    query = sa.select(lot.c.id).join(item, item.c.id == lot.c.item_id).where(name.in_(names))
    return frozenset(connection.execute(query).scalars()) if names else frozenset()
