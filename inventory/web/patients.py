"""Who a patient is: shown on request only, and each look is recorded before it is shown."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from inventory.operations import looking
from inventory.web.acting import act_from_request
from inventory.web.birth_dates import birth_date_field
from inventory.web.forms import PageForm
from inventory.web.speech import spoken

blueprint = Blueprint("patients", __name__, url_prefix="/sessions/<code>")


class NameForm(PageForm):
    """The name of a patient of whom only the number was known."""

    name = StringField(
        lazy_gettext("Family and given name"),
        validators=[InputRequired(lazy_gettext("Type family and given name.")), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    birth_date = birth_date_field()


@blueprint.post("/patient")
def look(code: str) -> Response | str:
    """Record the look, and only then show number and name; the answer is never kept."""
    return _page(code.upper(), NameForm(formdata=None))


@blueprint.post("/patient/name")
def name(code: str) -> Response | tuple[str, int]:
    """Write down the name of the session's patient."""
    form = NameForm()
    if not form.validate():
        return _page(code.upper(), form), 422
    typed, born = form.name.data or "", form.birth_date.data or ""
    answer = looking.name_patient(act_from_request(), code.upper(), typed, born)
    if answer.refused:
        form.name.errors = [spoken(problem.message) for problem in answer.problems]
        return _page(code.upper(), form), 422
    flash(gettext("The name is written down."), "taken")
    return redirect(url_for("web.sessions.show", code=code.upper()))


def _page(code: str, form: NameForm) -> str:
    identity = looking.look_at_session(act_from_request(), code)
    return render_template("sessions/patient.html", code=code, identity=identity, form=form)
