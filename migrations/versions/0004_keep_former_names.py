"""Keep the former name of a patient: each correction is a sealed row of its entry.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from inventory.store.guards import install_guards

revision = "0004"
down_revision = "0003"


def upgrade():
    op.create_table(
        "patient_former",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_patient_former_entry_id_entry")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name=op.f("fk_patient_former_patient_id_patient")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_patient_former")),
    )
    op.create_index(
        op.f("ix_patient_former_patient_id"), "patient_former", ["patient_id"], unique=False
    )
    install_guards(op.get_bind())


def downgrade():
    """There is no way back: former names would be forgotten."""
    raise RuntimeError("restore the backup made before the migration instead")
