"""How every call is made: read strictly, done once for its key, answered with what became of it."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Never, Protocol, TypeVar, cast

import flask
from flask import Response, current_app, request
from flask_babel import gettext
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, HTTPException, UnprocessableEntity, UnsupportedMediaType

from inventory.api.errors import as_list, refusal
from inventory.api.fields import Body, sentences, told
from inventory.operations.posting import Act, Answer
from inventory.web.access import WrongRole, current_person
from inventory.web.acting import LONGEST_KEY, clinic_zone
from inventory.web.permissions import OVERRULERS

KEY: Final = "Idempotency-Key"

KEY_PATTERN: Final = f"[!-~]{{1,{LONGEST_KEY}}}"
"""Visible ASCII characters, no blanks."""

KEY_PARAMETER: Final = {
    "in": "header",
    "name": KEY,
    "required": False,
    "description": (
        "Made by the caller, once for each act. The same key with the same content is answered"
        " again and moves nothing; with other content it is refused (`key-conflict`). Without a"
        " key a retry is a new act. Keys are kept with the ledger of the site of the act."
    ),
    "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
}

ALWAYS: Final = (400, 401, 403, 422, 429, 500, 503)
"""What any call may be answered besides what it says itself."""

View = TypeVar("View", bound=Callable[..., Any])


class Decorator(Protocol):
    """Hangs a view on an address and gives it back."""

    def __call__(self, view: View, /) -> View:
        """The view, hung."""


class Reader(FlaskParser):
    """Reads a body or a query; what it cannot read is 400, 415 or 422 with the field named."""

    def load_json(self, req: flask.Request, schema: Schema) -> Any:
        """The body as JSON; nothing at all counts as no fields where it may be absent."""
        if (
            not req.content_length
            and not req.get_data()
            and getattr(schema, "may_be_absent", False)
        ):
            return {}
        if not req.is_json:
            raise UnsupportedMediaType(gettext("Send JSON: Content-Type: application/json."))
        try:
            return req.get_json()
        except BadRequest:
            raise BadRequest(gettext("The content is no JSON. Send one object in UTF-8.")) from None

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> Never:
        """Name the fields, in the reader's language."""
        raise unusable(next(iter(error.messages_dict.values())))


def unusable(messages: Any) -> HTTPException:
    """The fault of fields that cannot be meant: 422, each named with its sentence."""
    names = ", ".join(list(dict.fromkeys(name for name, _ in told(messages)))[:10])
    fault = UnprocessableEntity()
    fault.data = {  # type: ignore[attr-defined]  # read by inventory.web.errors
        "message": gettext("Check these fields and send them again: %(names)s.", names=names),
        "messages": sentences(messages),
    }
    return fault


class Noun(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """The calls about one noun; its name is their tag."""

    ARGUMENTS_PARSER = Reader(unknown=None)  # as each schema says: none

    def add_url_rule(self, *args: Any, **options: Any) -> None:
        """Tag each call with the noun, wherever the blueprint is hung."""
        options["tags"] = [self.name]
        super().add_url_rule(*args, **options)

    def does(
        self,
        rule: str,
        body: type[Body],
        said: type[Schema],
        *,
        made: int = 201,
        endpoint: str | None = None,
    ) -> Decorator:
        """A POST that does something once for its key.

        Args:
            rule: The address.
            body: What it takes.
            said: What it answers.
            made: Status of a new act; 200 is that of one done before.
            endpoint: Its name, if not that of the function.
        """

        def hang(view: View) -> View:
            view = self.response(made, said)(view)
            if made != 200:
                view = self.alt_response(200, schema=said, description="Done before.")(view)
            taken = body()  # made once: a schema made for every call would cost a tenth of it
            view = self.arguments(taken, required=not taken.may_be_absent)(view)
            view = _described(view, (404, 409, 413, 415), parameters=[KEY_PARAMETER])
            return cast(View, self.post(rule, endpoint=endpoint)(view))

        return hang

    def reads(
        self,
        rule: str,
        said: type[Schema] | dict[str, str],
        *,
        query: type[Schema] | None = None,
        media_type: str = "application/json",
        endpoint: str | None = None,
    ) -> Decorator:
        """A GET, which changes nothing."""

        def hang(view: View) -> View:
            view = self.response(200, said, content_type=media_type)(view)
            if query is not None:
                view = self.arguments(query(), location="query")(view)
            view = _described(view, (404,) if "<" in rule or query else ())
            return cast(View, self.get(rule, endpoint=endpoint)(view))

        return hang


def _described(view: View, statuses: tuple[int, ...], **manual: Any) -> View:
    responses = dict.fromkeys(sorted((*ALWAYS, *statuses)), "Problem")
    doc = {**getattr(view, "_apidoc", {}), "manual_doc": {"responses": responses, **manual}}
    view._apidoc = doc  # type: ignore[attr-defined]  # where flask-smorest looks for it
    return view


def act_of_call() -> Act:
    """The act that a call asks for, with its idempotency key.

    Raises:
        UnprocessableEntity: The key is empty, too long, or holds what no key holds.
    """
    key = request.headers.get(KEY)
    if key is not None and not re.fullmatch(KEY_PATTERN, key):
        sentence = gettext(
            "A key has 1 to %(most)s visible ASCII characters, no blanks.", most=LONGEST_KEY
        )
        raise unusable({KEY: [sentence]})
    return Act(current_person().username, datetime.now(UTC), clinic_zone(), key or "")


def check_overrule(codes: Collection[str]) -> None:
    """Only some roles may overrule a problem.

    Raises:
        WrongRole: This person has none of them.
    """
    if codes and not current_person().roles & OVERRULERS:
        raise WrongRole(OVERRULERS)


def reply(answer: Answer, made: int = 201) -> Response:
    """What an act answered: `made` for a new one, 200 for one done before, 409 for a refusal."""
    if answer.refused:
        return refusal(answer.problems, more=_ways_on(answer))
    done_before = answer.replayed or answer.body.get("again") or answer.body.get("match")
    body = {**answer.body, "problems": as_list(answer.problems)}
    return as_response(body, 200 if done_before else made)


def _ways_on(answer: Answer) -> dict[str, Any]:
    """How a refused act can go on: `candidates` for a lot in doubt, `way` for an unknown thing."""
    return {name: answer.body[name] for name in ("candidates", "way") if name in answer.body}


def as_response(body: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(current_app.json.dumps(body), status, content_type="application/json")
