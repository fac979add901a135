"""The forms of workstations: a further one, and the name, scanner and printer of one."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import AnyOf

from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.domain.workstation import (
    DPI,
    LONGEST_HOST,
    LONGEST_NAME,
    PORT,
    Printer,
    Workstation,
)
from inventory.web.forms import PageForm
from inventory.web.labels import STOCK_WORDS
from inventory.web.numbers import UNREADABLE, NumberField, read_number
from labels.layout import STOCKS

ROLLS: Final = {key: word for key, word in STOCK_WORDS.items() if STOCKS[key].per_page == 1}
SHEETS: Final = {key: word for key, word in STOCK_WORDS.items() if STOCKS[key].per_page > 1}

LAYOUT_WORDS: Final = {
    Layout.US: lazy_gettext("as sent: US, or the scanner is set to this computer's language"),
    Layout.ITALIAN: lazy_gettext("Italian, and the scanner types for a US keyboard: undo it"),
}

_NAME: Final = {"maxlength": LONGEST_NAME, "required": True, "autocomplete": "off"}

ABOUT: Final = {
    "name-missing": "name",
    "too-long": "name",
    "name-taken": "name",
    "separator-unusable": "separator",
    "printer-address-wrong": "host",
    "printer-port-wrong": "port",
    "printer-dpi-wrong": "dpi",
}
"""The field that a problem is about, by the problem's code."""


class ChoiceForm(PageForm):
    """Which workstation a browser is; none of them, to forget it."""

    code = SelectField(lazy_gettext("Workstation"), validate_choice=False)


class EnrolForm(PageForm):
    """A further workstation; `here` where this browser is it."""

    name = StringField(
        lazy_gettext("Its name"),
        description=lazy_gettext(
            "As people say it: “Room 1, cart”. It stands in every entry made there."
        ),
        render_kw=_NAME,
    )
    here = HiddenField()


class NameForm(PageForm):
    """What a workstation is called."""

    name = StringField(lazy_gettext("Its name"), render_kw=_NAME)

    @classmethod
    def of(cls, workstation: Workstation) -> "NameForm":
        """As it is kept."""
        return cls(formdata=None, name=workstation.name)


class KeyboardForm(PageForm):
    """How the scanner of a workstation is set up."""

    layout = SelectField(
        lazy_gettext("Keyboard of this computer"),
        choices=[SelectChoice(each.value, word) for each, word in LAYOUT_WORDS.items()],
        validators=[
            AnyOf([*Layout], lazy_gettext("Choose how the keyboard of this computer is set."))
        ],
        validate_choice=False,
    )
    separator = StringField(
        lazy_gettext("Character that stands for GS"),
        description=lazy_gettext(
            "Only where the scanner was programmed to send one, such as ~; else empty."
        ),
        render_kw={"maxlength": 1, "autocomplete": "off"},
    )

    @classmethod
    def of(cls, workstation: Workstation) -> "KeyboardForm":
        """As it is kept."""
        kept = workstation.keyboard
        return cls(formdata=None, layout=kept.layout.value, separator=kept.separator)

    def keyboard(self) -> Keyboard:
        """As it was filled in."""
        return Keyboard(Layout(self.layout.data), self.separator.data or "")


class PrinterForm(PageForm):
    """Which printer stands beside a workstation, and which sheets are used there."""

    host = StringField(
        lazy_gettext("Address in the network"),
        description=lazy_gettext(
            "Such as 192.168.1.40; it stands on the printer's own test page. Empty: no printer."
            " An administrator may give a name."
        ),
        render_kw={
            "maxlength": LONGEST_HOST,
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
        },
    )
    port = NumberField(
        lazy_gettext("Port"),
        default=UNREADABLE,
        render_kw={"min": 1024, "max": 65535, "inputmode": "numeric"},
    )
    dpi = SelectField(
        lazy_gettext("Dots per inch"),
        choices=[SelectChoice(str(each)) for each in DPI],
        coerce=lambda value: read_number(str(value)),
        validate_choice=False,
    )
    stock = SelectField(
        lazy_gettext("Labels in it"),
        choices=[SelectChoice(key, word) for key, word in ROLLS.items()],
        validate_choice=False,
    )
    sheet = SelectField(
        lazy_gettext("Sheets for labels on paper"),
        choices=[SelectChoice(key, word) for key, word in SHEETS.items()],
        validate_choice=False,
    )

    @classmethod
    def of(cls, workstation: Workstation) -> "PrinterForm":
        """As it is kept."""
        kept = workstation.printer or Printer("", PORT)
        return cls(
            formdata=None,
            data={
                "host": kept.host,
                "port": kept.port,
                "dpi": kept.dpi,
                "stock": kept.stock,
                "sheet": workstation.sheet,
            },
        )

    def printer(self) -> Printer | None:
        """As it was filled in; None where no address is given."""
        host = (self.host.data or "").strip()
        if not host:
            return None
        port, dpi = self.port.data or UNREADABLE, self.dpi.data or UNREADABLE
        return Printer(host, port, dpi, self.stock.data or "")

    def about(self) -> Mapping[str, str]:
        """The field that a problem is about; one code is about rolls and about sheets."""
        return {**ABOUT, "stock-unknown": "sheet" if self.stock.data in ROLLS else "stock"}
