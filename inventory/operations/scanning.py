"""Scanning into a patient session: parse, match, check, post. One act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from inventory.domain.catalogue import Lot, Tracking, Unit
from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.patient_session import (
    MAXIMUM_QUANTITY,
    PatientSession,
    SessionLine,
    check_open,
    taken,
)
from inventory.domain.places import Location
from inventory.domain.problem import OVERRULABLE, Problem, blocking, say
from inventory.domain.procedure import ProcedureDefinition, Taken, check_planned, missing
from inventory.operations.comparing import tell_expiry
from inventory.operations.held_codes import beside_held
from inventory.operations.identifying import (
    Asked,
    Identified,
    check_lot,
    check_pack,
    identify,
    identifying_questions,
    lot_questions,
    overruled_by,
)
from inventory.operations.likening import check_likeness
from inventory.operations.locating import check_came, find_piece, in_doubt, piece_questions
from inventory.operations.matching import hold_against, tell_wristband
from inventory.operations.noting import check_note, keep_note, keep_photo
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, Move, post
from inventory.operations.refusing import (
    Override,
    check_clock,
    check_late,
    refuse,
    stopping,
    tell_before,
    warned,
)
from inventory.store import patient_sessions, places, procedures
from inventory.store.prepared import made_ahead, read_ahead


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What a nurse opened for the patient.

    Attributes:
        asked: The scan, or what was typed instead.
        quantity: Units of use.
        occurred_at: When it was opened, if it is recorded late; UTC.
        override: What she overrules, and why.
        photo: A JPEG of the pack, where she attached one; or empty.
    """

    asked: Asked
    quantity: int = 1
    occurred_at: datetime | None = None
    override: Override = field(default_factory=Override)
    photo: bytes = field(default=b"", repr=False)

    def as_content(self) -> dict[str, Json]:
        """What an idempotency key stands for."""
        return {
            "asked": self.asked.as_content(),
            "quantity": self.quantity,
            "occurred_at": self.occurred_at.isoformat() if self.occurred_at else "",
            "override": [*sorted(self.override.codes), self.override.reason],
            **({"photo": sha256(self.photo).hexdigest()} if self.photo else {}),
        }


@dataclass(frozen=True, slots=True)
class Theatre:
    """The session into which something is scanned, and what is in it already."""

    patient_session: PatientSession
    procedure: ProcedureDefinition
    place: Location
    here: Location
    lines: list[SessionLine]


def scan_into_session(act: Act, code: str, request: ScanRequest) -> Answer:
    """Open one thing for a patient: every rule is asked, every problem shown, one entry posted.

    Args:
        act: Who scans, when, with which key.
        code: Of the patient session.
        request: What was scanned.

    Returns:
        `{accepted, item, lot, unit, quantity, missing, entry, mac}`; or refused, with problems:
        `unreadable`, `check-digit-wrong`*, `unknown-item`, `lot-missing`, `lot-ambiguous` (then the
        body names the `candidates`), `typed-differs`, `label-void`, `label-differs`,
        `lot-expired`, `lot-recalled`, `on-hold`, `unit-already-used`, `unit-label-needed`,
        `not-here`, `not-in-procedure`*, `more-than-planned`*, `carton-code`*, `quantity-wrong`,
        `too-long`, `occurred-at-wrong`, `patient-session-closed`, `clock-suspect`,
        `recalled-lot-resembles`*. Those with * can be overruled with a reason; `expiry-differs`,
        `before-session` and `perhaps-wristband` are only told. A unit that is in the session
        already is answered with `again`, and `lot-expired`, `lot-recalled`, `on-hold` only told.
        The label of a session and a patient's wristband are answered as `matching.hold_against`
        says.

    Raises:
        NotFound: There is no such session.
        Conflict: The key was used for something else.
    """
    site = patient_sessions.site_of(code)
    asked, scan = request.asked, request.asked.read(act.today)

    def story(connection: sa.Connection) -> Answer:
        theatre = enter_theatre(connection, code)
        matched = hold_against(connection, act, site, theatre.patient_session, asked, scan)
        if matched:
            return matched
        found = identify(connection, asked, act.today, scan)
        found = beside_held(connection, found, asked, act.today)
        further = made_ahead(
            connection.dialect,
            lambda: [*lot_questions(found), *piece_questions(found, theatre.here)],
        )
        read_ahead(connection, further)
        again = _again(connection, act, theatre, found)
        if again:
            return again
        piece = find_piece(connection, found, theatre.here, request.quantity)
        piece = in_doubt(found, piece, theatre.lines)
        problems = check_clock(connection, act, site)
        problems += _check(connection, act, theatre, request, found)
        problems += tell_wristband(asked, scan, found)
        problems += [*piece.problems, *_check_plan(theatre, found, request.quantity)]
        problems += check_came(connection, act, piece, theatre.here, request.occurred_at)
        problems += tell_before(theatre.patient_session, request.occurred_at)
        problems += tell_expiry(found)
        if stopping(problems, request.override) or piece.lot is None:
            refusal = refuse(connection, act, site, code, problems, found.as_facts())
            return replace(
                refusal, body={**refusal.body, **ways_on(found, problems, request.override)}
            )
        move = Move(
            piece.lot,
            piece.unit,
            theatre.here,
            theatre.place,
            request.quantity,
            found.entered,
            overruled_by(problems, request.override.codes),
            piece.step,
        )
        body = _open(connection, act, theatre, request, move, found.facts)
        return Answer(body, warned(problems))

    content: dict[str, Json] = {"session": code, **request.as_content()}
    return act_once(
        act,
        site,
        "scan",
        content,
        story,
        brief=True,
        ahead=lambda: [*patient_sessions.session_questions(code), *identifying_questions(scan)],
    )


