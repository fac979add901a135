"""How an act is refused, and what is asked of every act: a clock, a time, an override.

A refusal is an entry: "who tried to use a recalled kit" is what an auditor asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind
from inventory.domain.patient_session import PatientSession
from inventory.domain.places import Site
from inventory.domain.problem import Problem, blocking, say, stamp
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.store import ledger

CLOCK_SLACK: Final = timedelta(minutes=5)
"""How far the clock may stand before the latest entry until nothing is decided on it."""


def refuse(
    connection: sa.Connection,
    act: Act,
    site: Site,
    about: str,
    problems: Sequence[Problem],
    facts: Mapping[str, Json],
) -> Answer:
    """Record that an act was refused, and answer so.

    Args:
        connection: Of the act.
        act: Who tried.
        site: Where.
        about: Code of what it was about, or empty.
        problems: Why; those that block are kept by code.
        facts: Codes of what was tried with; never the text of what could not be read.
    """
    codes = sorted({p.code for p in problems if p.blocking})
    reason = "lot-recalled" if "lot-recalled" in codes else (codes or ["refused"])[0]
    draft = Draft(EntryKind.REFUSAL, about, facts={**facts, "problems": list(codes)}, reason=reason)
    posted = post(connection, act, site, draft)
    return Answer({"accepted": False, "entry": posted.reference}, tuple(problems), refused=True)


def check_clock(connection: sa.Connection, act: Act, site: Site) -> list[Problem]:
    """Nothing is decided on a clock that stands before the latest entry.

    Errors: `clock-suspect`.
    """
    latest = ledger.head(connection, site.id).at
    if latest is None or act.at >= latest - CLOCK_SLACK:
        return []
    return [
        Problem(
            "clock-suspect",
            say(
                "The clock says %(now)s, but the latest entry is of %(latest)s."
                " Have the computer's clock set right, then scan again. If it is right, tell the"
                " administrator.",
                now=stamp(act.at),
                latest=stamp(latest),
            ),
        )
    ]


LATE_AT_MOST: Final = timedelta(days=31)
"""How long after it happened something may be recorded."""


def check_late(act: Act, occurred_at: datetime | None) -> list[Problem]:
    """A late record tells a time that was, and not long ago.

    Errors: `occurred-at-wrong`.
    """
    if occurred_at is None or act.at - LATE_AT_MOST <= occurred_at <= act.at + CLOCK_SLACK:
        return []
    message = say(
        "It cannot have happened at %(at)s: give a time of the last %(days)s days.",
        at=stamp(occurred_at),
        days=LATE_AT_MOST.days,
    )
    return [Problem("occurred-at-wrong", message)]


def tell_before(session: PatientSession, occurred_at: datetime | None) -> list[Problem]:
    """A time before the session was opened may be meant: a whole session is recorded late.

    Warning: `before-session`.
    """
    if occurred_at is None or occurred_at >= session.opened_at - CLOCK_SLACK:
        return []
    message = say(
        "Recorded as of %(at)s, before this session was opened (%(latest)s). If that is not meant,"
        " undo the scan, empty the time and scan again.",
        at=stamp(occurred_at),
        latest=stamp(session.opened_at),
    )
    return [Problem("before-session", message, blocking=False)]


@dataclass(frozen=True, slots=True)
class Override:
    """What a person overrules, and why.

    Attributes:
        codes: Problem codes.
        reason: In the person's own words; kept sealed, apart from the ledger.
    """

    codes: frozenset[str] = frozenset()
    reason: str = ""


def stopping(problems: Sequence[Problem], override: Override) -> list[Problem]:
    """The problems that stop an act, an override without a reason counting for nothing."""
    return blocking(problems, override.codes if override.reason.strip() else frozenset())


def warned(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The same problems, none of them stopping any more: they were overruled or only told."""
    return tuple(replace(problem, blocking=False) for problem in problems)
