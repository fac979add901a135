"""Who a patient is: shown on request only, and each look is recorded before it is shown.

What is not known yet is written down by whoever may look; what is written down is corrected by
quality alone, who sees what stood there before.
"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from inventory.operations import looking
from inventory.web.access import current_person
from inventory.web.acting import act_from_request
from inventory.web.birth_dates import birth_date_field
from inventory.web.forms import PageForm
from inventory.web.permissions import CORRECTORS
from inventory.web.speech import spoken

blueprint = Blueprint("patients", __name__, url_prefix="/sessions/<code>")


class NameForm(PageForm):
    """Who a patient is, as far as it is to be written down."""

    name = StringField(
        lazy_gettext("Family and given name"),
        validators=[InputRequired(lazy_gettext("Type family and given name.")), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    birth_date = birth_date_field()


@blueprint.post("/patient")
def look(code: str) -> Response | str:
    """Record the look, and only then show number and name; the answer is never kept."""
    return _page(code.upper(), None)


@blueprint.post("/patient/name")
def name(code: str) -> Response | tuple[str, int]:
    """Write down the name of the session's patient, or correct it."""
    form = NameForm()
    if not form.validate():
        return _page(code.upper(), form), 422
    typed, born = form.name.data or "", form.birth_date.data or ""
    answer = looking.name_patient(
        act_from_request(), code.upper(), typed, born, corrects=_may_correct()
    )
    if answer.refused:
        form.name.errors = [spoken(problem.message) for problem in answer.problems]
        return _page(code.upper(), form), 422
    if answer.body["corrected"]:
        flash(gettext("It is corrected. What stood there before is kept sealed."), "taken")
    else:
        flash(gettext("The name is written down."), "taken")
    return redirect(url_for("web.sessions.show", code=code.upper()))


def _may_correct() -> bool:
    return bool(current_person().roles & CORRECTORS)


def _page(code: str, form: NameForm | None) -> str:
    """The page of a patient, with what was typed, or else with what is written down."""
    identity = looking.look_at_session(act_from_request(), code)
    kept = {"name": identity.name, "birth_date": identity.birth_date}
    return render_template(
        "sessions/patient.html",
        code=code,
        identity=identity,
        form=form or NameForm(formdata=None, data=kept),
        may_correct=_may_correct(),
        only_quality=spoken(looking.ONLY_QUALITY),
    )