def _check(
    connection: sa.Connection,
    act: Act,
    theatre: Theatre,
    request: ScanRequest,
    found: Identified,
) -> list[Problem]:
    """What is wrong with the session, the time told, the lot, the quantity and the reason."""
    late = check_late(act, request.occurred_at)
    day = act.today if late else act.day_of(request.occurred_at)  # a day that may be is judged
    return [
        *check_open(theatre.patient_session),
        *late,
        *found.problems,
        *check_lot(connection, found, day),
        *check_likeness(connection, found),
        *check_pack(found),
        *_check_quantity(found, request.quantity),
        *check_note(request.override.reason),
    ]


def _open(
    connection: sa.Connection,
    act: Act,
    theatre: Theatre,
    request: ScanRequest,
    move: Move,
    told: Mapping[str, Json],
) -> dict[str, Any]:
    """Post that a piece was opened, with what was told of it; gives what is answered."""
    facts = dict(told)
    if request.photo:
        facts |= keep_photo(connection, act, request.photo)
    if move.overridden:
        facts |= keep_note(connection, act, request.override.reason)
    draft = Draft(EntryKind.OPEN, theatre.place.code, [move], facts, request.occurred_at)
    posted = post(connection, act, theatre.here.site, draft)
    return {
        "accepted": True,
        **_said(move.lot, move.unit, move.quantity),
        "missing": still_missing(theatre, move.lot, move.quantity),
        "entry": posted.reference,
        "mac": posted.mac,
    }


def ways_on(found: Identified, problems: Sequence[Problem], override: Override) -> dict[str, Json]:
    """How a refused scan can go on: lots to choose from, an item to make, a pack to book in.

    A check digit that fails, or a lot that looks like a recalled one, is overruled first, and why
    is said, before either is offered.
    """
    if found.candidates:
        return {"candidates": list(found.candidates)}
    codes = {problem.code for problem in stopping(problems, override)}
    doubted = codes & {"check-digit-wrong", "recalled-lot-resembles"}
    codes -= doubted
    if found.nameless and codes == {"unknown-item"}:
        return {"overrule": [*sorted(doubted)]} if doubted else {"way": "new-item"}
    never_came = found.item is not None and found.lot is None and found.lot_number
    if never_came and "not-here" in codes and codes <= {"not-here", *OVERRULABLE}:
        return {"overrule": [*sorted(doubted)]} if doubted else {"way": "book-in"}
    return {}


def enter_theatre(connection: sa.Connection, code: str) -> Theatre:
    """A session with its procedure, places and contents.

    Raises:
        NotFound: There is no such session.
    """
    found, place_id, room_id = patient_sessions.get_session_with_places(connection, code)
    here = places.location_of_id(connection, room_id)
    return Theatre(
        found,
        procedures.get_procedure(connection, found.procedure)[1],
        Location(place_id, code, LocationKind.SESSION, "", here.site),
        here,
        patient_sessions.lines_of_place(connection, place_id, found.site),
    )


def still_missing(theatre: Theatre, lot: Lot | None = None, quantity: int = 0) -> list[Json]:
    """Required lines that lack pieces, one more lot counted as taken."""
    have = taken(theatre.lines)
    if lot:
        have = _with(have, lot, quantity)
    return [
        {"step": line.step, "name": line.name, "quantity": lacking}
        for line, lacking in missing(theatre.procedure, have)
    ]


def _with(have: list[Taken], lot: Lot, quantity: int) -> list[Taken]:
    item = lot.item
    opened = sum(each.opened for each in have if each.code == item.code)
    kept = sum(each.kept for each in have if each.code == item.code)
    others = [each for each in have if each.code != item.code]
    return [*others, Taken(item.code, item.kind, opened + quantity, kept + quantity)]


def _said(lot: Lot, unit: Unit | None, quantity: int) -> dict[str, Any]:
    return {
        "item": lot.item.code,
        "item_name": lot.item.name,
        "lot": lot.number,
        "expires_on": lot.expires_on.isoformat() if lot.expires_on else None,
        "unit": unit.code if unit else None,
        "quantity": quantity,
    }


def _again(
    connection: sa.Connection, act: Act, theatre: Theatre, found: Identified
) -> Answer | None:
    """The same unit a second time into the session that holds it: said, and nothing moved.

    Who scans again wants to be sure: a lot that is recalled, held or expired by now is told. A pack
    that is not what our label on it says is refused like any other.
    """
    if found.unit is None or found.lot is None or blocking(found.problems, OVERRULABLE):
        return None
    held = [line for line in theatre.lines if line.unit == found.unit.code and line.in_session]
    if not held:
        return None
    said = _said(found.lot, found.unit, 1)
    body = {"accepted": True, "again": True, **said, "missing": still_missing(theatre)}
    told = [*check_lot(connection, found, act.today), *tell_expiry(found)]
    return Answer(body, warned(told))


def _check_quantity(found: Identified, quantity: int) -> list[Problem]:
    by_unit = found.item is not None and found.item.tracking is Tracking.UNIT
    if 1 <= quantity <= (1 if by_unit else MAXIMUM_QUANTITY):
        return []
    most = 1 if by_unit else MAXIMUM_QUANTITY
    message = say("The quantity must be 1 to %(most)s; got %(got)s.", most=most, got=quantity)
    return [Problem("quantity-wrong", message)]


def _check_plan(theatre: Theatre, found: Identified, quantity: int) -> list[Problem]:
    """Whether the procedure takes it; of a closed session nothing of its plan is to be told."""
    if found.item is None or not theatre.patient_session.is_open:
        return []
    return check_planned(theatre.procedure, found.item, quantity, taken(theatre.lines))
