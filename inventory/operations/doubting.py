"""Lots that were opened for a patient, and recalled, put on hold or expired since.

The one idea: what is opened already is the truth and is never refused, so that this is only told:
on the line of the session, and once more when it is said to have been used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from inventory.domain.catalogue import Lot, check_expiry
from inventory.domain.patient_session import SessionLine
from inventory.domain.problem import Problem, say
from inventory.operations.identifying import lot_name
from inventory.operations.posting import Act
from inventory.store import catalogue, recalls


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a lot is not to be used any more.

    Attributes:
        recall: Code of the recall that covers it, or empty.
        held: It is on hold for investigation.
    """

    recall: str
    held: bool


Doubts = Mapping[tuple[str, str], Doubt]
"""Why, by item and lot number; the lots that may be used are not in it."""


def doubts_of(connection: sa.Connection, lines: Iterable[SessionLine]) -> Doubts:
    """The lots of a session that are recalled or on hold now."""
    found = {}
    for code, number in {(line.item, line.lot) for line in lines}:
        item = catalogue.get_item(connection, code)
        recalled = recalls.standing_recall(connection, item.id, number)
        held = recalls.is_held(connection, lot_name(item, number))
        if recalled or held:
            found[code, number] = Doubt(recalled[0] if recalled else "", held)
    return found


def tell_used(connection: sa.Connection, act: Act, lot: Lot) -> list[Problem]:
    """What is told of a lot that is said to have been used; nothing of it stops the act.

    Warnings: `lot-recalled`, `on-hold`, `lot-expired`.
    """
    problems = []
    recalled = recalls.standing_recall(connection, lot.item.id, lot.number)
    if recalled:
        message = say(
            "Lot %(lot)s of %(item)s is recalled (%(recall)s): tell quality. If it was not used"
            " yet, do not use it: quality takes this back.",
            lot=lot.number,
            item=lot.item.name,
            recall=recalled[0],
        )
        problems.append(Problem("lot-recalled", message, blocking=False))
    if recalls.is_held(connection, lot_name(lot.item, lot.number)):
        message = say(
            "Lot %(lot)s of %(item)s is on hold for investigation: tell quality. If it was not used"
            " yet, do not use it: quality takes this back.",
            lot=lot.number,
            item=lot.item.name,
        )
        problems.append(Problem("on-hold", message, blocking=False))
    if check_expiry(lot, act.today):
        message = say(
            "Lot %(lot)s of %(item)s expired on %(expires_on)s: tell quality. If it was not used"
            " yet, do not use it: quality takes this back.",
            lot=lot.number,
            item=lot.item.name,
            expires_on=lot.expires_on,
        )
        problems.append(Problem("lot-expired", message, blocking=False))
    return problems
