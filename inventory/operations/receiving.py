"""Receiving a delivery: all of it or nothing; what may not be used goes straight to quarantine."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.catalogue import Lot, Tracking, Unit
from inventory.domain.chain import Json, canonical, instant
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.places import Location, Site
from inventory.domain.problem import Problem, say
from inventory.domain.udi.udi import each_once
from inventory.operations.accepting import check_line, check_together
from inventory.operations.identifying import Asked, Identified, check_lot, identify, overruled_by
from inventory.operations.likening import check_likeness
from inventory.operations.noting import check_note, digest, keep_note, keep_photo
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, Move, post
from inventory.operations.refusing import Override, check_clock, refuse, stopping, warned
from inventory.store import catalogue, places, receipts
from inventory.store.receipts import Receipt

LONGEST: Final = {"supplier": 200, "document": 80}
"""Characters of what stands on a delivery note."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a delivery.

    Attributes:
        asked: The barcodes of one pack, or item, lot and expiry typed.
        packs: How many such packs; units of use where it was typed.
        photo: A JPEG of the pack, where somebody attached one; or empty.
    """

    asked: Asked
    packs: int = 1
    photo: bytes = field(default=b"", repr=False)

    def as_content(self) -> list[Json]:
        """What an idempotency key stands for."""
        digest = [sha256(self.photo).hexdigest()] if self.photo else []
        return [self.asked.as_content(), self.packs, *digest]


@dataclass(frozen=True, slots=True)
class ReceiptRequest:
    """A delivery.

    Attributes:
        location: Code of the store that takes it in.
        supplier: Who sent it.
        document: Number of the delivery note.
        lines: What is in it.
        override: Problems overruled, and why.
    """

    location: str
    supplier: str
    document: str
    lines: Sequence[ReceiptLine]
    override: Override = field(default_factory=Override)

    def as_content(self) -> Json:
        """What an idempotency key stands for."""
        lines: list[Json] = [line.as_content() for line in self.lines]
        overrides: list[Json] = [*sorted(self.override.codes), self.override.reason]
        return [self.location, self.supplier, self.document, lines, overrides]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a delivery, found out and checked.

    Attributes:
        found: What it means.
        quantity: Units of use.
        problems: What is wrong; lots that may not be used do not stop, they go to quarantine.
        quarantined: Whether it goes to quarantine.
    """

    found: Identified
    quantity: int
    problems: tuple[Problem, ...]
    quarantined: bool

    @property
    def why_quarantined(self) -> tuple[Problem, ...]:
        """Why it goes to quarantine."""
        return tuple(p for p in self.problems if p.code in _TO_QUARANTINE)


_TO_QUARANTINE: Final = frozenset({"lot-expired", "lot-recalled", "on-hold"})


def read_line(
    connection: sa.Connection, line: ReceiptLine, today: date, site: Site | None = None
) -> ReadLine:
    """Find out what a line is and what would become of it; nothing is written.

    Args:
        connection: Reading or in an act.
        line: What was scanned or typed.
        today: The clinic's day.
        site: That takes it in, where it is known.

    Problems: those of `identify`, `check_line` and `check_likeness`; as warnings `lot-expired`,
    `lot-recalled`, `on-hold`.
    """
    found = identify(connection, line.asked, today)
    about_lot = check_lot(connection, found, today)
    problems = [
        *found.problems,
        *check_line(connection, found, line.packs, site),
        *check_likeness(connection, found),
        *map(to_quarantine, about_lot),
    ]
    quarantined = any(p.code in _TO_QUARANTINE for p in about_lot)
    return ReadLine(found, line.packs * found.units_in_pack, tuple(problems), quarantined)


_WHY_QUARANTINE: Final = {
    "lot-expired": say(
        "Expired: lot %(lot)s of %(item)s, on %(expires_on)s. It goes to quarantine."
    ),
    "lot-recalled": say(
        "Recalled: lot %(lot)s of %(item)s (%(recall)s, %(reference)s). It goes to quarantine."
    ),
    "on-hold": say("On hold for investigation: lot %(lot)s of %(item)s. It goes to quarantine."),
}


def to_quarantine(problem: Problem) -> Problem:
    """What stops a use of a lot does not stop its delivery: it is said where the lot goes."""
    template = _WHY_QUARANTINE[problem.code].template if problem.code in _WHY_QUARANTINE else ""
    values = problem.message.values
    message = say(template, **values) if template else problem.message
    return Problem(problem.code, message, blocking=False)


def read_lines(
    connection: sa.Connection, lines: Sequence[ReceiptLine], today: date, site: Site | None = None
) -> list[ReadLine]:
    """The lines of one delivery, found out and checked: each by itself, and beside the others.

    Problems: those of `read_line` and `check_together`.
    """
    read = [read_line(connection, line, today, site) for line in lines]
    together = check_together([line.found for line in read])
    return [
        replace(line, problems=(*line.problems, *beside))
        for line, beside in zip(read, together, strict=True)
    ]


