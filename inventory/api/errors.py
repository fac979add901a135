"""Faults and refusals as `application/problem+json` (RFC 9457)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import Response, current_app, g
from flask_babel import gettext
from flask_smorest import Api

from inventory.api.fields import told
from inventory.domain.problem import Problem
from inventory.web.errors import Fault
from inventory.web.speech import spoken

MEDIA_TYPE: Final = "application/problem+json"


class PathApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest without error handlers of its own.

    They would answer JSON to a page's 404 as well, and drop `Allow`; `inventory.web.errors`
    answers for pages and API alike.
    """

    DEFAULT_ERROR_RESPONSE_NAME = None  # every call names how it may end

    def _register_error_handlers(self) -> None:
        """None are needed."""


def problem_of(fault: Fault) -> Response:
    """A fault for programs."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": fault.title,
        "status": fault.status,
        "detail": fault.detail,
        "problems": as_list(fault.problems)
        or _of_fields(fault)
        or [_said(fault.code, fault.detail)],
        "request_id": g.get("request_id", ""),
    }
    if fault.fields:
        body["errors"] = fault.fields
    answer = Response(current_app.json.dumps(body), fault.status, content_type=MEDIA_TYPE)
    answer.headers.update(fault.headers)
    return answer


def _of_fields(fault: Fault) -> list[dict[str, object]]:
    """Each refused field with what is wrong of it; bounded, as a body may name thousands."""
    return [_said("field-wrong", f"{name}: {text}") for name, text in told(fault.fields)[:100]]


def _said(code: str, message: str) -> dict[str, object]:
    return {"code": code, "message": message, "blocking": True}


def refusal(
    problems: Iterable[Problem], status: int = 409, more: Mapping[str, Any] | None = None
) -> Response:
    """The answer to an act that the rules refuse: every problem with its sentence."""
    found = tuple(problems)
    detail = " ".join(spoken(problem.message) for problem in found)
    code = found[0].code if found else "refused"
    answer = problem_of(Fault(status, code, gettext("This was refused"), detail, found))
    if more:
        body = {**current_app.json.loads(answer.get_data()), **more}
        answer.set_data(current_app.json.dumps(body))
    return answer


def as_list(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Problems as the API shows them, in the reader's language."""
    return [
        {"code": each.code, "message": spoken(each.message), "blocking": each.blocking}
        for each in problems
    ]
