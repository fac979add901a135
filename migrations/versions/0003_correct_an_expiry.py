"""Correct the expiry of a lot: each correction is a row of its entry, and the newest counts.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from inventory.store.guards import install_guards

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table(
        "lot_expiry",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("expires_printed", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_lot_expiry_entry_id_entry")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_expiry_lot_id_lot")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_lot_expiry")),
    )
    op.create_index("ix_lot_expiry_lot", "lot_expiry", ["lot_id", "entry_id"], unique=False)
    install_guards(op.get_bind())


def downgrade():
    """There is no way back: corrected expiries would be forgotten."""
    raise RuntimeError("restore the backup made before the migration instead")
