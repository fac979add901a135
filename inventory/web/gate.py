"""Nothing is served from a database that may not hold a ledger."""

from typing import Final

from flask import Flask, current_app, request

from inventory.operations.fitness import check_fit

_ASKED: Final = "kittrace.fit"

WITHOUT_LEDGER: Final = (
    "static",
    "web.health.",
    "web.start.favicon",
    "bootstrap.",
    "security.static",
)
"""Beginnings of endpoints that say nothing of the ledger, or say what is wrong with it."""


def init_gate(app: Flask) -> None:
    """Ask before the first request that needs the ledger; again only after a refusal."""
    app.before_request(_check)


def _check() -> None:
    """Refuse while the database is not fit.

    Raises:
        UnfitDatabase: It is not.
    """
    if current_app.extensions.get(_ASKED) or (request.endpoint or "").startswith(WITHOUT_LEDGER):
        return
    check_fit()
    current_app.extensions[_ASKED] = True
