"""What several calls share: how a thing is named, overruled, paged, and what is answered."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, pre_load

from inventory.api.fields import Body, Code, Count, Lines, Raw, Text
from inventory.domain.problem import OVERRULABLE, say
from inventory.domain.udi import PLAIN_KEYBOARD, Keyboard
from inventory.operations.identifying import Asked
from inventory.operations.refusing import Override
from inventory.store.errors import Conflict
from inventory.web.permissions import OVERRULERS

LONGEST_CODE = 40
"""Characters of a code in a body; ours have 11, those of places are given by the clinic."""


class ThingBody(Body):
    """One thing, told by the barcodes of its label, or typed."""

    barcodes = Lines(
        Raw(), 10, metadata={"description": "All barcodes of one label, in any order."}
    )
    item = Code(LONGEST_CODE, metadata={"description": "Code of the item, if it is typed."})
    lot = Text(
        LONGEST_CODE,
        metadata={
            "description": "The lot exactly as printed, if typed; beside barcodes, one of the"
            " `candidates` that a refusal named."
        },
    )


def as_asked(body: dict[str, Any], keyboard: Keyboard = PLAIN_KEYBOARD) -> Asked:
    """What a body names, its barcodes sent by a scanner that is set up so.

    Raises:
        Conflict: It names two things (`named-twice`).
    """
    barcodes, item, unit = body.get("barcodes", ()), body.get("item", ""), body.get("unit", "")
    typed = bool(item or (body.get("lot") and not barcodes))
    if (bool(barcodes), typed, bool(unit)).count(True) > 1:
        raise Conflict(
            say("Send the barcodes, or the unit, or item and lot: only one of them."),
            "named-twice",
        )
    return Asked(tuple(barcodes), item, body.get("lot", ""), unit, body.get("expires_on"), keyboard)


class OverrideBody(Body):
    """Problems that a person overrules, and why."""

    codes = Lines(
        Text(40),
        20,
        least=1,
        required=True,
        metadata={
            "description": "Codes of problems. Only these can be overruled, the others go on"
            f" stopping: {', '.join(sorted(OVERRULABLE))}. Only these roles may overrule:"
            f" {', '.join(sorted(OVERRULERS))}; with the token of another one, admin too, the call"
            " is 403 and does nothing."
        },
    )
    reason = Text(2000, required=True)


def as_override(body: dict[str, Any]) -> Override:
    """What a body overrules."""
    said = body.get("override")
    return Override(frozenset(said["codes"]), said["reason"]) if said else Override()


class Query(Body):
    """What an address asks for; a value that is left empty, `?lot=`, was not asked for."""

    @pre_load
    def drop_empty(self, sent: Mapping[str, Any], **_: Any) -> Any:
        """Leave out what was left empty; an empty value of an unknown name is still refused."""
        return {name: each for name, each in sent.items() if each or name not in self.fields}


def may_be_empty(_: object, field: fields.Field[Any], **__: Any) -> dict[str, bool]:
    """What the description says of a parameter, besides its schema."""
    return {"allowEmptyValue": True} if isinstance(field.parent, Query) else {}


class PageQuery(Query):
    """Which page of a list."""

    page = Count(100_000, load_default=1)
    size = Count(500, load_default=50, metadata={"description": "Lines of a page."})


class ProblemSaid(Schema):
    """One reason to refuse, or something worth telling."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    blocking = fields.Boolean(required=True)


class ProblemAnswer(Schema):
    """What went wrong: RFC 9457, and each problem with its sentence."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    problems = fields.List(fields.Nested(ProblemSaid), required=True)
    request_id = fields.String(required=True)
    errors = fields.Dict(metadata={"description": "Each refused field with what is wrong of it."})
    candidates = fields.List(
        fields.String(),
        metadata={"description": "Lots that a scan in doubt may be of; send one of them as `lot`."},
    )
    way = fields.String(
        metadata={
            "description": "How an unknown thing is taken in all the same: `new-item` or `book-in`."
        }
    )


class Done(Schema):
    """What every act answers."""

    entry = fields.String(metadata={"description": "Reference of the entry, `TO-17`."})
    mac = fields.String(metadata={"description": "What ties the entry to all before it."})
    problems = fields.List(
        fields.Nested(ProblemSaid), required=True, metadata={"description": "Worth telling."}
    )


class Page(Schema):
    """How long a list is in all, and which page of it this is."""

    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
