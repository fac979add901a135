"""Items: the catalogue, one item with its lots, and a new one."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from inventory.domain.catalogue import Item, ItemKind
from inventory.domain.problem import Problem, say
from inventory.domain.scan import UdiScan
from inventory.domain.scan import read as read_scan
from inventory.operations import cataloguing
from inventory.operations.posting import Answer
from inventory.store import catalogue, lists, provisional, reading
from inventory.store.errors import Conflict
from inventory.store.lists import ItemLine, StockLine
from inventory.web.acting import act_from_request, clinic_today
from inventory.web.item_form import (
    KIND_WORDS,
    TRACKING_WORDS,
    ItemForm,
    PackagingForm,
    place_problem,
)
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.scan_lines import refused, sent_list
from inventory.web.speech import N_, spoken

blueprint = Blueprint("items", __name__, url_prefix="/items")

HEADINGS: Final = (
    N_("Code"),
    N_("Item"),
    N_("REF"),
    N_("Manufacturer"),
    N_("Kind"),
    N_("On hand"),
)
EVERYTHING: Final = 1_000_000
"""Lines of a list that is taken away whole."""


@blueprint.get("/")
def list() -> str:
    """Items by name, with what is on hand of them."""
    with reading() as connection:
        found, total = lists.list_items(
            connection, search=asked_for("search"), kind=_kind(), page=page_number()
        )
        to_complete = provisional.count_provisional(connection)
    return render_template(
        "items/list.html",
        to_complete=to_complete,
        items=found,
        total=total,
        kinds=KIND_WORDS,
        pages=page_count(total),
        page=page_number(),
    )


@blueprint.get("/items.csv")
def csv() -> Response:
    """The same as CSV, all pages."""
    return csv_of(
        N_("Items"),
        HEADINGS,
        lists.items_found(search=asked_for("search"), kind=_kind()),
        lambda x: (
            *(x.code, x.name, x.reference, x.manufacturer),
            *(str(KIND_WORDS[x.kind]), x.on_hand),
        ),
    )


@blueprint.get("/<code>")
def show(code: str) -> str:
    """One item: its facts, its packaging levels, its lots with what is on hand of each."""
    with reading() as connection:
        item = catalogue.get_item(connection, code.upper())
        found, total = lists.find_lots(connection, item_code=item.code, page=page_number())
        held: dict[int, Any] = defaultdict(tuple)
        for line in lists.on_hand(connection, item_code=item.code):
            held[line.lot_id] += (line,)
        blocked = lists.blocked_lots(connection)
    return render_template(
        "items/show.html",
        item=item,
        lots=found,
        held=held,
        blocked=blocked,
        on_hand=_sum(held),
        total=total,
        kinds=KIND_WORDS,
        trackings=TRACKING_WORDS,
        today=clinic_today(),
        pages=page_count(total),
        page=page_number(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | AnyResponse | tuple[str, int]:
    """A new item with its packaging levels."""
    form = ItemForm()
    if not form.is_submitted():
        form.start_with(request.args.get("di", ""))
        return render_template("items/new.html", form=form)
    if not form.validate():
        return render_template("items/new.html", form=form), 422
    problems = _answered(lambda: cataloguing.add_item(act_from_request(), **form.values()))
    if not problems:
        flash(gettext("%(item)s is in the catalogue.", item=form.name.data), "taken")
        return redirect(url_for("web.receiving.new" if form.back.data else "web.items.list"))
    left = [problem for problem in problems if not place_problem(form, problem)]
    return render_template("items/new.html", form=form, problems=left), 409


@blueprint.route("/<code>/packaging", methods=["GET", "POST"])
def add_packaging(code: str) -> str | AnyResponse | tuple[str, int]:
    """Further barcodes of an item that is here: packed or numbered anew by its maker."""
    form, item = PackagingForm(), _item(code)
    if not form.is_submitted():
        form.start_with(request.args.get("di", ""))
        return render_template("items/packaging.html", form=form, item=item)
    if not form.validate():
        return render_template("items/packaging.html", form=form, item=item), 422
    problems = _answered(
        lambda: cataloguing.add_packaging(act_from_request(), item.code, form.levels())
    )
    if not problems:
        flash(gettext("%(item)s is known by this barcode too.", item=item.name), "taken")
        return redirect(url_for("web.items.show", code=item.code))
    left = [problem for problem in problems if not place_problem(form, problem)]
    return render_template("items/packaging.html", form=form, item=item, problems=left), 409


@blueprint.post("/read")
def read() -> Response | tuple[Response, int]:
    """What a barcode says of a pack: identifier, issuer, REF; and the item that has it already."""
    barcodes = [text for line in sent_list().lines for text in line.asked.barcodes]
    scan = read_scan(barcodes, clinic_today())
    if not isinstance(scan, UdiScan) or scan.udi.di is None or scan.udi.blocked:
        return refused(getattr(scan, "problems", ()) or _of_udi(scan) or [_no_identifier()])
    with reading() as connection:
        match = catalogue.find_match(connection, scan.udi.di, "")
    taken = match.item.name if match else ""
    reference = next((value for key, value in scan.udi.elements if key == "240"), "")
    return jsonify(di=scan.udi.di, issuer=scan.udi.issuer, reference=reference, taken=taken)


def all_items(connection: sa.Connection) -> tuple[ItemLine, ...]:
    """Every item by name, to choose from where there is no barcode."""
    return tuple(lists.list_items(connection, size=EVERYTHING)[0])


def _item(code: str) -> Item:
    with reading() as connection:
        return catalogue.get_item(connection, code.upper())


def _answered(act: Callable[[], Answer]) -> Sequence[Problem]:
    """Why something was not added; empty where it was, and what is to be looked at is shown."""
    try:
        answer = act()
    except Conflict as conflict:
        return [Problem(conflict.code, conflict.sentence)]
    if answer.refused:
        return [*answer.problems]
    for problem in answer.problems:
        flash(spoken(problem.message), "look")
    return []


def _kind() -> str:
    kind = asked_for("kind", 40)
    return kind if kind in {each.value for each in ItemKind} else ""


def _sum(held: dict[int, tuple[StockLine, ...]]) -> int:
    return sum(line.quantity for lines in held.values() for line in lines)


def _of_udi(scan: object) -> tuple[Problem, ...]:
    return scan.udi.problems if isinstance(scan, UdiScan) else ()


def _no_identifier() -> Problem:
    return Problem(
        "identifier-missing",
        say("This barcode holds no identifier of an item. Scan the manufacturer's code."),
    )
