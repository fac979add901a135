"""Patient sessions: whether one is open is told by its entries, what it holds by its movements."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from flask import current_app

from inventory.domain.catalogue import ItemKind
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.patient_session import PatientSession, SessionLine
from inventory.domain.places import Site
from inventory.store import glancing, row_id
from inventory.store.errors import no_such
from inventory.store.expiries import EXPIRES_ON
from inventory.store.prepared import ONE, Prepared, Question
from inventory.store.tables.catalogue import item, lot, procedure_definition, unit
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import patient_session
from inventory.store.tables.patients import patient
from inventory.store.tables.places import location, site

_room = location.alias("room")


def _closing(column: str) -> "sa.ScalarSelect[Any]":
    """A column of the closing that no later entry reversed."""
    closing, undone = entry.alias(), entry.alias()
    return (
        sa.select(closing.c[column])
        .where(
            closing.c.about == patient_session.c.code,
            closing.c.kind == EntryKind.CLOSE_SESSION.value,
            ~sa.exists().where(undone.c.reverses_id == closing.c.id),
        )
        .correlate(patient_session)
        .limit(ONE)
        .scalar_subquery()
    )


def is_closed() -> sa.ColumnElement[bool]:
    """Whether a closing stands that no later entry reversed; answered by indexes alone."""
    closing, undone = entry.alias(), entry.alias()
    return sa.exists().where(
        closing.c.about == patient_session.c.code,
        closing.c.kind == EntryKind.CLOSE_SESSION.value,
        ~sa.exists().where(undone.c.reverses_id == closing.c.id),
    )


SESSION: Final = (
    sa.select(
        patient_session.c.id,
        patient_session.c.code,
        site.c.code,
        _room.c.code,
        procedure_definition.c.code,
        patient.c.code,
        patient_session.c.opened_at,
        _closing("at").label("closed_at"),
        _closing("reason").label("closed_reason"),
        patient_session.c.retain_until,
        patient_session.c.place_id,
        patient_session.c.location_id,
        patient_session.c.site_id,
    )
    .join(site, site.c.id == patient_session.c.site_id)
    .join(_room, _room.c.id == patient_session.c.location_id)
    .join(procedure_definition, procedure_definition.c.id == patient_session.c.procedure_id)
    .join(patient, patient.c.id == patient_session.c.patient_id)
)
_BY_CODE: Final = Prepared(SESSION.where(patient_session.c.code == sa.bindparam("session_code")))


def as_session(row: Sequence[Any]) -> PatientSession:
    """A patient session from a row of `SESSION`."""
    key, code, of_site, room, procedure, pseudonym, opened, closed, reason, retain = row[:10]
    return PatientSession(
        key,
        code,
        of_site,
        room,
        procedure,
        pseudonym,
        opened,
        closed,
        reason == "procedure-cancelled",
        reason == "procedure-broken-off",
        retain,
    )


def find_session(connection: sa.Connection, code: str) -> PatientSession | None:
    """The patient session of a code, or None."""
    row = _BY_CODE.first(connection, session_code=code)
    return None if row is None else as_session(row)


def get_session(connection: sa.Connection, code: str) -> PatientSession:
    """The patient session of a code.

    Raises:
        NotFound: There is none.
    """
    found = find_session(connection, code)
    if found is None:
        raise no_such("session", code)
    return found


def get_session_with_places(
    connection: sa.Connection, code: str
) -> tuple[PatientSession, int, int]:
    """The patient session of a code, the keys of its own place and of its room.

    Raises:
        NotFound: There is none.
    """
    row = _BY_CODE.first(connection, session_code=code)
    if row is None:
        raise no_such("session", code)
    return as_session(row), row[10], row[11]


def site_of(code: str) -> Site:
    """The site of a session.

    Raises:
        NotFound: There is no such session.
    """
    return _lasting(code)[0]


def session_questions(code: str) -> list[Question]:
    """What `get_session_with_places` and `lines_of_place` will ask of a session.

    Raises:
        NotFound: There is no such session.
    """
    return [_BY_CODE.of(session_code=code), _LINES.of(place=_lasting(code)[1])]


_LASTING: Final = Prepared(
    sa.select(site.c.id, site.c.code, site.c.name, site.c.address, patient_session.c.place_id)
    .join(patient_session, patient_session.c.site_id == site.c.id)
    .where(patient_session.c.code == sa.bindparam("session_code"))
)


def _lasting(code: str) -> tuple[Site, int]:
    """A session's site and the key of its own place, which never change: remembered once read."""
    known: dict[str, tuple[Site, int]] = current_app.extensions.setdefault(
        "kittrace.lasting_of_session", {}
    )
    found = known.get(code)
    if found is not None:
        return found
    with glancing() as connection:
        row = _LASTING.first(connection, session_code=code)
    if row is None:
        raise no_such("session", code)
    if len(known) >= REMEMBERED:
        known.clear()
    found = known[code] = Site(*row[:4]), row[4]
    return found


REMEMBERED: Final = 10_000
"""Sessions of which that is kept in memory."""


