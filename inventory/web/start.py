"""The start page: the job at hand, by role."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, current_app, render_template
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from inventory.store import reading
from inventory.store.lists import list_sessions, on_hand
from inventory.store.recalls import list_recalls
from inventory.web.access import Person, current_person
from inventory.web.acting import clinic_today
from inventory.web.navigation import JOBS, Job, exists
from inventory.web.permissions import ADMIN, AUDITOR, NURSE, PHARMACIST, QUALITY

blueprint = Blueprint("start", __name__)

SOON_DAYS: Final = 60
"""What expires within so many days is shown to pharmacy and quality."""


@dataclass(frozen=True, slots=True)
class Action:
    """What somebody of a role came for.

    Attributes:
        role: Whose action it is.
        endpoint: Where it leads.
        word: On the button.
        lead: What happens there, in one sentence.
    """

    role: str
    endpoint: str
    word: LazyString
    lead: LazyString


ACTIONS: Final = (
    Action(
        NURSE,
        "web.sessions.open",
        lazy_gettext("Open a session"),
        lazy_gettext("Scan the patient's wristband, then everything that is opened."),
    ),
    Action(
        PHARMACIST,
        "web.receiving.new",
        lazy_gettext("Receive a delivery"),
        lazy_gettext("Scan what came; lots and expiry dates are read from the boxes."),
    ),
    Action(
        QUALITY,
        "web.recall_drafts.new",
        lazy_gettext("Open a recall"),
        lazy_gettext("Block a lot everywhere and see which patients it concerns."),
    ),
    Action(
        AUDITOR,
        "web.ledger.list",
        lazy_gettext("Read the ledger"),
        lazy_gettext("Every act, who did it and when; and the proof that none was changed."),
    ),
    Action(
        ADMIN,
        "web.people.list",
        lazy_gettext("People"),
        lazy_gettext("Who may sign in, and what they may do."),
    ),
)


def main_action(person: Person) -> Action | None:
    """The first action that is the person's own and exists."""
    for action in ACTIONS:
        if action.role in person.roles and exists(action.endpoint) and person.may(action.endpoint):
            return action
    return None


def other_jobs(person: Person, action: Action | None) -> list[Job]:
    """Where else this person may go from here."""
    taken = {"web.start.show", action.endpoint if action else ""}
    return [
        job
        for job in JOBS
        if job.endpoint not in taken and exists(job.endpoint) and person.may(job.endpoint)
    ]


def today_of(person: Person) -> dict[str, object]:
    """What is open, recalled or about to expire, as far as this person may see it."""
    today = clinic_today()
    soon = today + timedelta(days=SOON_DAYS)
    with reading() as connection:
        current = list_sessions(connection, state="open", size=20)[0]
        cases = [case for case in list_recalls(connection) if case.lifted_at is None]
        expiring = on_hand(connection, expires_before=soon)
    expiring.sort(key=lambda line: (line.expires_on or soon, line.item_name, line.location))
    return {
        "current": current if person.may("web.sessions.list") else [],
        "cases": cases if person.may("web.recalls.list") else [],
        "expiring": expiring if person.roles & {PHARMACIST, QUALITY} else [],
        "soon_days": SOON_DAYS,
        "today": today,
    }


@blueprint.get("/")
def show() -> str:
    """The one main action of the person's role, and the other jobs."""
    person = current_person()
    action = main_action(person)
    return render_template(
        "start/show.html",
        person=person,
        action=action,
        jobs_here=other_jobs(person, action),
        **today_of(person),
    )


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The mark, also where a browser asks unbidden."""
    answer = current_app.send_static_file("mark.svg")
    answer.cache_control.no_cache = None
    return answer
