"""A scanner that lost a separator: which lot a scan means, judged by what is here and recalled.

A repair is made only where a second thing proves it, the expiry or the serial of a lot that is
known; else a person is asked. A lot that is known or recalled as it was read is never touched, and
a lot that a recall covers is never read as another.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Item, Lot
from inventory.domain.problem import Problem, say
from inventory.domain.udi import Udi
from inventory.domain.udi.ai import check_digit
from inventory.domain.udi.swallowed import Split, splits
from inventory.domain.udi.wedge import GS
from inventory.store import catalogue, recalls

ENOUGH_LOTS: Final = 3
"""Lots of an item that must be alike before their length says anything."""


@dataclass(frozen=True, slots=True)
class Repair:
    """How a lot that swallowed something is to be read.

    Attributes:
        split: The reading that is taken.
        lot: That lot, if it ever came in.
        chosen: A person chose it.
        problems: `separator-repaired`, or `lot-ambiguous`, which stops.
        candidates: The lots among which a person has to choose; empty where nobody has to.
    """

    split: Split
    lot: Lot | None = None
    chosen: bool = False
    problems: tuple[Problem, ...] = ()
    candidates: tuple[str, ...] = ()


def repair(
    connection: sa.Connection, udi: Udi, item: Item, chosen: str, today: date
) -> Repair | None:
    """Judge a lot that is not known here; None where nothing speaks against it.

    Args:
        connection: Of the act.
        udi: The scan; its lot never came in.
        item: What it is a lot of.
        chosen: The lot that a person said it is, or empty.
        today: The day of the scan.
    """
    number = udi.batch
    lots = [] if udi.typed else catalogue.lots_of(connection, item)
    known = {lot.number: lot for lot in lots}
    found = [Split(lot) for lot in known if _differs_in_case(lot, number)]
    if _may_be_glued(udi, number):
        present = {name for name, _ in udi.elements}
        found += splits(number, present, today.year)
        told = {each.lot for each in found}
        found += [Split(lot) for lot in _begun(number, known) if lot not in told]
    if not found or recalls.standing_recall(connection, item.id, number):
        return None
    recalled = [each for each in found if recalls.standing_recall(connection, item.id, each.lot)]
    proven = [each for each in found if _is_proven(connection, each, known)]
    length = _usual_length(lots)
    likely = [
        each
        for each in found
        if each.lot in known or each in recalled or each.expires_on or len(each.lot) == length
    ]
    if not likely:
        return None
    if len(proven) == 1 and (not recalled or recalled == proven):
        return _repaired(proven[0], known, number)
    candidates = (*(each.lot for each in likely), number)
    if chosen in candidates and not recalled:
        taken = next((each for each in likely if each.lot == chosen), Split(number))
        return Repair(taken, known.get(taken.lot), chosen=True)
    doubt = recalled[0] if recalled else Split(number)
    return Repair(doubt, known.get(doubt.lot), False, (_ambiguous(item, candidates),), candidates)


def _may_be_glued(udi: Udi, number: str) -> bool:
    """Whether the lot comes from a GS1 barcode in which no separator arrived."""
    if udi.typed or udi.issuer != "gs1" or udi.element("10") != number:
        return False
    return not any(GS in text[3:].strip(GS) for text in udi.repaired if number in text)


def _begun(number: str, known: Collection[str]) -> list[str]:
    """Known lots with which a longer one begins than any that came in, and something behind."""
    if len(number) <= max(map(len, known), default=len(number)):
        return []
    return [lot for lot in known if number.startswith(lot) and len(number) >= len(lot) + SHORTEST]


SHORTEST: Final = 3
"""Characters of the shortest element that a lot can swallow: `211`, the serial number 1."""


def _differs_in_case(lot: str, number: str) -> bool:
    """Whether a known lot is the same but for capitals, as Caps Lock turns them round."""
    return lot != number and lot.casefold() == number.casefold()


def _is_proven(connection: sa.Connection, split: Split, known: dict[str, Lot]) -> bool:
    lot = known.get(split.lot)
    if lot is None:
        return False
    if split.expires_on is not None:
        return split.expires_on == lot.expires_on
    if not split.serial:
        return False
    return catalogue.find_unit_by_serial(connection, lot, split.serial) is not None


def _usual_length(lots: Sequence[Lot]) -> int:
    """The length that all lots of an item share, or 0."""
    lengths = {len(lot.number) for lot in lots}
    return lengths.pop() if len(lots) >= ENOUGH_LOTS and len(lengths) == 1 else 0


def _repaired(split: Split, known: dict[str, Lot], number: str) -> Repair:
    lot = known[split.lot]
    message = say(
        "The scanner lost a separator: %(read)s was read as lot %(lot)s, expiry %(expiry)s."
        " Have the scanner set up.",
        read=number,
        lot=split.lot,
        expiry=lot.expires_on or "-",
    )
    return Repair(split, lot, False, (Problem("separator-repaired", message, blocking=False),))


def _ambiguous(item: Item, candidates: Sequence[str]) -> Problem:
    return Problem(
        "lot-ambiguous",
        say(
            "The scanner may have lost a separator, or Caps Lock is on. Which lot of %(item)s"
            " stands on the pack: %(lots)s? Choose it, or scan the label's other barcode.",
            item=item.name,
            lots=", ".join(candidates),
        ),
    )


def mended_gtin(udi: Udi) -> str:
    """A GTIN with the check digit that it ought to have; empty where it is right, or is none."""
    gtin = udi.gtin or ""
    right = gtin[:-1] + check_digit(gtin[:-1]) if gtin else ""
    return right if right != gtin else ""


def is_misprinted_gtin(udi: Udi) -> bool:
    """Whether nothing is wrong with a scan but the check digit of its GTIN."""
    wrong = [problem for problem in udi.problems if problem.blocking]
    return mended_gtin(udi) != "" and all(
        problem.code == "check-digit-wrong" and udi.gtin in problem.message.values.values()
        for problem in wrong
    )


def told_of(udi: Udi, match: catalogue.Match) -> tuple[Problem, ...]:
    """What reading noticed; of a wrong check digit, what it is taken for if it is overruled."""
    if match.level.di != mended_gtin(udi):
        return udi.problems
    message = say(
        "The number %(number)s fails its check digit; but for that digit it is %(item)s. Compare it"
        " with the print on the label and scan again, or go on with a reason if that is what is"
        " printed there.",
        number=udi.gtin,
        item=match.item.name,
    )
    return tuple(
        replace(problem, message=message)
        if problem.code == "check-digit-wrong" and udi.gtin in problem.message.values.values()
        else problem
        for problem in udi.problems
    )
