"""Recalls, holds, and what a recall has to know of the ledger."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind
from inventory.domain.recall import RecallCase, Scope
from inventory.store import AnyRow, row_id
from inventory.store.errors import no_such
from inventory.store.lists.paging import Found, matches
from inventory.store.prepared import ONE, Prepared, Question
from inventory.store.tables.catalogue import item
from inventory.store.tables.ledger import entry
from inventory.store.tables.patient_sessions import recall, recall_scope
from inventory.store.tables.places import site

_lifted = entry.alias("lifted")
_LIFTED: Final = sa.exists().where(
    _lifted.c.about == recall.c.code, _lifted.c.kind == EntryKind.LIFT_RECALL.value
)
_STANDING: Final = Prepared(
    sa.select(recall.c.code, recall.c.reference)
    .join(recall_scope, recall_scope.c.recall_id == recall.c.id)
    .where(
        recall_scope.c.item_id == sa.bindparam("item"),
        sa.or_(
            recall_scope.c.lot_number.is_(None),
            recall_scope.c.lot_number == sa.bindparam("lot"),
        ),
        ~_LIFTED,
    )
    .order_by(recall.c.id)
    .limit(ONE)
)


def standing_recall(
    connection: sa.Connection, item_id: int, lot_number: str
) -> tuple[str, str] | None:
    """Code and reference of an open recall that covers a lot, known to us or not; or None."""
    row = _STANDING.first(connection, item=item_id, lot=lot_number)
    return None if row is None else (row[0], row[1])


_RECALLED: Final = (
    sa.select(recall_scope.c.lot_number, recall.c.code, recall.c.reference, item.c.name)
    .join(recall, recall_scope.c.recall_id == recall.c.id)
    .join(item, recall_scope.c.item_id == item.c.id)
    .where(recall_scope.c.lot_number.is_not(None), ~_LIFTED)
    .order_by(recall_scope.c.id)
)
_RECALLED_OF_ITEM: Final = Prepared(_RECALLED.where(item.c.id == sa.bindparam("item")))
_RECALLED_OF_ALL: Final = Prepared(_RECALLED)


class NamedLot(NamedTuple):
    """A lot that an open recall names, with the recall's code and reference and the item's name."""

    lot: str
    recall: str
    reference: str
    item: str


def lots_recalled(connection: sa.Connection, item_id: int | None = None) -> list[NamedLot]:
    """Lots that open recalls name, of one item or of all, the earliest named first."""
    rows = (
        _RECALLED_OF_ALL.run(connection)
        if item_id is None
        else _RECALLED_OF_ITEM.run(connection, item=item_id)
    )
    return [NamedLot(*row) for row in rows]


_HOLD: Final = Prepared(
    sa.select(entry.c.kind)
    .where(
        entry.c.about == sa.bindparam("lot_name"),
        sa.or_(entry.c.kind == EntryKind.HOLD.value, entry.c.kind == EntryKind.LIFT_HOLD.value),
    )
    .order_by(entry.c.at.desc(), entry.c.id.desc())
    .limit(ONE)
)


def lot_questions(item_id: int, lot_number: str, lot_name: str) -> list[Question]:
    """What `standing_recall` and `is_held` will ask."""
    return [_STANDING.of(item=item_id, lot=lot_number), _HOLD.of(lot_name=lot_name)]


def is_held(connection: sa.Connection, lot_name: str) -> bool:
    """Whether the latest hold of a lot (`MT.../A17`) stands."""
    return _HOLD.first(connection, lot_name=lot_name) == (EntryKind.HOLD.value,)


def add_recall(
    connection: sa.Connection,
    code: str,
    reference: str,
    manufacturer: str,
    reason: str,
    at: datetime,
    by: str,
    scope: Sequence[tuple[int, Sequence[str] | None]],
) -> None:
    """A further recall; the scope gives keys of items with lot numbers, or None for all lots."""
    values = {
        "code": code,
        "reference": reference,
        "manufacturer": manufacturer,
        "reason": reason,
        "opened_at": at,
        "opened_by": by,
    }
    key = row_id(connection.execute(sa.insert(recall), values))
    rows = [
        {"recall_id": key, "item_id": item_id, "lot_number": number}
        for item_id, numbers in scope
        for number in ([None] if numbers is None else numbers)
    ]
    connection.execute(sa.insert(recall_scope), rows)


_CASE: Final = sa.select(
    recall.c.id,
    recall.c.code,
    recall.c.reference,
    recall.c.manufacturer,
    recall.c.reason,
    recall.c.opened_at,
    recall.c.opened_by,
)


_ACTS: Final = (
    sa.select(site.c.code.label("site"), entry.c.number, entry.c.kind, entry.c.at, entry.c.by)
    .join(site, site.c.id == entry.c.site_id)
    .where(
        entry.c.about == sa.bindparam("code"),
        entry.c.kind.in_([EntryKind.OPEN_RECALL.value, EntryKind.LIFT_RECALL.value]),
    )
    .order_by(entry.c.id)
)


def get_recall(connection: sa.Connection, code: str) -> RecallCase:
    """A recall as it was opened and, where it was, lifted. The words of lifting are a note.

    Raises:
        NotFound: There is none.
    """
    row = connection.execute(_CASE.where(recall.c.code == code)).first()
    if row is None:
        raise no_such("recall", code)
    return _case(connection, row)


def recalls_found(
    connection: sa.Connection, *, search: str = "", state: str = ""
) -> Found[RecallCase]:
    """Recalls, the latest first.

    Args:
        connection: Of the page as well: what a recall covers is read from there.
        search: Part of the code, the notice, the manufacturer, a lot of the scope, or an item.
        state: `open`, `lifted`, or empty for both.
    """
    query = _CASE.order_by(recall.c.id.desc())
    if search:
        covered = (
            sa.select(recall_scope.c.recall_id)
            .join(item, item.c.id == recall_scope.c.item_id)
            .where(matches(search, recall_scope.c.lot_number, item.c.name))
        )
        texts = matches(search, recall.c.code, recall.c.reference, recall.c.manufacturer)
        query = query.where(sa.or_(texts, recall.c.id.in_(covered)))
    if state:
        query = query.where(_LIFTED if state == "lifted" else ~_LIFTED)
    return Found(query, lambda row: _case(connection, row))


def list_recalls(connection: sa.Connection) -> list[RecallCase]:
    """All recalls, the latest first."""
    rows = connection.execute(_CASE.order_by(recall.c.id.desc())).all()
    return [_case(connection, row) for row in rows]


def _case(connection: sa.Connection, row: AnyRow) -> RecallCase:
    key, code, reference, manufacturer, reason, opened_at, opened_by = row
    acts = connection.execute(_ACTS, {"code": code}).all()
    lifting = [act for act in acts if act.kind == EntryKind.LIFT_RECALL.value]
    lots: dict[str, set[str] | None] = {}
    for item_code, number in connection.execute(
        sa.select(item.c.code, recall_scope.c.lot_number)
        .join(item, item.c.id == recall_scope.c.item_id)
        .where(recall_scope.c.recall_id == key)
        .order_by(recall_scope.c.id)
    ):
        known = lots.setdefault(item_code, set())
        if number is None or known is None:
            lots[item_code] = None
        else:
            known.add(number)
    return RecallCase(
        code,
        reference,
        manufacturer,
        reason,
        opened_at,
        opened_by,
        lifting[0].at if lifting else None,
        lifting[0].by if lifting else "",
        "",
        tuple(
            Scope(item_code, None if numbers is None else frozenset(numbers))
            for item_code, numbers in lots.items()
        ),
        tuple(f"{act.site}-{act.number}" for act in acts if act not in lifting),
        tuple(f"{act.site}-{act.number}" for act in lifting),
    )


def lifting_note(connection: sa.Connection, code: str) -> str:
    """Code of the note that says why a recall was lifted, or empty."""
    text = connection.execute(
        sa.select(entry.c.text)
        .where(entry.c.about == code, entry.c.kind == EntryKind.LIFT_RECALL.value)
        .order_by(entry.c.id)
        .limit(1)
    ).scalar()
    return str(json.loads(text)["facts"]["note"]) if text else ""


def refusals_for(connection: sa.Connection, problem: str) -> list[tuple[str, datetime, str, str]]:
    """Acts refused for a problem: entry, instant, person, canonical text; oldest first."""
    rows = connection.execute(
        sa.select(site.c.code, entry.c.number, entry.c.at, entry.c.by, entry.c.text)
        .join(site, site.c.id == entry.c.site_id)
        .where(entry.c.kind == EntryKind.REFUSAL.value, entry.c.reason == problem)
        .order_by(entry.c.at, entry.c.id)
    )
    return [(f"{code}-{number}", at, by, text) for code, number, at, by, text in rows]


def open_recalls_count(connection: sa.Connection) -> int:
    """How many recalls stand."""
    query: Any = sa.select(sa.func.count()).select_from(recall).where(~_LIFTED)
    return int(connection.execute(query).scalar_one())
