"""Labels that are not of a pack: what they are, and whether they are of this session.

The label on the syringe and the patient's wristband are scanned into the session they belong to:
either it is the right one, and that is kept, or everything stops.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind
from inventory.domain.patient_session import PatientSession
from inventory.domain.places import Site
from inventory.domain.problem import Problem, Sentence, say
from inventory.domain.scan import (
    PLAIN,
    BadgeScan,
    PatientScan,
    PlaceScan,
    Scan,
    SessionScan,
    UdiScan,
)
from inventory.domain.udi import Udi, Unreadable
from inventory.domain.udi.label import plain_lot
from inventory.domain.udi.wedge import barcode
from inventory.operations.asking import Asked, Identified
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import check_clock, refuse
from inventory.store import catalogue, patients

NOT_OF_A_PACK: Final = {
    "session": say(
        "This is the label of a patient session, not of a pack. Scan it in the session's own page;"
        " here, scan the label on the pack."
    ),
    "patient": say(
        "This is a patient's wristband or code, not a pack. Scan it where a session is opened, or"
        " in the session's own page; here, scan the label on the pack."
    ),
    "place": say(
        "This is the label of a place, not of a pack. Scan it where a place is asked for; here,"
        " scan the label on the pack."
    ),
    "badge": say(
        "This is the badge of a member of staff, not a pack. Nothing was done with it: scan the"
        " label on the pack."
    ),
}
"""What is said of a label where only a pack makes sense."""

_NO_PACK: Final = (*NOT_OF_A_PACK.values(), PLAIN["foreign"])


def is_no_pack(problem: Problem) -> bool:
    """Whether a scan was read well enough, but is of something else than a pack."""
    return problem.message in _NO_PACK


def kind_of(scan: Scan) -> str:
    """What else than a pack a scan is, or empty."""
    kinds = {SessionScan: "session", PatientScan: "patient", PlaceScan: "place", BadgeScan: "badge"}
    return next((name for kind, name in kinds.items() if isinstance(scan, kind)), "")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether something is of a session: what it is, whether it matches, what is said."""

    kind: str
    problem: Problem

    @property
    def matches(self) -> bool:
        return not self.problem.blocking


def hold_against(
    connection: sa.Connection,
    act: Act,
    site: Site,
    session: PatientSession,
    asked: Asked,
    scan: Scan | None,
) -> Answer | None:
    """Whether a session's label or a wristband is of this session; None for anything else.

    Args:
        connection: Of the act.
        act: Who scans.
        site: Of the session.
        session: Into which it was scanned.
        asked: What was scanned.
        scan: What it says; None where nothing was scanned.

    Returns:
        `{accepted: false, match, entry, ...}` with `session-matches` or `patient-matches` told; or
        refused with `other-session`, `other-patient`, `patient-unknown`, `clock-suspect`. Nobody's
        name or number is said or kept.
    """
    verdict = _judge(connection, session, asked, scan, act.today)
    if verdict is None:
        return None
    problems = [*check_clock(connection, act, site)]
    facts: dict[str, Json] = {"scanned": verdict.kind}
    if problems or not verdict.matches:
        return refuse(connection, act, site, session.code, [*problems, verdict.problem], facts)
    posted = post(connection, act, site, Draft(EntryKind.MATCH, session.code, (), facts))
    nothing: dict[str, Json] = {
        "item": "",
        "item_name": "",
        "lot": "",
        "expires_on": None,
        "unit": None,
    }
    said: dict[str, Json] = {
        "accepted": False,
        "match": verdict.kind,
        "quantity": 0,
        "missing": [],
        **nothing,
    }
    return Answer({**said, "entry": posted.reference, "mac": posted.mac}, (verdict.problem,))


