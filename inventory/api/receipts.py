"""Deliveries: all of one or nothing."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from inventory.api.calls import Noun, check_overrule, reply
from inventory.api.fields import Day, Lines, Name, Text, Whole
from inventory.api.schemas import (
    LONGEST_CODE,
    Done,
    OverrideBody,
    ThingBody,
    as_asked,
    as_override,
)
from inventory.api.workstations import FromWorkstation, act_and_keyboard
from inventory.domain.patient_session import MAXIMUM_QUANTITY
from inventory.operations.receiving import ReceiptLine, ReceiptRequest, receive

blueprint = Noun("receipts", __name__, description="Deliveries taken in.")


class ReceiptLineBody(ThingBody):
    """One kind of pack in a delivery, by its barcodes, or by item, lot and expiry."""

    expires_on = Day(metadata={"description": "Last day of use, if it is typed."})
    packs = Whole(MAXIMUM_QUANTITY, load_default=1)


class ReceiptBody(FromWorkstation):
    """A delivery."""

    location = Name(LONGEST_CODE, required=True)
    supplier = Text(200, required=True)
    document = Text(80, least=0, load_default="")
    lines = Lines(fields.Nested(ReceiptLineBody), 500, least=1, required=True)
    override = fields.Nested(OverrideBody)


class ReceiptLineAnswer(Schema):
    """A line as it was taken in; what may not be used is in quarantine, and `why` says so."""

    item = fields.String(required=True)
    item_name = fields.String(required=True)
    lot = fields.String(required=True)
    lot_id = fields.Integer(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    units = fields.List(fields.String(), required=True)
    location = fields.String(required=True)
    why = fields.List(fields.String(), required=True)


class ReceiptAnswer(Done):
    """A delivery that was taken in."""

    code = fields.String(required=True)
    lines = fields.List(fields.Nested(ReceiptLineAnswer), required=True)


@blueprint.does("/receipts", ReceiptBody, ReceiptAnswer)
def add(body: dict[str, Any]) -> Response:
    """Take in a delivery."""
    override = as_override(body)
    check_overrule(override.codes)
    act, keyboard = act_and_keyboard(body)
    lines = [ReceiptLine(as_asked(line, keyboard), line["packs"]) for line in body["lines"]]
    request = ReceiptRequest(body["location"], body["supplier"], body["document"], lines, override)
    return reply(receive(act, request))
