"""The expiry of a lot, put right: from a scan of a pack, or from the day that it shows."""

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, Field, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Optional

from inventory import store
from inventory.operations.asking import Asked
from inventory.operations.redating import EXPIRY_REASONS, ExpiryRequest, correct_expiry
from inventory.store import catalogue
from inventory.web.acting import act_from_request, clinic_today, keyboard_of_request
from inventory.web.forms import PageForm
from inventory.web.scanning import notices

blueprint = Blueprint("redating", __name__, url_prefix="/lots/<int(max=2147483647):lot_id>/expiry")

MOST_BARCODES: Final = 10
"""Of one label; three are the most that were seen on any."""

EXPIRY_WORDS: Final = {
    "typed-wrong": lazy_gettext("It was typed wrong"),
    "read-wrong": lazy_gettext("It was read wrong from a code"),
    "manufacturer-corrected": lazy_gettext("The manufacturer corrected it"),
    "other": lazy_gettext("Other reason"),
}


class BarcodesField(Field):
    """Those of one label, each sent under the same name; the page draws them itself."""

    data: Sequence[str]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep what was scanned, without what is empty or more than a label has."""
        self.data = [each for each in valuelist if each][:MOST_BARCODES]


class ExpiryForm(PageForm):
    """What the pack shows, and why something else is booked."""

    barcodes = BarcodesField(default=())
    expires_on = DateField(
        lazy_gettext("Or the last day of use, as the pack shows it"),
        validators=[Optional()],
        description=lazy_gettext("A month without a day: its last day."),
    )
    none = BooleanField(lazy_gettext("The pack shows no expiry"))
    reason = RadioField(
        lazy_gettext("Why another day is booked"),
        choices=[SelectChoice(code, EXPIRY_WORDS[code]) for code in EXPIRY_REASONS],
        validators=[InputRequired(lazy_gettext("Choose the reason."))],
        validate_choice=False,
    )

    def asked(self, lot_id: int) -> ExpiryRequest:
        """What is asked for."""
        day, keyboard = self.expires_on.data, keyboard_of_request()
        asked = Asked(tuple(self.barcodes.data), expires_on=day, keyboard=keyboard)
        return ExpiryRequest(lot_id, self.reason.data or "", asked, bool(self.none.data))


@blueprint.get("")
def show(lot_id: int) -> str:
    """The form, beside what is booked."""
    return _page(lot_id, ExpiryForm(formdata=None))


@blueprint.post("")
def correct(lot_id: int) -> Response | tuple[str, int]:
    """Let the lot expire on another day; what was typed stays where it is refused."""
    form = ExpiryForm()
    if not form.validate():
        return _page(lot_id, form), 422
    answer = correct_expiry(act_from_request(), form.asked(lot_id))
    said = notices(answer.problems)
    if answer.refused:
        return _page(lot_id, form, said), 409
    flash(
        gettext("The expiry is corrected: %(day)s.", day=answer.body["expires_on"] or "–"), "taken"
    )
    for kind, sentence in said:
        flash(sentence, kind)
    return redirect(url_for("web.lots.show", lot_id=lot_id))


def _page(lot_id: int, form: ExpiryForm, said: list[tuple[str, str]] | None = None) -> str:
    with store.reading() as connection:
        lot = catalogue.get_lot(connection, lot_id)
    return render_template(
        "lots/expiry.html",
        lot=lot,
        form=form,
        said=said or [],
        today=clinic_today(),
    )
