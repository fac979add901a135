"""People: the administrator's list, and everybody's own password."""

from datetime import UTC, datetime
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_security import current_user, hash_password
from flask_security.utils import login_user, verify_password
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from inventory.domain.problem import Problem
from inventory.operations import enrolling
from inventory.store import db, people, reading
from inventory.store.errors import Conflict
from inventory.store.tables.people import Person
from inventory.web.access import current_person
from inventory.web.speech import spoken

blueprint = Blueprint("people", __name__, url_prefix="/people")

ROLE_WORDS: Final = {
    "nurse": lazy_gettext("nurse"),
    "pharmacist": lazy_gettext("pharmacist"),
    "quality": lazy_gettext("quality"),
    "admin": lazy_gettext("admin"),
    "auditor": lazy_gettext("auditor"),
}


class PersonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A person to be added."""

    username = StringField(
        lazy_gettext("User name"),
        validators=[InputRequired(), Length(max=enrolling.USERNAME_LENGTH_MAX)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    role = SelectField(
        lazy_gettext("Role"),
        choices=[SelectChoice(role, ROLE_WORDS[role]) for role in people.ROLES],
    )
    password = PasswordField(
        lazy_gettext("First password"),
        description=lazy_gettext("At least 12 characters. Four words are good."),
        validators=[InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new password of one's own."""

    old = PasswordField(
        lazy_gettext("Present password"),
        validators=[InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        lazy_gettext("New password"),
        description=lazy_gettext("At least 12 characters. Four words are good."),
        validators=[InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )


@blueprint.get("/")
def list() -> str:
    """Everybody, and a form to add somebody."""
    return _page(PersonForm())


@blueprint.post("/")
def add() -> str | Response | tuple[str, int]:
    """Let somebody sign in."""
    form = PersonForm()
    if not form.validate():
        return _page(form), 422
    name, secret, role = _text(form.username), _text(form.password), form.role.data
    problems = enrolling.check_enrolment(name, secret, [role])
    try:
        if not problems:
            enrolling.enrol(name, hash_password(secret), [role], datetime.now(UTC))
            flash(gettext("%(name)s may sign in.", name=name), "taken")
            return redirect(url_for("web.people.list"))
    except Conflict as conflict:
        problems = [Problem(conflict.code, conflict.sentence)]
    for problem in problems:
        _place(form, problem)
    return _page(form), 422


@blueprint.post("/<username>/disable")
def disable(username: str) -> Response:
    """Let somebody never sign in again; oneself excepted, or nobody could let people in."""
    if people.fold(username) == current_person().username:
        flash(gettext("You cannot disable yourself."), "stop")
    else:
        enrolling.dismiss(username, datetime.now(UTC))
        flash(gettext("%(name)s can no longer sign in.", name=username), "taken")
    return redirect(url_for("web.people.list"))


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> str | Response | tuple[str, int]:
    """Change one's own password; other browsers are signed out."""
    form = PasswordForm()
    if not form.is_submitted():
        return render_template("people/password.html", form=form)
    if not form.validate():
        return render_template("people/password.html", form=form), 422
    if not verify_password(_text(form.old), current_user.password):
        form.old.errors = [gettext("This is not your present password.")]
        return render_template("people/password.html", form=form), 422
    if problems := enrolling.check_password(_text(form.new)):
        form.new.errors = [spoken(problem.message) for problem in problems]
        return render_template("people/password.html", form=form), 422
    person = current_person()
    enrolling.replace_password(person.username, hash_password(_text(form.new)))
    login_user(db.session.get_one(Person, person.id))
    flash(gettext("Your password is changed."), "taken")
    return redirect(url_for("web.start.show"))


def _page(form: PersonForm) -> str:
    with reading() as connection:
        everybody = people.list_people(connection)
    return render_template("people/list.html", people=everybody, form=form, words=ROLE_WORDS)


def _text(field: Field) -> str:
    return str(field.data or "")


def _place(form: PersonForm, problem: Problem) -> None:
    """Show a problem at the field that it is about."""
    field = form.password if problem.code.startswith("password") else form.username
    field.errors = [*field.errors, spoken(problem.message)]
