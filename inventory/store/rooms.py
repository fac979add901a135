"""In which order places are offered to whoever opens a session: the nearest likely room first."""

import json
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.places import Location
from inventory.store.places import list_locations
from inventory.store.tables.ledger import entry
from inventory.store.tables.patient_sessions import patient_session

_LOOKED_AT: Final = 200
"""Latest openings among which those of a person or a workstation are sought."""


def rooms_to_open_in(
    connection: sa.Connection, by: str, workstation: str, since: datetime
) -> list[Location]:
    """Places in which a session may be opened.

    Nothing tells a room from a pharmacy but that sessions are opened there. First those of the site
    where this workstation, or else this person, opened the last one; and at each site first those
    in which one was opened lately.

    Args:
        connection: Reading.
        by: User name of who asks.
        workstation: Name of the workstation, or empty.
        since: What counts as lately.
    """
    used = set(
        connection.execute(
            sa.select(patient_session.c.location_id)
            .where(patient_session.c.opened_at >= since)
            .distinct()
        ).scalars()
    )
    own = _own_site(connection, by, workstation)
    rooms = list_locations(connection, LocationKind.STORE)
    return sorted(rooms, key=lambda it: (it.site.id != own, it.site.id, it.id not in used))


def _own_site(connection: sa.Connection, by: str, workstation: str) -> int | None:
    """Key of the site where a workstation, or else a person, opened the last session."""
    of_person = None
    latest = (
        sa.select(entry.c.site_id, entry.c.by, entry.c.text)
        .where(entry.c.kind == EntryKind.OPEN_SESSION.value)
        .order_by(entry.c.id.desc())
        .limit(_LOOKED_AT)
    )
    for site_id, who, text in connection.execute(latest):
        if workstation and json.loads(text)["workstation"] == workstation:
            return int(site_id)
        if of_person is None and who == by:
            of_person = int(site_id)
    return of_person
