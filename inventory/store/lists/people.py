"""People by name, searched and paged."""

from typing import Final

import sqlalchemy as sa

from inventory.store import AnyRow
from inventory.store.lists.paging import Found, matches
from inventory.store.people import ROLES, PersonRow, fold
from inventory.store.tables.people import Person, Role, person_role

_ROLES: Final = (
    sa.select(sa.func.aggregate_strings(Role.name, " "))
    .join(person_role, person_role.c.role_id == Role.id)
    .where(person_role.c.person_id == Person.id)
    .correlate(Person)
    .scalar_subquery()
)


def people_found(*, search: str = "", role: str = "", state: str = "") -> Found[PersonRow]:
    """Everybody, by name; those who left too.

    Args:
        search: Part of the user name.
        role: Only those who have it.
        state: `active` or `left`; empty for both.
    """
    query = sa.select(
        Person.id, Person.username, _ROLES, Person.active, Person.language, Person.made_at
    )
    if search:
        query = query.where(matches(fold(search), Person.__table__.c.username))
    if role:
        having = (
            sa.select(person_role.c.person_id)
            .join(Role, Role.id == person_role.c.role_id)
            .where(Role.name == role)
        )
        query = query.where(Person.id.in_(having))
    if state:
        query = query.where(Person.active.is_(state == "active"))
    return Found(query.order_by(Person.username), _person)


def _person(row: AnyRow) -> PersonRow:
    key, username, roles, *rest = row
    held = (roles or "").split()
    return PersonRow(key, username, tuple(name for name in ROLES if name in held), *rest)
