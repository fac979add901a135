"""Correcting the last day of use of a lot, at all sites at one instant.

The one idea: what came in stays as it was written, and what counts from now on is a further entry
in the chain of every site. Who corrects is told what the wrong day may have done: sessions that
used the lot after its last day, and labels that still show the day which was wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.catalogue import Lot
from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind
from inventory.domain.problem import Problem, say
from inventory.domain.scan import UdiScan, UnitScan
from inventory.operations.asking import Asked, Identified
from inventory.operations.identifying import identify, lot_name
from inventory.operations.label_contents import Kind
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import refuse
from inventory.store import cases, catalogue, expiries, ledger, lists, places
from inventory.store import labels as label_store
from inventory.store.cases import Sound

EXPIRY_REASONS: Final = ("typed-wrong", "read-wrong", "manufacturer-corrected", "other")

FIRST_DAY: Final = date(2000, 1, 1)
LONGEST: Final = timedelta(days=366 * 30)
"""No kit, cannula or medicine keeps longer; another year was typed wrong."""

NAMED: Final = 5
"""Sessions that a notice names; the page of the lot has them all."""


@dataclass(frozen=True, slots=True)
class ExpiryRequest:
    """What the pack says.

    Attributes:
        lot_id: Key of the lot.
        reason: One of `EXPIRY_REASONS`.
        asked: The barcodes of a pack of this lot, or the day typed, or neither.
        none: The pack shows no expiry.
    """

    lot_id: int
    reason: str
    asked: Asked
    none: bool = False

    def as_content(self) -> Json:
        """What an idempotency key stands for."""
        return [self.lot_id, self.reason, self.asked.as_content(), self.none]


@dataclass(frozen=True, slots=True)
class _Said:
    """What counts from now on: the last day, as it was printed, and how it was told."""

    expires_on: date | None
    printed: str
    entered: str


def correct_expiry(act: Act, request: ExpiryRequest) -> Answer:
    """Let a lot expire on another day from now on.

    Returns:
        `{expires_on, was, entries, used_after}`: the sessions that used it after its last day; with
        the warnings `used-expired`, `labels-old`, `shelf-label-old` and `lot-expired`. Refused with
        `reason-missing`, `expiry-missing`, `expiry-wrong`, `expiry-same`, `other-lot` and the
        problems of `identify`.

    Raises:
        NotFound: There is no such lot.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        sites = places.list_sites(connection)

    def story(connection: sa.Connection) -> Answer:
        lot = catalogue.get_lot(connection, request.lot_id)
        about = lot_name(lot.item, lot.number)
        said, problems = _said(connection, act, lot, request)
        if said is None or problems:
            return refuse(connection, act, sites[0], about, problems, {})
        facts: dict[str, Json] = {
            "was": _iso(lot.expires_on),
            "expires_on": _iso(said.expires_on),
            "expires_printed": said.printed,
            "entered": said.entered,
        }
        draft = Draft(EntryKind.CORRECT_EXPIRY, about, facts=facts, reason=request.reason)
        entries = [post(connection, act, site, draft).reference for site in sites]
        for entry in entries:
            entry_id, _ = ledger.get_entry(connection, entry)
            expiries.add_correction(connection, entry_id, lot.id, said.expires_on, said.printed)
        return _answer(connection, act, lot, said, entries)

    return act_once(act, sites[0], "expiry", request.as_content(), story, *sites[1:])


def _said(
    connection: sa.Connection, act: Act, lot: Lot, request: ExpiryRequest
) -> tuple[_Said | None, list[Problem]]:
    """What the pack says, or why that is not known."""
    problems = []
    if request.reason not in EXPIRY_REASONS:
        message = say("Say why: one of %(all)s.", all=", ".join(EXPIRY_REASONS))
        problems.append(Problem("reason-missing", message))
    asked = request.asked
    if len([each for each in (asked.barcodes, asked.expires_on, request.none) if each]) != 1:
        message = say(
            "Scan a pack of this lot, or type the day that it shows, or say that it shows none:"
            " one of the three."
        )
        return None, [*problems, Problem("expiry-missing", message)]
    if request.none:
        said = _Said(None, "", "typed")
    elif asked.barcodes:
        found, wrong = _scanned(connection, act, lot, asked)
        if found is None:
            return None, [*problems, *wrong]
        said = found
    else:
        said = _Said(asked.expires_on, "", "typed")
    return said, [*problems, *_check_day(act, lot, said)]


