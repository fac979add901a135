"""What the calls about patient sessions answer."""

import json
from typing import Any

from marshmallow import Schema, fields

from inventory import store
from inventory.api.fields import Choice, Name, Text
from inventory.api.schemas import LONGEST_CODE, Done, Page, PageQuery
from inventory.domain.chain import instant
from inventory.domain.ledger import Entry, EntryKind
from inventory.domain.patient_session import PatientSession, SessionLine
from inventory.operations.scanning import enter_theatre, still_missing
from inventory.store import lists, places


class MissingAnswer(Schema):
    """A required line of the procedure that lacks pieces."""

    step = fields.String(required=True)
    name = fields.String(required=True)
    quantity = fields.Integer(required=True)


class SessionOpened(Done):
    """A session that was opened."""

    code = fields.String(required=True)
    patient = fields.String(required=True, metadata={"description": "The pseudonym."})
    location = fields.String(required=True)
    procedure = fields.String(required=True)
    retain_until = fields.Date(required=True)


class PieceAnswer(Done):
    """A lot or unit that something was done with."""

    accepted = fields.Boolean(required=True)
    item = fields.String(required=True)
    lot = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True)


class ScanAnswer(PieceAnswer):
    """What was opened; `again` where the unit lay in this session already.

    Then `problems` tells whether its lot was recalled, held or has expired meanwhile.

    Nothing was opened where there is a `match`: the label of this session or its patient's
    wristband was scanned, and is the right one.
    """

    again = fields.Boolean()
    match = fields.String(metadata={"enum": ["session", "patient"]})
    item_name = fields.String(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    missing = fields.List(fields.Nested(MissingAnswer), required=True)


class OutcomeAnswer(PieceAnswer):
    """What became of it."""

    outcome = fields.String(required=True)


class ClosedAnswer(Done):
    """A session that was closed."""

    closed = fields.Boolean(required=True)


class SessionHead(Schema):
    """A session in a list."""

    code = fields.String(required=True)
    site = fields.String(required=True)
    location = fields.String(required=True)
    procedure = fields.String(required=True)
    patient = fields.String(required=True, metadata={"description": "The pseudonym."})
    state = fields.String(required=True, metadata={"enum": ["open", "closed"]})
    cancelled = fields.Boolean(required=True)
    broken_off = fields.Boolean(required=True)
    opened_at = fields.DateTime(required=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    retain_until = fields.Date(required=True)


class SessionsQuery(PageQuery):
    """Which sessions."""

    state = Choice(("open", "closed"))
    search = Text(80, metadata={"description": "Part of the session's or the patient's code."})
    place = Name(LONGEST_CODE, metadata={"description": "Code of a room or a site."})


class SessionsAnswer(Page):
    """A page of sessions."""

    sessions = fields.List(fields.Nested(SessionHead), required=True)


class SessionLineAnswer(Schema):
    """What one lot or unit did in the session, in units of use."""

    item = fields.String(required=True)
    item_name = fields.String(required=True)
    kind = fields.String(required=True)
    lot = fields.String(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    in_session = fields.Integer(required=True)
    used = fields.Integer(required=True)
    wasted = fields.Integer(required=True)
    restocked = fields.Integer(required=True)
    entry = fields.String(required=True)
    entered = fields.String(required=True)
    overridden = fields.List(fields.String(), required=True)


class SessionEntryAnswer(Schema):
    """An act on the session."""

    entry = fields.String(required=True)
    kind = fields.String(required=True)
    at = fields.DateTime(required=True)
    occurred_at = fields.DateTime(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)
    reverses = fields.String(required=True)


class RefusalAnswer(Schema):
    """An act on the session that was refused."""

    entry = fields.String(required=True)
    at = fields.DateTime(required=True)
    by = fields.String(required=True)
    problems = fields.List(fields.String(), required=True)


class SessionAnswer(SessionHead):
    """Everything of one session."""

    lines = fields.List(fields.Nested(SessionLineAnswer), required=True)
    missing = fields.List(fields.Nested(MissingAnswer), required=True)
    entries = fields.List(fields.Nested(SessionEntryAnswer), required=True)
    refusals = fields.List(fields.Nested(RefusalAnswer), required=True)


EVERY = 100_000
"""More entries than a session ever has."""


def list_answer(query: dict[str, Any]) -> dict[str, Any]:
    """A page of sessions."""
    with store.reading() as connection:
        if place := query.get("place"):
            query = {**query, "place": places.get_place_or_site(connection, place)}
        found, total = lists.list_sessions(connection, **query)
    return {"sessions": [_head(one) for one in found], "total": total, "page": query["page"]}


def session_answer(code: str) -> dict[str, Any]:
    """Everything of one session, from one state of the ledger.

    Raises:
        NotFound: There is no such session.
    """
    with store.reading() as connection:
        theatre = enter_theatre(connection, code)
        found, _ = lists.list_entries(connection, about=code, size=EVERY)
        lacking = still_missing(theatre)
    entries = sorted(found, key=lambda each: (each.at, each.number))
    refused = [each for each in entries if each.kind is EntryKind.REFUSAL]
    done = [each for each in entries if each.kind is not EntryKind.REFUSAL]
    return {
        **_head(theatre.patient_session),
        "lines": [_line(line) for line in theatre.lines],
        "missing": lacking if theatre.patient_session.is_open else [],
        "entries": [_entry(each) for each in done],
        "refusals": [_refusal(each) for each in refused],
    }


def _head(found: PatientSession) -> dict[str, Any]:
    return {
        "code": found.code,
        "site": found.site,
        "location": found.location,
        "procedure": found.procedure,
        "patient": found.patient,
        "state": "open" if found.is_open else "closed",
        "cancelled": found.cancelled,
        "broken_off": found.broken_off,
        "opened_at": instant(found.opened_at),
        "closed_at": instant(found.closed_at) if found.closed_at else None,
        "retain_until": found.retain_until.isoformat(),
    }


def _line(line: SessionLine) -> dict[str, Any]:
    return {
        "item": line.item,
        "item_name": line.item_name,
        "kind": line.kind.value,
        "lot": line.lot,
        "expires_on": line.expires_on.isoformat() if line.expires_on else None,
        "unit": line.unit or None,
        "in_session": line.in_session,
        "used": line.used,
        "wasted": line.wasted,
        "restocked": line.restocked,
        "entry": line.entry,
        "entered": line.entered,
        "overridden": line.overridden.split(),
    }


def _entry(each: Entry) -> dict[str, Any]:
    text = json.loads(each.text)
    return {
        "entry": each.reference,
        "kind": each.kind.value,
        "at": text["at"],
        "occurred_at": text["occurred_at"],
        "by": each.by,
        "reason": text["reason"],
        "reverses": text["reverses"],
    }


def _refusal(each: Entry) -> dict[str, Any]:
    problems = json.loads(each.text)["facts"]["problems"]
    return {
        "entry": each.reference,
        "at": instant(each.at),
        "by": each.by,
        "problems": problems,
    }
