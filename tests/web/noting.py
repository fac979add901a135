"""An application that notes which fields, values of JSON and parts of an address it reads."""

from collections import defaultdict
from typing import Any

from flask import Flask, Request, has_request_context, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import ImmutableMultiDict

FIELDS: defaultdict[str, set[str]] = defaultdict(set)
"""Which fields the view of each endpoint asked for, of a form or of JSON."""

PARAMETERS: defaultdict[str, set[str]] = defaultdict(set)
"""Which parameters it asked for of its address."""


class Noted(ImmutableMultiDict[str, Any]):
    """What an address asks for, noting each name that the program looks for."""

    names = PARAMETERS

    def _note(self, name: object) -> None:
        self.names[request.endpoint or ""].add(str(name))

    def getlist(self, key: str, *more: Any, **named: Any) -> Any:
        self._note(key)
        return super().getlist(key, *more, **named)

    def get(self, key: str, *more: Any, **named: Any) -> Any:
        self._note(key)
        return super().get(key, *more, **named)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)


class NotedForm(Noted):
    """The fields of a form."""

    names = FIELDS


class NotedObject(dict[str, Any]):
    """An object of JSON."""

    def get(self, key: str, *more: Any) -> Any:
        FIELDS[request.endpoint or ""].add(key)
        return super().get(key, *more)


class NotingRequest(Request):
    """A request that notes what is asked for of what it brings."""

    parameter_storage_class = Noted

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if not isinstance(self.__dict__["form"], NotedForm):
            self.__dict__["form"] = NotedForm(self.__dict__["form"])


class NotingJson(DefaultJSONProvider):
    """Reads what a script sends."""

    def loads(self, s: str | bytes, **named: Any) -> Any:
        hook = NotedObject if has_request_context() else None
        return super().loads(s, object_hook=hook, **named)


def note_what_is_read(app: Flask) -> None:
    """Let an application note it from now on."""
    app.request_class = NotingRequest
    noting = NotingJson(app)
    noting.dumps = app.json.dumps  # type: ignore[method-assign]  # only what is read is noted
    app.json = noting
