"""What the calls about recalls answer."""

from typing import Any

from marshmallow import Schema, fields

from inventory.api.schemas import Done, Page
from inventory.domain.chain import instant
from inventory.domain.recall import RecallCase


class RecallOpened(Done):
    """A recall that was opened, and whom it concerns at this moment."""

    code = fields.String(required=True)
    exposed = fields.Integer(required=True, metadata={"description": "Patient sessions."})
    cannot_be_excluded = fields.Integer(
        required=True, metadata={"description": "Patient sessions."}
    )
    on_hand = fields.Integer(required=True, metadata={"description": "Units of use."})
    entries = fields.List(fields.String(), required=True)


class LiftedAnswer(Done):
    """A recall that was lifted."""

    code = fields.String(required=True)
    entries = fields.List(fields.String(), required=True)


class RecallHead(Schema):
    """A recall in a list."""

    code = fields.String(required=True)
    reference = fields.String(required=True)
    manufacturer = fields.String(required=True)
    reason = fields.String(required=True)
    opened_at = fields.DateTime(required=True)
    opened_by = fields.String(required=True)
    lifted_at = fields.DateTime(required=True, allow_none=True)
    lifted_by = fields.String(required=True)


class ScopeLine(Schema):
    """An item of a recall; `lots` is null for all."""

    item = fields.String(required=True)
    lots = fields.List(fields.String(), required=True, allow_none=True)


class RecallLine(RecallHead):
    """A recall in a list, with what it covers."""

    scope = fields.List(fields.Nested(ScopeLine), required=True)


class RecallsAnswer(Page):
    """A page of recalls."""

    recalls = fields.List(fields.Nested(RecallLine), required=True)


class ConcernedSession(Schema):
    """A patient session; the patient by pseudonym."""

    session = fields.String(required=True)
    opened_at = fields.DateTime(required=True)
    site = fields.String(required=True)
    location = fields.String(required=True)
    patient = fields.String(required=True)


class OpeningAnswer(Schema):
    """An entry by which a covered lot or unit came into a session."""

    entry = fields.String(required=True)
    at = fields.DateTime(required=True)
    by = fields.String(required=True)


class ExposedSession(ConcernedSession):
    """A covered lot or unit that reached a patient; `at`, `by` and `entry` of its first opening."""

    item = fields.String(required=True)
    item_name = fields.String(required=True)
    lot = fields.String(required=True)
    unit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    outcome = fields.String(required=True)
    at = fields.DateTime(required=True)
    by = fields.String(required=True)
    entry = fields.String(required=True)
    openings = fields.List(fields.Nested(OpeningAnswer), required=True)


class Reason(Schema):
    """Why a session lies in its ring."""

    code = fields.String(required=True)
    item = fields.String(required=True)
    message = fields.String(required=True)


class JudgedSession(ConcernedSession):
    """A session outside the first ring, and why."""

    why = fields.String(required=True)
    reasons = fields.List(fields.Nested(Reason), required=True)


class RingsAnswer(Schema):
    """Every session that could be concerned, each in exactly one ring."""

    exposed = fields.List(fields.Nested(ExposedSession), required=True)
    cannot_be_excluded = fields.List(fields.Nested(JudgedSession), required=True)
    excluded = fields.List(fields.Nested(JudgedSession), required=True)


class ReconciliationAnswer(Schema):
    """Where all of one lot went, in units of use; `unexplained` is 0 in a ledger that holds."""

    item = fields.String(required=True)
    lot = fields.String(required=True)
    received = fields.Integer(required=True)
    found = fields.Integer(required=True)
    on_hand = fields.Integer(required=True)
    in_use = fields.Integer(required=True)
    used = fields.Integer(required=True)
    wasted = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    lost = fields.Integer(required=True)
    unexplained = fields.Integer(required=True)
    counted = fields.Integer(required=True, allow_none=True)
    variance = fields.Integer(required=True, allow_none=True)


class WhereaboutsAnswer(Schema):
    """Where pieces of a lot are now; for what was used or wasted, where it came from."""

    item = fields.String(required=True)
    lot = fields.String(required=True)
    unit = fields.String(required=True)
    location = fields.String(required=True)
    kind = fields.String(required=True)
    quantity = fields.Integer(required=True)


class SeenLot(Schema):
    """A covered lot that was ever here."""

    lot = fields.String(required=True)
    expires_on = fields.Date(required=True, allow_none=True)


class CoveredItemAnswer(ScopeLine):
    """An item of a recall, for people."""

    item_name = fields.String(required=True)
    reference = fields.String(required=True)
    manufacturer = fields.String(required=True)
    identifiers = fields.List(fields.String(), required=True)
    lots_seen = fields.List(fields.Nested(SeenLot), required=True)


class ResemblingLots(Schema):
    """Lots of ours that look like one that was asked for, and are NOT covered."""

    item = fields.String(required=True)
    asked = fields.String(required=True)
    lots = fields.List(fields.String(), required=True)


class TracedAnswer(Schema):
    """A movement of a covered lot."""

    entry = fields.String(required=True)
    kind = fields.String(required=True)
    at = fields.DateTime(required=True)
    occurred_at = fields.DateTime(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)
    reversed_by = fields.String(required=True)
    item = fields.String(required=True)
    lot = fields.String(required=True)
    unit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    source = fields.String(required=True)
    source_kind = fields.String(required=True)
    source_site = fields.String(required=True)
    destination = fields.String(required=True)
    destination_kind = fields.String(required=True)
    destination_site = fields.String(required=True)
    entered = fields.String(required=True)
    overridden = fields.String(required=True)


class RecallRefusal(Schema):
    """An act refused because of the recall; blanks between the problem codes."""

    entry = fields.String(required=True)
    at = fields.DateTime(required=True)
    by = fields.String(required=True)
    problems = fields.String(required=True)
    about = fields.String(
        required=True, metadata={"description": "Patient session or place, or empty."}
    )


class RecallAnswer(RecallHead):
    """All that a recall has to say."""

    lifted_reason = fields.String(required=True)
    opened_in = fields.List(
        fields.String(), required=True, metadata={"description": "One entry in each site's chain."}
    )
    lifted_in = fields.List(fields.String(), required=True)
    scope = fields.List(fields.Nested(CoveredItemAnswer), required=True)
    resembling = fields.List(fields.Nested(ResemblingLots), required=True)
    rings = fields.Nested(RingsAnswer, required=True)
    reconciliation = fields.List(fields.Nested(ReconciliationAnswer), required=True)
    locations = fields.List(fields.Nested(WhereaboutsAnswer), required=True)
    history = fields.List(fields.Nested(TracedAnswer), required=True)
    refusals = fields.List(fields.Nested(RecallRefusal), required=True)
    made_at = fields.DateTime(required=True)
    made_by = fields.String(required=True)


def head(case: RecallCase) -> dict[str, Any]:
    """A recall in a list."""
    return {
        "code": case.code,
        "reference": case.reference,
        "manufacturer": case.manufacturer,
        "reason": case.reason,
        "opened_at": instant(case.opened_at),
        "opened_by": case.opened_by,
        "lifted_at": instant(case.lifted_at) if case.lifted_at else None,
        "lifted_by": case.lifted_by,
        "scope": [
            {"item": line.item, "lots": None if line.lots is None else sorted(line.lots)}
            for line in case.scope
        ],
    }
