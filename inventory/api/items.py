"""Items: what the clinic stocks."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from inventory import store
from inventory.api.calls import Noun, act_of_call, as_response, reply
from inventory.api.fields import Body, Choice, Flag, Lines, Text, Whole, Word
from inventory.api.schemas import Done, Page, PageQuery
from inventory.domain.catalogue import ItemKind, PackagingLevel, Tracking
from inventory.operations import cataloguing
from inventory.operations.cataloguing import as_facts
from inventory.store import catalogue, lists

blueprint = Noun("items", __name__, description="What the clinic stocks.")

ISSUERS = ("gs1", "hibcc", "iccbba")


class PackagingBody(Body):
    """A packaging level with a device identifier of its own."""

    di = Text(40, required=True, metadata={"description": "GTIN with 14 digits, or HIBC's."})
    issuer = Choice(ISSUERS, load_default="gs1")
    units = Whole(100_000, load_default=1, metadata={"description": "Units of use inside."})


class ItemBody(Body):
    """An item to be stocked."""

    name = Text(200, required=True)
    reference = Text(80, required=True, metadata={"description": "The manufacturer's REF."})
    manufacturer = Text(200, required=True)
    kind = Word(ItemKind, required=True)
    tracking = Word(Tracking, required=True)
    single_use = Flag(load_default=True)
    packaging = Lines(fields.Nested(PackagingBody), 20, load_default=list)


class PackagingLevels(Body):
    """Further packaging levels of an item."""

    packaging = Lines(fields.Nested(PackagingBody), 20, least=1, required=True)


class ItemAdded(Done):
    """An item that was added."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class ItemsQuery(PageQuery):
    """Which items."""

    search = Text(200, metadata={"description": "Part of name, REF or maker; or an identifier."})
    kind = Choice([kind.value for kind in ItemKind])


class ItemLineAnswer(Schema):
    """An item in a list."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    reference = fields.String(required=True)
    manufacturer = fields.String(required=True)
    kind = fields.Enum(ItemKind, by_value=True, required=True)
    tracking = fields.Enum(Tracking, by_value=True, required=True)
    on_hand = fields.Integer(required=True)


class ItemsAnswer(Page):
    """A page of items."""

    items = fields.List(fields.Nested(ItemLineAnswer), required=True)


class PackagingAnswer(Schema):
    """A packaging level."""

    di = fields.String(required=True)
    issuer = fields.String(required=True)
    units = fields.Integer(required=True)


class ItemAnswer(Schema):
    """An item."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    reference = fields.String(required=True)
    manufacturer = fields.String(required=True)
    kind = fields.Enum(ItemKind, by_value=True, required=True)
    tracking = fields.Enum(Tracking, by_value=True, required=True)
    single_use = fields.Boolean(required=True)
    packaging = fields.List(fields.Nested(PackagingAnswer), required=True)


@blueprint.does("/items", ItemBody, ItemAdded)
def add(body: dict[str, Any]) -> Response:
    """Add an item with its packaging levels."""
    packaging = [PackagingLevel(**level) for level in body.pop("packaging")]
    return reply(cataloguing.add_item(act_of_call(), packaging=packaging, **body))


@blueprint.does("/items/<code>/packaging", PackagingLevels, ItemAdded)
def add_packaging(body: dict[str, Any], code: str) -> Response:
    """Let an item be known by further barcodes."""
    packaging = [PackagingLevel(**level) for level in body["packaging"]]
    return reply(cataloguing.add_packaging(act_of_call(), code.upper(), packaging))


@blueprint.reads("/items", ItemsAnswer, query=ItemsQuery, endpoint="list")
def list_all(query: dict[str, Any]) -> Response:
    """List items with what is on hand of them."""
    with store.reading() as connection:
        found, total = lists.list_items(connection, **query)
    items = [
        {
            "code": line.code,
            "name": line.name,
            "reference": line.reference,
            "manufacturer": line.manufacturer,
            "kind": line.kind.value,
            "tracking": line.tracking.value,
            "on_hand": line.on_hand,
        }
        for line in found
    ]
    return as_response({"items": items, "total": total, "page": query["page"]})


@blueprint.reads("/items/<code>", ItemAnswer)
def show(code: str) -> Response:
    """Show one item."""
    with store.reading() as connection:
        item = catalogue.get_item(connection, code.upper())
    packaging = [
        {"di": level.di, "issuer": level.issuer, "units": level.units} for level in item.packaging
    ]
    return as_response({**as_facts(item), "packaging": packaging})
