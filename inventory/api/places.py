"""Places and procedures: the codes that other calls take."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from inventory import store
from inventory.api.calls import Noun, as_response
from inventory.api.fields import Choice, Code
from inventory.api.schemas import LONGEST_CODE, Page, Query
from inventory.domain.catalogue import ItemKind
from inventory.domain.ledger import LocationKind
from inventory.store import places, procedures

blueprint = Noun("places", __name__, description="Places and procedures, by their codes.")

KINDS = tuple(kind.value for kind in LocationKind if kind is not LocationKind.SESSION)
"""What a place can be; those of sessions are not listed."""


class PlacesQuery(Query):
    """Which places."""

    site = Code(LONGEST_CODE, metadata={"description": "Code of a site."})
    kind = Choice(KINDS)


class PlaceAnswer(Schema):
    """A place: `TO-OR1`."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    site = fields.String(required=True)


class PlacesAnswer(Page):
    """Places, site by site."""

    locations = fields.List(fields.Nested(PlaceAnswer), required=True)


class ProcedureLineAnswer(Schema):
    """What a procedure takes on one of its lines: a kind of item, or particular items."""

    step = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(ItemKind, by_value=True, required=True, allow_none=True)
    items = fields.List(fields.String(), required=True)
    minimum = fields.Integer(required=True)
    maximum = fields.Integer(required=True, allow_none=True)


class ProcedureAnswer(Schema):
    """A procedure with its lines, in their order."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    lines = fields.List(fields.Nested(ProcedureLineAnswer), required=True)


class ProceduresAnswer(Page):
    """All procedures, by code."""

    procedures = fields.List(fields.Nested(ProcedureAnswer), required=True)


@blueprint.reads("/locations", PlacesAnswer, query=PlacesQuery, endpoint="locations")
def list_locations(query: dict[str, Any]) -> Response:
    """List the places that hold things or mean something."""
    kinds = [LocationKind(query["kind"])] if "kind" in query else []
    with store.reading() as connection:
        found = places.list_locations(connection, *kinds, site_code=query.get("site", ""))
    lines = [
        {"code": each.code, "name": each.name, "kind": each.kind.value, "site": each.site.code}
        for each in found
    ]
    return as_response({"locations": lines, "total": len(lines), "page": 1})


@blueprint.reads("/procedures", ProceduresAnswer, endpoint="procedures")
def list_procedures() -> Response:
    """List the procedures and what each takes."""
    with store.reading() as connection:
        found = procedures.list_procedures(connection)
    lines = [
        {
            "code": each.code,
            "name": each.name,
            "lines": [
                {
                    "step": line.step,
                    "name": line.name,
                    "kind": line.kind.value if line.kind else None,
                    "items": sorted(line.items),
                    "minimum": line.minimum,
                    "maximum": line.maximum,
                }
                for line in each.lines
            ],
        }
        for each in found
    ]
    return as_response({"procedures": lines, "total": len(lines), "page": 1})
