"""Whether what came can be taken in: each line by itself, and those of one delivery together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Unit
from inventory.domain.ledger import LocationKind
from inventory.domain.patient_session import MAXIMUM_QUANTITY
from inventory.domain.places import Site
from inventory.domain.problem import Problem, say
from inventory.operations.asking import Identified
from inventory.store import places
from inventory.store.whereabouts import where_is_unit

LONGEST_LOT: Final = 20
"""Characters of a lot number (GS1 AI 10; HIBC has 18)."""


def check_line(
    connection: sa.Connection, found: Identified, packs: int, site: Site | None
) -> list[Problem]:
    """Whether a line can be taken in.

    Args:
        connection: Reading or in an act.
        found: What it means.
        packs: How many packs.
        site: That takes it in, or None where that is not known yet.

    Errors: `quantity-wrong`, `lot-too-long`, `lot-garbled`*, `expiry-differs`, `serial-twice`; the
    warning `expiry-missing`.
    """
    quantity = packs * found.units_in_pack
    problems = []
    if not 1 <= quantity <= MAXIMUM_QUANTITY:
        message = say(
            "%(got)s is no quantity here. Type a number from 1 to %(most)s.",
            most=MAXIMUM_QUANTITY,
            got=quantity,
        )
        problems.append(Problem("quantity-wrong", message))
    if len(found.lot_number) > LONGEST_LOT or found.lot_number != found.lot_number.strip():
        message = say(
            "A lot has 1 to %(most)s characters and no blank at its ends. Type it as printed.",
            most=LONGEST_LOT,
        )
        problems.append(Problem("lot-too-long", message))
    known = _check_known(connection, found.unit, site) if found.unit else []
    problems += known
    if not known and ((found.unit and quantity != 1) or (found.serial and packs != 1)):
        message = say("A serial number names one piece: receive it alone, quantity 1.")
        problems.append(Problem("serial-twice", message))
    return [*problems, *_check_expiry(found), *_check_expiry_read(found), *_check_garbled(found)]


def _check_known(connection: sa.Connection, unit: Unit, site: Site | None) -> list[Problem]:
    """A piece that is known comes in again only where its delivery was reversed."""
    where = where_is_unit(connection, unit.id)
    if where.kind is not LocationKind.SUPPLIER:
        message = say(
            "%(unit)s was received before: its serial or label is known. Remove the line, and"
            " compare the serial with the pack.",
            unit=unit.code,
        )
        return [Problem("serial-twice", message)]
    of = places.location_of_id(connection, where.location_id).site
    if site is None or of.id == site.id:
        return []
    message = say(
        "The delivery of %(unit)s was reversed at %(site)s. Book it in again there, then move it"
        " here.",
        unit=unit.code,
        site=of.code,
    )
    return [Problem("serial-twice", message)]


def _check_expiry(found: Identified) -> list[Problem]:
    known = found.lot.expires_on if found.lot else None
    if not (found.lot and found.expires_on and known != found.expires_on):
        return []
    message = say(
        "Lot %(lot)s is known with expiry %(known)s; this says %(got)s."
        " Look at the label: if the booked one is wrong, correct it on the page of the lot.",
        lot=found.lot_number,
        known=known or "-",
        got=found.expires_on,
    )
    return [Problem("expiry-differs", message)]


def _check_expiry_read(found: Identified) -> list[Problem]:
    """A lot that comes in without an expiry never expires here, so it is asked whether that is so.

    Errors: the warning `expiry-missing`.
    """
    known = found.lot.expires_on if found.lot else None
    if found.item is None or not found.lot_number or found.expires_on or known or found.unit:
        return []
    message = say(
        "No expiry was read for lot %(lot)s. If the label shows one, scan its other barcode, or"
        " type the lot with its expiry: without one it never counts as expired here.",
        lot=found.lot_number,
    )
    return [Problem("expiry-missing", message, blocking=False)]


def _check_garbled(found: Identified) -> list[Problem]:
    """A lot that comes in for the first time is not one that the keyboard garbled.

    Errors: `lot-garbled`, which a person may overrule who has looked at the pack.
    """
    if turned := _check_case(found):
        return turned
    doubtful = any(problem.code == "keyboard-layout" for problem in found.problems)
    if found.lot or not doubtful or not set("'?") & set(found.lot_number):
        return []
    message = say(
        "Lot %(lot)s may be garbled by the keyboard: the pack may show - where this shows '. If it"
        " is printed as it stands here, go on and say why. If not, have this scanner set up, and"
        " scan again.",
        lot=found.lot_number,
    )
    return [Problem("lot-garbled", message)]


def _check_case(found: Identified) -> list[Problem]:
    """A lot or serial number that is new here was not scanned while Caps Lock was on."""
    if not any(problem.code == "case-doubtful" for problem in found.problems):
        return []
    lot = "" if found.lot else found.lot_number
    serial = "" if found.unit or found.serial == lot else found.serial
    new = [text for text in (lot, serial) if text.upper() != text.lower()]
    if not new:
        return []
    message = say(
        "Caps Lock was on when %(read)s was scanned: the pack may show %(turned)s. Switch Caps Lock"
        " off and scan again; or, if it is printed as it stands here, go on and say why.",
        read=", ".join(new),
        turned=", ".join(text.swapcase() for text in new),
    )
    return [Problem("lot-garbled", message)]


def check_together(lines: Sequence[Identified]) -> list[tuple[Problem, ...]]:
    """Within one delivery a piece comes once, and a lot has one expiry.

    Returns:
        What is wrong with each line beside the others: `serial-twice`, `expiry-differs`.
    """
    pieces = Counter(_piece_of(found) for found in lines)
    expiries: dict[tuple[str, str], set[date]] = {}
    for found in lines:
        if found.item and found.expires_on:
            expiries.setdefault((found.item.code, found.lot_number), set()).add(found.expires_on)
    return [
        tuple(
            problem
            for problem in (
                _twice(found) if _piece_of(found) and pieces[_piece_of(found)] > 1 else None,
                _two_expiries(found, expiries),
            )
            if problem
        )
        for found in lines
    ]


def _piece_of(found: Identified) -> tuple[str, ...]:
    """What names one piece, or nothing where it is no single piece."""
    piece = found.unit.code if found.unit else found.serial
    return (found.item.code, found.lot_number, piece) if found.item and piece else ()


def _twice(found: Identified) -> Problem:
    message = say(
        "Serial %(serial)s stands twice in this delivery. Remove one of the lines.",
        serial=found.serial,
    )
    if found.unit:
        message = say(
            "%(unit)s stands twice in this list. Remove one of the lines.", unit=found.unit.code
        )
    return Problem("serial-twice", message)


def _two_expiries(
    found: Identified, expiries: Mapping[tuple[str, str], set[date]]
) -> Problem | None:
    dates = expiries.get((found.item.code, found.lot_number), set()) if found.item else set()
    if len(dates) < 2 or not found.expires_on:
        return None
    message = say(
        "Lot %(lot)s stands in this list with two expiry dates, %(dates)s. Look at the packs:"
        " remove the line that is wrong and scan it again.",
        lot=found.lot_number,
        dates=", ".join(sorted(map(str, dates))),
    )
    return Problem("expiry-differs", message)
