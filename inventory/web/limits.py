"""How often: guessing a password is slow, work is not."""

from typing import Final, cast

from flask import Flask, request
from flask.typing import RouteCallable
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from inventory.store.people import fold
from inventory.web.addresses import pages_only

SIGN_IN: Final = "5 per minute"
"""Guesses of one password, at the sign-in or where it is changed."""

SIGN_IN_PER_ADDRESS: Final = "60 per minute"

limiter: Final = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def init_limits(app: Flask, wanted: bool) -> None:
    """Bound sign-ins by address and name; after the sign-in's views are in place."""
    app.config["RATELIMIT_ENABLED"] = wanted
    with pages_only(app):
        limiter.init_app(app)
    for endpoint in ("security.login", "security.verify"):
        view = app.view_functions[endpoint]
        by_name = limiter.limit(SIGN_IN, key_func=_address_and_name, methods=["POST"])
        by_address = limiter.limit(SIGN_IN_PER_ADDRESS, methods=["POST"])
        app.view_functions[endpoint] = cast(RouteCallable, by_address(by_name(view)))


def _address_and_name() -> str:
    return f"{get_remote_address()} {fold(request.form.get('username', ''))}"
