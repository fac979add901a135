"""Patient sessions and entries, the latest first."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from inventory.domain.ledger import Entry, EntryKind, LocationKind
from inventory.domain.patient_session import PatientSession
from inventory.store import AnyRow
from inventory.store.lists.paging import PAGE, Found, matches
from inventory.store.patient_sessions import SESSION, as_session, is_closed
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import patient_session
from inventory.store.tables.patients import patient
from inventory.store.tables.places import location, site

# No join: then the entries of a kind are counted in the index, without reading a text.
_SITE: Final = sa.select(site.c.code).where(site.c.id == entry.c.site_id).scalar_subquery()


def sessions_found(*, state: str = "", search: str = "", place: str = "") -> Found[PatientSession]:
    """Patient sessions, the latest first.

    Args:
        state: `open`, `closed`, or empty for both.
        search: Part of the session's or the patient's code.
        place: Code of a room or a site.
    """
    query = SESSION
    if state:
        query = query.where(~is_closed() if state == "open" else is_closed())
    if search:
        query = query.where(matches(search, patient_session.c.code, patient.c.code))
    if place:
        room = SESSION.selected_columns
        query = query.where(sa.or_(room[2] == place, room[3] == place))
    latest_first = (patient_session.c.opened_at.desc(), patient_session.c.id.desc())
    return Found(query.order_by(*latest_first), as_session)


def list_sessions(
    connection: sa.Connection, *, page: int = 1, size: int = PAGE, **wanted: str
) -> tuple[list[PatientSession], int]:
    """A page of `sessions_found`, and how many there are in all."""
    return sessions_found(**wanted).page(connection, page, size)


def entries_found(
    *,
    about: str = "",
    kind: str = "",
    by: str = "",
    site_code: str = "",
    begin: datetime | None = None,
    end: datetime | None = None,
    search: str = "",
    moved: sa.ColumnElement[bool] | None = None,
) -> Found[Entry]:
    """Entries of the ledger, the latest first.

    Args:
        about: Code of the session, recall, receipt or item they are about.
        kind: What they record.
        by: User name of the person.
        site_code: Code of the site.
        begin: Recorded at this instant or later.
        end: Recorded before this instant.
        search: Part of the code they are about, or of the user name.
        moved: Only those with such a movement; see `movements_summed`.
    """
    query = sa.select(
        _SITE,
        entry.c.number,
        entry.c.kind,
        entry.c.at,
        entry.c.by,
        entry.c.about,
        entry.c.text,
    )
    for column, wanted in ((entry.c.about, about), (entry.c.kind, kind), (entry.c.by, by)):
        if wanted:
            query = query.where(column == wanted)
    if site_code:
        of_site = sa.select(site.c.id).where(site.c.code == site_code)
        query = query.where(entry.c.site_id.in_(of_site))
    if begin:
        query = query.where(entry.c.at >= begin)
    if end:
        query = query.where(entry.c.at < end)
    if search:
        query = query.where(matches(search, entry.c.about, entry.c.by))
    if moved is not None:
        query = query.where(entry.c.id.in_(sa.select(movement.c.entry_id).where(moved)))
    return Found(query.order_by(entry.c.id.desc()), _entry, key=entry.c.id)


def list_entries(
    connection: sa.Connection, *, page: int = 1, size: int = PAGE, **wanted: Any
) -> tuple[list[Entry], int]:
    """A page of `entries_found`, and how many there are in all."""
    return entries_found(**wanted).page(connection, page, size)


def movements_summed(
    lot_id: int, kinds: frozenset[LocationKind] = frozenset(), place: str = ""
) -> sa.ColumnElement[bool]:
    """Which movements make up what a lot's sum says.

    Args:
        lot_id: Key of the lot.
        kinds: What the places mean over which is summed; what moves between two of them is not in
            the sum. Empty for all movements of the lot.
        place: Code of the one place whose balance it is; empty for all.
    """
    rules: list[sa.ColumnElement[bool]] = [movement.c.lot_id == lot_id]
    if kinds:
        of_kind = sa.select(location.c.id).where(
            location.c.kind.in_([kind.value for kind in kinds])
        )
        came, went = movement.c.destination_id.in_(of_kind), movement.c.source_id.in_(of_kind)
        rules.append(sa.or_(sa.and_(came, ~went), sa.and_(went, ~came)))
    if place:
        here = sa.select(location.c.id).where(location.c.code == place)
        rules.append(sa.or_(movement.c.destination_id.in_(here), movement.c.source_id.in_(here)))
    return sa.and_(*rules)


def _entry(row: AnyRow) -> Entry:
    return Entry(row[0], row[1], EntryKind(row[2]), *row[3:7])
