"""Moving stock between places, by scanning; to another site by way of its transit place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from inventory import store
from inventory.domain.catalogue import Lot, Tracking, Unit
from inventory.domain.chain import Json
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.patient_session import MAXIMUM_QUANTITY
from inventory.domain.places import Location
from inventory.domain.problem import Problem, blocking, say
from inventory.operations.identifying import Asked, Identified, check_lot, identify
from inventory.operations.leaving import HOLDING, check_first, check_left, too_few_to_move
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, Move, post
from inventory.operations.refusing import check_clock, refuse
from inventory.store import catalogue, ledger, places


@dataclass(frozen=True, slots=True)
class TransferLine:
    """What is moved.

    Attributes:
        asked: The scan, a unit, or item and lot typed.
        quantity: Units of use; None is one pack as scanned, or one piece.
    """

    asked: Asked
    quantity: int | None = None


def transfer(
    act: Act, source_code: str, destination_code: str, lines: Sequence[TransferLine]
) -> Answer:
    """Move stock from one place to another, all lines or none.

    To a place of another site it goes into that site's transit place; receiving it there is a
    second transfer from `SITE-TRANSIT`.

    Returns:
        `{code, destination, entry, mac, lines: [{item, lot, unit, quantity}]}`; refused with
        `not-here`, `unit-already-used`, `unit-label-needed`, `not-a-store`, `same-place`,
        `receive-first`, `no-lines`, `quantity-wrong`, and for a lot that is expired, recalled or on
        hold its problem unless it goes to quarantine; the warning `expires-earlier`.

    Raises:
        NotFound: There is no such location.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        source = places.get_location(connection, source_code)
        asked_for = places.get_location(connection, destination_code)
        to = asked_for
        if asked_for.site != source.site:
            to = places.meaning(connection, asked_for.site, LocationKind.TRANSIT)
    site = source.site

    def story(connection: sa.Connection) -> Answer:
        problems = [*check_clock(connection, act, site), *_check_places(source, to, lines)]
        moves: list[Move] = []
        facts: list[Json] = []
        for line in lines:
            read = read_line(connection, line, source, to, act.today)
            facts.append(read.found.as_facts())
            problems += read.problems
            moves += read.moves
        problems += check_sums(connection, moves, source)
        problems.sort(key=lambda problem: not problem.blocking)  # what stops it stands first
        if blocking(problems):
            return refuse(connection, act, site, source.code, problems, {"lines": facts})
        code = new_code("TR", act.draw)
        posted = post(
            connection, act, site, Draft(EntryKind.TRANSFER, code, moves, {"lines": facts})
        )
        return Answer(
            {
                "code": code,
                "destination": to.code,
                "entry": posted.reference,
                "mac": posted.mac,
                "lines": [_said(move) for move in moves],
            },
            tuple(problems),
        )

    said: list[Json] = [[line.asked.as_content(), line.quantity] for line in lines]
    return act_once(act, site, "transfer", [source_code, destination_code, said], story)


def _said(move: Move) -> dict[str, Json]:
    return {
        "item": move.lot.item.code,
        "item_name": move.lot.item.name,
        "lot": move.lot.number,
        "unit": move.unit.code if move.unit else None,
        "quantity": move.quantity,
    }


