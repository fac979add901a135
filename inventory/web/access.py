"""The gate: every request passes here, once, before any view.

A page is asked for with a cookie, the API with a bearer token, and neither takes the other's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast
from urllib.parse import urlsplit

import flask
from flask import Flask, Response, abort, flash, g, redirect, request, url_for
from flask_babel import gettext, refresh
from flask_security import current_user
from flask_security.utils import logout_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized

from inventory.operations.enrolling import token_digest
from inventory.store import glancing, people
from inventory.store.tables.people import Person as PersonRecord
from inventory.web.addresses import for_api
from inventory.web.permissions import ANYBODY, WITHOUT_PERSON, who_may
from inventory.web.sign_in import signed_in

csrf: Final = CSRFProtect()


@dataclass(frozen=True, slots=True)
class Person:
    """Who is acting in this request."""

    id: int
    username: str
    roles: frozenset[str]
    language: str = ""

    def may(self, endpoint: str, method: str = "GET") -> bool:
        """Whether an endpoint is open to this person."""
        return bool(self.roles & who_may(endpoint, method))


class WrongRole(Forbidden):
    """Signed in, but this is for others."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__()
        self.allowed = allowed


def find_current_person() -> Person | None:
    """Who is signed in, by cookie or token; None for nobody."""
    return cast(Person | None, g.get("person"))


def current_person() -> Person:
    """Who is acting; for views that only signed-in people reach.

    Raises:
        Unauthorized: Nobody is signed in.
    """
    return find_current_person() or abort(401)


def wants_json() -> bool:
    """Whether the answer is read by a program: the API's, or a page's own script."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return for_api() or best == "application/json"


def init_access(app: Flask) -> None:
    """Put the gate in front of all views of an application."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the gate asks for the proof itself
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the sign-in that it belongs to
    csrf.init_app(app)
    app.before_request(admit)


def admit() -> Response | None:
    """Say who is there, whether they may, and that a change was meant by a page of ours."""
    endpoint = request.endpoint
    if endpoint in WITHOUT_PERSON:
        return None
    g.person = _person_of_token() if for_api() else _person_of_cookie()
    refresh()  # the person's own language, from here on
    if endpoint is None:  # no such address or verb; the router's own answer follows
        return None
    allowed = who_may(endpoint, request.method)
    if allowed != ANYBODY:
        if g.person is None:
            return _ask_to_sign_in()
        if not g.person.roles & allowed:
            raise WrongRole(allowed)
    if not for_api():
        _check_origin()
        csrf.protect()
    return None


def recognise() -> None:
    """Say who is there, where a request was refused before it came to the gate.

    Raises:
        SQLAlchemyError: The database does not answer; it is nobody then.
    """
    if "person" in g or for_api() or request.endpoint in WITHOUT_PERSON:
        return
    g.person = None
    g.person = _person_of_cookie()
    refresh()


def _person_of_cookie() -> Person | None:
    if not current_user.is_authenticated:
        return None
    record = cast(PersonRecord, current_user)
    if not signed_in(record.id):
        flask.session.clear()  # first, so that signing out finds no sign-in to write an end to
        logout_user()
        return None
    roles = frozenset(role.name for role in record.roles)
    return Person(record.id, record.username, roles, record.language)


def _person_of_token() -> Person | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    with glancing() as connection:
        row = people.find_person_by_token(
            connection, token_digest(token.strip()), datetime.now(UTC)
        )
    return Person(row.id, row.username, frozenset(row.roles), row.language) if row else None


def _ask_to_sign_in() -> Response:
    if for_api():
        raise Unauthorized(
            gettext("Send a valid token: Authorization: Bearer TOKEN."),
            www_authenticate=WWWAuthenticate("bearer"),
        )
    if wants_json():
        raise Unauthorized(gettext("You are signed out. Sign in and try again."))
    here = request.full_path.rstrip("?")
    if request.endpoint == "security.logout":
        here = "/"  # nobody is told that this was not recorded
    elif request.method != "GET":  # the page that sent it is where it can be sent again
        here = sent_from()
        flash(
            gettext(
                "You are signed out, so what you just sent was not recorded."
                " Sign in, and send it again."
            ),
            "stop",
        )
    target = url_for("security.login", next=here if here != "/" else None)
    return cast(Response, redirect(target))


def sent_from() -> str:
    """The address of the page of ours that sent this request; the start page's if none is named."""
    sender = urlsplit(request.referrer or "")
    if sender.netloc != request.host:
        return "/"
    path = "/" + sender.path.lstrip("/")  # two slashes would begin another host's address
    return f"{path}?{sender.query}" if sender.query else path


def _check_origin() -> None:
    """Refuse a change that another site's page sends, token or not."""
    origin = request.headers.get("Origin")
    if request.method in ("GET", "HEAD") or origin is None:
        return
    if urlsplit(origin).netloc != request.host:
        raise BadRequest(gettext("This was sent by a page of another site and was refused."))
