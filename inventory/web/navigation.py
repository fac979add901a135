"""Where one can go from every page: by job, in words, and only where one may."""

import uuid
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Flask, current_app, request
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from inventory.web.access import find_current_person


@dataclass(frozen=True, slots=True)
class Job:
    """A place to go.

    Attributes:
        endpoint: Left out while no view has it or the person may not.
        word: What the link says.
    """

    endpoint: str
    word: LazyString

    @property
    def here(self) -> bool:
        """Whether the reader is in this part of the application."""
        return (request.endpoint or "").rpartition(".")[0] == self.endpoint.rpartition(".")[0]


JOBS: Final = (
    Job("web.start.show", lazy_gettext("Start")),
    Job("web.sessions.list", lazy_gettext("Sessions")),
    Job("web.receiving.list", lazy_gettext("Receive")),
    Job("web.stock.list", lazy_gettext("Stock")),
    Job("web.places.list", lazy_gettext("Transfers")),
    Job("web.labels.list", lazy_gettext("Labels")),
    Job("web.items.list", lazy_gettext("Items")),
    Job("web.lots.list", lazy_gettext("Lots")),
    Job("web.recalls.list", lazy_gettext("Recalls")),
    Job("web.ledger.list", lazy_gettext("Ledger")),
    Job("web.people.list", lazy_gettext("People")),
    Job("web.workstations.here", lazy_gettext("This workstation")),
)


def jobs() -> list[Job]:
    """The jobs of the person who is signed in, in their order."""
    person = find_current_person()
    if person is None:
        return []
    return [job for job in JOBS if exists(job.endpoint) and person.may(job.endpoint)]


def exists(endpoint: str) -> bool:
    """Whether a view answers to this name."""
    return endpoint in current_app.view_functions


def init_navigation(app: Flask) -> None:
    """Give the templates what every page shows."""
    app.jinja_env.globals.update(
        jobs=jobs,
        exists=exists,
        find_current_person=find_current_person,
        fresh_key=fresh_key,
        here=here,
        page_address=page_address,
    )


def fresh_key() -> str:
    """An idempotency key for an act that a form is about to send."""
    return str(uuid.uuid4())


def here() -> str:
    """The address of this page; the start page's where it cannot be asked for again."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def page_address(number: int, **others: str) -> str:
    """This address with another `page`, and with what else is to be another."""
    changed = {**others, "page": number}
    rest = [(key, value) for key, value in request.args.items(multi=True) if key not in changed]
    return f"{request.path}?{urlencode([*rest, *changed.items()])}"
