"""Who may sign in: people come, change their password, get a token for a machine, and leave."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from inventory.domain.problem import Problem, say
from inventory.store import people, transaction
from inventory.store.errors import Conflict, NotFound

PASSWORD_LENGTH_MIN: Final = 12
USERNAME_LENGTH_MAX: Final = 64
TOKEN_PREFIX: Final = "kt_"  # noqa: S105 - the open part, so that a leaked token is found by search


def check_enrolment(username: str, password: str, roles: Sequence[str]) -> list[Problem]:
    """What is wrong with a person to be added.

    Examples:
        >>> [p.code for p in check_enrolment("a b", "short", ["king"])]
        ['username-malformed', 'password-short', 'role-unknown']
    """
    return [*check_username(username), *check_password(password), *check_roles(roles)]


def check_username(username: str) -> list[Problem]:
    """A name of 2 to 64 letters, digits, dots, hyphens and underscores."""
    name = people.fold(username)
    plain = name.replace(".", "").replace("-", "").replace("_", "")
    if 2 <= len(name) <= USERNAME_LENGTH_MAX and plain.isalnum():
        return []
    message = say(
        "A user name has 2 to 64 letters, digits, dots, hyphens or underscores; got %(username)s.",
        username=username[:USERNAME_LENGTH_MAX] or "-",
    )
    return [Problem("username-malformed", message)]


def check_password(password: str) -> list[Problem]:
    """Long enough; no other rule, as rules make people write passwords down."""
    if len(password) >= PASSWORD_LENGTH_MIN:
        return []
    message = say(
        "A password has at least %(least)s characters; this one has %(got)s.",
        least=PASSWORD_LENGTH_MIN,
        got=len(password),
    )
    return [Problem("password-short", message)]


def check_roles(roles: Sequence[str]) -> list[Problem]:
    """At least one role, each of them known."""
    unknown = [role for role in roles if role not in people.ROLES]
    if roles and not unknown:
        return []
    message = say(
        "A person has one of the roles %(known)s; got %(got)s.",
        known=", ".join(people.ROLES),
        got=", ".join(unknown) or "-",
    )
    return [Problem("role-unknown", message)]


def enrol(username: str, password_hash: str, roles: Sequence[str], now: datetime) -> int:
    """Add a person whose particulars were checked.

    Raises:
        Conflict: The name is taken.
    """
    with transaction() as connection:
        if people.find_person(connection, username):
            raise Conflict(
                say("The user name %(username)s is taken.", username=people.fold(username)),
                "username-taken",
            )
        return people.add_person(
            connection,
            username=username,
            password_hash=password_hash,
            uniquifier=secrets.token_hex(32),
            roles=roles,
            now=now,
        )


def dismiss(username: str, now: datetime) -> None:
    """Let a person never sign in again, here or by a machine."""
    with transaction() as connection:
        person = people.find_person(connection, username) or _nobody(username)
        people.disable(connection, person.id, secrets.token_hex(32), now)


def replace_password(username: str, password_hash: str) -> None:
    """Give a person a new password; whoever signed in with the old one is signed out."""
    with transaction() as connection:
        person = people.find_person(connection, username) or _nobody(username)
        people.update_secret(connection, person.id, password_hash, secrets.token_hex(32))


def choose_language(person_id: int, language: str) -> None:
    """Keep the language that a person wants to read."""
    with transaction() as connection:
        people.update_language(connection, person_id, language)


def issue_token(username: str, now: datetime, expires_at: datetime | None = None) -> str:
    """Make a token for a machine that acts in a person's name, and give it this once.

    Raises:
        Conflict: The person left.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with transaction() as connection:
        person = people.find_person(connection, username) or _nobody(username)
        if not person.active:
            raise Conflict(
                say("%(username)s has left and gets no token.", username=person.username),
                "person-left",
            )
        people.add_token(
            connection,
            person_id=person.id,
            digest=token_digest(token),
            now=now,
            expires_at=expires_at,
        )
    return token


def begin_sign_in(person_id: int, digest: str, now: datetime) -> None:
    """Keep that a person signed in at a browser."""
    with transaction() as connection:
        people.add_sign_in(connection, person_id, digest, now)


def end_sign_in(digest: str, now: datetime) -> None:
    """Let the cookie of a sign-in count no more."""
    with transaction() as connection:
        people.end_sign_in(connection, digest, now)


def token_digest(token: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _nobody(username: str) -> people.PersonRow:
    raise NotFound(say("There is no person %(username)s.", username=people.fold(username)))
