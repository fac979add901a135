"""Patient sessions and entries, the latest first."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from inventory.domain.ledger import Entry, EntryKind
from inventory.domain.patient_session import PatientSession
from inventory.store import AnyRow, reading
from inventory.store.lists.paging import PAGE, matches, page_of
from inventory.store.patient_sessions import SESSION, as_session
from inventory.store.tables.ledger import entry
from inventory.store.tables.patient_sessions import patient_session
from inventory.store.tables.patients import patient
from inventory.store.tables.places import site


def list_sessions(
    connection: sa.Connection,
    *,
    state: str = "",
    search: str = "",
    place: str = "",
    page: int = 1,
    size: int = PAGE,
) -> tuple[list[PatientSession], int]:
    """Patient sessions, the latest first, and how many there are in all.

    Args:
        connection: Reading.
        state: `open`, `closed`, or empty for both.
        search: Part of the session's or the patient's code.
        place: Code of a room or a site.
        page: From 1.
        size: Lines of a page.
    """
    query = SESSION
    closed = SESSION.selected_columns["closed_at"]
    if state:
        query = query.where(closed.is_(None) if state == "open" else closed.is_not(None))
    if search:
        query = query.where(matches(search, patient_session.c.code, patient.c.code))
    if place:
        room = SESSION.selected_columns
        query = query.where(sa.or_(room[2] == place, room[3] == place))
    rows, total = page_of(
        connection,
        query.order_by(patient_session.c.opened_at.desc(), patient_session.c.id.desc()),
        page,
        size,
    )
    return [as_session(row) for row in rows], total


def list_entries(
    connection: sa.Connection,
    *,
    about: str = "",
    kind: str = "",
    by: str = "",
    site_code: str = "",
    begin: datetime | None = None,
    end: datetime | None = None,
    page: int = 1,
    size: int = PAGE,
) -> tuple[list[Entry], int]:
    """Entries of the ledger, the latest first, and how many there are in all.

    Args:
        connection: Reading.
        about: Code of the session, recall, receipt or item they are about.
        kind: What they record.
        by: User name of the person.
        site_code: Code of the site.
        begin: Recorded at this instant or later.
        end: Recorded before this instant.
        page: From 1.
        size: Lines of a page.
    """
    query = _entries(about, kind, by, site_code, begin, end)
    rows, total = page_of(connection, query, page, size)
    return [_entry(row) for row in rows], total


BATCH: Final = 1000
"""Entries that are read at once where all are wanted."""


def all_entries(
    *,
    about: str = "",
    kind: str = "",
    by: str = "",
    site_code: str = "",
    begin: datetime | None = None,
    end: datetime | None = None,
    batch: int = BATCH,
) -> Iterator[Entry]:
    """The same entries, all of them, some in memory at a time.

    Each batch has a reading transaction of its own, for whoever takes them may be slow and a
    database does not wait. Entries are only ever appended: what was read is as it was all the same.
    """
    query = _entries(about, kind, by, site_code, begin, end).add_columns(entry.c.id).limit(batch)
    found = None
    while found is None or len(found) == batch:
        older = query if found is None else query.where(entry.c.id < found[-1].id)
        with reading() as connection:
            found = connection.execute(older).all()
        yield from map(_entry, found)


def _entry(row: AnyRow) -> Entry:
    return Entry(row[0], row[1], EntryKind(row[2]), *row[3:7])


def _entries(
    about: str, kind: str, by: str, site_code: str, begin: datetime | None, end: datetime | None
) -> "sa.Select[Any]":
    query = sa.select(
        site.c.code,
        entry.c.number,
        entry.c.kind,
        entry.c.at,
        entry.c.by,
        entry.c.about,
        entry.c.text,
    ).join(site, site.c.id == entry.c.site_id)
    for column, wanted in (
        (entry.c.about, about),
        (entry.c.kind, kind),
        (entry.c.by, by),
        (site.c.code, site_code),
    ):
        if wanted:
            query = query.where(column == wanted)
    if begin:
        query = query.where(entry.c.at >= begin)
    if end:
        query = query.where(entry.c.at < end)
    return query.order_by(entry.c.id.desc())