def _judge(
    connection: sa.Connection, session: PatientSession, asked: Asked, scan: Scan | None, today: date
) -> _Verdict | None:
    match scan:
        case SessionScan():
            return _of_session(session, scan.code)
        case PatientScan(code=str(code)):
            return _of_patient(session, code)
        case PatientScan(gsrn=str(number)):
            known = patients.find_patient(connection, number)
            return _of_patient(session, known.code if known else "")
        case Unreadable() | UdiScan() if len(asked.barcodes) == 1:
            number = barcode(asked.barcodes[0], asked.keyboard).body
            if _may_be_number(number) and not is_of_item(connection, scan, number):
                known = patients.find_patient(connection, number)
                return _of_patient(session, known.code) if known else None
        case UdiScan():
            number = plain_lot(asked.barcodes, today, asked.keyboard) or ""
            known = patients.find_patient(connection, number) if number else None
            return _of_patient(session, known.code) if known else None
    return None


def _may_be_number(text: str) -> bool:
    """Whether a text may be a record number, as a hospital prints it on a wristband."""
    return 3 <= len(text) <= 80 and any(letter.isdigit() for letter in text)


LONGEST_NUMBER_READ: Final = 20
"""Characters of a record number that reads as a code of a pack: its digits look like a GTIN, or it
begins as an application identifier does. A pack's code with item and lot is longer."""


SHORTEST_PACK: Final = 16
"""Characters of the shortest barcode that says by itself that it is of a pack: AI 01 and a GTIN."""


def is_of_item(connection: sa.Connection, scan: Scan | None, text: str) -> bool:
    """Whether a scan that reads as a code of a pack is one, and no record number that looks so."""
    if not isinstance(scan, UdiScan):
        return False
    di = scan.udi.di
    return len(text) > LONGEST_NUMBER_READ or (
        di is not None and catalogue.find_match(connection, di, "") is not None
    )


def is_perhaps_number(udi: Udi) -> bool:
    """Whether what was read as a code of a pack, but of no item here, may be a record number."""
    short = len("".join(udi.raw)) <= LONGEST_NUMBER_READ + len("]C0\r\n")
    return short and not udi.donation_id and not (udi.di and udi.lot_number)


def tell_wristband(asked: Asked, scan: Scan | None, found: Identified) -> list[Problem]:
    """What is told of a scan that is of no pack here, and may be the wristband of somebody else.

    Whether it is cannot be known: the number of a patient who was never here is in no book.

    Warning: `perhaps-wristband`.
    """
    if found.item is not None or len(asked.barcodes) != 1:
        return []
    number = barcode(asked.barcodes[0], asked.keyboard).body
    short = _may_be_number(number) and len(number) < SHORTEST_PACK
    match scan:
        case Unreadable(problems=problems):
            said = {problem.message.template for problem in problems}
            perhaps = PLAIN["foreign"].template in said
            perhaps = perhaps or (short and PLAIN["damaged"].template in said)
        case UdiScan(udi=udi):
            perhaps = short and is_perhaps_number(udi)
        case _:
            perhaps = False
    if not perhaps:
        return []
    message = say("If it is a wristband, it is not this patient's: stop and compare.")
    return [Problem("perhaps-wristband", message, blocking=False)]


def _of_session(session: PatientSession, code: str) -> _Verdict:
    if code == session.code:
        return _told("session", "session-matches", say("This is the label of this session."))
    message = say(
        "Stop: this is the label of session %(other)s, not of %(code)s. What it is on is not for"
        " this patient. Compare it with the wristband, and put it where it belongs.",
        other=code,
        code=session.code,
    )
    return _Verdict("session", Problem("other-session", message))


def _of_patient(session: PatientSession, code: str) -> _Verdict:
    if code == session.patient:
        message = say("This is the wristband of this session's patient.")
        return _told("patient", "patient-matches", message)
    if not code:
        message = say(
            "This wristband is not known here, so it cannot be compared: the session was opened"
            " with another number. Compare name and number with the patient's record yourself."
        )
        return _Verdict("patient", Problem("patient-unknown", message))
    message = say(
        "Stop: this is not the wristband of the patient of session %(code)s. Either the patient or"
        " the session on this screen is the wrong one. Compare both before anything is done.",
        code=session.code,
    )
    return _Verdict("patient", Problem("other-patient", message))


def _told(kind: str, code: str, message: Sentence) -> _Verdict:
    return _Verdict(kind, Problem(code, message, blocking=False))
