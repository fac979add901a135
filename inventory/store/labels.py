"""Labels that stand for older ones, and badges."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind
from inventory.store.tables.catalogue import unit
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.people import Person
from inventory.store.tables.printing import badge, unit_label


def add_unit_label(connection: sa.Connection, unit_id: int, code: str, entry_id: int) -> None:
    """A label that from now on stands for a unit in place of all older ones."""
    values = {"unit_id": unit_id, "code": code, "entry_id": entry_id}
    connection.execute(sa.insert(unit_label), values)


_LABELS: Final = sa.select(unit_label.c.code, unit.c.code).join(
    unit, unit.c.id == unit_label.c.unit_id
)


def unit_labels(connection: sa.Connection) -> list[tuple[str, str]]:
    """Every label that replaced another: its code and its unit's."""
    return [(label, code) for label, code in connection.execute(_LABELS)]


def labels_of_unit(connection: sa.Connection, unit_id: int) -> list[str]:
    """Codes of the labels that replaced a unit's first one, the latest last."""
    query = (
        sa.select(unit_label.c.code)
        .where(unit_label.c.unit_id == unit_id)
        .order_by(unit_label.c.id)
    )
    return [str(code) for code in connection.execute(query).scalars()]


def add_badge(connection: sa.Connection, person_id: int, code: str, now: datetime) -> None:
    """A badge for a person; those given before count too, until it is settled."""
    connection.execute(
        sa.insert(badge), {"person_id": person_id, "code": code, "made_at": now, "ended_at": None}
    )


def settle_badge(connection: sa.Connection, code: str, now: datetime, made: bool) -> None:
    """End the badges that somebody had before this one, or this one itself; never any other's.

    Args:
        connection: Of the act.
        code: Of the newest badge; nothing is done where it is no badge's.
        now: When.
        made: Whether it is in somebody's hands, or never came out of the printer.
    """
    holder = sa.select(badge.c.person_id).where(badge.c.code == code).scalar_subquery()
    which = badge.c.code != code if made else badge.c.code == code
    connection.execute(
        sa.update(badge)
        .where(badge.c.person_id == holder, which, badge.c.ended_at.is_(None))
        .values(ended_at=now)
    )


def find_badge_holder(connection: sa.Connection, code: str) -> str | None:
    """The user name of whoever holds a badge that counts, or None."""
    return connection.execute(
        sa.select(Person.username)
        .join(badge, badge.c.person_id == Person.id)
        .where(badge.c.code == code, badge.c.ended_at.is_(None), Person.active)
    ).scalar()


def find_badge(connection: sa.Connection, username: str) -> str | None:
    """The code of the badge that a person holds, the newest where one is in doubt, or None."""
    return connection.execute(
        sa.select(badge.c.code)
        .join(Person, badge.c.person_id == Person.id)
        .where(Person.username == username, badge.c.ended_at.is_(None))
        .order_by(badge.c.id.desc())
        .limit(1)
    ).scalar()


def was_printed(
    connection: sa.Connection, about: Sequence[str], unit_id: int | None = None
) -> bool:
    """Whether labels of something were printed, orders that no printer took left out.

    Args:
        connection: To read from.
        about: Codes that the entries of printing are about.
        unit_id: Of a unit, whose label may have been printed with its delivery's.
    """
    names = [*about]
    if unit_id is not None:
        brought = sa.select(entry.c.about).join(movement, movement.c.entry_id == entry.c.id)
        query = brought.where(movement.c.unit_id == unit_id, entry.c.kind == EntryKind.RECEIVE)
        names += [str(code) for code in connection.execute(query).scalars()]
    named = entry.c.about.in_(names)
    ordered = sa.func.count().filter(entry.c.kind == EntryKind.PRINT)
    not_taken = sa.func.count().filter(entry.c.reason.in_(NOT_TAKEN))
    orders, failures = connection.execute(sa.select(ordered, not_taken).where(named)).one()
    return bool(orders > failures)


def was_same_printed(connection: sa.Connection, about: str, facts: Mapping[str, Any]) -> bool:
    """Whether a label with these facts was printed about something; orders not taken left out."""
    query = sa.select(entry.c.text).where(
        entry.c.about == about,
        sa.or_(entry.c.kind == EntryKind.PRINT, entry.c.reason.in_(NOT_TAKEN)),
    )
    said = [json.loads(text) for text in connection.execute(query).scalars()]
    not_taken = {each["facts"].get("order") for each in said}
    return any(
        facts.items() <= {name: each["facts"].get(name) for name in facts}.items()
        and f"{each['site']}-{each['number']}" not in not_taken
        for each in said
    )


NOT_TAKEN: Final = ("printer-refused", "printer-silent")
"""Reasons of refusals that say that a printer took nothing of an order."""
