"""What became of what was opened: used, wasted with a reason, or restocked unopened."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Lot, Unit, check_expiry
from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.patient_session import WASTE_REASONS, SessionLine, check_open
from inventory.domain.places import Location, Site
from inventory.domain.problem import Problem, say
from inventory.operations.doubting import tell_used
from inventory.operations.identifying import lot_name
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, Move, post
from inventory.operations.refusing import check_clock, refuse
from inventory.operations.scanning import Theatre, enter_theatre
from inventory.store import catalogue, patient_sessions, places, recalls

OUTCOMES: Final = ("used", "wasted", "restocked")
_KINDS: Final = {
    "used": EntryKind.USE,
    "wasted": EntryKind.WASTE,
    "restocked": EntryKind.RESTOCK,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line of a session.

    Attributes:
        outcome: `used`, `wasted` or `restocked`.
        unit: Code of the unit; or empty, then item and lot say which.
        item: Code of the item.
        lot: The lot number.
        quantity: Units of use, or None for all that are in the session.
        reason: Code of `WASTE_REASONS`, for wasted.
    """

    outcome: str
    unit: str = ""
    item: str = ""
    lot: str = ""
    quantity: int | None = None
    reason: str = ""

    def as_content(self) -> Json:
        """What an idempotency key stands for."""
        return [self.outcome, self.unit, self.item, self.lot, self.quantity, self.reason]


def say_outcome(act: Act, code: str, outcome: Outcome) -> Answer:
    """Say what became of something that was opened for a session.

    Returns:
        `{accepted, item, lot, unit, outcome, quantity, entry, mac}`; refused with
        `outcome-unknown`, `reason-missing`, `not-in-session`, `quantity-wrong`,
        `patient-session-closed`, `clock-suspect`. What is restocked of a lot that is expired,
        recalled or on hold goes to quarantine, which is told as `to-quarantine`; what is used of it
        is taken, and told as `lot-expired`, `lot-recalled`, `on-hold`.

    Raises:
        NotFound: There is no such session.
        Conflict: The key was used for something else.
    """
    site = patient_sessions.site_of(code)

    def story(connection: sa.Connection) -> Answer:
        theatre = enter_theatre(connection, code)
        line = _find_line(theatre, outcome)
        problems = [*check_clock(connection, act, site), *check_open(theatre.patient_session)]
        problems += _check(outcome, line)
        if problems or line is None:
            facts: dict[str, Json] = {
                "item": outcome.item,
                "lot": outcome.lot,
                "unit": outcome.unit,
            }
            return refuse(connection, act, site, code, problems, facts)
        lot, unit = _piece(connection, line)
        quantity = outcome.quantity or line.in_session
        to, told = _destination(connection, act, theatre, outcome, lot, site)
        move = Move(lot, unit, theatre.place, to, quantity)
        draft = Draft(_KINDS[outcome.outcome], code, [move], reason=outcome.reason)
        posted = post(connection, act, site, draft)
        body = {
            "accepted": True,
            "item": line.item,
            "lot": line.lot,
            "unit": line.unit or None,
            "outcome": outcome.outcome,
            "quantity": quantity,
            "entry": posted.reference,
            "mac": posted.mac,
        }
        return Answer(body, tuple(told))

    return act_once(
        act,
        site,
        "outcome",
        [code, outcome.as_content()],
        story,
        brief=True,
        ahead=lambda: patient_sessions.session_questions(code),
    )


