"""Transfers: from one place to another by scanning, all lines or none."""

import json
from typing import Any, Final

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, render_template

from inventory.domain.ledger import Entry, EntryKind
from inventory.domain.places import Location
from inventory.operations import transferring
from inventory.operations.identifying import check_lot, identify
from inventory.operations.leaving import HOLDING, check_left
from inventory.operations.transferring import ReadLine, TransferLine
from inventory.reports.table_csv import Cell
from inventory.store import lists, places, reading
from inventory.store.whereabouts import where_is_unit
from inventory.web.acting import act_from_request, clinic_today
from inventory.web.items import all_items
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.scan_lines import SentLine, place_scanned, refused, said_of, sent_list
from inventory.web.speech import N_, instant

blueprint = Blueprint("places", __name__, url_prefix="/transfers")

HEADINGS: Final = (
    N_("Entry"),
    N_("Transfer"),
    N_("At"),
    N_("From"),
    N_("To"),
    N_("By"),
    N_("Units of use"),
)


@blueprint.get("/")
def list() -> str:
    """What is moved, to be scanned; and what was moved, the latest first."""
    page = page_number()
    with reading() as connection:
        shelves = places.list_locations(connection, *HOLDING)
        entries, total = _found().page(connection, page)
        items = all_items(connection)
    return render_template(
        "places/list.html",
        places=shelves,
        moved=[(entry, *_ends(entry)) for entry in entries],
        items=items,
        search=asked_for("search"),
        total=total,
        page=page,
        pages=page_count(total),
    )


@blueprint.get("/transfers.csv")
def csv() -> Response:
    """What was moved as CSV, all pages."""

    def cells(of: Entry) -> tuple[Cell, ...]:
        return (of.reference, of.about, instant(of.at), *_ends(of)[:2], of.by, _ends(of)[2])

    return csv_of(N_("Transfers"), HEADINGS, _found(), cells)


def _found() -> lists.Found[Entry]:
    return lists.entries_found(kind=EntryKind.TRANSFER.value, search=asked_for("search"))


@blueprint.post("/read")
def read() -> Response:
    """Say what lines mean and whether they can be moved so; nothing is written."""
    sent = sent_list()
    with reading() as connection:
        source = places.find_location(connection, sent.head.get("source", ""))
        to = places.find_location(connection, sent.head.get("destination", ""))
        return jsonify(lines=[_said(connection, line, source, to) for line in sent.lines])


@blueprint.post("/move")
def move() -> Response | tuple[Response, int]:
    """Move what was scanned, at most once for a key."""
    sent = sent_list()
    lines = [TransferLine(line.asked, line.number) for line in sent.lines]
    answer = transferring.transfer(
        act_from_request(), sent.head.get("source", ""), sent.head.get("destination", ""), lines
    )
    return refused(answer.problems) if answer.refused else (jsonify(answer.body), 201)


def _ends(entry: Entry) -> tuple[str, str, int]:
    """Where a transfer came from and went to, and how many units of use."""
    movements = json.loads(entry.text)["movements"]
    quantity = sum(movement["quantity"] for movement in movements)
    return movements[0]["source"], movements[0]["destination"], quantity


def _said(
    connection: sa.Connection, sent: SentLine, source: Location | None, to: Location | None
) -> dict[str, Any]:
    if place := place_scanned(connection, sent.asked):
        return {"place": place}
    read = _read(connection, sent, source, to)
    found, step = read.found, read.found.units_in_pack
    where = where_is_unit(connection, found.unit.id) if found.unit else None
    lies_in = where.location if where and where.kind in HOLDING else ""
    return {
        **said_of(
            "places/_line.html",
            sent,
            found,
            read.problems,
            quantity=step if sent.number is None else sent.number,
            step=step,
        ),
        "lies_in": lies_in,
    }


def _read(
    connection: sa.Connection, sent: SentLine, source: Location | None, to: Location | None
) -> ReadLine:
    """The line between the places chosen so far; before they are, only what it is."""
    line = TransferLine(sent.asked, sent.number)
    if source is not None:
        read = transferring.read_line(connection, line, source, to or source, clinic_today())
        sums = transferring.check_sums(connection, read.moves, source)
        return ReadLine(read.found, read.moves, (*read.problems, *sums))
    found = identify(connection, sent.asked, clinic_today())
    about_lot = check_lot(connection, found, clinic_today())
    gone = check_left(connection, found.unit, None) if found.unit else []
    return ReadLine(found, (), (*found.problems, *about_lot, *gone))
