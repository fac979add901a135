"""The ledger: entries, movements, answers kept for retries, checkpoints.

What an entry says stands twice: as canonical text, which the chain covers, and as columns, which
queries use. `flask ledger verify` holds the two against each other.
"""

import sqlalchemy as sa

from inventory.store import UTCDateTime, db

entry = sa.Table(
    "entry",
    db.metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("site_id", sa.ForeignKey("site.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("occurred_at", UTCDateTime, nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("about", sa.String(80), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("reverses_id", sa.ForeignKey("entry.id"), unique=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("leaf", sa.LargeBinary(32), nullable=False),
    sa.Column("mac", sa.String(64), nullable=False),
    sa.UniqueConstraint("site_id", "number"),
    sa.Index("ix_entry_about_kind", "about", "kind", "reason"),
    sa.Index("ix_entry_kind_id", "kind", "id"),
)

movement = sa.Table(
    "movement",
    db.metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("entry_id", sa.ForeignKey("entry.id"), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("lot_id", sa.ForeignKey("lot.id"), nullable=False),
    sa.Column("unit_id", sa.ForeignKey("unit.id")),
    sa.Column("step", sa.Integer),
    sa.Column("source_id", sa.ForeignKey("location.id"), nullable=False),
    sa.Column("destination_id", sa.ForeignKey("location.id"), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("entered", sa.String(8), nullable=False),
    sa.Column("overridden", sa.String(120), nullable=False),
    sa.UniqueConstraint("entry_id", "line"),
    sa.UniqueConstraint("unit_id", "step"),
    sa.CheckConstraint("quantity > 0", "quantity"),
    sa.CheckConstraint("source_id <> destination_id", "ends"),
    sa.CheckConstraint(
        "(unit_id IS NULL AND step IS NULL) OR (unit_id IS NOT NULL AND step > 0 AND quantity = 1)",
        "unit",
    ),
    sa.Index("ix_movement_source", "source_id", "lot_id", "quantity"),
    sa.Index("ix_movement_destination", "destination_id", "lot_id", "quantity"),
    sa.Index("ix_movement_lot", "lot_id", "entry_id"),
)

answer = sa.Table(
    "answer",
    db.metadata,
    sa.Column("site_id", sa.ForeignKey("site.id"), primary_key=True),
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False, index=True),
)

checkpoint = sa.Table(
    "checkpoint",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("site_id", sa.ForeignKey("site.id"), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("peaks", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.UniqueConstraint("site_id", "size"),
)

note = sa.Table(
    "note",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(32), nullable=False, unique=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
