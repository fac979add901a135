"""People and tokens, read and written on a plain connection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind
from inventory.store import UTCDateTime, row_id
from inventory.store.prepared import Prepared
from inventory.store.tables.ledger import entry
from inventory.store.tables.people import ApiToken, Person, Role, SignIn, person_role

ROLES: Final = ("nurse", "pharmacist", "quality", "admin", "auditor")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as kept, without what proves them.

    Attributes:
        roles: In the order of `ROLES`.
    """

    id: int
    username: str
    roles: tuple[str, ...]
    active: bool
    language: str
    made_at: datetime


def list_people(connection: sa.Connection) -> list[PersonRow]:
    """Everybody, by name; those who left too."""
    return _rows([_Held(*row) for row in connection.execute(_PEOPLE)])


def list_unrecorded(connection: sa.Connection) -> list[PersonRow]:
    """Everybody whom no entry of the ledger names yet, by name."""
    named = sa.exists().where(
        entry.c.about == Person.username, entry.c.kind == EntryKind.PERSON.value
    )
    return _rows([_Held(*row) for row in connection.execute(_PEOPLE.where(~named))])


def find_person(connection: sa.Connection, username: str) -> PersonRow | None:
    """The person of a user name, however it is capitalised."""
    named = connection.execute(_BY_NAME, {"name": fold(username)})
    found = _rows([_Held(*row) for row in named])
    return found[0] if found else None


def find_person_by_token(connection: sa.Connection, digest: str, now: datetime) -> PersonRow | None:
    """The active person in whose name a token acts, if it counts at that time."""
    found = _rows([_Held(*row) for row in _BY_TOKEN.run(connection, digest=digest, now=now)])
    return found[0] if found else None


def fold(username: str) -> str:
    """A user name as it is kept: names differ by more than their capitals."""
    return username.strip().casefold()


def add_person(
    connection: sa.Connection,
    *,
    username: str,
    password_hash: str,
    uniquifier: str,
    roles: Iterable[str],
    now: datetime,
) -> int:
    """Keep a new person and give the id."""
    person_id = row_id(
        connection.execute(
            sa.insert(Person).values(
                username=fold(username),
                password=password_hash,
                fs_uniquifier=uniquifier,
                active=True,
                language="",
                made_at=now,
            )
        )
    )
    _add_roles(connection, person_id, roles)
    return person_id


def update_roles(connection: sa.Connection, person_id: int, roles: Iterable[str]) -> None:
    """Keep other roles of a person, in place of those there were."""
    connection.execute(sa.delete(person_role).where(person_role.c.person_id == person_id))
    _add_roles(connection, person_id, roles)


def _add_roles(connection: sa.Connection, person_id: int, roles: Iterable[str]) -> None:
    for name in dict.fromkeys(roles):
        connection.execute(
            sa.insert(person_role).values(person_id=person_id, role_id=_role_id(connection, name))
        )


