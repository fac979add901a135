"""Receiving: what came is scanned, looked at, and booked all at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, url_for
from flask_babel import gettext
from werkzeug.exceptions import UnprocessableEntity

from inventory.domain.chain import plain_text
from inventory.domain.ledger import LocationKind
from inventory.domain.problem import OVERRULABLE, Problem
from inventory.operations import receiving
from inventory.operations.receiving import ReadLine, ReceiptLine, ReceiptRequest
from inventory.operations.refusing import Override
from inventory.reports.table_csv import Cell
from inventory.store import ledger, lists, places, reading, receipts
from inventory.store.errors import no_such
from inventory.web.access import WrongRole, current_person
from inventory.web.acting import act_from_request, clinic_today
from inventory.web.finding import photo_of
from inventory.web.items import all_items
from inventory.web.labels import printing_of
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.permissions import OVERRULERS
from inventory.web.scan_lines import SentLine, place_scanned, refused, said_of, sent_list
from inventory.web.speech import N_, instant, spoken

blueprint = Blueprint("receiving", __name__, url_prefix="/receiving")

HEADINGS: Final = (
    N_("Receipt"),
    N_("Booked at"),
    N_("Supplier"),
    N_("Delivery note"),
    N_("Store"),
    N_("Lots"),
    N_("Units of use"),
)


@blueprint.get("/")
def list() -> str:
    """Deliveries, the latest first."""
    with reading() as connection:
        found, total = lists.list_receipts(
            connection, search=asked_for("search"), page=page_number()
        )
    return render_template(
        "receiving/list.html",
        receipts=found,
        total=total,
        pages=page_count(total),
        page=page_number(),
    )


@blueprint.get("/receipts.csv")
def csv() -> Response:
    """The same as CSV, all pages."""
    return csv_of(
        N_("Receipts"), HEADINGS, lists.receipts_found(search=asked_for("search")), receipt_cells
    )


def receipt_cells(of: lists.ReceiptLine) -> tuple[Cell, ...]:
    """A delivery, one cell for each of `HEADINGS`."""
    return (
        *(of.code, instant(of.at), of.supplier, of.document),
        *(of.location, of.lots, of.quantity),
    )


@blueprint.get("/new")
def new() -> str:
    """A delivery to be scanned; the browser keeps it until it is booked."""
    with reading() as connection:
        stores = places.list_locations(connection, LocationKind.STORE)
        return render_template(
            "receiving/new.html",
            stores=stores,
            items=all_items(connection),
            may_overrule=_may_overrule(),
        )


@blueprint.post("/read")
def read() -> Response:
    """Say what lines mean and what would become of them; nothing is written."""
    with reading() as connection:
        sent = sent_list()
        lines = [_line(line) for line in sent.lines]
        if sent.together:
            read = receiving.read_lines(connection, lines, clinic_today())
        else:
            read = [receiving.read_line(connection, line, clinic_today()) for line in lines]
        pairs = zip(sent.lines, read, strict=True)
        return jsonify(lines=[_said(connection, *pair) for pair in pairs])


@blueprint.post("/book")
def book() -> Response | tuple[Response, int]:
    """Take the delivery in, at most once for a key."""
    sent = sent_list()
    _check_typed(sent.lines)
    request = ReceiptRequest(
        sent.head.get("location", ""),
        plain_text(sent.head.get("supplier", "").strip()),
        plain_text(sent.head.get("document", "").strip()),
        [_line(line) for line in sent.lines],
        _override(sent.head),
    )
    answer = receiving.receive(act_from_request(), request)
    if answer.refused:
        return refused(answer.problems)
    return jsonify(location=url_for("web.receiving.show", code=answer.body["code"])), 201


@blueprint.get("/<code>")
def show(code: str) -> str:
    """A delivery that was booked, and the labels of its pieces."""
    with reading() as connection:
        receipt = receipts.find_receipt(connection, code.upper())
        if receipt is None:
            raise no_such("receipt", code)
        lines = lists.lines_of_receipt(connection, receipt.code)
        entry, by = lists.entry_of_receipt(connection, receipt.code)
        units = receipts.unit_ids_of_receipt(connection, receipt.code)
        photos = ledger.photos_about(connection, receipt.code)
    return render_template(
        "receiving/show.html",
        receipt=receipt,
        lines=lines,
        entry=entry,
        by=by,
        photos=photos,
        today=clinic_today(),
        printing=printing_of(receipt.code) if units else None,
    )


@blueprint.get("/<code>/photos/<photo>")
def photo(code: str, photo: str) -> Response:
    """The photo that was attached to a line of this delivery."""
    return photo_of(code, photo)


def _check_typed(lines: Sequence[SentLine]) -> None:
    """A line without a barcode has its lot typed twice, or a photo beside it.

    Raises:
        UnprocessableEntity: One has not.
    """
    for line in lines:
        asked = line.asked
        if not asked.barcodes and not asked.unit and asked.again is None and not line.photo:
            raise UnprocessableEntity(
                gettext(
                    "Type the lot twice, or attach a photo: remove the line of lot %(lot)s.",
                    lot=asked.lot[:40],
                )
            )


def _override(head: Mapping[str, str]) -> Override:
    """What is overruled of the whole delivery, and why.

    Raises:
        WrongRole: This person may overrule nothing.
    """
    codes = frozenset(head.get("override_codes", "").split()) & OVERRULABLE
    if codes and not _may_overrule():
        raise WrongRole(OVERRULERS)
    return Override(codes, head.get("override", "").strip()) if codes else Override()


def _may_overrule() -> bool:
    return bool(current_person().roles & OVERRULERS)


def _overrulable(problems: Sequence[Problem]) -> Sequence[str]:
    """The problems of a line that this person may overrule, if nothing else stops it."""
    codes = sorted({problem.code for problem in problems if problem.blocking})
    return codes if _may_overrule() and OVERRULABLE.issuperset(codes) else []


def _line(sent: SentLine) -> ReceiptLine:
    return ReceiptLine(sent.asked, 1 if sent.number is None else sent.number, sent.photo)


def _said(connection: Any, sent: SentLine, line: ReadLine) -> dict[str, Any]:
    if place := place_scanned(connection, sent.asked):
        return {"place": place}
    overrulable = _overrulable(line.problems)
    said = said_of(
        "receiving/_line.html",
        sent,
        line.found,
        line.problems,
        quantity=line.quantity,
        step=1,
        quarantined=line.quarantined,
        overrulable=overrulable,
    )
    if said["state"] == "look":
        said["text"] = spoken(line.why_quarantined[0].message)
    if overrulable:  # it stays in the list, apart from a scan of the same thing that was read well
        same = f"{said['same']}|{' '.join(overrulable)}"
        said |= {"keep": True, "same": same, "overrulable": overrulable}
    return said
