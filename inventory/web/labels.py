"""Labels: of the pieces of a delivery, or of one piece, as often as they are needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    render_template,
    request,
    send_file,
)
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf

from inventory.domain.catalogue import Tracking, Unit
from inventory.operations import labelling, printing
from inventory.operations.identifying import Asked, Identified, identify
from inventory.operations.label_contents import Kind, Wanted, batch_of, problem_of, unit_label
from inventory.operations.label_orders import Order, reasons_for, was_printed
from inventory.reports.table_csv import Cell
from inventory.store import lists, reading
from inventory.web.acting import (
    act_from_request,
    clinic_today,
    clinic_zone,
    keyboard_of_request,
    settings,
)
from inventory.web.forms import PageForm, placed
from inventory.web.listing import asked_for, csv_of, page_count, page_number, scan_asked_for
from inventory.web.numbers import UNREADABLE, NumberField
from inventory.web.speech import N_, instant, spoken
from labels.kinds import UnitLabel
from labels.layout import STOCKS, Stock
from labels.png import label_png
from labels.problems import LabelProblem

blueprint = Blueprint("labels", __name__, url_prefix="/labels")

STOCK_WORDS: Final = {
    "a4-24": lazy_gettext("A4 sheet, 24 labels of 70 × 37 mm"),
    "a4-40": lazy_gettext("A4 sheet, 40 labels of 52.5 × 29.7 mm"),
    "a4-65": lazy_gettext("A4 sheet, 65 labels of 38.1 × 21.2 mm"),
    "roll-50x25": lazy_gettext("Roll, 50 × 25 mm"),
    "roll-57x32": lazy_gettext("Roll, 57 × 32 mm"),
    "roll-100x50": lazy_gettext("Roll, 100 × 50 mm"),
}
REASON_WORDS: Final = {
    "lost": lazy_gettext("the label was lost"),
    "damaged": lazy_gettext("the label is damaged"),
    "unreadable": lazy_gettext("no scanner reads the label"),
    "more": lazy_gettext("another copy is needed"),
    "outdated": lazy_gettext("what stands on it has changed"),
}
"""Why a label is printed once more."""

BADGE_WORDS: Final = {
    "lost": lazy_gettext("the badge was lost"),
    "damaged": lazy_gettext("the badge is damaged"),
    "unreadable": lazy_gettext("no scanner reads the badge"),
}
"""The same of a badge, where it is said otherwise."""

HEADINGS: Final = (
    N_("Receipt"),
    N_("Booked at"),
    N_("Supplier"),
    N_("Delivery note"),
    N_("Store"),
    N_("Labels"),
)

RECEIPT: Final = "RE"
"""How the code of a receipt begins."""


PLACES: Final = {
    "start-wrong": "start",
    "reason-missing": "reason",
    "reason-unknown": "reason",
}
"""The field that a refused order is about, by the code of the problem."""


class LabelForm(PageForm):
    """On which sheets labels are printed, from which place on, and why once more."""

    stock = SelectField(
        lazy_gettext("Labels"),
        choices=[
            SelectChoice(key, word, render_kw={"data-per-page": STOCKS[key].per_page})
            for key, word in STOCK_WORDS.items()
        ],
        validators=[AnyOf(STOCK_WORDS, lazy_gettext("There are no labels of this size."))],
        validate_choice=False,
    )
    start = NumberField(
        lazy_gettext("First free label"),
        default=1,
        render_kw={"inputmode": "numeric", "min": 1, "max": 65},
    )
    reason = SelectField(
        lazy_gettext("Why, if it was printed before"),
        filters=[lambda reason: (reason or "")[:20]],
        validate_choice=False,  # the act refuses another one, and keeps that it did
    )

    def ask_why(self, kind: Kind, *, again: bool) -> None:
        """Offer the reasons of this kind of label, and ask for one where it came out before."""
        first = lazy_gettext("it is the first one")
        if again:
            first = lazy_gettext("Choose…")
            self.reason.label.text = lazy_gettext("Why it is printed again")
            self.reason.render_kw = {"required": True}
        words = {"": first, **reason_words(kind)}
        self.reason.choices = [SelectChoice(key, word) for key, word in words.items()]


class SheetForm(LabelForm):
    """Labels of a delivery or a piece, to be printed as PDF."""

    about = HiddenField(filters=[lambda code: (code or "").strip().upper()[:40]])


@dataclass(frozen=True, slots=True)
class Printing:
    """Labels that can be printed.

    Attributes:
        about: Code of the receipt or of the unit.
        count: How many labels.
        first: Code of the first unit, for the preview.
        form: Asks how, and why if one of them came out before.
    """

    about: str
    count: int
    first: str
    form: SheetForm


@blueprint.get("/")
def list() -> str:
    """What can be printed: what was scanned, or the latest deliveries with labelled pieces."""
    return _page(scan_asked_for("code"))


def _page(code: str, printing: Printing | None = None) -> str:
    found = _found(code) if code else None
    pieces = _pieces(found) if found else []
    page = page_number()
    with reading() as connection:
        receipts, total = lists.list_receipts(connection, **_asked(), page=page)
    return render_template(
        "labels/list.html",
        code=code,
        found=found,
        pieces=pieces,
        printing=printing or _printing(code, found),
        receipts=receipts,
        search=asked_for("search"),
        total=total,
        page=page,
        pages=page_count(total),
        today=clinic_today(),
    )


@blueprint.get("/labels.csv")
def csv() -> Response:
    """Deliveries with labelled pieces as CSV, all pages."""

    def cells(of: lists.ReceiptLine) -> tuple[Cell, ...]:
        return (of.code, instant(of.at), of.supplier, of.document, of.location, of.units)

    return csv_of(N_("Labels"), HEADINGS, lists.receipts_found(**_asked()), cells)


def _asked() -> dict[str, Any]:
    return {"search": asked_for("search"), "labelled": "yes"}


@blueprint.post("/sheet")
def sheet() -> Response | tuple[str, int]:
    """The labels as PDF; that they were printed is an entry, and printing again has a reason."""
    form = SheetForm()
    about, size = form.about.data or "", form.stock.data or ""
    if not form.validate():
        return _page(about, printing_of(about, form)), 422
    start, reason = form.start.data or UNREADABLE, form.reason.data or ""
    order = Order(_wanted(about), size, settings().clinic_name, start, reason=reason)
    done, paper = printing.print_on_paper(act_from_request(), order)
    if done.refused:
        for kind, sentence in placed(form, done.problems, PLACES):
            flash(sentence, kind)
        return _page(about, printing_of(about, form)), 409
    name = f"{about}-{size}.pdf"
    return send_file(BytesIO(paper), "application/pdf", download_name=name)


@blueprint.get("/<code>.png")
def preview(code: str) -> Response:
    """One label as it will be printed."""
    [unit] = labelling.units_of_codes([code])
    stock = _stock(request.args.get("stock", "a4-24"))
    try:
        return send_file(BytesIO(label_png(_label(unit), stock)), "image/png")
    except LabelProblem as problem:
        abort(422, spoken(problem_of(problem).message))


def _found(code: str) -> Identified | None:
    """What was scanned, or None for a receipt."""
    if code.upper().startswith(RECEIPT):
        labelling.units_of_receipt(code.upper())  # says that there is no such receipt
        return None
    with reading() as connection:
        return identify(connection, Asked((code,), keyboard=keyboard_of_request()), clinic_today())


def _pieces(found: Identified) -> Sequence[tuple[str, str, str]]:
    """The pieces to choose from, where the manufacturer's code says only the lot."""
    if found.unit or found.lot is None or found.lot.item.tracking is not Tracking.UNIT:
        return []
    with reading() as connection:
        return lists.units_on_hand(connection, found.lot.id)