def open_sessions_of(connection: sa.Connection, patient_id: int) -> list[str]:
    """Codes of a patient's sessions that are not closed."""
    query = sa.select(patient_session.c.code).where(
        patient_session.c.patient_id == patient_id, _closing("at").is_(None)
    )
    return list(connection.execute(query).scalars())


def add_session(
    connection: sa.Connection,
    *,
    code: str,
    site_id: int,
    location_id: int,
    place_id: int,
    procedure_id: int,
    patient_id: int,
    opened_at: datetime,
    retain_until: date,
) -> int:
    """A further patient session; its place is there already."""
    values = {
        "code": code,
        "site_id": site_id,
        "location_id": location_id,
        "place_id": place_id,
        "procedure_id": procedure_id,
        "patient_id": patient_id,
        "opened_at": opened_at,
        "retain_until": retain_until,
    }
    return row_id(connection.execute(sa.insert(patient_session), values))


class _Flow(NamedTuple):
    """One movement into a session's place or out of it; `other` is the place at its other end."""

    item: str
    item_name: str
    item_kind: str
    single_use: bool
    lot: str
    expires_on: date | None
    unit: str | None
    quantity: int
    entered: str
    overridden: str
    other: str
    kind: str
    number: int
    entry_id: int
    reverses_id: int | None
    lot_id: int
    unit_id: int | None
    direction: int


_FLOW: Final = (
    item.c.code.label("item"),
    item.c.name.label("item_name"),
    item.c.kind.label("item_kind"),
    item.c.single_use,
    lot.c.number.label("lot"),
    EXPIRES_ON,
    unit.c.code.label("unit"),
    movement.c.quantity,
    movement.c.entered,
    movement.c.overridden,
    location.c.kind.label("other"),
    entry.c.kind,
    entry.c.number,
    entry.c.id.label("entry_id"),
    entry.c.reverses_id,
    movement.c.lot_id,
    movement.c.unit_id,
)
"""The columns of a `_Flow`, in its order, but for the direction."""


def _flow(direction: int, end: "sa.Column[int]", other: "sa.Column[int]") -> "sa.Select[Any]":
    return (
        sa.select(*_FLOW, sa.literal(direction).label("direction"))
        .select_from(
            movement.join(lot, lot.c.id == movement.c.lot_id)
            .join(item, item.c.id == lot.c.item_id)
            .join(entry, entry.c.id == movement.c.entry_id)
            .join(location, location.c.id == other)
            .outerjoin(unit, unit.c.id == movement.c.unit_id)
        )
        .where(end == sa.bindparam("place"))
    )


_LINES: Final = Prepared(
    sa.union_all(
        _flow(1, movement.c.destination_id, movement.c.source_id),
        _flow(-1, movement.c.source_id, movement.c.destination_id),
    )
)


def lines_of_place(connection: sa.Connection, place_id: int, site_code: str) -> list[SessionLine]:
    """What each lot and unit did in a session, in the order in which it was first opened.

    What was opened and reversed as if it had never been is left out.

    Args:
        connection: Reading or in an act.
        place_id: Of the session's own place.
        site_code: For the references of entries.
    """
    rows = [_Flow(*row) for row in _LINES.run(connection, place=place_id)]
    reversed_ids = {row.reverses_id for row in rows}
    pieces: dict[tuple[int, int | None], list[_Flow]] = {}
    for row in sorted(rows, key=lambda row: row.entry_id):
        pieces.setdefault((row.lot_id, row.unit_id), []).append(row)
    lines = (_line(flows, reversed_ids, site_code) for flows in pieces.values())
    return [line for line in lines if line.in_session or line.used or line.wasted or line.restocked]


def _line(flows: Sequence[_Flow], reversed_ids: set[int | None], site_code: str) -> SessionLine:
    sums = dict.fromkeys(("in_session", "used", "wasted", "restocked"), 0)
    opening: _Flow | None = None
    for row in flows:
        sums["in_session"] += row.direction * row.quantity
        fate = _fate(row)
        if fate:
            sums[fate] -= row.direction * row.quantity
        if row.kind == EntryKind.OPEN.value and row.entry_id not in reversed_ids:
            opening = row
    first = flows[0]
    return SessionLine(
        item=first.item,
        item_name=first.item_name,
        kind=ItemKind(first.item_kind),
        single_use=first.single_use,
        lot=first.lot,
        expires_on=first.expires_on,
        unit=first.unit or "",
        entry=f"{site_code}-{opening.number}" if opening else "",
        entered=opening.entered if opening else "",
        overridden=opening.overridden if opening else "",
        **sums,
    )


def _fate(row: _Flow) -> str | None:
    """Which sum of a line a flow changes, the pieces in the session aside."""
    if row.other in (LocationKind.USED.value, LocationKind.REPROCESSING.value):
        return "used"
    if row.other == LocationKind.WASTED.value:
        return "wasted"
    undone_restock = row.kind == EntryKind.REVERSE.value and row.direction > 0
    return "restocked" if row.kind == EntryKind.RESTOCK.value or undone_restock else None
