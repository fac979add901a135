"""The form that prints a label: how, where, and why it is printed once more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from flask_babel import LazyString, gettext, lazy_gettext
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.widgets import DateTimeLocalInput

from inventory.domain.workstation import Workstation
from inventory.operations.label_contents import Kind, Wanted
from inventory.operations.label_orders import MOST_COPIES, Order
from inventory.web.acting import clinic_instant
from inventory.web.forms import PageForm
from inventory.web.labels import STOCK_WORDS
from inventory.web.numbers import UNREADABLE, NumberField
from labels.layout import STOCKS

USUAL_STOCK: Final = "a4-24"

MOST_ON_SHEET: Final = max(stock.per_page for stock in STOCKS.values())

ABOUT: Final = {
    "stock-unknown": "stock",
    "start-wrong": "start",
    "copies-wrong": "copies",
    "reason-unknown": "reason",
    "reason-missing": "reason",
    "occurred-at-wrong": "processed_at",
    "volume-wrong": "volume_ml",
}
"""The field that a problem is about, by the problem's code."""


class PrintForm(PageForm):
    """How a label is printed, and why once more."""

    reason = SelectField(validate_choice=False)
    replaces = BooleanField(
        lazy_gettext("Make the old label void"),
        description=lazy_gettext(
            "The piece gets a new code. Whoever scans the old label is told to throw it away."
        ),
        render_kw={"value": "yes"},
    )
    target = RadioField(lazy_gettext("Print where"), validate_choice=False)
    stock = SelectField(
        lazy_gettext("Labels"),
        choices=[
            SelectChoice(key, word, {"data-per-page": STOCKS[key].per_page})
            for key, word in STOCK_WORDS.items()
        ],
        validate_choice=False,
    )
    start = NumberField(
        lazy_gettext("First free label"),
        default=1,
        render_kw={"min": 1, "max": MOST_ON_SHEET, "inputmode": "numeric"},
    )
    copies = NumberField(
        lazy_gettext("Copies"),
        default=1,
        render_kw={"min": 1, "max": MOST_COPIES, "inputmode": "numeric"},
    )

    def wanted(self, kind: Kind, code: str) -> Wanted:
        """The label that is asked for."""
        return Wanted(kind, code)

    def order(self, kind: Kind, code: str, clinic: str) -> Order:
        """What is to be printed."""
        return Order(
            self.wanted(kind, code),
            self.stock.data or "",
            clinic,
            self.start.data or UNREADABLE,
            self.copies.data or UNREADABLE,
            self.reason.data or "",
            bool(self.replaces.data),
        )

    def ask_why(self, reasons: Mapping[str, LazyString], *, again: bool) -> None:
        """Offer the reasons for a label that is printed once more; `again` asks for one."""
        first = gettext("Choose…") if again else gettext("it is the first one")
        self.reason.label.text = (
            gettext("Why it is printed again")
            if again
            else gettext("Why, if it was printed before")
        )
        self.reason.choices = [
            SelectChoice("", first),
            *(SelectChoice(key, word) for key, word in reasons.items()),
        ]
        self.reason.flags.required = again

    def ask_where(self, workstation: Workstation | None) -> None:
        """Offer the printer beside the workstation, where there is one, and paper."""
        choices, usual = [SelectChoice("paper", gettext("PDF"))], "paper"
        if workstation and workstation.printer:
            beside = gettext("Printer of %(name)s", name=workstation.name)
            roll = STOCK_WORDS[workstation.printer.stock]
            choices, usual = [SelectChoice("printer", f"{beside} · {roll}"), *choices], "printer"
        self.target.choices = choices
        if self.target.data != "paper":
            self.target.data = usual


class ProductForm(PrintForm):
    """The same of the syringe of processed fat, which says when it was made and its volume."""

    processed_at = StringField(
        lazy_gettext("Processing ended at"),
        widget=DateTimeLocalInput(),
        render_kw={"required": True, "data-shown": True},
    )
    volume_ml = StringField(
        lazy_gettext("Volume, mL"),
        render_kw={
            "inputmode": "decimal",
            "required": True,
            "maxlength": 5,
            "pattern": "[0-9]{1,3}([.,][0-9])?",
            "autocomplete": "off",
            "data-shown": True,
        },
    )

    def wanted(self, kind: Kind, code: str) -> Wanted:
        """The label that is asked for."""
        return product(code, self.processed_at.data or "", self.volume_ml.data or "")


def product(code: str, processed_at: str, volume_ml: str) -> Wanted:
    """The label of a syringe, from time and volume as they are typed."""
    volume = volume_ml.strip().replace(",", ".")[:10]
    at = clinic_instant(processed_at)
    return Wanted(Kind.PRODUCT, code, processed_at=at, volume_ml=volume)


def form_of(kind: Kind) -> type[PrintForm]:
    """The form that prints labels of a kind."""
    return ProductForm if kind is Kind.PRODUCT else PrintForm


def fresh_form(kind: Kind, workstation: Workstation | None, now: datetime) -> PrintForm:
    """The form as it stands there first."""
    sheet = workstation.sheet if workstation else USUAL_STOCK
    return form_of(kind)(formdata=None, stock=sheet, processed_at=now.strftime("%Y-%m-%dT%H:%M"))
