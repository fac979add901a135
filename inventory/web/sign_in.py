"""Signing in by user name and password; Flask-Security's settings and forms."""

from typing import Any, Final

from flask import Flask
from flask_babel import lazy_gettext
from flask_security import LoginForm, Security, SQLAlchemyUserDatastore, uia_username_mapper
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from inventory.operations.enrolling import PASSWORD_LENGTH_MIN, USERNAME_LENGTH_MAX
from inventory.store import db, keyring
from inventory.store.people import fold
from inventory.store.tables.people import Person, Role

SETTINGS: Final[dict[str, Any]] = {
    "SECURITY_USER_IDENTITY_ATTRIBUTES": [
        {"username": {"mapper": uia_username_mapper, "case_insensitive": False}}
    ],
    "SECURITY_CLI_USERS_NAME": None,  # `flask people` knows our rules; these two would not
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_CHANGE_URL": "/password",
    "SECURITY_VERIFY_URL": "/verify",
    "SECURITY_CHANGEABLE": True,
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": False,
    "SECURITY_PASSWORD_LENGTH_MIN": PASSWORD_LENGTH_MIN,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
    "SECURITY_CACHE_CONTROL": {"private": None, "no-store": None},
    "SECURITY_SCRIPT_NONCE_KEY": "csp_nonce",
    "SECURITY_LOGOUT_CSRF": True,
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
}


class SignInForm(LoginForm):
    """User name and password; no e-mail address is ever asked for."""

    # Flask-Security empties the errors of this field in every answer; the page never shows it.
    email = StringField(validators=[Optional()])
    remember = None  # type: ignore[assignment] - how a form drops a field of its parent
    username = StringField(
        lazy_gettext("User name"),
        validators=[InputRequired(), Length(max=USERNAME_LENGTH_MAX)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate(self, **kwargs: Any) -> bool:
        """Find the person first; the parent checks the rest."""
        self.ifield = self.username
        if self.username.data:
            name = fold(self.username.data)
            self.user = _security_datastore().find_user(username=name)
        return bool(super().validate(**kwargs))


def _security_datastore() -> SQLAlchemyUserDatastore:
    return SQLAlchemyUserDatastore(db, Person, Role)


def init_sign_in(app: Flask) -> None:
    """Hang Flask-Security on an application whose store and languages are set up."""
    with app.app_context():
        app.config.update(
            SETTINGS,
            SECRET_KEY=keyring().derived("cookie").hex(),
            SECURITY_PASSWORD_SALT=keyring().derived("pepper").hex(),
        )
    Security(app, _security_datastore(), login_form=SignInForm)
    # Only cookies sign in on pages; machines use tokens of their own under /api.
    app.login_manager.request_loader(lambda _request: None)