def _check_places(source: Location, to: Location, lines: Sequence[TransferLine]) -> list[Problem]:
    problems = []
    if not lines:
        problems.append(Problem("no-lines", say("Nothing to move. Scan what is moved.")))
    if source == to:
        message = say("It is in %(place)s already. Choose another place.", place=source.code)
        problems.append(Problem("same-place", message))
    elif source.kind is to.kind is LocationKind.TRANSIT:
        message = say("What is on its way is received at its own site first, then sent on.")
        problems.append(Problem("receive-first", message))
    for place in (source, to):
        if place.kind not in HOLDING:
            message = say(
                "%(place)s holds no stock. Choose a store, a room or quarantine.", place=place.code
            )
            problems.append(Problem("not-a-store", message))
    return problems


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a transfer, found out and checked.

    Attributes:
        found: What it means.
        moves: What it would move.
        problems: What is wrong with this line alone.
    """

    found: Identified
    moves: tuple[Move, ...]
    problems: tuple[Problem, ...]


def read_line(
    connection: sa.Connection, line: TransferLine, source: Location, to: Location, today: date
) -> ReadLine:
    """Find out what a line is and what it would move; nothing is written.

    Problems: those of `identify`, `check_lot` unless it goes to quarantine, `not-here`,
    `unit-already-used`, `unit-label-needed`, `quantity-wrong`, and the warning `expires-earlier`.
    """
    found = identify(connection, line.asked, today)
    moves, problems = _line(connection, found, line, source, to)
    if to.kind is not LocationKind.QUARANTINE:
        problems = [*check_lot(connection, found, today), *problems]
    if found.lot and not blocking(problems):
        problems = [*problems, *check_first(connection, found.lot, source, to, today)]
    return ReadLine(found, tuple(moves), (*found.problems, *problems))


def _line(
    connection: sa.Connection,
    found: Identified,
    line: TransferLine,
    source: Location,
    to: Location,
) -> tuple[list[Move], list[Problem]]:
    problems: list[Problem] = []
    if found.item is None or not found.lot_number:
        return [], problems
    if found.lot is None:
        message = say(
            "Lot %(lot)s was never received here. Receive it first.", lot=found.lot_number
        )
        return [], [*problems, Problem("not-here", message)]
    quantity = found.units_in_pack if line.quantity is None else line.quantity
    if not 1 <= quantity <= MAXIMUM_QUANTITY:
        message = say(
            "%(got)s is no quantity here. Type a number from 1 to %(most)s.",
            most=MAXIMUM_QUANTITY,
            got=quantity,
        )
        return [], [*problems, Problem("quantity-wrong", message)]
    if found.item.tracking is Tracking.LOT:
        move = Move(found.lot, None, source, to, quantity, found.entered)
        return [move], problems
    units, wrong = _units(connection, found, found.lot, quantity, source)
    return [Move(found.lot, unit, source, to, 1, found.entered) for unit in units], problems + wrong


def _units(
    connection: sa.Connection, found: Identified, lot: Lot, quantity: int, source: Location
) -> tuple[list[Unit], list[Problem]]:
    """The very units that are meant: the one scanned, or all of the lot that lie there."""
    if found.unit:
        wrong = check_left(connection, found.unit, source)
        return ([] if wrong else [found.unit]), wrong
    keys = ledger.units_at(connection, lot.id, source.id)
    if len(keys) == quantity:
        return [catalogue.unit_of_id(connection, key) for key in keys], []
    if not keys:
        return [], [too_few_to_move(connection, lot, source, 0, quantity)]
    message = say(
        "%(count)s labelled pieces of lot %(lot)s are in %(source)s."
        " Scan our label on each piece that is moved.",
        count=len(keys),
        lot=lot.number,
        source=source.code,
    )
    return [], [Problem("unit-label-needed", message)]


def check_sums(connection: sa.Connection, moves: Sequence[Move], source: Location) -> list[Problem]:
    """What several lines take of one lot must be there in all; no unit goes twice."""
    problems = []
    wanted: dict[int, int] = {}
    seen: set[int] = set()
    for move in moves:
        if move.unit and move.unit.id in seen:
            message = say(
                "%(unit)s stands twice in this list. Remove one of the lines.", unit=move.unit.code
            )
            problems.append(Problem("unit-twice", message))
        elif move.unit:
            seen.add(move.unit.id)
        else:
            wanted[move.lot.id] = wanted.get(move.lot.id, 0) + move.quantity
    for move in {move.lot.id: move for move in moves if not move.unit}.values():
        held = ledger.balance(connection, move.lot.id, source.id)
        if held < wanted[move.lot.id]:
            wrong = too_few_to_move(connection, move.lot, source, held, wanted[move.lot.id])
            problems.append(wrong)
    return problems
