"""People: the administrator's list, and everybody's own password."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask import Response as Answer
from flask_babel import gettext, lazy_gettext, ngettext
from flask_security import current_user, hash_password
from flask_security.utils import login_user, verify_password
from werkzeug.wrappers import Response
from wtforms import Field, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from inventory.domain.ledger import EntryKind
from inventory.domain.problem import Problem
from inventory.operations import enrolling
from inventory.reports.table_csv import Cell
from inventory.store import db, people, reading
from inventory.store.errors import Conflict, no_such
from inventory.store.lists import entries_found, people_found
from inventory.store.people import PersonRow
from inventory.store.tables.people import Person
from inventory.web.access import current_person
from inventory.web.acting import act_from_request
from inventory.web.forms import PageForm
from inventory.web.ledger import WHY_WORDS
from inventory.web.limits import SIGN_IN, limiter
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.permissions import ADMIN
from inventory.web.speech import N_, instant, spoken

blueprint = Blueprint("people", __name__, url_prefix="/people")

ROLE_WORDS: Final = {
    "nurse": lazy_gettext("nurse"),
    "pharmacist": lazy_gettext("pharmacist"),
    "quality": lazy_gettext("quality"),
    "admin": lazy_gettext("admin"),
    "auditor": lazy_gettext("auditor"),
}


HEADINGS: Final = (N_("User name"), N_("Role"), N_("Since"), N_("May sign in"))


class PersonForm(PageForm):
    """A person to be added."""

    username = StringField(
        lazy_gettext("User name"),
        validators=[
            InputRequired(lazy_gettext("Type the user name.")),
            Length(max=enrolling.USERNAME_LENGTH_MAX),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    role = SelectField(
        lazy_gettext("Role"),
        choices=[SelectChoice(role, ROLE_WORDS[role]) for role in people.ROLES],
    )
    password = PasswordField(
        lazy_gettext("First password"),
        description=lazy_gettext("At least 12 characters. Four words are good."),
        validators=[InputRequired(lazy_gettext("Type the first password.")), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )


class RolesField(SelectMultipleField):
    """Roles to be chosen; what is none is refused in the reader's language and not repeated."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what was not offered."""
        if any(role not in ROLE_WORDS for role in self.data or ()):
            raise ValidationError(gettext("Choose at least one role."))