def receive(act: Act, request: ReceiptRequest) -> Answer:
    """Take in a delivery: lots and units become known, one RECEIVE entry is posted.

    Returns:
        `{code, entry, mac, lines: [{item, item_name, lot, expires_on, quantity, units, location,
        why}]}`; refused as a whole with the problems of its lines, `no-lines`,
        `supplier-missing`, `too-long`, `not-a-store`.

    Raises:
        NotFound: There is no such location.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        to = places.get_location(connection, request.location)
    site = to.site

    def story(connection: sa.Connection) -> Answer:
        problems = [*check_clock(connection, act, site), *_check_request(request, to)]
        problems += check_note(request.override.reason)
        lines = read_lines(connection, request.lines, act.today, site)
        problems += each_once([p for line in lines for p in line.problems])
        if stopping(problems, request.override):
            facts: dict[str, Json] = {"lines": [line.found.as_facts() for line in lines]}
            return refuse(connection, act, site, to.code, problems, facts)
        code = new_code("RE", act.draw)
        receipt = Receipt(code, to.code, request.supplier, request.document, act.at)
        receipts.add_receipt(connection, receipt)
        moves, said = [], []
        for line in lines:
            made, words = take_in(connection, act, line, to, request.override.codes)
            moves += made
            said.append(words)
        kept = _facts_of(connection, act, request.lines, lines)
        facts = {"lines": kept, **kept_facts(receipt, moves)}
        if any(move.overridden for move in moves):
            facts |= keep_note(connection, act, request.override.reason)
        posted = post(connection, act, site, Draft(EntryKind.RECEIVE, code, moves, facts))
        body = {"code": code, "entry": posted.reference, "mac": posted.mac, "lines": said}
        return Answer(body, warned(problems))

    return act_once(act, site, "receive", request.as_content(), story)


def _facts_of(
    connection: sa.Connection, act: Act, asked: Sequence[ReceiptLine], lines: Sequence[ReadLine]
) -> list[Json]:
    """What the entry keeps of each line; a photo of a pack is kept sealed."""
    return [
        {**line.found.facts, **(keep_photo(connection, act, each.photo) if each.photo else {})}
        for each, line in zip(asked, lines, strict=True)
    ]


def kept_facts(receipt: Receipt, moves: Sequence[Move]) -> dict[str, Json]:
    """What the entry of a delivery says of the tables beside the ledger: no word, but a digest."""
    units = [move.unit for move in moves if move.unit]
    return {
        "receipt_digest": receipt_digest(receipt),
        "serials": {unit.code: unit.serial for unit in units if unit.serial},
    }


def receipt_digest(receipt: Receipt) -> str:
    """What ties a delivery's place, supplier, document and instant to its entry."""
    words: list[Json] = [receipt.location, receipt.supplier, receipt.document, instant(receipt.at)]
    return digest(receipt.code, canonical(words))


def _check_request(request: ReceiptRequest, to: Location) -> list[Problem]:
    problems = []
    if not request.lines:
        message = say("The delivery has no lines. Scan what came, then book it.")
        problems.append(Problem("no-lines", message))
    if not request.supplier.strip():
        message = say("Say who sent the delivery.")
        problems.append(Problem("supplier-missing", message))
    for name, said in (("supplier", request.supplier), ("document", request.document)):
        if len(said) > LONGEST[name]:
            message = say(
                "The %(name)s is too long: at most %(most)s characters.",
                name=name,
                most=LONGEST[name],
            )
            problems.append(Problem("too-long", message))
    if to.kind not in (LocationKind.STORE, LocationKind.QUARANTINE):
        message = say("%(place)s takes no deliveries. Choose a store.", place=to.code)
        problems.append(Problem("not-a-store", message))
    return problems


def take_in(
    connection: sa.Connection,
    act: Act,
    line: ReadLine,
    to: Location,
    overruled: frozenset[str],
) -> tuple[list[Move], dict[str, Any]]:
    """Make lot and units of a line known; gives their movements, and what is said of the line.

    A piece whose delivery was reversed comes again as the unit that it is.
    """
    found, item = line.found, line.found.item
    if item is None:  # pragma: no cover - an unknown item stops the receipt
        raise LookupError("item")
    lot = catalogue.find_lot(connection, item, found.lot_number) or catalogue.add_lot(
        connection, item, found.lot_number, found.expires_on, found.expires_printed
    )
    place = places.meaning(connection, to.site, LocationKind.QUARANTINE) if line.quarantined else to
    supplier = places.meaning(connection, to.site, LocationKind.SUPPLIER)
    codes = overruled_by(line.problems, overruled)
    units: list[Unit] = []
    if item.tracking is Tracking.UNIT:
        units = [found.unit] if found.unit else _fresh(connection, act, lot, line)
        moves = [Move(lot, unit, supplier, place, 1, found.entered, codes) for unit in units]
    else:
        moves = [Move(lot, None, supplier, place, line.quantity, found.entered, codes)]
    return moves, _said(line, lot, units, place)


def _fresh(connection: sa.Connection, act: Act, lot: Lot, line: ReadLine) -> list[Unit]:
    """Pieces that were never here; each gets a code of its own.

    The serial on a carton is the carton's: of several pieces none has it.
    """
    serial = line.found.serial if line.quantity == 1 else ""
    return [
        catalogue.add_unit(connection, lot, new_code("KT", act.draw), serial)
        for _ in range(line.quantity)
    ]


def _said(line: ReadLine, lot: Lot, units: Sequence[Unit], place: Location) -> dict[str, Any]:
    return {
        "item": lot.item.code,
        "item_name": lot.item.name,
        "lot": lot.number,
        "lot_id": lot.id,
        "expires_on": lot.expires_on.isoformat() if lot.expires_on else None,
        "quantity": line.quantity,
        "units": [unit.code for unit in units],
        "location": place.code,
        "why": [p.code for p in line.why_quarantined],
    }
