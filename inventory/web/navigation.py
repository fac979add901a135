"""Where one can go from every page: by job, in words, and only where one may."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from inventory.web.access import find_current_person, sent_from


@dataclass(frozen=True, slots=True)
class Job:
    """A place to go.

    Attributes:
        endpoint: Left out while no view has it or the person may not.
        word: What the link says.
        parts: What belongs to it beside its own pages: a part of the application, or a page.
        group: Under which word it stands, beside others; empty where it stands alone.
    """

    endpoint: str
    word: LazyString
    parts: frozenset[str] = frozenset()
    group: LazyString | str = ""

    @property
    def here(self) -> bool:
        """Whether the reader is in this part of the application."""
        asked = request.endpoint or ""
        own = self.endpoint.rpartition(".")[0]
        return bool({asked, asked.rpartition(".")[0]} & {own, *self.parts}) and asked not in OWN


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs under one word, or one that stands alone.

    Attributes:
        word: Over the jobs; empty where there is but one.
        jobs: At least one.
    """

    word: LazyString | str
    jobs: tuple[Job, ...]

    @property
    def here(self) -> bool:
        """Whether the reader is in one of them."""
        return any(job.here for job in self.jobs)


OWN: Final = frozenset({"web.people.password"})
"""Pages about the reader and no job at all."""

IN_SESSIONS: Final = frozenset(
    {
        "web.scanning",
        "web.finding",
        "web.outcomes",
        "web.patients",
        "web.printing.session",
        "web.printing.print_session",
    }
)
LABELS: Final = frozenset({"web.printing.stock", "web.printing.print_stock"})
PEOPLE: Final = frozenset({"web.printing.badge", "web.printing.print_badge"})

_SUPPLIES: Final = lazy_gettext("Supplies")
_TRACE: Final = lazy_gettext("Trace")

JOBS: Final = (
    Job("web.start.show", lazy_gettext("Start")),
    Job("web.sessions.list", lazy_gettext("Sessions"), IN_SESSIONS),
    Job("web.receiving.list", lazy_gettext("Receive")),
    Job("web.stock.list", lazy_gettext("Stock"), group=_SUPPLIES),
    Job("web.places.list", lazy_gettext("Transfers"), group=_SUPPLIES),
    Job("web.labels.list", lazy_gettext("Labels"), LABELS, _SUPPLIES),
    Job("web.items.list", lazy_gettext("Items"), frozenset({"web.provisional"}), _SUPPLIES),
    Job("web.recalls.list", lazy_gettext("Recalls"), frozenset({"web.recall_drafts"})),
    Job("web.lots.list", lazy_gettext("Lots"), group=_TRACE),
    Job("web.ledger.list", lazy_gettext("Ledger"), group=_TRACE),
    Job("web.people.list", lazy_gettext("People"), PEOPLE),
    Job(
        "web.workstations.here",
        lazy_gettext("This workstation"),
        frozenset({"web.scanner_check"}),
    ),
)


def jobs() -> list[Job]:
    """The jobs of the person who is signed in, in their order."""
    person = find_current_person()
    if person is None:
        return []
    return [job for job in JOBS if exists(job.endpoint) and person.may(job.endpoint)]


def job_groups() -> Iterator[Group]:
    """The same, those that belong together under one word, so that all fit in one row."""
    for word, together in groupby(jobs(), key=lambda job: job.group):
        few = tuple(together)
        if word and len(few) > 1:
            yield Group(word, few)
        else:
            yield from (Group("", (job,)) for job in few)


def exists(endpoint: str) -> bool:
    """Whether a view answers to this name."""
    return endpoint in current_app.view_functions


def init_navigation(app: Flask) -> None:
    """Give the templates what every page shows."""
    app.jinja_env.globals.update(
        job_groups=job_groups,
        exists=exists,
        find_current_person=find_current_person,
        fresh_key=fresh_key,
        here=here,
        sent_from=sent_from,
        page_address=page_address,
        csv_address=csv_address,
    )


def fresh_key() -> str:
    """An idempotency key for an act that a form is about to send."""
    return str(uuid.uuid4())


def here() -> str:
    """The address of this page; the start page's where it cannot be asked for again."""
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def csv_address(endpoint: str, **values: Any) -> str:
    """Where the list of this address is taken away as CSV, narrowed as it is here."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "page" and pair[1]]
    return url_for(endpoint, **values) + ("?" + urlencode(kept) if kept else "")


def page_address(number: int, home: str = "", **others: str) -> str:
    """This address, or that of `home`, with another `page` and with what else is to be another."""
    changed = {**others, "page": number}
    rest = [(key, value) for key, value in request.args.items(multi=True) if key not in changed]
    return f"{home or request.path}?{urlencode([*rest, *changed.items()])}"
