"""Patient sessions, receipts and recalls: the cases that entries are about."""

import sqlalchemy as sa

from inventory.store import UTCDateTime, db

patient_session = sa.Table(
    "patient_session",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("site_id", sa.ForeignKey("site.id"), nullable=False),
    sa.Column("location_id", sa.ForeignKey("location.id"), nullable=False),
    sa.Column("place_id", sa.ForeignKey("location.id"), nullable=False, unique=True),
    sa.Column("procedure_id", sa.ForeignKey("procedure_definition.id"), nullable=False),
    sa.Column("patient_id", sa.ForeignKey("patient.id"), nullable=False, index=True),
    sa.Column("opened_at", UTCDateTime, nullable=False),
    sa.Column("retain_until", sa.Date, nullable=False),
    sa.Index("ix_patient_session_opened", "opened_at"),
)

receipt = sa.Table(
    "receipt",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("location_id", sa.ForeignKey("location.id"), nullable=False),
    sa.Column("supplier", sa.String(200), nullable=False),
    sa.Column("document", sa.String(80), nullable=False),
    sa.Column("at", UTCDateTime, nullable=False),
)

recall = sa.Table(
    "recall",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("reference", sa.String(120), nullable=False),
    sa.Column("manufacturer", sa.String(200), nullable=False),
    sa.Column("reason", sa.String(2000), nullable=False),
    sa.Column("opened_at", UTCDateTime, nullable=False),
    sa.Column("opened_by", sa.String(80), nullable=False),
)

recall_scope = sa.Table(
    "recall_scope",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("recall_id", sa.ForeignKey("recall.id"), nullable=False, index=True),
    sa.Column("item_id", sa.ForeignKey("item.id"), nullable=False),
    sa.Column("lot_number", sa.String(40)),  # none: all lots
    sa.Index("ix_recall_scope_item_lot", "item_id", "lot_number"),
)
