"""Printing one label of any kind: preview, PDF, or the printer beside the workstation.

Three groups, by who may: labels of stock, labels of a patient session, badges.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from io import BytesIO
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

from inventory.operations import printing
from inventory.operations.label_contents import Batch, Kind, Wanted, batch_of, problem_of
from inventory.operations.label_orders import Order, was_printed
from inventory.operations.posting import Answer
from inventory.store import reading
from inventory.web.acting import act_from_request, clinic_zone, settings
from inventory.web.forms import placed
from inventory.web.print_form import ABOUT, USUAL_STOCK, PrintForm, form_of, fresh_form, product
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
    kind: Kind, code: str, sent: PrintForm | None = None, said: Sequence[tuple[str, str]] = ()
) -> str:
    """The form; as it was sent, where it was refused."""
    batch = _batch(Wanted(kind, code))
    with reading() as connection:
        again = was_printed(connection, batch, Wanted(kind, code))
    workstation = find_workstation_here()
    form = sent or fresh_form(kind, workstation, datetime.now(clinic_zone()))
    form.ask_why(kind, again=again)
    form.ask_where(workstation)
    addresses = _addresses(kind, code)
    return render_template(
        "printing/show.html",
        kind=kind.value,
        title=TITLES[kind],
        about=batch.about,
        batch=batch,
        form=form,
        shown=form.stock.data if form.stock.data in STOCKS else USUAL_STOCK,
        said=said,
        workstation=workstation,
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
    asked = request.args.get
    wanted = Wanted(kind, code)
    if kind is Kind.PRODUCT:
        wanted = product(code, asked("processed_at", ""), asked("volume_ml", ""))
    batch = _batch(wanted)
    size = STOCKS.get(asked("stock", USUAL_STOCK)) or abort(404)
    try:
        picture = label_png(batch.labels[0], size)
    except LabelProblem as fault:
        abort(422, spoken(problem_of(fault).message))
    return send_file(BytesIO(picture), "image/png")


def _print(kind: Kind, code: str) -> Printed:
    form = form_of(kind)()
    order = form.order(kind, code, settings().clinic_name)
    if form.target.data == "printer":
        return _to_printer(kind, code, form, order)
    done, paper = printing.print_on_paper(act_from_request(), order)
    if done.refused:
        return _refused(kind, code, form, done)
    name = f"{kind.value}-{code}-{order.stock}.pdf"
    return send_file(BytesIO(paper), "application/pdf", download_name=name)


def _to_printer(kind: Kind, code: str, form: PrintForm, order: Order) -> Printed:
    workstation = find_workstation_here()
    if workstation is None:
        abort(409, gettext("Say first which workstation this browser is."))
    done = printing.print_labels(act_from_request(), workstation.code, order)
    if done.refused:
        return _refused(kind, code, form, done)
    labels = ", ".join(str(label) for label in done.body["labels"][:3])
    flash(gettext("Sent to the printer: %(labels)s. Look at it.", labels=labels), "taken")
    for problem in done.problems:
        flash(spoken(problem.message), "stop" if problem.blocking else "look")
    if kind is Kind.BADGE:
        return redirect(url_for("web.printing.badge", code=code))
    group = "stock" if kind in STOCK else "session"
    return redirect(url_for(f"web.printing.{group}", kind=kind.value, code=code))


def _refused(kind: Kind, code: str, form: PrintForm, done: Answer) -> Printed:
    """The page again as it was filled in, with why nothing was printed."""
    return _page(kind, code, form, placed(form, done.problems, ABOUT)), 409


def _batch(wanted: Wanted) -> Batch:
    with reading() as connection:
        return batch_of(connection, wanted, settings().clinic_name, clinic_zone())