def use_all(act: Act, code: str) -> Answer:
    """Say of everything in a session whose outcome is not said that it was used.

    Returns:
        `{accepted, quantity, entry, mac}`; refused with `nothing-open`, `patient-session-closed`.
        Told are `lot-expired`, `lot-recalled`, `on-hold`, once for each lot.
    """
    site = patient_sessions.site_of(code)

    def story(connection: sa.Connection) -> Answer:
        theatre = enter_theatre(connection, code)
        lines = [line for line in theatre.lines if line.in_session]
        problems = [*check_clock(connection, act, site), *check_open(theatre.patient_session)]
        if not lines:
            message = say(
                "Everything in this session has its outcome already. Close it, or scan what is"
                " missing."
            )
            problems.append(Problem("nothing-open", message))
        if problems:
            return refuse(connection, act, site, code, problems, {})
        moves: list[Move] = []
        for line in lines:
            lot, unit = _piece(connection, line)
            to = places.meaning(connection, site, _used(line))
            moves.append(Move(lot, unit, theatre.place, to, line.in_session))
        posted = post(connection, act, site, Draft(EntryKind.USE, code, moves))
        total = sum(move.quantity for move in moves)
        body = {"accepted": True, "quantity": total, "entry": posted.reference, "mac": posted.mac}
        told: list[Problem] = []
        for lot in {move.lot.id: move.lot for move in moves}.values():
            told += tell_used(connection, act, lot)
        return Answer(body, tuple(told))

    return act_once(act, site, "use-all", code, story)


def _used(line: SessionLine) -> LocationKind:
    return LocationKind.USED if line.single_use else LocationKind.REPROCESSING


def _find_line(theatre: Theatre, outcome: Outcome) -> SessionLine | None:
    """The line of a unit, or of an item and lot that is tracked by lot."""
    for line in theatre.lines:
        if outcome.unit and line.unit == outcome.unit.upper():
            return line
        same = line.item == outcome.item and line.lot == outcome.lot
        if not outcome.unit and same and not line.unit:
            return line
    return None


def _check(outcome: Outcome, line: SessionLine | None) -> list[Problem]:
    problems = []
    if outcome.outcome not in OUTCOMES:
        message = say("This outcome is not known. Choose one of: %(all)s.", all=", ".join(OUTCOMES))
        problems.append(Problem("outcome-unknown", message))
    if outcome.outcome == "wasted" and outcome.reason not in WASTE_REASONS:
        message = say("Say why it was wasted: one of %(all)s.", all=", ".join(WASTE_REASONS))
        problems.append(Problem("reason-missing", message))
    if line is None or not line.in_session:
        message = say("This is not open in the session. Scan it first, or look at its outcome.")
        problems.append(Problem("not-in-session", message))
    elif outcome.quantity is not None and not 1 <= outcome.quantity <= line.in_session:
        message = say(
            "%(got)s is no quantity here. Type a number from 1 to %(most)s.",
            most=line.in_session,
            got=outcome.quantity,
        )
        problems.append(Problem("quantity-wrong", message))
    return problems


def _piece(connection: sa.Connection, line: SessionLine) -> tuple[Lot, Unit | None]:
    if line.unit:
        unit = catalogue.find_unit(connection, line.unit)
        if unit is None:  # pragma: no cover - its movement names it
            raise LookupError(line.unit)
        return unit.lot, unit
    item = catalogue.get_item(connection, line.item)
    lot = catalogue.find_lot(connection, item, line.lot)
    if lot is None:  # pragma: no cover - its movement names it
        raise LookupError(line.lot)
    return lot, None


def _destination(
    connection: sa.Connection,
    act: Act,
    theatre: Theatre,
    outcome: Outcome,
    lot: Lot,
    site: Site,
) -> tuple[Location, list[Problem]]:
    if outcome.outcome == "used":
        kind = LocationKind.USED if lot.item.single_use else LocationKind.REPROCESSING
        return places.meaning(connection, site, kind), tell_used(connection, act, lot)
    if outcome.outcome == "wasted":
        return places.meaning(connection, site, LocationKind.WASTED), []
    if not _is_kept_back(connection, lot, act.today):
        return theatre.here, []
    to = places.meaning(connection, site, LocationKind.QUARANTINE)
    message = say(
        "Lot %(lot)s is expired, recalled or on hold: bring it to quarantine (%(place)s).",
        lot=lot.number,
        place=to.code,
    )
    return to, [Problem("to-quarantine", message, blocking=False)]


def _is_kept_back(connection: sa.Connection, lot: Lot, today: date) -> bool:
    """Whether a lot may not lie where the next patient's nurse takes from."""
    return (
        bool(check_expiry(lot, today))
        or recalls.standing_recall(connection, lot.item.id, lot.number) is not None
        or recalls.is_held(connection, lot_name(lot.item, lot.number))
    )