def _scanned(
    connection: sa.Connection, act: Act, lot: Lot, asked: Asked
) -> tuple[_Said | None, list[Problem]]:
    """The expiry of a pack, once it is known that the pack is one of this lot.

    Our own label says nothing: it shows the day that is to be corrected. Beside the maker's
    barcodes it must name a piece of this lot too, else it hangs on the wrong pack.
    """
    scan = asked.read(act.today)
    ours = None
    if isinstance(scan, UnitScan) and len(scan.pack) == 1:
        ours = identify(connection, asked, act.today, replace(scan, pack=()))
        scan = UdiScan(*scan.pack)
    found = identify(connection, asked, act.today, scan)
    read = [ours, found] if ours else [found]
    problems = [problem for each in read for problem in each.problems if problem.blocking]
    other = next((each for each in read if not _is_of(each, lot)), None)
    if other and not problems:
        message = say(
            "This is not lot %(lot)s of %(item)s, but lot %(got)s of %(other)s. Scan a pack of this"
            " lot, or correct the other one on its page.",
            lot=lot.number,
            item=lot.item.name,
            got=other.lot_number or "-",
            other=other.item.name if other.item else "-",
        )
        problems.append(Problem("other-lot", message))
    if not problems and found.expires_on is None:
        message = say(
            "This code tells no expiry. Scan the manufacturer's other barcode, or type the day that"
            " the pack shows."
        )
        problems.append(Problem("expiry-missing", message))
    if problems:
        return None, problems
    return _Said(found.expires_on, found.expires_printed, "scanned"), []


def _is_of(found: Identified, lot: Lot) -> bool:
    return found.item is not None and (found.item.id, found.lot_number) == (lot.item.id, lot.number)


def _check_day(act: Act, lot: Lot, said: _Said) -> list[Problem]:
    day = said.expires_on
    if day is not None and not FIRST_DAY <= day <= act.today + LONGEST:
        message = say("%(day)s is no expiry of a pack. Type the day again, year first.", day=day)
        return [Problem("expiry-wrong", message)]
    if day == lot.expires_on:
        message = say(
            "Lot %(lot)s is known with expiry %(day)s already. Nothing was changed.",
            lot=lot.number,
            day=day or "-",
        )
        return [Problem("expiry-same", message)]
    return []


def _answer(
    connection: sa.Connection, act: Act, lot: Lot, said: _Said, entries: list[str]
) -> Answer:
    """What is to be done now that another day counts."""
    used = lists.sessions_after(connection, lot.id, said.expires_on, act.zone)
    body: dict[str, Any] = {
        "expires_on": _iso(said.expires_on) or None,
        "was": _iso(lot.expires_on) or None,
        "entries": entries,
        "used_after": used,
    }
    return Answer(body, tuple(_warnings(connection, act, lot, said, used)))


def _warnings(
    connection: sa.Connection, act: Act, lot: Lot, said: _Said, used: list[str]
) -> Iterator[Problem]:
    if used:
        message = say(
            "Sessions that took this lot after its last day: %(count)s (%(codes)s). Tell the"
            " surgeon and quality.",
            count=len(used),
            codes=", ".join(used[:NAMED]) + (", …" if len(used) > NAMED else ""),
        )
        yield Problem("used-expired", message, blocking=False)
    if pieces := len(lists.units_on_hand(connection, lot.id)):
        message = say(
            "Pieces here whose label may show the old day: %(count)s. Print their labels again.",
            count=pieces,
        )
        yield Problem("labels-old", message, blocking=False)
    shelf = {"kind": Kind.LOT.value}
    if label_store.was_same_printed(connection, lot_name(lot.item, lot.number), shelf):
        message = say(
            "The label of lot %(lot)s for the shelf shows the old day. Print it again, and throw"
            " the old one away.",
            lot=lot.number,
        )
        yield Problem("shelf-label-old", message, blocking=False)
    if said.expires_on and said.expires_on < act.today:
        message = say(
            "Lot %(lot)s is expired from now on: no scan takes it. Put what is left in quarantine.",
            lot=lot.number,
        )
        yield Problem("lot-expired", message, blocking=False)


def expiry_faults(connection: sa.Connection, sound: Sound) -> Iterator[tuple[str, str]]:
    """Corrected expiries, held against the entries that say so: entry and what is wrong.

    For the verifier: whoever may write the table could else let an expired lot be used.
    """
    kept = expiries.corrections_as_kept(connection)
    kind = EntryKind.CORRECT_EXPIRY
    for reference, about, said in cases.case_entries(connection, kind, sound):
        row = kept.pop(reference, None)
        facts = said["facts"]
        wanted = (kind.value, about, facts["expires_on"], facts["expires_printed"])
        if row is None or (row[0], row[1], _iso(row[2]), row[3]) != wanted:
            yield reference, f"the corrected expiry of {about} is gone or was changed"
    for reference, (_, about, _, _) in sorted(kept.items()):
        site, _, number = reference.rpartition("-")
        if not number or int(number) <= sound.get(site, 0):  # what is not sound is told elsewhere
            yield reference, f"an expiry of {about} was corrected and no entry says so"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
