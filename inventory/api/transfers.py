"""Moving stock between places."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from inventory.api.calls import Noun, reply
from inventory.api.fields import Code, Lines, Name, Whole
from inventory.api.schemas import LONGEST_CODE, Done, ThingBody, as_asked
from inventory.api.workstations import FromWorkstation, act_and_keyboard
from inventory.domain.patient_session import MAXIMUM_QUANTITY
from inventory.operations.transferring import TransferLine, transfer

blueprint = Noun("transfers", __name__, description="Stock moved between places.")


class TransferLineBody(ThingBody):
    """What is moved: by its barcodes, by the code of a unit, or by item and lot."""

    unit = Code(LONGEST_CODE, metadata={"description": "Code of the unit, `KT...`."})
    quantity = Whole(MAXIMUM_QUANTITY, metadata={"description": "Units of use."})


class TransferBody(FromWorkstation):
    """A transfer."""

    source = Name(LONGEST_CODE, required=True)
    destination = Name(LONGEST_CODE, required=True)
    lines = Lines(fields.Nested(TransferLineBody), 100, least=1, required=True)


class TransferLineAnswer(Schema):
    """What was moved."""

    item = fields.String(required=True)
    item_name = fields.String(required=True)
    lot = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True)


class TransferAnswer(Done):
    """A transfer; to another site it went into that site's transit place."""

    code = fields.String(required=True)
    destination = fields.String(required=True)
    lines = fields.List(fields.Nested(TransferLineAnswer), required=True)


@blueprint.does("/transfers", TransferBody, TransferAnswer)
def add(body: dict[str, Any]) -> Response:
    """Move stock, all lines or none."""
    act, keyboard = act_and_keyboard(body)
    lines = [TransferLine(as_asked(line, keyboard), line.get("quantity")) for line in body["lines"]]
    return reply(transfer(act, body["source"], body["destination"], lines))
