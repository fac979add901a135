"""Correcting: an entry is mirrored, at most once, and only while nothing later rests on it."""

from typing import Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.catalogue import Unit
from inventory.domain.ledger import NEVER_BELOW_ZERO, ROUTES, Entry, EntryKind
from inventory.domain.patient_session import REVERSE_REASONS, check_open
from inventory.domain.places import Site
from inventory.domain.problem import Problem, say
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, Move, post
from inventory.operations.refusing import check_clock, refuse
from inventory.store import catalogue, ledger, patient_sessions, places
from inventory.store.errors import no_such
from inventory.store.ledger import StoredMovement

MOST_NAMED: Final = 5
"""Later entries that a refusal names."""


def reverse_entry(act: Act, reference: str, reason: str) -> Answer:
    """Reverse an entry: its movements with their ends mirrored, or the closing of a session.

    Args:
        act: Who, when, with which key.
        reference: Of the entry, `TO-17`.
        reason: Code of `REVERSE_REASONS`.

    Returns:
        `{reversed, entry, mac}`; refused with `reason-missing`, `not-reversible`,
        `reversed-already`, `later-rests-on-it`, `patient-session-closed`, `clock-suspect`.

    Raises:
        NotFound: There is no such entry.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        _, entry = ledger.get_entry(connection, reference)
        site = next(each for each in places.list_sites(connection) if each.code == entry.site)
        home = _home(connection, reference) or site

    def story(connection: sa.Connection) -> Answer:
        entry_id, entry = ledger.get_entry(connection, reference)
        movements = ledger.movements_of_entry(connection, entry_id)
        problems = check_clock(connection, act, home)
        problems += _check(connection, entry_id, entry, reason)
        problems += _check_session(connection, entry, movements)
        problems += _check_mirror(connection, entry_id, movements)
        if problems:
            return refuse(connection, act, home, entry.about, problems, {"entry": reference})
        moves = [_mirror(connection, each) for each in reversed(movements)]
        draft = Draft(
            EntryKind.REVERSE, entry.about, moves, reason=reason, reverses=(entry_id, reference)
        )
        posted = post(connection, act, home, draft)
        return Answer({"reversed": reference, "entry": posted.reference, "mac": posted.mac})

    further = [] if home.id == site.id else [site]
    return act_once(act, home, "reverse", [reference, reason], story, *further)


def _home(connection: sa.Connection, reference: str) -> Site | None:
    """The site whose ledger guards what the mirrored movements take from."""
    entry_id, _ = ledger.get_entry(connection, reference)
    for each in ledger.movements_of_entry(connection, entry_id):
        return places.location_of_id(connection, each.destination_id).site
    return None


def _check(connection: sa.Connection, entry_id: int, entry: Entry, reason: str) -> list[Problem]:
    problems = []
    if reason not in REVERSE_REASONS:
        message = say("Say why: one of %(all)s.", all=", ".join(REVERSE_REASONS))
        problems.append(Problem("reason-missing", message))
    if entry.kind not in ROUTES and entry.kind is not EntryKind.CLOSE_SESSION:
        message = say(
            "Entry %(entry)s moved nothing, so there is nothing to undo. Look for the entry that"
            " moved it.",
            entry=entry.reference,
        )
        problems.append(Problem("not-reversible", message))
    undone = ledger.reversal_of(connection, entry_id)
    if undone:
        message = say(
            "Entry %(entry)s was reversed already, by %(by)s. Look there what was put right.",
            entry=entry.reference,
            by=undone,
        )
        problems.append(Problem("reversed-already", message))
    return problems


def _check_session(
    connection: sa.Connection, entry: Entry, movements: list[StoredMovement]
) -> list[Problem]:
    """What lies in a closed session is corrected by reopening it first."""
    if not movements or not entry.about.startswith("PS"):
        return []
    found = patient_sessions.find_session(connection, entry.about)
    return check_open(found) if found else []


def _check_mirror(
    connection: sa.Connection, entry_id: int, movements: list[StoredMovement]
) -> list[Problem]:
    resting: set[tuple[int, str]] = set()
    for each in movements:
        resting.update(_resting_on(connection, entry_id, each, movements))
    if not resting:
        return []
    named = [reference for _, reference in sorted(resting, reverse=True)]
    message = say(
        "Later entries rest on this one. Reverse them first, in this order: %(entries)s.",
        entries=", ".join(named),
    )
    if len(named) > MOST_NAMED:
        message = say(
            "Later entries rest on this one, %(count)s in all. Reverse them first, the latest"
            " before the older ones. These are the latest: %(entries)s.",
            entries=", ".join(named[:MOST_NAMED]),
            count=len(named),
        )
    return [Problem("later-rests-on-it", message)]


def _resting_on(
    connection: sa.Connection,
    entry_id: int,
    movement: StoredMovement,
    movements: list[StoredMovement],
) -> list[tuple[int, str]]:
    """The later entries for which what an entry brought somewhere cannot be taken back."""
    if movement.unit_id is not None:
        return ledger.later_of_unit(connection, movement.unit_id, movement.step or 0)
    place = places.location_of_id(connection, movement.destination_id)
    if place.kind not in NEVER_BELOW_ZERO:
        return []
    brought = sum(
        each.quantity
        for each in movements
        if (each.lot_id, each.destination_id) == (movement.lot_id, movement.destination_id)
    )
    if ledger.balance(connection, movement.lot_id, movement.destination_id) >= brought:
        return []
    return ledger.later_out_of(connection, movement.lot_id, place.id, entry_id)


def _mirror(connection: sa.Connection, movement: StoredMovement) -> Move:
    unit: Unit | None = None
    if movement.unit_id is not None:
        unit = catalogue.unit_of_id(connection, movement.unit_id)
    lot = unit.lot if unit else catalogue.get_lot(connection, movement.lot_id)
    return Move(
        lot,
        unit,
        places.location_of_id(connection, movement.destination_id),
        places.location_of_id(connection, movement.source_id),
        movement.quantity,
    )


def undo_opening(act: Act, code: str, reference: str, reason: str) -> Answer:
    """Undo a scan of an open session; what `reverse_entry` does, kept to that session.

    Raises:
        NotFound: The entry is not an opening of this session.
    """
    with store.reading() as connection:
        _, entry = ledger.get_entry(connection, reference)
    if entry.about != code or entry.kind not in (
        EntryKind.OPEN,
        EntryKind.USE,
        EntryKind.WASTE,
        EntryKind.RESTOCK,
    ):
        raise no_such("entry", reference)
    return reverse_entry(act, reference, reason)
