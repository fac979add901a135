"""Workstations, the labels that stand for older ones, and badges."""

import sqlalchemy as sa

from inventory.store import UTCDateTime, db

workstation = sa.Table(
    "workstation",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
    sa.Column("layout", sa.String(8), nullable=False),
    sa.Column("separator", sa.String(1), nullable=False),
    sa.Column("printer_host", sa.String(253), nullable=False),  # empty: no printer
    sa.Column("printer_port", sa.Integer, nullable=False),
    sa.Column("printer_dpi", sa.Integer, nullable=False),
    sa.Column("label_stock", sa.String(20), nullable=False),
    sa.Column("sheet_stock", sa.String(20), nullable=False),
)

unit_label = sa.Table(
    "unit_label",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), nullable=False, index=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("entry_id", sa.ForeignKey("entry.id"), nullable=False, unique=True),
)

badge = sa.Table(
    "badge",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("made_at", UTCDateTime, nullable=False),
    sa.Column("ended_at", UTCDateTime),
)
