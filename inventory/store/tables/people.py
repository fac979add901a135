"""People, what they may do, and the tokens of machines that act in their name."""

from datetime import datetime

import sqlalchemy as sa
from flask_security.core import RoleMixin, UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from inventory.store import Base

person_role = sa.Table(
    "person_role",
    Base.metadata,
    sa.Column("person_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("role_id", sa.ForeignKey("role.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What a person is here: nurse, pharmacist, quality, admin or auditor."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20), unique=True)


class Person(Base, UserMixin):
    """Somebody who signs in.

    Attributes:
        username: As typed at the sign-in, kept in lower case.
        password: argon2id.
        active: False for ever after leaving; a person is never deleted, entries name them.
        fs_uniquifier: Names the person in cookies; a new one ends every sign-in.
        language: `en`, `it`, or empty for what the browser asks for.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(64), unique=True)
    password: Mapped[str] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)
    language: Mapped[str] = mapped_column(sa.String(2), default="")
    made_at: Mapped[datetime]

    # Joined at once: an act closes the reading transaction that the person was loaded in.
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # the mixin says list[RoleMixin]
        secondary=person_role, lazy="joined"
    )


class SignIn(Base):
    """One sign-in of a person at one browser: a copied cookie is worthless once it has ended.

    Attributes:
        digest: SHA-256 of what the cookie holds, hexadecimal.
        ended_at: None until the person signs out.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(Base):
    """Lets a machine act in a person's name, with the roles which that person has now.

    Attributes:
        digest: SHA-256 of the token, hexadecimal; the token itself is shown once and not kept.
        expires_at: None for a token that lasts until it is revoked.
        revoked_at: None while the token counts.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
