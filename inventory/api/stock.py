"""Stock: what lies where, first to expire first within an item."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from inventory import store
from inventory.api.calls import Noun, as_response
from inventory.api.fields import Code, Day, Name, Text
from inventory.api.schemas import LONGEST_CODE, Page, Query
from inventory.domain.catalogue import ItemKind, Tracking
from inventory.store import lists, places

blueprint = Noun("stock", __name__, description="What lies where.")


class StockQuery(Query):
    """Which stock; all of it is on one page, so that a sum is a sum."""

    location = Name(LONGEST_CODE, metadata={"description": "Code of a place or of a site."})
    item = Code(LONGEST_CODE, metadata={"description": "Code of the item."})
    search = Text(200, load_default="", metadata={"description": "Part of name, REF or lot."})
    expires_before = Day()


class StockLineAnswer(Schema):
    """What one place holds of one lot, in units of use."""

    item = fields.String(required=True)
    item_name = fields.String(required=True)
    reference = fields.String(required=True)
    kind = fields.Enum(ItemKind, by_value=True, required=True)
    tracking = fields.Enum(Tracking, by_value=True, required=True)
    lot = fields.String(required=True)
    lot_id = fields.Integer(required=True)
    expires_on = fields.Date(required=True, allow_none=True)
    location = fields.String(required=True)
    location_kind = fields.String(required=True)
    quantity = fields.Integer(required=True)


class StockAnswer(Page):
    """What is on hand."""

    lines = fields.List(fields.Nested(StockLineAnswer), required=True)


@blueprint.reads("/stock", StockAnswer, query=StockQuery, endpoint="list")
def list_all(query: dict[str, Any]) -> Response:
    """List what is on hand, with expiry."""
    place = query.get("location", "")
    with store.reading() as connection:
        place = place and places.get_place_or_site(connection, place)
        found = lists.on_hand(
            connection,
            place=place,
            search=query["search"],
            expires_before=query.get("expires_before"),
            item_code=query.get("item", ""),
        )
    lines = [_line(line) for line in found]
    return as_response({"lines": lines, "total": len(lines), "page": 1})


def _line(line: lists.StockLine) -> dict[str, Any]:
    return {
        "item": line.item,
        "item_name": line.item_name,
        "reference": line.reference,
        "kind": line.kind.value,
        "tracking": line.tracking.value,
        "lot": line.lot,
        "lot_id": line.lot_id,
        "expires_on": line.expires_on.isoformat() if line.expires_on else None,
        "location": line.location,
        "location_kind": line.location_kind.value,
        "quantity": int(line.quantity),
    }
