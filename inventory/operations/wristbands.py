"""What is scanned or typed as a patient: a wristband, a number, or a label that is of nobody.

A label taken for a record number is worse than a misread one: scanned first for the next patient
too, it makes one person of two.
"""

from datetime import date
from typing import Final

import sqlalchemy as sa

from inventory.domain.codes import KINDS, LENGTH
from inventory.domain.problem import Problem, Sentence, say
from inventory.domain.scan import (
    BadgeScan,
    PlaceScan,
    Scan,
    SessionScan,
    UdiScan,
    UnitScan,
    read,
)
from inventory.domain.udi import Udi, Unreadable, read_udi
from inventory.domain.udi.gs1 import MARKED
from inventory.domain.udi.wedge import barcode
from inventory.operations.matching import is_of_item, is_perhaps_number

_PACK: Final = say(
    "This is the label of a pack, not of a patient. Scan the wristband, or type the record number."
)
_SESSION: Final = say(
    "This is the label of a patient session, not of a patient. Scan the wristband, or type the"
    " record number."
)
_PLACE: Final = say(
    "This is the label of a place, not of a patient. Scan the wristband, or type the record number."
)
_BADGE: Final = say(
    "This is the badge of a member of staff, not of a patient. Scan the wristband, or type the"
    " record number."
)
_OWN: Final = say(
    "This looks like one of our labels, and is of no patient, or one character is wrong. Scan the"
    " wristband, or type the code again. If it is a record number, type it with a blank after the"
    " first two letters."
)

_MISREAD: Final = say(
    "The number of this wristband fails its check digit: it was misread, or the wristband is"
    " misprinted. Scan it again, or type the record number."
)


def check_patient(connection: sa.Connection, text: str, today: date) -> list[Problem]:
    """Whether a text may be a patient's, and is not the label of something else.

    A record number may look like a GTIN or begin as an application identifier does; it is never
    marked as GS1's by its symbol, and is no code of an item here.

    Errors: `not-a-patient`; `check-digit-wrong` where it has the form of a wristband's number
    (GS1's of a service relation) and fails its check digit: taken as a record number, one misread
    digit would make another person of the patient.

    Args:
        connection: Of the act.
        text: As it was scanned or typed.
        today: The clinic's day.
    """
    text = text.strip()
    scan = read([text], today)
    if isinstance(scan, Unreadable) and _is_misread(text, today):
        return [Problem("check-digit-wrong", _MISREAD)]
    message = _of_something_else(connection, scan, text)
    return [] if message is None else [Problem("not-a-patient", message)]


def _is_misread(text: str, today: date) -> bool:
    """Whether a text is a wristband's or a badge's but for the check digit of its number."""
    udi = read_udi([text], today)
    wrong = isinstance(udi, Udi) and udi.gsrn is not None and udi.blocked
    return wrong and any(problem.code == "check-digit-wrong" for problem in udi.problems)


def _of_something_else(connection: sa.Connection, scan: Scan, text: str) -> Sentence | None:
    match scan:
        case UnitScan():
            return _PACK
        case SessionScan():
            return _SESSION
        case PlaceScan():
            return _PLACE
        case BadgeScan():
            return _BADGE
        case UdiScan():
            of_pack = _is_marked(scan.udi) or is_of_item(connection, scan, barcode(text).body)
            return _PACK if of_pack or not is_perhaps_number(scan.udi) else None
        case Unreadable() if _is_like_ours(barcode(text).body):
            return _OWN
    return None


def _is_marked(udi: Udi) -> bool:
    """Whether it says by itself that it is of a pack: by its symbol, its first sign, its date."""
    by_sign = udi.issuer != "gs1" or udi.typed or not MARKED.isdisjoint(udi.symbology.split())
    return by_sign or bool(udi.lot and udi.expires_on)


def _is_like_ours(text: str) -> bool:
    """Whether a text has the form of our codes; with digits alone it is rather a hospital's."""
    ours = len(text) == LENGTH and text.isascii() and text.isalnum() and text[:2].upper() in KINDS
    return ours and not text[2:].isdigit()
