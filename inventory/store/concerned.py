"""The patient sessions that a recall has to judge, and what it asks of each."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind
from inventory.domain.patient_session import WASTE_REASONS, PatientSession
from inventory.domain.recall import RefusedScan, SessionFacts
from inventory.store import AnyRow
from inventory.store.patient_sessions import SESSION, as_session
from inventory.store.tables.catalogue import item, lot
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import patient_session
from inventory.store.tables.places import site

_FIRST_CLOSE: Final = (
    sa.select(sa.func.min(entry.c.at))
    .where(entry.c.about == patient_session.c.code, entry.c.kind == EntryKind.CLOSE_SESSION.value)
    .correlate(patient_session)
    .scalar_subquery()
    .label("first")
)
_FIRST_OPENING: Final = (
    sa.select(sa.func.min(entry.c.occurred_at))
    .where(entry.c.about == patient_session.c.code, entry.c.kind == EntryKind.OPEN.value)
    .correlate(patient_session)
    .scalar_subquery()
    .label("first_opening")
)
"""Only openings are recorded late; undone ones count too, for something was done then."""

_FACTS: Final = SESSION.add_columns(_FIRST_CLOSE, _FIRST_OPENING)

_NO_CONTACT: Final = [reason for reason, contact in WASTE_REASONS.items() if not contact]


def refused_scans(
    connection: sa.Connection, codes: Sequence[str]
) -> dict[str, tuple[RefusedScan, ...]]:
    """Session to the scans of the items that were refused in it, oldest first."""
    query = (
        sa.select(patient_session.c.code, site.c.code, entry.c.number, entry.c.at, entry.c.text)
        .select_from(entry)
        .join(patient_session, patient_session.c.code == entry.c.about)
        .join(site, site.c.id == entry.c.site_id)
        .where(
            entry.c.kind == EntryKind.REFUSAL.value,
            sa.or_(*(entry.c.text.contains(f'"item":"{code}"') for code in codes)),
        )
        .order_by(entry.c.at, entry.c.id)
    )
    found: dict[str, tuple[RefusedScan, ...]] = {}
    for session, of_site, number, at, text in connection.execute(query):
        said = json.loads(text)["facts"]
        if said.get("item") not in codes or said.get("unit") == "":
            continue  # an outcome names the unit it has not; a scan says nothing it does not know
        refused = RefusedScan(
            f"{of_site}-{number}",
            at,
            " ".join(said["problems"]),
            said["item"],
            said.get("lot", ""),
            said.get("unit", ""),
        )
        found[session] = (*found.get(session, ()), refused)
    return found


def sessions_of(connection: sa.Connection, codes: Iterable[str]) -> dict[str, SessionFacts]:
    """Sessions by code."""
    return _facts(connection, patient_session.c.code.in_(list(codes)))


def sessions_that_held(connection: sa.Connection, codes: Sequence[str]) -> dict[str, SessionFacts]:
    """Sessions that ever held a piece of one of the items, by code."""

    def ends(column: "sa.Column[int]") -> "sa.Select[Any]":
        return (
            sa.select(column)
            .join(lot, lot.c.id == movement.c.lot_id)
            .join(item, item.c.id == lot.c.item_id)
            .where(item.c.code.in_(codes))
        )

    touched = patient_session.c.place_id.in_(
        sa.union(ends(movement.c.destination_id), ends(movement.c.source_id))
    )
    return _facts(connection, touched)


def sessions_unfinished(
    connection: sa.Connection,
) -> list[tuple[PatientSession, int, SessionFacts]]:
    """Sessions that are open or were cancelled: only these can lack a lot on a required line.

    Returns:
        Each with the key of its place.
    """
    closing, undone = entry.alias(), entry.alias()
    finished = sa.exists().where(
        closing.c.about == patient_session.c.code,
        closing.c.kind == EntryKind.CLOSE_SESSION.value,
        closing.c.reason == "",
        ~sa.exists().where(undone.c.reverses_id == closing.c.id),
    )
    rows = connection.execute(_FACTS.where(~finished)).all()
    return [(as_session(row), row.place_id, _as_facts(row)) for row in rows]


def _facts(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> dict[str, SessionFacts]:
    rows = connection.execute(_FACTS.where(wanted))
    facts = (_as_facts(row) for row in rows)
    return {each.code: each for each in facts}


def _as_facts(row: AnyRow) -> SessionFacts:
    found = as_session(row)
    return SessionFacts(
        found.code,
        found.site,
        found.location,
        found.patient,
        found.opened_at,
        min(found.opened_at, row.first_opening or found.opened_at),
        found.closed_at,
        row.first,
        found.cancelled,
        frozenset(),
    )


def wasted_in_contact(connection: sa.Connection, code: str) -> bool:
    """Whether anything was ever wasted in a session for a reason that leaves contact possible."""
    query = (
        sa.select(entry.c.id)
        .where(
            entry.c.about == code,
            entry.c.kind == EntryKind.WASTE.value,
            entry.c.reason.not_in(_NO_CONTACT),
        )
        .limit(1)
    )
    return connection.execute(query).first() is not None