class RolesForm(PageForm):
    """What a person may do."""

    roles = RolesField(
        lazy_gettext("Roles"),
        choices=[SelectChoice(role, ROLE_WORDS[role]) for role in people.ROLES],
        validators=[InputRequired(lazy_gettext("Choose at least one role."))],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


class PasswordForm(PageForm):
    """A new password of one's own."""

    old = PasswordField(
        lazy_gettext("Present password"),
        validators=[InputRequired(lazy_gettext("Type your present password.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        lazy_gettext("New password"),
        description=lazy_gettext("At least 12 characters. Four words are good."),
        validators=[InputRequired(lazy_gettext("Type the new password.")), Length(max=200)],
        render_kw={"autocomplete": "new-password"},
    )


@blueprint.get("/")
def list() -> str:
    """Everybody, and a form to add somebody."""
    return _page(PersonForm())


@blueprint.get("/people.csv")
def csv() -> Answer:
    """The same as CSV, all pages."""

    def cells(of: PersonRow) -> tuple[Cell, ...]:
        state = gettext("yes") if of.active else gettext("no, has left")
        return (of.username, ", ".join(_words(of.roles)), instant(of.made_at), state)

    return csv_of(N_("People"), HEADINGS, people_found(**_asked()), cells)


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
            enrolling.enrol(act_from_request(), name, hash_password(secret), [role])
            flash(gettext("%(name)s may sign in.", name=name), "taken")
            return redirect(url_for("web.people.list"))
    except Conflict as conflict:
        problems = [Problem(conflict.code, conflict.sentence)]
    for problem in problems:
        _place(form, problem)
    return _page(form), 422


@blueprint.get("/<username>")
def show(username: str) -> str:
    """One person: what they may do, and who gave them that."""
    return _person_page(username, RolesForm())


@blueprint.post("/<username>/roles")
def change_roles(username: str) -> str | Response | tuple[str, int]:
    """Give a person other roles; an administrator stays one, or nobody could let people in."""
    form = RolesForm()
    if not form.validate():
        return _person_page(username, form), 422
    roles = [*(form.roles.data or ())]
    if people.fold(username) == current_person().username and ADMIN not in roles:
        form.roles.errors = [gettext("You cannot take this role from yourself.")]
        return _person_page(username, form), 422
    enrolling.change_roles(act_from_request(), username, roles)
    words = ", ".join(_words(roles))
    flash(gettext("%(name)s is %(roles)s from now on.", name=username, roles=words), "taken")
    return redirect(url_for("web.people.show", username=username))


@blueprint.post("/<username>/revoke-tokens")
def revoke_tokens(username: str) -> Response:
    """Let the tokens of a person's machines count no more."""
    count = enrolling.revoke_tokens(act_from_request(), username)
    flash(
        ngettext("%(num)d token counts no more.", "%(num)d tokens count no more.", count), "taken"
    )
    return redirect(url_for("web.people.show", username=username))


@blueprint.post("/<username>/disable")
def disable(username: str) -> Response:
    """Let somebody never sign in again; oneself excepted, or nobody could let people in."""
    if people.fold(username) == current_person().username:
        flash(gettext("You cannot disable yourself."), "stop")
    else:
        enrolling.dismiss(act_from_request(), username)
        flash(gettext("%(name)s can no longer sign in.", name=username), "taken")
    return redirect(url_for("web.people.show", username=username))


@blueprint.route("/password", methods=["GET", "POST"])
@limiter.limit(SIGN_IN, key_func=lambda: current_person().username, methods=["POST"])
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
    enrolling.replace_password(act_from_request(), person.username, hash_password(_text(form.new)))
    login_user(db.session.get_one(Person, person.id))
    flash(gettext("Your password is changed."), "taken")
    return redirect(url_for("web.start.show"))


def _page(form: PersonForm) -> str:
    page = page_number()
    with reading() as connection:
        found, total = people_found(**_asked()).page(connection, page)
    return render_template(
        "people/list.html",
        people=found,
        form=form,
        words=ROLE_WORDS,
        **_asked(),
        total=total,
        page=page,
        pages=page_count(total),
    )


def _person_page(username: str, form: RolesForm) -> str:
    page = page_number()
    with reading() as connection:
        person = people.find_person(connection, username)
        if person is None:
            raise no_such("person", username)
        tokens = people.count_tokens(connection, person.id, datetime.now(UTC))
        found = entries_found(kind=EntryKind.PERSON.value, about=person.username)
        told, total = found.page(connection, page)
    if not form.is_submitted():
        form.roles.data = [*person.roles]
    acts = [(entry, json.loads(entry.text)) for entry in told]
    return render_template(
        "people/show.html",
        someone=person,
        tokens=tokens,
        acts=acts,
        page=page,
        pages=1 if form.is_submitted() else page_count(total),
        form=form,
        words=ROLE_WORDS,
        why_words=WHY_WORDS,
    )


def _asked() -> dict[str, Any]:
    role, state = asked_for("role", 20), asked_for("state", 20)
    return {
        "search": asked_for("search", 80),
        "role": role if role in ROLE_WORDS else "",
        "state": state if state in ("active", "left") else "",
    }


def _words(roles: Iterable[str]) -> Sequence[str]:
    return [str(ROLE_WORDS[role]) for role in roles]


def _text(field: Field) -> str:
    return str(field.data or "")


def _place(form: PersonForm, problem: Problem) -> None:
    """Show a problem at the field that it is about."""
    field = form.password if problem.code.startswith("password") else form.username
    field.errors = [*field.errors, spoken(problem.message)]
