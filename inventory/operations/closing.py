"""Closing a patient session: nothing opened without an outcome, nothing required without a lot."""

import sqlalchemy as sa

from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind
from inventory.domain.patient_session import check_closable, check_open
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import check_clock, refuse
from inventory.operations.scanning import enter_theatre
from inventory.store import patient_sessions


def close_session(act: Act, code: str, cancelled: bool = False, broken_off: bool = False) -> Answer:
    """Close a session, or say what stands in the way.

    Args:
        act: Who, when, with which key.
        code: Of the session.
        cancelled: The procedure did not take place; then nothing is required, but nothing was
            used, and whatever was opened still has its outcome.
        broken_off: It began and was not ended; then nothing more is required, and in a recall the
            session cannot be excluded for what it lacks.

    Returns:
        `{closed, entry, mac}`; refused with `outcome-missing`, `required-missing`,
        `used-in-cancelled`, `patient-session-closed`, `clock-suspect`.

    Raises:
        NotFound: There is no such session.
        Conflict: The key was used for something else.
    """
    site = patient_sessions.site_of(code)

    def story(connection: sa.Connection) -> Answer:
        theatre = enter_theatre(connection, code)
        problems = [*check_clock(connection, act, site), *check_open(theatre.patient_session)]
        if not problems:
            problems = check_closable(
                theatre.procedure, theatre.lines, cancelled=cancelled, broken_off=broken_off
            )
        if problems:
            return refuse(connection, act, site, code, problems, {"cancelled": cancelled})
        reason = "procedure-cancelled" if cancelled else ""
        reason = "procedure-broken-off" if broken_off else reason
        posted = post(connection, act, site, Draft(EntryKind.CLOSE_SESSION, code, reason=reason))
        return Answer({"closed": True, "entry": posted.reference, "mac": posted.mac})

    content: list[Json] = [code, "broken-off" if broken_off else cancelled]
    return act_once(act, site, "close", content, story)
