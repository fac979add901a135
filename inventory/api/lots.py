"""Lots: found by number, traced forward to every patient session, held and let go."""

from dataclasses import asdict
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from inventory import store
from inventory.api.calls import Noun, act_of_call, as_response, reply
from inventory.api.fields import Body, Choice, Code, Day, Flag, Lines, Raw, Text
from inventory.api.recall_answers import ReconciliationAnswer, WhereaboutsAnswer
from inventory.api.schemas import LONGEST_CODE, Done, Page, PageQuery
from inventory.api.workstations import FromWorkstation, act_and_keyboard
from inventory.domain.chain import instant
from inventory.domain.ledger import reconcile
from inventory.domain.recall import Scope
from inventory.domain.rings import whereabouts
from inventory.operations.asking import Asked
from inventory.operations.holding import HOLD_REASONS, hold_lot
from inventory.operations.identifying import lot_name
from inventory.operations.redating import EXPIRY_REASONS, ExpiryRequest, correct_expiry
from inventory.store import catalogue, lists, recalls, tracing
from inventory.store.lists import LotInSession, LotLine

blueprint = Noun("lots", __name__, description="Lots that ever came in.")


class LotsQuery(PageQuery):
    """Which lots."""

    lot = Text(LONGEST_CODE, attribute="number", metadata={"description": "Exactly as printed."})
    item = Code(LONGEST_CODE, attribute="item_code", metadata={"description": "Code of the item."})
    search = Text(200, metadata={"description": "Part of lot, item's name or REF."})


class LotAnswer(Schema):
    """A lot."""

    id = fields.Integer(required=True)
    item = fields.String(required=True)
    item_name = fields.String(required=True)
    reference = fields.String(required=True)
    lot = fields.String(required=True)
    expires_on = fields.Date(required=True, allow_none=True)


class LotsAnswer(Page):
    """A page of lots."""

    lots = fields.List(fields.Nested(LotAnswer), required=True)


class LotSessionAnswer(Schema):
    """A patient session that the lot was opened for, in units of use."""

    session = fields.String(required=True)
    opened_at = fields.DateTime(required=True)
    site = fields.String(required=True)
    location = fields.String(required=True)
    patient = fields.String(required=True, metadata={"description": "The pseudonym."})
    unit = fields.String(required=True, allow_none=True)
    in_session = fields.Integer(required=True)
    used = fields.Integer(required=True)
    wasted = fields.Integer(required=True)
    restocked = fields.Integer(required=True)


class TraceAnswer(Schema):
    """Where all of a lot went."""

    lot = fields.Nested(LotAnswer, required=True)
    recall = fields.String(
        required=True, allow_none=True, metadata={"description": "The recall that stands."}
    )
    held = fields.Boolean(required=True, metadata={"description": "Whether it is on hold."})
    sessions = fields.List(fields.Nested(LotSessionAnswer), required=True)
    reconciliation = fields.Nested(ReconciliationAnswer, required=True)
    locations = fields.List(fields.Nested(WhereaboutsAnswer), required=True)


class HoldBody(Body):
    """Why a lot is held, or let go."""

    reason = Choice(HOLD_REASONS, required=True)


class HeldAnswer(Done):
    """A lot that was held, or let go."""

    held = fields.Boolean(required=True)
    entries = fields.List(fields.String(), required=True)


class ExpiryBody(FromWorkstation):
    """What a pack of the lot shows: one of `barcodes`, `expires_on` and `none`."""

    barcodes = Lines(
        Raw(), 10, metadata={"description": "All barcodes of one pack of this lot, in any order."}
    )
    expires_on = Day(metadata={"description": "The last day of use, typed."})
    none = Flag(load_default=False, metadata={"description": "It shows no expiry."})
    reason = Choice(EXPIRY_REASONS, required=True)


class ExpiryAnswer(Done):
    """A lot that expires on another day from now on."""

    expires_on = fields.Date(required=True, allow_none=True)
    was = fields.Date(required=True, allow_none=True)
    entries = fields.List(fields.String(), required=True)
    used_after = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Sessions that took pieces of it after its last day."},
    )


@blueprint.reads("/lots", LotsAnswer, query=LotsQuery, endpoint="list")
def list_all(query: dict[str, Any]) -> Response:
    """List lots, the latest first."""
    with store.reading() as connection:
        found, total = lists.find_lots(connection, **query)
    return as_response(
        {"lots": [_lot(line) for line in found], "total": total, "page": query["page"]}
    )


@blueprint.reads("/lots/<int(max=2147483647):lot_id>/trace", TraceAnswer)
def trace(lot_id: int) -> Response:
    """Trace a lot to every patient session."""
    with store.reading() as connection:
        lot = catalogue.get_lot(connection, lot_id)
        sessions = lists.sessions_of_lot(connection, lot_id)
        moved = tracing.movements_of_lot(connection, lot_id)
        recall = recalls.standing_recall(connection, lot.item.id, lot.number)
        held = recalls.is_held(connection, lot_name(lot.item, lot.number))
    code, item = lot.item.code, lot.item
    flows = [(each.source_kind, each.destination_kind, each.quantity) for each in moved]
    sums = reconcile(code, lot.number, flows)
    lies = whereabouts([Scope(code, None)], moved)
    line = LotLine(lot.id, code, item.name, item.reference, lot.number, lot.expires_on)
    return as_response(
        {
            "lot": _lot(line),
            "recall": recall[0] if recall else None,
            "held": held,
            "sessions": [_session(each) for each in sessions],
            "reconciliation": {
                **asdict(sums),
                "unexplained": sums.unexplained,
                "variance": sums.variance,
            },
            "locations": [asdict(each) for each in lies],
        }
    )


@blueprint.does("/lots/<int(max=2147483647):lot_id>/hold", HoldBody, HeldAnswer)
def hold(body: dict[str, Any], lot_id: int) -> Response:
    """Hold a lot for investigation: from now on no scan takes it, at no site."""
    return reply(hold_lot(act_of_call(), lot_id, body["reason"]))


@blueprint.does("/lots/<int(max=2147483647):lot_id>/lift-hold", HoldBody, HeldAnswer)
def lift_hold(body: dict[str, Any], lot_id: int) -> Response:
    """Let a held lot go."""
    return reply(hold_lot(act_of_call(), lot_id, body["reason"], lift=True))


@blueprint.does("/lots/<int(max=2147483647):lot_id>/expiry", ExpiryBody, ExpiryAnswer)
def correct(body: dict[str, Any], lot_id: int) -> Response:
    """Correct the expiry that was booked: from now on another day counts, at every site."""
    act, keyboard = act_and_keyboard(body)
    barcodes, day = tuple(body.get("barcodes", ())), body.get("expires_on")
    asked = Asked(barcodes, expires_on=day, keyboard=keyboard)
    return reply(correct_expiry(act, ExpiryRequest(lot_id, body["reason"], asked, body["none"])))


def _lot(line: LotLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "item": line.item,
        "item_name": line.item_name,
        "reference": line.reference,
        "lot": line.number,
        "expires_on": line.expires_on.isoformat() if line.expires_on else None,
    }


def _session(line: LotInSession) -> dict[str, Any]:
    return {
        "session": line.session,
        "opened_at": instant(line.opened_at),
        "site": line.site,
        "location": line.location,
        "patient": line.patient,
        "unit": line.unit or None,
        "in_session": int(line.in_session),
        "used": int(line.used),
        "wasted": int(line.wasted),
        "restocked": int(line.restocked),
    }
