"""Items made from a code alone: one more in two taps, and pharmacy's list of those to complete."""

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response as AnyResponse

from inventory.domain.catalogue import Item, ItemKind
from inventory.domain.ledger import EntryKind
from inventory.domain.problem import Problem
from inventory.operations import provisioning
from inventory.reports.table_csv import Cell
from inventory.store import catalogue, provisional, reading
from inventory.store.errors import Conflict
from inventory.store.lists import Found
from inventory.web.acting import act_from_request, keyboard_of_request
from inventory.web.item_form import KIND_WORDS, ItemForm, place_problem
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.scan_lines import refused, sent_list
from inventory.web.speech import N_, instant, spoken

blueprint = Blueprint("provisional", __name__, url_prefix="/items")

HEADINGS: Final = (
    N_("Code"),
    N_("Item"),
    N_("REF"),
    N_("Identifier in the barcode"),
    N_("Kind"),
    N_("Made at"),
    N_("By"),
)

COUNTED: Final = timedelta(days=90)
"""How far back lines are counted by how they were told."""


@blueprint.post("/provisional")
def add() -> Response | tuple[Response, int]:
    """Make an item from what a barcode says."""
    sent = sent_list()
    kind = sent.head.get("kind", "")
    barcodes = [text for line in sent.lines for text in line.asked.barcodes]
    if kind not in [*ItemKind]:
        raise UnprocessableEntity(gettext("Say what sort of thing it is."))
    try:
        answer = provisioning.add_provisional_item(
            act_from_request(), barcodes, ItemKind(kind), keyboard_of_request()
        )
    except Conflict as conflict:
        return refused([Problem(conflict.code, conflict.sentence)])
    return refused(answer.problems) if answer.refused else (jsonify(dict(answer.body)), 201)


@blueprint.get("/provisional")
def list() -> str:
    """Items to complete, the oldest first; and how lines were told of late."""
    since, page = datetime.now(UTC) - COUNTED, page_number()
    with reading() as connection:
        items, total = _found().page(connection, page)
        entered = provisional.count_entered(connection, (EntryKind.OPEN, EntryKind.RECEIVE), since)
    return render_template(
        "provisional/list.html",
        items=items,
        kinds=KIND_WORDS,
        entered=entered,
        days=COUNTED.days,
        search=asked_for("search"),
        total=total,
        page=page,
        pages=page_count(total),
    )


@blueprint.get("/provisional.csv")
def csv() -> Response:
    """The same as CSV, all pages."""

    def cells(of: tuple[Item, datetime, str]) -> tuple[Cell, ...]:
        item, at, by = of
        identifiers = " ".join(level.di for level in item.packaging)
        kind = str(KIND_WORDS[item.kind])
        return (item.code, item.name, item.reference, identifiers, kind, instant(at), by)

    return csv_of(N_("Items to complete"), HEADINGS, _found(), cells)


def _found() -> Found[tuple[Item, datetime, str]]:
    return provisional.provisional_found(search=asked_for("search"))


@blueprint.route("/<code>/complete", methods=["GET", "POST"])
def complete(code: str) -> str | AnyResponse | tuple[str, int]:
    """Complete an item: name, REF, manufacturer, kind, and how it is tracked."""
    with reading() as connection:
        item = catalogue.get_item(connection, code.upper())
    form = ItemForm()
    if not form.is_submitted():
        _start(form, item)
        return _page(form, item)
    if not form.validate():
        return _page(form, item), 422
    told = form.values()
    told.pop("packaging")
    answer = provisioning.complete_item(act_from_request(), item.code, **told)
    if not answer.refused:
        flash(gettext("%(item)s is complete.", item=form.name.data), "taken")
        for problem in answer.problems:
            flash(spoken(problem.message), "look")
        return redirect(url_for("web.provisional.list"))
    left = [problem for problem in answer.problems if not place_problem(form, problem)]
    return _page(form, item, left), 409


def _start(form: ItemForm, item: Item) -> None:
    form.name.data = "" if item.name.startswith(provisional.UNKNOWN) else item.name
    form.reference.data = item.reference
    form.manufacturer.data = "" if item.manufacturer == provisional.UNKNOWN else item.manufacturer
    form.kind.data, form.tracking.data = item.kind.value, item.tracking.value
    form.single_use.data = item.single_use


def _page(form: ItemForm, item: Item, problems: object = ()) -> str:
    return render_template("provisional/complete.html", form=form, item=item, problems=problems)
