"""Two kinds of address: pages, asked for with a cookie, and calls under `/api/`, with a token."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

API_PREFIX: Final = "/api/"


def for_api() -> bool:
    """Whether this request is one of the API's."""
    return request.path.startswith(API_PREFIX)


class PageSessions(SecureCookieSessionInterface):
    """Sessions of pages: a call's cookie is neither read nor set."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie of a page holds; None for a call, which has none."""
        if request.path.startswith(API_PREFIX):
            return None
        return super().open_session(app, request)


@contextmanager
def pages_only(app: Flask) -> Iterator[None]:
    """Have the hooks that an extension adds inside run for pages, and for calls not at all.

    What they look after - cookies, forms, the address of who asks - a call does not have, and each
    of them costs as much as a statement of the database.
    """
    befores, afters = app.before_request_funcs[None], app.after_request_funcs[None]
    known = len(befores), len(afters)
    yield
    befores[known[0] :] = [_skipped_for_calls(hook) for hook in befores[known[0] :]]
    afters[known[1] :] = [_passed_for_calls(hook) for hook in afters[known[1] :]]


def _skipped_for_calls(hook: Callable[[], Any]) -> Callable[[], Any]:
    @wraps(hook)
    def run() -> Any:
        return None if for_api() else hook()

    return run


def _passed_for_calls(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @wraps(hook)
    def run(answer: Any) -> Any:
        return answer if for_api() else hook(answer)

    return run
