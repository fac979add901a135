"""Checkpoints as kept here: the signed ends of chains, from which a tree can grow."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inventory.domain.chain import Tree
from inventory.store import AnyRow
from inventory.store.tables.ledger import checkpoint


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    """A checkpoint as kept here.

    Attributes:
        tree: Size and peaks, from which the tree can grow.
        note: The signed note.
        at: When it was made, UTC.
    """

    tree: Tree
    note: str
    at: datetime


def latest_checkpoint(connection: sa.Connection, site_id: int) -> KeptCheckpoint | None:
    """The latest checkpoint of a site, or None."""
    row = connection.execute(
        sa.select(checkpoint.c.size, checkpoint.c.peaks, checkpoint.c.note, checkpoint.c.at)
        .where(checkpoint.c.site_id == site_id)
        .order_by(checkpoint.c.size.desc())
        .limit(1)
    ).first()
    return None if row is None else _kept(row)


def _kept(row: AnyRow) -> KeptCheckpoint:
    size, peaks, note, at = row
    parts = tuple(peaks[start : start + 32] for start in range(0, len(peaks), 32))
    return KeptCheckpoint(Tree(size, parts), note, at)


def checkpoints_of(connection: sa.Connection, site_id: int) -> list[KeptCheckpoint]:
    """All checkpoints of a site, the smallest first."""
    rows = connection.execute(
        sa.select(checkpoint.c.size, checkpoint.c.peaks, checkpoint.c.note, checkpoint.c.at)
        .where(checkpoint.c.site_id == site_id)
        .order_by(checkpoint.c.size)
    )
    return [_kept(row) for row in rows]


def add_checkpoint(
    connection: sa.Connection, site_id: int, tree: Tree, note: str, at: datetime
) -> None:
    """Keep a checkpoint."""
    values = {
        "site_id": site_id,
        "size": tree.size,
        "peaks": b"".join(tree.peaks),
        "note": note,
        "at": at,
    }
    connection.execute(sa.insert(checkpoint), values)
