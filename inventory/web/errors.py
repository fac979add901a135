"""What goes wrong, said once: the same fault as a page here and as JSON in `inventory.api.errors`.

A reader learns what happened and what to do next; never a stack trace, never what was sent.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy.exc
from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_limiter import RateLimitExceeded
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from inventory.domain.problem import Problem
from inventory.store.engine import UnfitDatabase
from inventory.store.errors import Conflict, NotFound
from inventory.web.access import WrongRole, recognise, wants_json
from inventory.web.addresses import for_api
from inventory.web.speech import spoken

RETRY_AFTER_SECONDS: Final = 2

_log = logging.getLogger("kittrace")

TITLES: Final = {
    400: lazy_gettext("This cannot be read"),
    401: lazy_gettext("You are signed out"),
    403: lazy_gettext("This is not yours to do"),
    404: lazy_gettext("There is nothing here"),
    405: lazy_gettext("This cannot be done here"),
    409: lazy_gettext("This contradicts what is kept"),
    413: lazy_gettext("This is too large"),
    415: lazy_gettext("This cannot be read"),
    422: lazy_gettext("Something is missing or wrong"),
    429: lazy_gettext("Too many attempts"),
    500: lazy_gettext("Something broke on our side"),
    503: lazy_gettext("The database does not answer"),
}

DETAILS: Final = {
    400: lazy_gettext("Check what was entered and send it again."),
    401: lazy_gettext("Sign in and try again."),
    404: lazy_gettext("The address is wrong, or what it named is not yours to see."),
    405: lazy_gettext(
        "This address is reached by a button of a page, and does not take this kind of request."
        " Begin again from the start page."
    ),
    413: lazy_gettext("What was sent is larger than this page takes. Send less at once."),
    415: lazy_gettext("This address takes another kind of content."),
    422: lazy_gettext("Check the fields that are named and send them again."),
    429: lazy_gettext("Wait a minute, then try again."),
    500: lazy_gettext(
        "Nothing was half done. Try again; if it happens again, report the number below."
    ),
    503: lazy_gettext(
        "Nobody can tell yet whether this was booked. Keep what you scanned at hand, try again in a"
        " moment, and look whether it is there."
    ),
}

TO_PROGRAMS: Final[Mapping[int | str, Any]] = {
    405: lazy_gettext(
        "This address does not take this method. Send one of those that the header Allow names;"
        " /api/v1/openapi.json describes every call."
    ),
    413: lazy_gettext("What was sent is larger than a call takes. Send less at once."),
    "key-conflict": lazy_gettext(
        "This Idempotency-Key was used for something else, so nothing was done. Make a key of its"
        " own for every act, and send it again only with the content that it was made for."
    ),
}
"""What is said otherwise under /api, by status or code: who reads it there writes a program."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that went wrong, ready to be shown.

    Attributes:
        status: Of HTTP.
        code: The noun of the fault, for programs.
        title: What happened.
        detail: Of which thing, and what to do next.
        problems: Each with its own sentence, where there are several.
        headers: Sent along, `Retry-After` for one.
        fields: What a schema says about each field, where a schema refused.
    """

    status: int
    code: str
    title: str
    detail: str
    problems: tuple[Problem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


def fault_of(error: Exception) -> Fault:
    """What to show for an exception."""
    if isinstance(error, NotFound):
        return _fault(404, spoken(error.sentence) if error.sentence else None)
    if isinstance(error, Conflict):
        own = TO_PROGRAMS.get(error.code) if for_api() else None
        return _fault(409, str(own or spoken(error.sentence)), error.code)
    if isinstance(error, WrongRole):
        roles = ", ".join(sorted(gettext(role) for role in error.allowed))
        who = gettext("Only these roles may: %(roles)s.", roles=roles) if roles else None
        return _fault(403, who or gettext("Nobody may do this here."))
    if isinstance(error, CSRFError):
        said = gettext("The page was open too long. Load it again and send it once more.")
        title = gettext("This page is out of date")
        return replace(_fault(400, said, "page-stale"), title=title)
    if isinstance(error, HTTPException):
        return _http_fault(error)
    if isinstance(error, UnfitDatabase):
        said = gettext(
            "This database does not guard the ledger as it must, so nothing is done with it. Tell"
            " the administrator: /readyz says what is wrong."
        )
        return _fault(503, said, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    if is_unavailable(error):
        only_read = request.method in ("GET", "HEAD")
        nothing = gettext(
            "Nothing was changed. Try again in a moment; if it lasts, tell the administrator."
        )
        again = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        return _fault(503, nothing if only_read else None, headers=again)
    return _fault(500)


def is_unavailable(error: Exception) -> bool:
    """Whether the database is locked, full, slow or gone, so that a retry may succeed."""
    if isinstance(error, sqlalchemy.exc.DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(
        error, sqlalchemy.exc.OperationalError | sqlalchemy.exc.TimeoutError | UnfitDatabase
    )


def _http_fault(error: HTTPException) -> Fault:
    status = error.code or 500
    own = error.description if error.description != type(error).description else None
    said = getattr(error, "data", None) or {}  # what flask-smorest's abort() was given
    own = said.get("message", own)
    headers = {
        name: value
        for name, value in error.get_headers()
        if name in ("Allow", "Retry-After", "WWW-Authenticate")
    }
    if isinstance(error, RateLimitExceeded):
        own, headers = None, {"Retry-After": "60", **headers}
    fault = _fault(status, own, headers=headers)
    return replace(fault, fields=said.get("messages") or said.get("errors") or {})


def _fault(
    status: int,
    detail: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Fault:
    title = str(TITLES.get(status, TITLES[500 if status >= 500 else 400]))
    own = TO_PROGRAMS.get(status) if for_api() else None
    said = detail or str(own or DETAILS.get(status, ""))
    return Fault(status, code or f"http-{status}", title, said, (), headers or {})


def page_of(fault: Fault) -> Response:
    """A fault as a page; it reads nothing more from the database, which may be what is gone."""
    g.setdefault("_login_user", AnonymousUserMixin())  # else Flask-Login looks for a person again
    answer = make_response(render_template("errors/error.html", fault=fault), fault.status)
    answer.headers.update(fault.headers)
    return answer


def init_errors(app: Flask, problem_of: Callable[[Fault], Response]) -> None:
    """Answer every fault of an application.

    Args:
        app: Gets the handlers.
        problem_of: Renders a fault for programs.
    """

    def answer(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            with suppress(sqlalchemy.exc.SQLAlchemyError):
                recognise()
        fault = fault_of(error)
        if fault.status >= 500:
            _log.error("fault", extra={"fields": described(error, fault)})
        return problem_of(fault) if wants_json() else page_of(fault)

    def answer_database(error: Exception) -> Response:
        if not is_unavailable(error):
            raise error  # a bug of ours: on to the handler of 500
        return answer(error)

    for expected in (HTTPException, NotFound, Conflict, UnfitDatabase):
        app.register_error_handler(expected, answer)
    app.register_error_handler(sqlalchemy.exc.SQLAlchemyError, answer_database)
    app.register_error_handler(500, lambda error: answer(_cause(error)))


def _cause(error: Exception) -> Exception:
    original = getattr(error, "original_exception", None)
    return original if isinstance(original, Exception) else error


def described(error: Exception, fault: Fault) -> dict[str, object]:
    """An exception for the log: its kind and where it rose.

    Its message stays out, since messages quote what was sent, and that may name a patient.
    """
    frames = traceback.extract_tb(error.__traceback__)
    driver = getattr(error, "orig", None)
    return {
        "status": fault.status,
        "request_id": g.get("request_id", ""),
        "kind": type(error).__name__,
        "driver": type(driver).__name__ if driver else "",
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
