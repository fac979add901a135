"""Entries of the ledger: read as they were hashed, reversed by a mirrored one."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from inventory import store
from inventory.api.calls import Noun, act_of_call, as_response, reply
from inventory.api.fields import Body, Choice, Text
from inventory.api.schemas import Done, Page, PageQuery
from inventory.domain.chain import instant
from inventory.domain.ledger import EntryKind
from inventory.domain.patient_session import REVERSE_REASONS
from inventory.operations.correcting import reverse_entry
from inventory.store import lists

blueprint = Noun("entries", __name__, description="What was done, never changed.")


class ReverseBody(Body):
    """Why an entry is reversed."""

    reason = Choice(REVERSE_REASONS, required=True)


class ReversedAnswer(Done):
    """An entry that was reversed."""

    reversed = fields.String(required=True)


class EntriesQuery(PageQuery):
    """Which entries."""

    about = Text(80, metadata={"description": "Code of a session, recall, receipt or item."})
    kind = Choice([kind.value for kind in EntryKind])
    by = Text(64, metadata={"description": "User name."})
    site = Text(8, attribute="site_code", metadata={"description": "Code of the site."})


class EntryAnswer(Schema):
    """An entry; `text` is the canonical text that its MAC covers."""

    entry = fields.String(required=True)
    site = fields.String(required=True)
    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    at = fields.DateTime(required=True)
    by = fields.String(required=True)
    about = fields.String(required=True)
    text = fields.String(required=True)


class EntriesAnswer(Page):
    """A page of entries."""

    entries = fields.List(fields.Nested(EntryAnswer), required=True)


@blueprint.reads("/entries", EntriesAnswer, query=EntriesQuery, endpoint="list")
def list_all(query: dict[str, Any]) -> Response:
    """List entries, the latest first."""
    with store.reading() as connection:
        found, total = lists.list_entries(connection, **query)
    entries = [
        {
            "entry": each.reference,
            "site": each.site,
            "number": each.number,
            "kind": each.kind.value,
            "at": instant(each.at),
            "by": each.by,
            "about": each.about,
            "text": each.text,
        }
        for each in found
    ]
    return as_response({"entries": entries, "total": total, "page": query["page"]})


@blueprint.does("/entries/<reference>/reverse", ReverseBody, ReversedAnswer)
def reverse(body: dict[str, Any], reference: str) -> Response:
    """Reverse an entry while nothing later rests on it."""
    return reply(reverse_entry(act_of_call(), reference.upper(), body["reason"]))
