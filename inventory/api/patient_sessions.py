"""Patient sessions: opened, scanned into, undone, told what became of each piece, closed."""

from typing import Any

from flask import Response
from marshmallow import fields

from inventory.api.calls import (
    Noun,
    act_of_call,
    as_response,
    check_overrule,
    reply,
)
from inventory.api.entries import ReversedAnswer
from inventory.api.fields import (
    Body,
    Choice,
    Code,
    Day,
    Flag,
    Instant,
    Name,
    Text,
    Whole,
)
from inventory.api.schemas import LONGEST_CODE, OverrideBody, ThingBody, as_asked, as_override
from inventory.api.session_answers import (
    ClosedAnswer,
    OutcomeAnswer,
    ScanAnswer,
    SessionAnswer,
    SessionOpened,
    SessionsAnswer,
    SessionsQuery,
    list_answer,
    session_answer,
)
from inventory.api.workstations import FromWorkstation, act_and_keyboard
from inventory.domain.patient_session import MAXIMUM_QUANTITY, REVERSE_REASONS, WASTE_REASONS
from inventory.operations.closing import close_session
from inventory.operations.correcting import undo_opening
from inventory.operations.opening import LONGEST_NUMBER, SessionRequest, open_session
from inventory.operations.scanning import ScanRequest, scan_into_session
from inventory.operations.using import OUTCOMES, Outcome, say_outcome
from inventory.web.acting import settings

blueprint = Noun(
    "patient_sessions", __name__, description="One procedure on one patient; names are not here."
)


class SessionBody(Body):
    """A session to be opened; a patient never seen before is made.

    Name and birth date of a patient who is known are compared, and fill what is not known yet.
    """

    patient = Text(
        LONGEST_NUMBER,
        required=True,
        metadata={"description": "Record number, wristband code or pseudonym; kept sealed."},
    )
    procedure = Name(LONGEST_CODE, required=True)
    location = Name(LONGEST_CODE, required=True)
    name = Text(200, least=0, load_default="")
    birth_date = Day(load_default=None)


class ScanBody(FromWorkstation, ThingBody):
    """What was opened for the patient."""

    quantity = Whole(MAXIMUM_QUANTITY, load_default=1)
    occurred_at = Instant(metadata={"description": "When, if it is recorded late."})
    override = fields.Nested(OverrideBody)


class OutcomeBody(Body):
    """What became of a unit, or of an item and lot."""

    outcome = Choice(OUTCOMES, required=True)
    unit = Code(LONGEST_CODE, load_default="")
    item = Code(LONGEST_CODE, load_default="")
    lot = Text(LONGEST_CODE, load_default="")
    quantity = Whole(MAXIMUM_QUANTITY, load_default=None)
    reason = Choice(
        WASTE_REASONS, load_default="", metadata={"description": "Required for `wasted`."}
    )


class UndoBody(Body):
    """Which scan or outcome of the session was wrong, and why."""

    entry = Code(
        LONGEST_CODE,
        required=True,
        metadata={"description": "The `entry` that the scan or the outcome was answered with."},
    )
    reason = Choice(REVERSE_REASONS, required=True)


class CloseBody(Body):
    """How a session ends."""

    may_be_absent = True
    cancelled = Flag(
        load_default=False, metadata={"description": "It did not take place; nothing was used."}
    )
    broken_off = Flag(load_default=False, metadata={"description": "It began and was not ended."})


@blueprint.does("/patient-sessions", SessionBody, SessionOpened, endpoint="open")
def open_one(body: dict[str, Any]) -> Response:
    """Open a patient session."""
    born = body.pop("birth_date")
    request = SessionRequest(**body, birth_date=born.isoformat() if born else "")
    return reply(open_session(act_of_call(), request, settings().retention_years))


@blueprint.does("/patient-sessions/<code>/scans", ScanBody, ScanAnswer)
def scan(body: dict[str, Any], code: str) -> Response:
    """Open one thing for the patient."""
    override = as_override(body)
    check_overrule(override.codes)
    act, keyboard = act_and_keyboard(body)
    asked = as_asked(body, keyboard)
    request = ScanRequest(asked, body["quantity"], body.get("occurred_at"), override)
    return reply(scan_into_session(act, code.upper(), request))


@blueprint.does("/patient-sessions/<code>/outcomes", OutcomeBody, OutcomeAnswer, endpoint="say")
def say_what_became(body: dict[str, Any], code: str) -> Response:
    """Say what became of something that was opened."""
    return reply(say_outcome(act_of_call(), code.upper(), Outcome(**body)))


@blueprint.does("/patient-sessions/<code>/undo", UndoBody, ReversedAnswer)
def undo(body: dict[str, Any], code: str) -> Response:
    """Undo a scan or an outcome of an open session while nothing later rests on it."""
    return reply(undo_opening(act_of_call(), code.upper(), body["entry"], body["reason"]))


@blueprint.does("/patient-sessions/<code>/close", CloseBody, ClosedAnswer, made=200)
def close(body: dict[str, Any], code: str) -> Response:
    """Close a session, or name what is open or missing."""
    ends = (body["cancelled"], body["broken_off"])
    return reply(close_session(act_of_call(), code.upper(), *ends), made=200)


@blueprint.reads("/patient-sessions", SessionsAnswer, query=SessionsQuery, endpoint="list")
def list_all(query: dict[str, Any]) -> Response:
    """List sessions, the latest first."""
    return as_response(list_answer(query))


@blueprint.reads("/patient-sessions/<code>", SessionAnswer)
def show(code: str) -> Response:
    """Show everything of one session; the patient by pseudonym only."""
    return as_response(session_answer(code.upper()))
