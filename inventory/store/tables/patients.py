"""The vault: who a patient is, apart from the ledger, sealed with the patient's own key."""

import sqlalchemy as sa

from inventory.store import UTCDateTime, db

patient = sa.Table(
    "patient",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(11), nullable=False, unique=True),
    sa.Column("record_index", sa.String(32), nullable=False, unique=True),
    sa.Column("record_number", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.LargeBinary),
    sa.Column("birth_date", sa.LargeBinary),
    sa.Column("made_at", UTCDateTime, nullable=False),
)

patient_key = sa.Table(
    "patient_key",
    db.metadata,
    sa.Column("patient_id", sa.ForeignKey("patient.id"), primary_key=True),
    sa.Column("key_id", sa.String(8), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

patient_former = sa.Table(  # what a correction overwrote, sealed as it was; a row of its entry
    "patient_former",
    db.metadata,
    sa.Column("entry_id", sa.ForeignKey("entry.id"), primary_key=True),
    sa.Column("patient_id", sa.ForeignKey("patient.id"), nullable=False, index=True),
    sa.Column("name", sa.LargeBinary),
    sa.Column("birth_date", sa.LargeBinary),
)
