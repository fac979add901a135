"""Printing one label of any kind: preview, PDF, or the printer beside the workstation.

Three groups, by who may: labels of stock, labels of a patient session, badges.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
from types import MappingProxyType
from typing import Final

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from inventory.domain.problem import Problem
from inventory.operations import printing
from inventory.operations.label_contents import Batch, Kind, Wanted, batch_of, problem_of
from inventory.operations.label_orders import Order, was_printed
from inventory.operations.posting import Answer
from inventory.store import reading
from inventory.web.acting import act_from_request, clinic_instant, clinic_zone, settings
from inventory.web.labels import STOCK_WORDS, reason_words
from inventory.web.numbers import number_in
from inventory.web.speech import spoken
from inventory.web.workstation_cookie import find_workstation_here
from labels.layout import STOCKS
from labels.png import label_png
from labels.problems import LabelProblem

blueprint = Blueprint("printing", __name__, url_prefix="/printing")

STOCK: Final = (Kind.UNIT, Kind.RECEIPT, Kind.LOT, Kind.PLACE)
SESSION: Final = (Kind.SESSION, Kind.PRODUCT)

Printed = Response | AnyResponse | tuple[str, int]
"""A paper, the way to the next page, or the form again with what was typed."""

TITLES: Final[Mapping[Kind, str]] = {
    Kind.UNIT: lazy_gettext("Label of a piece"),
    Kind.RECEIPT: lazy_gettext("Labels of a delivery"),
    Kind.LOT: lazy_gettext("Label of a lot, for the shelf"),
    Kind.PLACE: lazy_gettext("Label of a place"),
    Kind.SESSION: lazy_gettext("Label of a session"),
    Kind.PRODUCT: lazy_gettext("Label of the syringe of processed fat"),
    Kind.BADGE: lazy_gettext("Badge"),
}


@blueprint.get("/stock/<kind>/<code>")
def stock(kind: str, code: str) -> str:
    """The label of a unit, a delivery, a lot or a place."""
    return _page(_kind(kind, STOCK), code)


@blueprint.get("/stock/<kind>/<code>.png")
def stock_preview(kind: str, code: str) -> Response:
    """The same as a picture."""
    return _preview(_kind(kind, STOCK), code)


@blueprint.post("/stock/<kind>/<code>")
def print_stock(kind: str, code: str) -> Printed:
    """Print it."""
    return _print(_kind(kind, STOCK), code)


@blueprint.get("/session/<kind>/<code>")
def session(kind: str, code: str) -> str:
    """The label of a patient session, or of the product made in it."""
    return _page(_kind(kind, SESSION), code)


@blueprint.get("/session/<kind>/<code>.png")
def session_preview(kind: str, code: str) -> Response:
    """The same as a picture."""
    return _preview(_kind(kind, SESSION), code)


@blueprint.post("/session/<kind>/<code>")
def print_session(kind: str, code: str) -> Printed:
    """Print it."""
    return _print(_kind(kind, SESSION), code)


@blueprint.get("/badge/<code>")
def badge(code: str) -> str:
    """A new badge for a person."""
    return _page(Kind.BADGE, code)


@blueprint.get("/badge/<code>.png")
def badge_preview(code: str) -> Response:
    """The same as a picture; its code is drawn when it is printed."""
    return _preview(Kind.BADGE, code)


@blueprint.post("/badge/<code>")
def print_badge(code: str) -> Printed:
    """Print it; once it has come out, badges given before count no more."""
    return _print(Kind.BADGE, code)


def _kind(name: str, among: tuple[Kind, ...]) -> Kind:
    return Kind(name) if name in among else abort(404)


def _page(
    kind: Kind,
    code: str,
    given: Mapping[str, str] = MappingProxyType({}),
    problems: Sequence[Problem] = (),
) -> str:
    """The form; as it was sent, where it was refused."""
    batch = _batch(Wanted(kind, code))
    with reading() as connection:
        again = was_printed(connection, batch, Wanted(kind, code))
    workstation = find_workstation_here()
    addresses = _addresses(kind, code)
    return render_template(
        "printing/show.html",
        kind=kind.value,
        title=TITLES[kind],
        about=batch.about,
        batch=batch,
        again=again,
        reasons=reason_words(kind),
        stocks=[(key, word, STOCKS[key].per_page) for key, word in STOCK_WORDS.items()],
        chosen=given.get("stock") or (workstation.sheet if workstation else "a4-24"),
        given=given,
        problems=problems,
        workstation=workstation,
        roll=STOCK_WORDS[workstation.printer.stock] if workstation and workstation.printer else "",
        now=datetime.now(clinic_zone()),
        send_to=addresses[0],
        picture=addresses[1],
    )


def _addresses(kind: Kind, code: str) -> tuple[str, str]:
    """Where a label is printed, and its preview."""
    if kind is Kind.BADGE:
        return (
            url_for("web.printing.print_badge", code=code),
            url_for("web.printing.badge_preview", code=code),
        )
    group = "stock" if kind in STOCK else "session"
    return (
        url_for(f"web.printing.print_{group}", kind=kind.value, code=code),
        url_for(f"web.printing.{group}_preview", kind=kind.value, code=code),
    )


def _preview(kind: Kind, code: str) -> Response:
    batch = _batch(_wanted(kind, code, request.args))
    size = STOCKS.get(request.args.get("stock", "a4-24")) or abort(404)
    try:
        picture = label_png(batch.labels[0], size)
    except LabelProblem as fault:
        abort(422, spoken(problem_of(fault).message))
    return send_file(BytesIO(picture), "image/png")


def _print(kind: Kind, code: str) -> Printed:
    order = Order(
        _wanted(kind, code, request.form),
        request.form.get("stock", "")[:20],
        settings().clinic_name,
        number_in("start", 1),
        number_in("copies", 1),
        request.form.get("reason", "")[:20],
        bool(request.form.get("replaces")),
    )
    if request.form.get("target") == "printer":
        return _to_printer(kind, code, order)
    done, paper = printing.print_on_paper(act_from_request(), order)
    if done.refused:
        return _told(kind, code, done)
    name = f"{kind.value}-{code}-{order.stock}.pdf"
    return send_file(BytesIO(paper), "application/pdf", download_name=name)


def _to_printer(kind: Kind, code: str, order: Order) -> Printed:
    workstation = find_workstation_here()
    if workstation is None:
        abort(409, gettext("Say first which workstation this browser is."))
    done = printing.print_labels(act_from_request(), workstation.code, order)
    return _told(kind, code, done)


def _told(kind: Kind, code: str, done: Answer) -> Printed:
    """The page again, with what came of it; as it was filled in, where it was refused."""
    if done.refused:
        return _page(kind, code, request.form.to_dict(), done.problems), 409
    labels = ", ".join(str(label) for label in done.body["labels"][:3])
    flash(gettext("Sent to the printer: %(labels)s. Look at it.", labels=labels), "taken")
    for problem in done.problems:
        flash(spoken(problem.message), "stop" if problem.blocking else "look")
    if kind is Kind.BADGE:
        return redirect(url_for("web.printing.badge", code=code))
    group = "stock" if kind in STOCK else "session"
    return redirect(url_for(f"web.printing.{group}", kind=kind.value, code=code))


def _wanted(kind: Kind, code: str, given: Mapping[str, str]) -> Wanted:
    """What is asked for, with time and volume where it is a product."""
    if kind is not Kind.PRODUCT:
        return Wanted(kind, code)
    volume = given.get("volume_ml", "").strip().replace(",", ".")[:10]
    return Wanted(
        kind, code, processed_at=clinic_instant(given.get("processed_at", "")), volume_ml=volume
    )


def _batch(wanted: Wanted) -> Batch:
    with reading() as connection:
        return batch_of(connection, wanted, settings().clinic_name, clinic_zone())
