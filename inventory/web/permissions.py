"""Who may do what: the whole answer on one screen.

A key is an endpoint, or `METHOD endpoint` where one address answers several verbs. What has no
line is refused to everybody, and a test fails that walks all routes.
"""

from collections.abc import Mapping
from typing import Final

NURSE: Final = "nurse"
PHARMACIST: Final = "pharmacist"
QUALITY: Final = "quality"
ADMIN: Final = "admin"
AUDITOR: Final = "auditor"

SIGNED_IN: Final = frozenset({NURSE, PHARMACIST, QUALITY, ADMIN, AUDITOR})
ANYBODY: Final = SIGNED_IN | {"anybody"}

PERMISSIONS: Final[Mapping[str, frozenset[str]]] = {
    # What a browser needs before anybody has signed in.
    "static": ANYBODY,
    "bootstrap.static": ANYBODY,
    "security.static": ANYBODY,
    "web.start.favicon": ANYBODY,
    "web.health.healthz": ANYBODY,
    "web.health.readyz": ANYBODY,
    "web.languages.choose": ANYBODY,
    "security.login": ANYBODY,
    # One's own sign-in.
    "security.logout": SIGNED_IN,
    "security.verify": SIGNED_IN,
    "web.people.password": SIGNED_IN,
    "web.start.show": SIGNED_IN,
    # People.
    "web.people.list": frozenset({ADMIN}),
    "web.people.add": frozenset({ADMIN}),
    "web.people.disable": frozenset({ADMIN}),
}

WITHOUT_PERSON: Final = frozenset(
    {
        "static",
        "bootstrap.static",
        "security.static",
        "web.start.favicon",
        "web.health.healthz",
        "web.health.readyz",
    }
)
"""Answered without asking the database who is there."""


def who_may(endpoint: str, method: str) -> frozenset[str]:
    """The roles that may; empty for what has no line.

    Examples:
        >>> who_may("web.people.list", "GET")
        frozenset({'admin'})
        >>> who_may("web.nobody.knows", "GET")
        frozenset()
    """
    verb = "GET" if method == "HEAD" else method
    return PERMISSIONS.get(f"{verb} {endpoint}", PERMISSIONS.get(endpoint, frozenset()))