def _printing(code: str, found: Identified | None) -> Printing | None:
    if found is not None:
        return printing_of(found.unit.code) if found.unit else None
    if not code or not labelling.units_of_receipt(code.upper()):
        return None
    return printing_of(code.upper())


def printing_of(about: str, form: SheetForm | None = None) -> Printing:
    """The labels of a receipt or a unit, and the form that asks for them.

    Args:
        about: Code of the receipt or of the unit.
        form: As it was sent, where it was refused.

    Raises:
        NotFound: There is none of this code, or it brought no units.
    """
    wanted = _wanted(about)
    with reading() as connection:
        batch = batch_of(connection, wanted, settings().clinic_name, clinic_zone())
        again = was_printed(connection, batch, wanted)
    form = form or SheetForm(formdata=None)
    form.about.data = batch.about
    form.ask_why(Kind.UNIT, again=again)
    return Printing(batch.about, len(batch.units), batch.units[0].code, form)


def reason_words(kind: Kind) -> Mapping[str, LazyString]:
    """Why a label of this kind is printed once more: key and words."""
    words = {**REASON_WORDS, **BADGE_WORDS} if kind is Kind.BADGE else REASON_WORDS
    return {reason: words[reason] for reason in reasons_for(kind)}


def _wanted(about: str) -> Wanted:
    return Wanted(Kind.RECEIPT if about.startswith(RECEIPT) else Kind.UNIT, about)


def _stock(key: str) -> Stock:
    return STOCKS.get(key) or abort(422, gettext("There are no labels of this size."))


def _label(unit: Unit) -> UnitLabel:
    return unit_label(unit, settings().clinic_name)
