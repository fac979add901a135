"""Who may sign in: people come, change their password, get a token for a machine, and leave.

Each of these is an entry in the chain of the first site, of the person's roles and whether they
may sign in; never of a password or a token. Before there is a site nothing can be kept: whoever is
there already is told of as `found` once there is one.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from inventory.domain.chain import Json, instant
from inventory.domain.ledger import EntryKind
from inventory.domain.places import Site
from inventory.domain.problem import Problem, Sentence, say
from inventory.operations.cataloguing import find_home_site
from inventory.operations.posting import Act, Draft, post
from inventory.store import people, transaction
from inventory.store.errors import Conflict, NotFound
from inventory.store.people import PersonRow

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
        "%(username)s is no user name. Choose 2 to 64 letters, digits, dots, hyphens or"
        " underscores.",
        username=username[:USERNAME_LENGTH_MAX] or "-",
    )
    return [Problem("username-malformed", message)]


def check_password(password: str) -> list[Problem]:
    """Long enough; no other rule, as rules make people write passwords down."""
    if len(password) >= PASSWORD_LENGTH_MIN:
        return []
    message = say(
        "This password has %(got)s characters. Choose one of at least %(least)s characters.",
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
        "%(got)s is no role here. Choose of %(known)s.",
        known=", ".join(people.ROLES),
        got=", ".join(unknown) or "-",
    )
    return [Problem("role-unknown", message)]


def enrol(act: Act, username: str, password_hash: str, roles: Sequence[str]) -> int:
    """Add a person whose particulars were checked.

    Raises:
        Conflict: The name is taken.
    """
    site = find_home_site()
    with transaction(*_locks(site)) as connection:
        if people.find_person(connection, username):
            raise Conflict(
                say(
                    "The user name %(username)s is taken. Choose another one.",
                    username=people.fold(username),
                ),
                "username-taken",
            )
        _record_found(connection, act, site)
        key = people.add_person(
            connection,
            username=username,
            password_hash=password_hash,
            uniquifier=secrets.token_hex(32),
            roles=roles,
            now=act.at,
        )
        _record(connection, act, site, username, "enrolled")
        return key


def dismiss(act: Act, username: str) -> None:
    """Let a person never sign in again, here or by a machine."""
    site = find_home_site()
    with transaction(*_locks(site)) as connection:
        person = _somebody(connection, username)
        _record_found(connection, act, site)
        people.disable(connection, person.id, secrets.token_hex(32), act.at)
        _record(connection, act, site, username, "disabled")


def change_roles(act: Act, username: str, roles: Sequence[str]) -> None:
    """Give a person other roles; they count from the next page or call on.

    Raises:
        Conflict: The person left.
    """
    name, site = people.fold(username), find_home_site()
    refusal = say(
        "%(username)s has left and gets no role. Add the person under another user name.",
        username=name,
    )
    with transaction(*_locks(site)) as connection:
        person = _still_here(connection, username, refusal)
        _record_found(connection, act, site)
        people.update_roles(connection, person.id, roles)
        _record(connection, act, site, username, "roles-changed")


def replace_password(act: Act, username: str, password_hash: str) -> None:
    """Give a person a new password; whoever signed in with the old one is signed out."""
    site = find_home_site()
    with transaction(*_locks(site)) as connection:
        person = _somebody(connection, username)
        _record_found(connection, act, site)
        people.update_secret(connection, person.id, password_hash, secrets.token_hex(32))
        _record(connection, act, site, username, "password-changed")


def choose_language(person_id: int, language: str) -> None:
    """Keep the language that a person wants to read."""
    with transaction() as connection:
        people.update_language(connection, person_id, language)


def issue_token(act: Act, username: str, expires_at: datetime | None = None) -> str:
    """Make a token for a machine that acts in a person's name, and give it this once.

    Raises:
        Conflict: The person left.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    name, site = people.fold(username), find_home_site()
    refusal = say(
        "%(username)s has left and gets no token. Issue it for somebody who is here.", username=name
    )
    with transaction(*_locks(site)) as connection:
        person = _still_here(connection, username, refusal)
        _record_found(connection, act, site)
        key = people.add_token(
            connection,
            person_id=person.id,
            digest=token_digest(token),
            now=act.at,
            expires_at=expires_at,
        )
        facts: dict[str, Json] = {"token": key}
        facts["expires_at"] = instant(expires_at) if expires_at else ""
        _record(connection, act, site, username, "token-issued", facts)
    return token


def revoke_tokens(act: Act, username: str) -> int:
    """Let the tokens of a person count no more, and give how many there were."""
    site = find_home_site()
    with transaction(*_locks(site)) as connection:
        person = _somebody(connection, username)
        _record_found(connection, act, site)
        revoked = people.revoke_tokens(connection, person.id, act.at)
        if revoked:
            _record(connection, act, site, username, "tokens-revoked", {"tokens": [*revoked]})
    return len(revoked)


def record_found(act: Act) -> None:
    """Tell the ledger of everybody whom none of its entries names yet, where there is a site."""
    site = find_home_site()
    with transaction(*_locks(site)) as connection:
        _record_found(connection, act, site)


def rights_of(person: PersonRow) -> dict[str, Json]:
    """What every entry about a person says: what they may do when it was made."""
    return {"roles": [*person.roles], "active": person.active}


def _record_found(connection: sa.Connection, act: Act, site: Site | None) -> None:
    for person in people.list_unrecorded(connection) if site else ():
        since: dict[str, Json] = {"since": instant(person.made_at)}
        _record(connection, act, site, person.username, "found", since)


def _record(
    connection: sa.Connection,
    act: Act,
    site: Site | None,
    username: str,
    reason: str,
    more: Mapping[str, Json] | None = None,
) -> None:
    if site is None:
        return
    person = _somebody(connection, username)
    facts = {**rights_of(person), **(more or {})}
    post(connection, act, site, Draft(EntryKind.PERSON, person.username, (), facts, reason=reason))


def _locks(site: Site | None) -> tuple[int, ...]:
    return (site.id,) if site else ()


def _somebody(connection: sa.Connection, username: str) -> PersonRow:
    person = people.find_person(connection, username)
    if person is None:
        raise NotFound(say("There is no person %(username)s.", username=people.fold(username)))
    return person


def _still_here(connection: sa.Connection, username: str, refusal: Sentence) -> PersonRow:
    person = _somebody(connection, username)
    if not person.active:
        raise Conflict(refusal, "person-left")
    return person


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
