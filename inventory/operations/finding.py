"""A pack in theatre that was never booked in: taken in where it was found, so that it can be used.

The trace must be whole whatever was forgotten before: an item that nobody knows is made
provisional, the pack is received into the room with the reason `found-in-theatre`, and the scan
then goes its ordinary way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Item, ItemKind
from inventory.domain.chain import Json
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind
from inventory.domain.patient_session import check_open
from inventory.domain.places import Location, Site
from inventory.domain.problem import Problem, say
from inventory.operations.cataloguing import home_site
from inventory.operations.identifying import Asked, Identified, check_lot, identify
from inventory.operations.noting import check_note, keep_note
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.provisioning import item_of_barcodes, item_of_reference, record_made_up
from inventory.operations.receiving import ReceiptLine, kept_facts, read_line, take_in
from inventory.operations.refusing import Override, check_clock, refuse, stopping, warned
from inventory.store import catalogue, patient_sessions, places, receipts
from inventory.store.receipts import Receipt

FOUND: Final = "found-in-theatre"
"""The reason of the entry that takes in what was found."""


@dataclass(frozen=True, slots=True)
class FoundPack:
    """A pack that lies in theatre and in no book.

    Attributes:
        asked: The scan, or REF and lot typed.
        quantity: Units of use.
        kind: What sort of thing it is, where no item here has its code; else None.
        override: What is overruled of how it was read, and why.
    """

    asked: Asked
    quantity: int = 1
    kind: ItemKind | None = None
    override: Override = field(default_factory=Override)

    def as_content(self) -> dict[str, Json]:
        """What an idempotency key stands for."""
        kind = self.kind.value if self.kind else ""
        said: dict[str, Json] = {"asked": self.asked.as_content(), "kind": kind}
        if self.override.codes:
            said["override"] = [*sorted(self.override.codes), self.override.reason]
        return said | {"quantity": self.quantity}


def book_in_found(act: Act, code: str, pack: FoundPack) -> Answer:
    """Take a found pack into the room of a session; an unknown item is made provisional.

    Args:
        act: Who found it, when, with which key.
        code: Of the patient session.
        pack: What was found.

    Returns:
        `{code, entry, mac, item, lot, made}`, `made` where an item was made; refused with
        the problems of reading, of the lot (a recalled, expired or held one is never taken in
        here), `patient-session-closed`, `clock-suspect`, `lot-known`.

    Raises:
        NotFound: There is no such session.
        Conflict: The key was used for something else.
    """
    site, home = patient_sessions.site_of(code), home_site()

    def story(connection: sa.Connection) -> Answer:
        session, _, room_id = patient_sessions.get_session_with_places(connection, code)
        room = places.location_of_id(connection, room_id)
        made = _made_up(connection, act, pack)
        if isinstance(made, Problem):
            return refuse(connection, act, site, code, [made], {})
        line = ReceiptLine(_asked_of(pack, made), pack.quantity)
        problems = [*check_clock(connection, act, site), *check_open(session)]
        problems += check_note(pack.override.reason)
        problems += _try(connection, act, line, made, pack.override, stopped=bool(problems))
        if stopping(problems, pack.override):
            facts = identify(connection, pack.asked, act.today).as_facts()
            return refuse(connection, act, site, code, problems, facts)
        if made:
            record_made_up(connection, act, home, made)
        answer = _take_in(connection, act, site, room, code, line, pack.override)
        body = {**answer.body, "made": made.code if made else ""}
        return Answer(body, warned(problems))

    content: dict[str, Json] = {"session": code, **pack.as_content()}
    return act_once(act, site, "found", content, story, home)


def _made_up(connection: sa.Connection, act: Act, pack: FoundPack) -> Item | Problem | None:
    """The item that has to be made; None where the code names one, or no kind was said."""
    known = identify(connection, pack.asked, act.today)
    if pack.kind is None or known.item is not None:
        return None
    if pack.asked.barcodes:
        return item_of_barcodes(
            act, pack.asked.barcodes, pack.kind, pack.asked.keyboard, pack.override
        )
    reference = pack.asked.reference.strip()
    if reference and pack.asked.held:
        of_code = item_of_barcodes(act, pack.asked.held, pack.kind, pack.asked.keyboard)
        return of_code if isinstance(of_code, Problem) else replace(of_code, reference=reference)
    if reference:
        return item_of_reference(act, pack.asked.reference, pack.kind)
    return Problem("unknown-item", say("Type the REF of the pack, or scan its code."))


def _try(
    connection: sa.Connection,
    act: Act,
    line: ReceiptLine,
    made: Item | None,
    override: Override,
    *,
    stopped: bool,
) -> list[Problem]:
    """The problems of a line with its new item in the catalogue, where it stays if none stops.

    Args:
        connection: Of the act.
        act: Who found it.
        line: What was found.
        made: The new item, or None.
        override: What is overruled of it.
        stopped: Whether the act is refused whatever the line says.
    """
    with connection.begin_nested() as trial:
        if made:
            catalogue.add_item(connection, made)
        problems = [*_check_found(connection, act, line)]
        if stopped or stopping(problems, override):
            trial.rollback()
    return problems


def _asked_of(pack: FoundPack, made: Item | None) -> Asked:
    return replace(pack.asked, item=made.code) if made and pack.asked.reference else pack.asked


def _check_found(connection: sa.Connection, act: Act, line: ReceiptLine) -> Sequence[Problem]:
    """The problems of the line; those of its lot stop here, for nothing is kept back in theatre.

    Errors: `lot-known`, where the lot came in before: then it is counted or moved, not found.
    """
    read = read_line(connection, line, act.today)
    about_lot = check_lot(connection, read.found, act.today)
    codes = {problem.code for problem in about_lot}
    problems = [*about_lot, *(each for each in read.problems if each.code not in codes)]
    if read.found.lot is not None:
        problems.append(_known(read.found))
    return problems


def _known(found: Identified) -> Problem:
    message = say(
        "Lot %(lot)s came in before: have it moved here or counted, then scan it.",
        lot=found.lot_number,
    )
    return Problem("lot-known", message)


def _take_in(
    connection: sa.Connection,
    act: Act,
    site: Site,
    room: Location,
    code: str,
    line: ReceiptLine,
    override: Override,
) -> Answer:
    receipt = Receipt(new_code("RE", act.draw), room.code, "?", code, act.at)
    receipts.add_receipt(connection, receipt)
    read = read_line(connection, line, act.today)
    moves, said = take_in(connection, act, read, room, override.codes)
    overruled = any(move.overridden for move in moves)
    note = keep_note(connection, act, override.reason) if overruled else {}
    moves = [replace(move, overridden=(*move.overridden, "not-here")) for move in moves]
    facts: dict[str, Json] = {"lines": [dict(read.found.facts)], "session": code}
    facts |= kept_facts(receipt, moves) | note
    draft = Draft(EntryKind.RECEIVE, receipt.code, moves, facts, reason=FOUND)
    posted = post(connection, act, site, draft)
    body = {"code": receipt.code, "entry": posted.reference, "mac": posted.mac}
    return Answer({**body, "item": said["item"], "lot": said["lot"], "units": said["units"]})
