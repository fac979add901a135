"""Which very piece a scan means, and whether it lies where the session is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Lot, Tracking, Unit
from inventory.domain.ledger import LocationKind
from inventory.domain.patient_session import SessionLine
from inventory.domain.places import Location
from inventory.domain.problem import Problem, Sentence, blocking, say, stamp
from inventory.operations.asking import Identified
from inventory.operations.finding import FOUND
from inventory.operations.posting import Act
from inventory.operations.refusing import CLOCK_SLACK, check_late
from inventory.store import catalogue, ledger, whereabouts
from inventory.store.prepared import Question
from inventory.store.whereabouts import UnitWhereabouts, where_is_unit, where_lies_lot


@dataclass(frozen=True, slots=True)
class Piece:
    """The very piece that is meant, as far as it could be told, and what is wrong with it."""

    lot: Lot | None = None
    unit: Unit | None = None
    step: int | None = None
    problems: tuple[Problem, ...] = ()


def find_piece(
    connection: sa.Connection, found: Identified, here: Location, quantity: int
) -> Piece:
    """The very piece that is meant, and whether it is here.

    Args:
        connection: Of the act.
        found: What was scanned or typed.
        here: The room of the session.
        quantity: Units of use wanted.

    Errors: `unit-already-used`, `unit-label-needed`, `not-here`; the warning `only-piece`.
    """
    if found.item is None or not found.lot_number or found.candidates:
        return Piece()
    if found.lot is None:
        return Piece(problems=(_never_received(found),))
    if found.item.tracking is Tracking.LOT:
        held = ledger.balance(connection, found.lot.id, here.id)
        if held >= max(quantity, 1):
            return Piece(found.lot)
        wrong = _not_here(connection, found.lot, here, held, quantity)
        return Piece(found.lot, problems=(wrong,))
    if found.unit:
        return _this_unit(connection, found.unit, here)
    return _only_piece(connection, found, here)


def piece_questions(found: Identified, here: Location) -> list[Question]:
    """What `find_piece` will ask in any case."""
    if found.item is None or not found.lot_number or found.candidates or found.lot is None:
        return []
    if found.item.tracking is Tracking.LOT:
        return [ledger.balance_question(found.lot.id, here.id)]
    return [whereabouts.unit_question(found.unit.id)] if found.unit else []


def check_came(
    connection: sa.Connection, act: Act, piece: Piece, here: Location, occurred_at: datetime | None
) -> list[Problem]:
    """Nothing was opened in a room before it came there; asked only where a time is told.

    What was found in theatre lay there before it was booked in, nobody knows since when.

    Errors: `occurred-at-wrong`.
    """
    if occurred_at is None or piece.lot is None or blocking(piece.problems):
        return []
    unit = piece.unit
    came = whereabouts.arrival(connection, here.id, piece.lot.id, unit.id if unit else None)
    if came is None or came.reason == FOUND or occurred_at >= came.at - CLOCK_SLACK:
        return []
    if check_late(act, occurred_at):  # that is said already
        return []
    sentence = _UNIT_CAME if unit else _LOT_CAME
    message = say(
        sentence.template,
        unit=unit.code if unit else "",
        lot=piece.lot.number,
        item=piece.lot.item.name,
        here=here.code,
        latest=stamp(came.at),
        at=stamp(occurred_at),
    )
    return [Problem("occurred-at-wrong", message)]


_UNIT_CAME: Final = say(
    "%(unit)s, lot %(lot)s of %(item)s, came to %(here)s only at %(latest)s: look at the clock, or"
    " at the time you typed (%(at)s). If it was here before it was booked, leave the time empty."
)
_LOT_CAME: Final = say(
    "Lot %(lot)s of %(item)s came to %(here)s only at %(latest)s: look at the clock, or at the time"
    " you typed (%(at)s). If it was here before it was booked, leave the time empty."
)


def _only_piece(connection: sa.Connection, found: Identified, here: Location) -> Piece:
    lot = found.lot
    if lot is None:
        return Piece()
    keys = ledger.units_at(connection, lot.id, here.id)
    if not keys:
        return Piece(lot, problems=(_not_here(connection, lot, here, 0, 1),))
    if len(keys) > 1 or found.serial:
        message = say(
            "%(count)s pieces of lot %(lot)s of %(item)s are here. Scan our label on the piece"
            " that was opened.",
            count=len(keys),
            lot=lot.number,
            item=lot.item.name,
        )
        return Piece(lot, problems=(Problem("unit-label-needed", message),))
    unit = catalogue.unit_of_id(connection, keys[0])
    message = say("The only piece of this lot here, %(unit)s, was taken.", unit=unit.code)
    return Piece(lot, unit, problems=(Problem("only-piece", message, blocking=False),))


def in_doubt(found: Identified, piece: Piece, lines: Sequence[SessionLine]) -> Piece:
    """The piece, unless the one that is meant may lie in the session already.

    The maker's barcode is the same on all pieces of a lot: whoever scans it after our label, or
    holds the pack before a camera that sees only that one, means the piece that was just taken.

    Errors: `unit-label-needed`.
    """
    if found.unit or piece.unit is None:
        return piece
    lot = piece.unit.lot
    same = [line for line in lines if (line.item, line.lot) == (lot.item.code, lot.number)]
    there = next((each.unit for each in same if each.in_session + each.used + each.wasted), "")
    if not there:
        return piece
    message = say(
        "Piece %(unit)s of lot %(lot)s is in this session already. If this is another one, scan our"
        " label on it.",
        unit=there,
        lot=lot.number,
    )
    return Piece(lot, problems=(Problem("unit-label-needed", message),))


def _never_received(found: Identified) -> Problem:
    item = found.item
    return Problem(
        "not-here",
        say(
            "Lot %(lot)s of %(item)s was never received here. Have pharmacy receive it first.",
            lot=found.lot_number,
            item=item.name if item else "",
        ),
    )


def _not_here(
    connection: sa.Connection, lot: Lot, here: Location, held: int, wanted: int
) -> Problem:
    elsewhere = where_lies_lot(connection, lot.id, except_id=here.id)
    places = ", ".join(f"{code} ({count})" for code, count in elsewhere)
    if held and elsewhere:
        message = say(
            "Only %(held)s of lot %(lot)s of %(item)s in %(here)s, %(wanted)s wanted. Others are in"
            " %(places)s: move them here first, or take fewer.",
            held=held,
            lot=lot.number,
            item=lot.item.name,
            here=here.code,
            wanted=wanted,
            places=places,
        )
    elif held:
        message = too_few(lot, here.code, held, wanted)
    elif elsewhere:
        message = say(
            "Lot %(lot)s of %(item)s is not in %(here)s but in %(places)s. Move it here first.",
            lot=lot.number,
            item=lot.item.name,
            here=here.code,
            places=places,
        )
    else:
        message = say(
            "By the book no piece of lot %(lot)s of %(item)s is left anywhere."
            " Take another lot and tell pharmacy.",
            lot=lot.number,
            item=lot.item.name,
        )
    return Problem("not-here", message)


def too_few(lot: Lot, here: str, held: int, wanted: int) -> Sentence:
    """A place holds less of a lot than is wanted from it."""
    return say(
        "Only %(held)s of lot %(lot)s of %(item)s in %(here)s, %(wanted)s wanted. Take no more than"
        " there are; if more lie there, tell pharmacy, which counts them.",
        held=held,
        lot=lot.number,
        item=lot.item.name,
        here=here,
        wanted=wanted,
    )


def _this_unit(connection: sa.Connection, unit: Unit, here: Location) -> Piece:
    where = where_is_unit(connection, unit.id)
    if where.location_id == here.id:
        return Piece(unit.lot, unit, where.step + 1)
    if where.kind in (LocationKind.SESSION, LocationKind.USED, LocationKind.WASTED):
        return Piece(unit.lot, unit, problems=(_already_used(unit, where),))
    if where.kind is LocationKind.SUPPLIER:
        return Piece(unit.lot, unit, problems=(delivery_reversed(unit),))
    message = say(
        "%(unit)s, lot %(lot)s of %(item)s, is not in %(here)s but in %(place)s."
        " Move it here first.",
        unit=unit.code,
        lot=unit.lot.number,
        item=unit.lot.item.name,
        here=here.code,
        place=where.location,
    )
    return Piece(unit.lot, unit, problems=(Problem("not-here", message),))


def delivery_reversed(unit: Unit) -> Problem:
    """Nobody can move what by the book never came: it has to be booked in again."""
    message = say(
        "The delivery of %(unit)s, lot %(lot)s of %(item)s, was reversed. Have pharmacy book it in"
        " again, then scan it.",
        unit=unit.code,
        lot=unit.lot.number,
        item=unit.lot.item.name,
    )
    return Problem("not-here", message)


def _already_used(unit: Unit, where: UnitWhereabouts) -> Problem:
    fates = {
        LocationKind.SESSION: say(
            "%(unit)s, lot %(lot)s of %(item)s, was opened in session %(session)s at %(at)s."
            " Take another piece."
        ),
        LocationKind.USED: say(
            "%(unit)s, lot %(lot)s of %(item)s, was used in session %(session)s at %(at)s."
            " A single-use piece is never used twice: take another."
        ),
        LocationKind.WASTED: say(
            "%(unit)s, lot %(lot)s of %(item)s, was wasted at %(at)s (%(session)s)."
            " Take another piece."
        ),
    }
    message = say(
        fates[where.kind].template,
        unit=unit.code,
        lot=unit.lot.number,
        item=unit.lot.item.name,
        session=where.session,
        at=stamp(where.at),
    )
    return Problem("unit-already-used", message)
