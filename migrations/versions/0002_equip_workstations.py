"""Equip workstations; let a label stand for an older one; give badges.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from inventory.store.guards import install_guards

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "workstation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=11), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("layout", sa.String(length=8), nullable=False),
        sa.Column("separator", sa.String(length=1), nullable=False),
        sa.Column("printer_host", sa.String(length=253), nullable=False),
        sa.Column("printer_port", sa.Integer(), nullable=False),
        sa.Column("printer_dpi", sa.Integer(), nullable=False),
        sa.Column("label_stock", sa.String(length=20), nullable=False),
        sa.Column("sheet_stock", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workstation")),
        sa.UniqueConstraint("code", name=op.f("uq_workstation_code")),
        sa.UniqueConstraint("name", name=op.f("uq_workstation_name")),
    )
    op.create_table(
        "unit_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=11), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_unit_label_entry_id_entry")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_label_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_label")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_label_code")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_unit_label_entry_id")),
    )
    op.create_index(op.f("ix_unit_label_unit_id"), "unit_label", ["unit_id"], unique=False)
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=11), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_badge_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("code", name=op.f("uq_badge_code")),
    )
    op.create_index(op.f("ix_badge_person_id"), "badge", ["person_id"], unique=False)
    install_guards(op.get_bind())


def downgrade():
    """There is no way back: labels that stand for older ones would be forgotten."""
    raise RuntimeError("restore the backup made before the migration instead")