def add_token(
    connection: sa.Connection,
    *,
    person_id: int,
    digest: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Keep the digest of a new token and give the id."""
    return row_id(
        connection.execute(
            sa.insert(ApiToken).values(
                person_id=person_id, digest=digest, made_at=now, expires_at=expires_at
            )
        )
    )


def revoke_tokens(connection: sa.Connection, person_id: int, now: datetime) -> list[int]:
    """End every token of a person that was not ended before, and give their ids."""
    standing = sa.and_(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    keys = connection.execute(sa.select(ApiToken.id).where(standing).order_by(ApiToken.id))
    found = [int(key) for key in keys.scalars()]
    connection.execute(sa.update(ApiToken).where(standing).values(revoked_at=now))
    return found


def count_tokens(connection: sa.Connection, person_id: int, now: datetime) -> int:
    """How many tokens of a person count at that time."""
    query = sa.select(sa.func.count(ApiToken.id)).where(
        ApiToken.person_id == person_id,
        ApiToken.revoked_at.is_(None),
        sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
    )
    return int(connection.execute(query).scalar_one())


def update_secret(
    connection: sa.Connection, person_id: int, password_hash: str, uniquifier: str
) -> None:
    """Keep a new password and end every sign-in that rests on the old one."""
    connection.execute(
        sa.update(Person)
        .where(Person.id == person_id)
        .values(password=password_hash, fs_uniquifier=uniquifier)
    )


def update_language(connection: sa.Connection, person_id: int, language: str) -> None:
    """Keep the language that a person chose."""
    connection.execute(sa.update(Person).where(Person.id == person_id).values(language=language))


def disable(connection: sa.Connection, person_id: int, uniquifier: str, now: datetime) -> None:
    """End a person's sign-ins and tokens for good."""
    connection.execute(
        sa.update(Person)
        .where(Person.id == person_id)
        .values(active=False, fs_uniquifier=uniquifier)
    )
    revoke_tokens(connection, person_id, now)


def add_sign_in(connection: sa.Connection, person_id: int, digest: str, now: datetime) -> None:
    """Keep that a person signed in."""
    connection.execute(sa.insert(SignIn).values(person_id=person_id, digest=digest, made_at=now))


def end_sign_in(connection: sa.Connection, digest: str, now: datetime) -> None:
    """End one sign-in; its cookie counts no more, wherever it was copied to."""
    connection.execute(
        sa.update(SignIn)
        .where(SignIn.digest == digest, SignIn.ended_at.is_(None))
        .values(ended_at=now)
    )


def is_signed_in(connection: sa.Connection, person_id: int, digest: str, since: datetime) -> bool:
    """Whether a sign-in of this person began after an instant and has not ended."""
    found = connection.scalar(
        sa.select(SignIn.id).where(
            SignIn.digest == digest,
            SignIn.person_id == person_id,
            SignIn.ended_at.is_(None),
            SignIn.made_at > since,
        )
    )
    return found is not None


def _role_id(connection: sa.Connection, name: str) -> int:
    found = connection.scalar(sa.select(Role.id).where(Role.name == name))
    if found is not None:
        return int(found)
    return row_id(connection.execute(sa.insert(Role).values(name=name)))


class _Held(NamedTuple):
    """A person and one of their roles, or None where they have none."""

    id: int
    username: str
    active: bool
    language: str
    made_at: datetime
    role: str | None


def _rows(rows: Iterable[_Held]) -> list[PersonRow]:
    """One value for each person, out of one row for each of their roles."""
    rows = list(rows)
    held: dict[int, set[str]] = {}
    for row in rows:
        held.setdefault(row.id, set()).update({row.role} if row.role else ())
    return [
        PersonRow(
            row.id,
            row.username,
            tuple(name for name in ROLES if name in held[row.id]),
            row.active,
            row.language,
            row.made_at,
        )
        for row in {row.id: row for row in rows}.values()
    ]


# Made once: building the statement costs more than asking, and the API asks at every call.
_PEOPLE: Final = (
    sa.select(
        Person.id,
        Person.username,
        Person.active,
        Person.language,
        Person.made_at,
        Role.name.label("role"),
    )
    .select_from(Person)
    .outerjoin(person_role, person_role.c.person_id == Person.id)
    .outerjoin(Role, Role.id == person_role.c.role_id)
    .order_by(Person.username)
)
_BY_NAME: Final = _PEOPLE.where(Person.username == sa.bindparam("name"))
_BY_TOKEN: Final = Prepared(
    _PEOPLE.join(ApiToken, ApiToken.person_id == Person.id).where(
        Person.active,
        ApiToken.digest == sa.bindparam("digest"),
        ApiToken.revoked_at.is_(None),
        sa.or_(
            ApiToken.expires_at.is_(None),
            ApiToken.expires_at > sa.bindparam("now", type_=UTCDateTime()),
        ),
    )
)
