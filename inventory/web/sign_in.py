"""Signing in by user name and password; Flask-Security's settings, form and sign-in records.

A signed cookie alone cannot be called back. So each sign-in is a row, the cookie holds its random
name, and signing out ends the row: a copied cookie ends with it.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import flask
from flask import Flask, request
from flask_babel import gettext, lazy_gettext
from flask_login import LoginManager, user_logged_out
from flask_security import LoginForm, Security, SQLAlchemyUserDatastore, uia_username_mapper
from flask_security.signals import user_authenticated
from werkzeug.exceptions import BadRequest
from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length, Optional

from inventory.operations import enrolling
from inventory.store import db, keyring, people
from inventory.store.tables.people import Person, Role
from inventory.web.addresses import PageSessions, pages_only

SIGN_IN_LASTS: Final = timedelta(hours=8)
"""A sign-in ends with the shift, whatever the browser keeps."""

SETTINGS: Final[dict[str, Any]] = {
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": uia_username_mapper}}],
    "SECURITY_CLI_USERS_NAME": None,  # `flask people` knows our rules; these two would not
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_VERIFY_URL": "/verify",
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": False,
    "SECURITY_PASSWORD_LENGTH_MIN": enrolling.PASSWORD_LENGTH_MIN,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
    "SECURITY_FRESHNESS": timedelta(minutes=5),
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(0),
    "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},
    "SECURITY_SCRIPT_NONCE_KEY": "csp_nonce",
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        lazy_gettext("The user name or the password is wrong."),
        "error",
    ),
}

_COOKIE_KEY: Final = "sign_in"


class SignInForm(LoginForm):
    """User name and password; no e-mail address is ever asked for."""

    # Flask-Security empties the errors of this field in every answer; the page never shows it.
    email = EmailField(validators=[Optional()])
    remember = None  # type: ignore[assignment]  # how a form drops a field of its parent
    username = StringField(
        lazy_gettext("User name"),
        validators=[
            InputRequired(lazy_gettext("Type the user name.")),
            Length(max=enrolling.USERNAME_LENGTH_MAX),
        ],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate(self, **kwargs: Any) -> bool:
        """Find the person first; the parent checks the rest."""
        self.ifield = self.username
        if self.username.data:
            name = people.fold(self.username.data)
            self.user = SQLAlchemyUserDatastore(db, Person, Role).find_user(username=name)
        return bool(super().validate(**kwargs))


def init_sign_in(app: Flask) -> None:
    """Hang Flask-Security on an application whose store and languages are set up."""
    with app.app_context():
        app.config.update(
            SETTINGS,
            SECRET_KEY=keyring().derived("cookie").hex(),
            SECURITY_PASSWORD_SALT=keyring().derived("pepper").hex(),
        )
    app.session_interface = PageSessions()
    with pages_only(app):
        Security(app, SQLAlchemyUserDatastore(db, Person, Role), login_form=SignInForm)
    # Only cookies sign in on pages; machines have tokens of their own under /api.
    cast(LoginManager, vars(app)["login_manager"]).request_loader(lambda _request: None)
    app.before_request(_only_forms)
    user_authenticated.connect(_remember, app)
    user_logged_out.connect(_forget, app)


def _only_forms() -> None:
    """People sign in by a form: what else is sent, the library would take for one and fall over.

    Raises:
        BadRequest: It is JSON.
    """
    if request.is_json and request.endpoint in ("security.login", "security.verify"):
        raise BadRequest(
            gettext("Sign in by the form of this page; a machine sends its token with each call.")
        )


def signed_in(person_id: int) -> bool:
    """Whether the cookie of this request names a sign-in of this person that still counts."""
    name = flask.session.get(_COOKIE_KEY)
    since = datetime.now(UTC) - SIGN_IN_LASTS
    return isinstance(name, str) and people.is_signed_in(
        db.session.connection(), person_id, _digest(name), since
    )


def _remember(_app: Flask, user: Person, **_: object) -> None:
    name = secrets.token_urlsafe(32)
    enrolling.begin_sign_in(user.id, _digest(name), datetime.now(UTC))
    flask.session[_COOKIE_KEY] = name
    flask.session.pop("csrf_token", None)  # what was shown to nobody in particular ends here


def _forget(_app: Flask, **_: object) -> None:
    name = flask.session.pop(_COOKIE_KEY, None)
    if isinstance(name, str) and request:
        enrolling.end_sign_in(_digest(name), datetime.now(UTC))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
