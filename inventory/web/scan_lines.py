"""Lines that a page with a scan list sends, and what it is told of each.

The list is kept by the browser until it is booked. Reading a line writes nothing, so a line may be
read as often as anybody likes: after a reload, after a recall, after another sign-in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from flask import Response, jsonify, render_template, request
from flask_babel import gettext
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.exceptions import UnprocessableEntity

from inventory.domain.problem import Problem
from inventory.domain.scan import PlaceScan
from inventory.domain.scan import read as read_scan
from inventory.domain.udi.label import lacking, of_one_label
from inventory.operations.identifying import Asked, Identified
from inventory.store import places
from inventory.web.acting import clinic_today, keyboard_of_request
from inventory.web.camera import attached
from inventory.web.item_form import KIND_WORDS
from inventory.web.one_label import joined, kept, mislinked, waits_for
from inventory.web.speech import spoken

MOST_LINES: Final = 1000
LONGEST_SCAN: Final = 1000
MOST_BARCODES: Final = 5
"""Of one label, over which makers spread up to four, and our own on the same pack."""

LONGEST_PHOTO: Final = 700_000

NOT_KEPT: Final = frozenset({"unreadable", "check-digit-wrong", "typed-differs"})
"""Problems that only another scan, or typing again, puts right: it becomes no line."""


class _Line(Schema):
    """One line as the browser keeps it."""

    class Meta:
        unknown = EXCLUDE

    barcodes = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_SCAN)),
        load_default=list,
        validate=validate.Length(max=MOST_BARCODES),
    )
    item = fields.String(load_default="", validate=validate.Length(max=40))
    lot = fields.String(load_default="", validate=validate.Length(max=200))
    reference = fields.String(load_default="", validate=validate.Length(max=80))
    lot_again = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    unit = fields.String(load_default="", validate=validate.Length(max=40))
    expires_on = fields.Date(load_default=None, allow_none=True)
    caps_lock = fields.Boolean(load_default=False)
    number = fields.Integer(load_default=None, allow_none=True, strict=True)
    photo = fields.String(load_default="", validate=validate.Length(max=LONGEST_PHOTO))


class _List(Schema):
    """A list with its head: the words above the lines, each a text."""

    class Meta:
        unknown = EXCLUDE

    head = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.Length(max=200)),
        load_default=dict,
    )
    lines = fields.List(
        fields.Nested(_Line), load_default=list, validate=validate.Length(max=MOST_LINES)
    )
    together = fields.Boolean(load_default=False)


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line that was sent.

    Attributes:
        asked: What was scanned or typed.
        number: How many, or None for what one scan means.
        photo: A JPEG of the pack that was attached to it, or empty.
    """

    asked: Asked
    number: int | None
    photo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class SentList:
    """A list that was sent.

    Attributes:
        head: What stands above the lines, by name.
        lines: Its lines.
        together: Whether they stand beside each other in one list; else each is one way to read
            the same scan.
    """

    head: dict[str, str]
    lines: tuple[SentLine, ...]
    together: bool = False


def sent_list() -> SentList:
    """The list of this request.

    Raises:
        UnprocessableEntity: It is none, or a field is wrong; the sentence names it.
    """
    try:
        sent: dict[str, Any] = _List().load(request.get_json())
    except ValidationError as error:
        place = ", ".join(sorted(set(_named(error.messages_dict))))
        raise UnprocessableEntity(
            gettext("The list cannot be read: look at %(place)s.", place=place[:60])
        ) from None
    return SentList(sent["head"], tuple(_as_line(line) for line in sent["lines"]), sent["together"])


def _named(messages: dict[Any, Any]) -> Iterator[str]:
    """The innermost names of what a schema refuses: `supplier` of the head, `lot` of a line."""
    for name, said in messages.items():
        inner = [*_named(said)] if isinstance(said, dict) else []
        own = isinstance(name, str) and name not in ("key", "value", "_schema")
        yield from inner or ([name] if own else [])


def _as_line(line: dict[str, Any]) -> SentLine:
    reference, again = line["reference"], line["lot_again"]
    asked = Asked(
        tuple(line["barcodes"]),
        line["item"],
        line["lot"],
        line["unit"],
        line["expires_on"],
        keyboard_of_request(caps_lock=line["caps_lock"]),
        reference,
        None if again is None else (reference, again),
    )
    return SentLine(asked, line["number"], attached(line["photo"]))


