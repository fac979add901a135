"""The form that prints a label: how, where, and why it is printed once more."""

from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.widgets import DateTimeLocalInput

from inventory.domain.workstation import Workstation
from inventory.operations.label_contents import Kind, Wanted
from inventory.operations.label_orders import MOST_COPIES, Order
from inventory.web.acting import clinic_instant
from inventory.web.labels import STOCK_WORDS, LabelForm
from inventory.web.numbers import UNREADABLE, NumberField

USUAL_STOCK: Final = "a4-24"

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


class PrintForm(LabelForm):
    """How a label of any kind is printed, on sheets or by a printer."""

    replaces = BooleanField(
        lazy_gettext("Make the old label void"),
        description=lazy_gettext(
            "The piece gets a new code. Whoever scans the old label is told to throw it away."
        ),
        render_kw={"value": "yes"},
    )
    target = RadioField(lazy_gettext("Print where"), validate_choice=False)
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
