"""Items, packaging levels, lots, units, and procedure definitions."""

import sqlalchemy as sa

from inventory.store import db

item = sa.Table(
    "item",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("reference", sa.String(80), nullable=False),
    sa.Column("manufacturer", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("tracking", sa.String(4), nullable=False),
    sa.Column("single_use", sa.Boolean, nullable=False),
    sa.Index("ix_item_reference", "reference"),
)

packaging_level = sa.Table(
    "packaging_level",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.ForeignKey("item.id"), nullable=False, index=True),
    sa.Column("di", sa.String(40), nullable=False, unique=True),
    sa.Column("issuer", sa.String(8), nullable=False),
    sa.Column("units", sa.Integer, sa.CheckConstraint("units > 0", "units"), nullable=False),
)

lot = sa.Table(
    "lot",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("item_id", sa.ForeignKey("item.id"), nullable=False),
    sa.Column("number", sa.String(40), nullable=False),
    sa.Column("expires_on", sa.Date),
    sa.Column("expires_printed", sa.String(20), nullable=False),
    sa.UniqueConstraint("item_id", "number"),
    sa.Index("ix_lot_number", "number"),
)

lot_expiry = sa.Table(  # each correction; the newest counts, and before it what the lot says
    "lot_expiry",
    db.metadata,
    sa.Column("entry_id", sa.ForeignKey("entry.id"), primary_key=True),
    sa.Column("lot_id", sa.ForeignKey("lot.id"), nullable=False),
    sa.Column("expires_on", sa.Date),
    sa.Column("expires_printed", sa.String(20), nullable=False),
    sa.Index("ix_lot_expiry_lot", "lot_id", "entry_id"),
)

unit = sa.Table(
    "unit",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("lot_id", sa.ForeignKey("lot.id"), nullable=False),
    sa.Column("serial", sa.String(40)),
    sa.UniqueConstraint("lot_id", "serial"),
)

procedure_definition = sa.Table(
    "procedure_definition",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
)

procedure_line = sa.Table(
    "procedure_line",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("procedure_id", sa.ForeignKey("procedure_definition.id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("step", sa.String(40), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20)),
    sa.Column("minimum", sa.Integer, nullable=False),
    sa.Column("maximum", sa.Integer),
    sa.UniqueConstraint("procedure_id", "position"),
)

procedure_line_item = sa.Table(
    "procedure_line_item",
    db.metadata,
    sa.Column("line_id", sa.ForeignKey("procedure_line.id"), primary_key=True),
    sa.Column("item_id", sa.ForeignKey("item.id"), primary_key=True),
)