def place_scanned(connection: sa.Connection, asked: Asked) -> str | None:
    """The code of the place whose label was scanned, or None for anything else."""
    if len(asked.barcodes) != 1:
        return None
    scan = read_scan(asked.barcodes, clinic_today(), keyboard=asked.keyboard)
    place = places.find_location(connection, scan.code) if isinstance(scan, PlaceScan) else None
    return place.code if place else None


def lacks_of(sent: SentLine, problems: Sequence[Problem]) -> str:
    """What a further barcode of the same label may bring: `item`, `lot`, `expiry`, or empty."""
    barcodes, today = sent.asked.barcodes, clinic_today()
    if not barcodes or any(problem.code == "unreadable" for problem in problems):
        return ""
    if kept(barcodes, today):
        return "" if sent.asked.lot else "lot"
    waits = waits_for(barcodes, today)
    if waits:
        return waits
    read = of_one_label(barcodes, today, sent.asked.keyboard)
    return "expiry" if read and lacking(read) == "expiry" else ""


def said_of(
    template: str,
    sent: SentLine,
    found: Identified,
    problems: Sequence[Problem],
    *,
    quantity: int,
    step: int,
    quarantined: bool = False,
    **more: object,
) -> dict[str, Any]:
    """What the browser is told of a line: how it looks, and what it needs to keep the list.

    `keep` is False for what was not read at all; `same` is equal for two scans of the same thing,
    empty where nobody can say; `step` is what one more scan adds to the number; `half` is true
    where a further barcode of the label may follow, `one` where all of them are of one label,
    `mislinked` where two of them say that they are not.
    """
    stopping = any(problem.blocking for problem in problems)
    lacks = lacks_of(sent, problems)
    part = lacks in ("item", "lot") and not unknown_identifier(problems)
    state = "part" if part else "stop" if stopping else "look" if quarantined else "taken"
    html = render_template(
        template,
        sent=sent,
        found=found,
        problems=problems,
        quantity=quantity,
        state=state,
        unknown=unknown_identifier(problems),
        kinds=KIND_WORDS,
        today=clinic_today(),
        **more,
    )
    return {
        "html": html,
        "state": state,
        "half": lacks != "",
        "expires": found.expires_on is not None,
        "expires_on": str(found.expires_on or ""),
        "mislinked": mislinked(sent.asked.barcodes, clinic_today()),
        "one": joined(sent.asked.barcodes, clinic_today()) == sent.asked.barcodes,
        "keep": not NOT_KEPT & {problem.code for problem in problems if problem.blocking},
        "same": same_thing(found),
        "single": bool(found.unit or found.serial),
        "item": found.item.code if found.item else "",
        "lot": found.lot_number,
        "quantity": quantity,
        "step": step,
        "text": in_words(found, problems),
    }


def unknown_identifier(problems: Sequence[Problem]) -> str:
    """The identifier in a barcode that no item here has, or empty."""
    found = (p.message.values.get("di", "") for p in problems if p.code == "unknown-item")
    return next(found, "")


def same_thing(found: Identified) -> str:
    """A name that two scans of the same thing share, and nothing else."""
    if found.item is None or not found.lot_number:
        return ""
    unit = found.unit.code if found.unit else ""
    parts = (found.item.code, found.lot_number, found.serial, found.expires_on, unit)
    return "|".join(str(part or "") for part in (*parts, found.units_in_pack))


def in_words(found: Identified, problems: Sequence[Problem]) -> str:
    """A line as it is read out: the thing, or what is wrong with it."""
    for problem in problems:
        if problem.blocking:
            return spoken(problem.message)
    name = found.item.name if found.item else ""
    return str(gettext("%(item)s, lot %(lot)s", item=name, lot=found.lot_number))


def refused(problems: Sequence[Problem]) -> tuple[Response, int]:
    """The answer to a page whose list was refused: every problem with its sentence."""
    said = [
        {"code": each.code, "message": spoken(each.message), "blocking": each.blocking}
        for each in problems
    ]
    return jsonify(problems=said), 409
