"""Labels that stand for older ones, and badges."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from inventory.store.tables.catalogue import unit
from inventory.store.tables.ledger import entry
from inventory.store.tables.people import Person
from inventory.store.tables.printing import badge, unit_label


def add_unit_label(connection: sa.Connection, unit_id: int, code: str, entry_id: int) -> None:
    """A label that from now on stands for a unit in place of all older ones."""
    values = {"unit_id": unit_id, "code": code, "entry_id": entry_id}
    connection.execute(sa.insert(unit_label), values)


_LABELS: Final = (
    sa.select(unit_label.c.code, unit.c.code, entry.c.text)
    .join(unit, unit.c.id == unit_label.c.unit_id)
    .join(entry, entry.c.id == unit_label.c.entry_id)
    .order_by(unit_label.c.id)
)


def unit_labels(connection: sa.Connection) -> list[tuple[str, str, str]]:
    """Every label that replaced another: its code, its unit's code, the text of its entry."""
    return [(label, code, text) for label, code, text in connection.execute(_LABELS)]


def labels_of_unit(connection: sa.Connection, unit_id: int) -> list[str]:
    """Codes of the labels that replaced a unit's first one, the latest last."""
    query = (
        sa.select(unit_label.c.code)
        .where(unit_label.c.unit_id == unit_id)
        .order_by(unit_label.c.id)
    )
    return [str(code) for code in connection.execute(query).scalars()]


def add_badge(connection: sa.Connection, person_id: int, code: str, now: datetime) -> None:
    """A badge for a person; those given before count no more."""
    connection.execute(
        sa.update(badge)
        .where(badge.c.person_id == person_id, badge.c.ended_at.is_(None))
        .values(ended_at=now)
    )
    connection.execute(
        sa.insert(badge), {"person_id": person_id, "code": code, "made_at": now, "ended_at": None}
    )


def find_badge_holder(connection: sa.Connection, code: str) -> str | None:
    """The user name of whoever holds a badge that counts, or None."""
    return connection.execute(
        sa.select(Person.username)
        .join(badge, badge.c.person_id == Person.id)
        .where(badge.c.code == code, badge.c.ended_at.is_(None), Person.active)
    ).scalar()


def find_badge(connection: sa.Connection, username: str) -> str | None:
    """The code of the badge that a person holds, or None."""
    return connection.execute(
        sa.select(badge.c.code)
        .join(Person, badge.c.person_id == Person.id)
        .where(Person.username == username, badge.c.ended_at.is_(None))
    ).scalar()
