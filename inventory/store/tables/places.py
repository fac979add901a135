"""Sites and locations."""

import sqlalchemy as sa

from inventory.store import UTCDateTime, db

site = sa.Table(
    "site",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(16), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("address", sa.String(400), nullable=False),
)

location = sa.Table(
    "location",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("site_id", sa.ForeignKey("site.id"), nullable=False),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("label", sa.String(11), unique=True),  # PL..., where the place can be scanned
    sa.Index("ix_location_site_kind", "site_id", "kind"),
)

installation = sa.Table(
    "installation",
    db.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("made_at", UTCDateTime, nullable=False),
)
