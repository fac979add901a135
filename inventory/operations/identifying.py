"""From a scan or a typed line to the item, lot and unit it means here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from inventory.domain.catalogue import Item, Lot, Unit, check_expiry
from inventory.domain.chain import Json
from inventory.domain.problem import Problem, say
from inventory.domain.scan import UdiScan, UnitScan, read
from inventory.domain.udi import PLAIN_KEYBOARD, Keyboard, Udi, Unreadable
from inventory.operations.repairing import Repair, repair
from inventory.store import catalogue, recalls


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a person scanned, or typed by hand.

    Attributes:
        barcodes: Of one label, as the scanner sent them; empty where it was typed.
        item: Code of the item, where it was typed or chosen.
        lot: The lot number, typed; beside barcodes, which of the lots in doubt it is.
        unit: Code of the unit, where it was chosen from a list.
        expires_on: Typed last day of use, for receiving.
        keyboard: How the workstation's scanner is set up.
    """

    barcodes: tuple[str, ...] = ()
    item: str = ""
    lot: str = ""
    unit: str = ""
    expires_on: date | None = None
    keyboard: Keyboard = PLAIN_KEYBOARD

    def as_content(self) -> dict[str, Json]:
        """What an idempotency key stands for."""
        return {
            "barcodes": list(self.barcodes),
            "item": self.item,
            "lot": self.lot,
            "unit": self.unit,
            "expires_on": self.expires_on.isoformat() if self.expires_on else "",
        }


@dataclass(frozen=True, slots=True)
class Identified:
    """What it means here. Fields are None where it does not say, or nothing here is it.

    Attributes:
        item: The item.
        lot: The lot, if it ever came in.
        unit: The unit.
        lot_number: The lot as printed or typed, known here or not.
        serial: The manufacturer's serial, or empty.
        expires_on: Last day of use as the code says, or None.
        expires_printed: The same as printed, or empty.
        units_in_pack: Units of use in the pack whose code was scanned.
        entered: `scanned`, `typed` or `chosen`.
        facts: What the ledger keeps of the scan.
        problems: All that is wrong or doubtful so far.
        candidates: The lots among which a person has to choose; empty where nobody has to.
    """

    item: Item | None = None
    lot: Lot | None = None
    unit: Unit | None = None
    lot_number: str = ""
    serial: str = ""
    expires_on: date | None = None
    expires_printed: str = ""
    units_in_pack: int = 1
    entered: str = "scanned"
    facts: Mapping[str, Json] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    candidates: tuple[str, ...] = ()

    def as_facts(self) -> dict[str, Json]:
        """What a refusal keeps: codes and the scan of a device, never an unread text."""
        said: dict[str, Json] = dict(self.facts)
        if self.item:
            said["item"] = self.item.code
        if self.lot_number:
            said["lot"] = self.lot_number
        if self.unit:
            said["unit"] = self.unit.code
        return said


def identify(connection: sa.Connection, asked: Asked, today: date) -> Identified:
    """Find out what was scanned or typed.

    Problems: `unreadable`, `check-digit-wrong`, `unknown-item`, `lot-missing`, `lot-ambiguous`,
    `label-void`, and the warnings of reading.
    """
    if asked.unit:
        return _of_unit(connection, asked.unit, "chosen")
    if not asked.barcodes:
        return _typed(connection, asked)
    scan = read(asked.barcodes, today, keyboard=asked.keyboard)
    match scan:
        case UnitScan():
            return _of_unit(connection, scan.code, "scanned")
        case UdiScan():
            return _of_udi(connection, scan.udi, asked.lot, today)
        case Unreadable():
            return Identified(facts={"length": scan.length}, problems=scan.problems)
    kind = type(scan).__name__.removesuffix("Scan").lower()
    return Identified(
        facts={"scanned": kind},
        problems=(
            Problem(
                "unreadable",
                say(
                    "This is the code of a %(name)s, not of a kit or a pack."
                    " Scan the label on the pack.",
                    name=kind,
                ),
            ),
        ),
    )


def _of_unit(connection: sa.Connection, code: str, entered: str) -> Identified:
    unit = catalogue.find_unit(connection, code.upper())
    if unit is None:
        message = say(
            "Label %(unit)s is not one of this clinic's. Scan the manufacturer's code instead.",
            unit=code.upper(),
        )
        return Identified(problems=(Problem("unknown-item", message),), facts={"unit": code})
    if entered == "scanned" and code.upper() != unit.label_code:
        return Identified(
            problems=(_label_void(unit, code.upper()),),
            facts={"unit": unit.code, "label": code.upper()},
        )
    return Identified(unit.lot.item, unit.lot, unit, unit.lot.number, unit.serial, entered=entered)


def _label_void(unit: Unit, code: str) -> Problem:
    message = say(
        "Label %(code)s was replaced by %(label)s. Throw it away and scan the new one.",
        code=code,
        label=unit.label_code,
    )
    return Problem("label-void", message)


def _typed(connection: sa.Connection, asked: Asked) -> Identified:
    item = catalogue.find_item(connection, asked.item) if asked.item else None
    if item is None:
        message = say("Choose an item, or scan its code.")
        return Identified(problems=(Problem("unknown-item", message),), entered="typed")
    number = asked.lot
    if not number.strip():
        return Identified(item, entered="typed", problems=(_lot_missing(item),))
    return Identified(
        item,
        catalogue.find_lot(connection, item, number),
        lot_number=number,
        expires_on=asked.expires_on,
        entered="typed",
    )


def _lot_missing(item: Item) -> Problem:
    return Problem(
        "lot-missing",
        say(
            "The code names %(item)s but no lot. Scan the second barcode of the label,"
            " or type the lot.",
            item=item.name,
        ),
    )


def _of_udi(connection: sa.Connection, udi: Udi, chosen: str, today: date) -> Identified:
    entered = "typed" if udi.typed else "scanned"
    facts: dict[str, Json] = {"barcodes": list(udi.raw)}
    match = _match(connection, udi)
    if match is None:
        return Identified(
            lot_number=udi.lot or "",
            entered=entered,
            facts=facts,
            problems=(*udi.problems, _unknown(udi)),
        )
    if match.lot is None and udi.lot:
        repaired = repair(connection, udi, match.item, chosen, today)
        if repaired:
            return _of_repair(connection, udi, match, repaired)
    unit = None
    if udi.serial and match.lot:
        unit = catalogue.find_unit_by_serial(connection, match.lot, udi.serial)
    missing = () if udi.lot else (_lot_missing(match.item),)
    return Identified(
        match.item,
        match.lot,
        unit,
        udi.lot or "",
        udi.serial or "",
        udi.expires_on,
        udi.expires_printed or "",
        match.level.units,
        entered,
        facts,
        (*udi.problems, *missing),
    )


def _of_repair(
    connection: sa.Connection, udi: Udi, match: catalogue.Match, repaired: Repair
) -> Identified:
    """What a lot that swallowed something means: as repaired, as chosen, or with the question."""
    split, lot = repaired.split, repaired.lot
    serial = udi.serial or split.serial
    told = tuple(problem for problem in udi.problems if problem.code != "separator-lost")
    return Identified(
        match.item,
        lot,
        catalogue.find_unit_by_serial(connection, lot, serial) if lot and serial else None,
        split.lot,
        serial,
        udi.expires_on or split.expires_on,
        udi.expires_printed or split.expires_printed,
        match.level.units,
        "typed" if repaired.chosen else "scanned",
        {"barcodes": list(udi.raw), "lot_as_read": udi.lot or ""},
        (*told, *repaired.problems),
        repaired.candidates,
    )


def _match(connection: sa.Connection, udi: Udi) -> catalogue.Match | None:
    identifiers = [udi.di, *(di for _, di in udi.other_di)]
    for di in identifiers:
        if di and (match := catalogue.find_match(connection, di, udi.lot)):
            return match
    return None


def _unknown(udi: Udi) -> Problem:
    if udi.di is None:
        message = say("The code says no item. Scan the barcode that holds the item number as well.")
    else:
        message = say(
            "No item here has the code %(di)s. Have pharmacy add it to the items, then scan again.",
            di=udi.di,
        )
    return Problem("unknown-item", message)


def check_lot(connection: sa.Connection, found: Identified, today: date) -> list[Problem]:
    """Whether the rules about a lot allow its use, wherever it lies.

    Errors: `lot-expired`, `lot-recalled`, `on-hold`. A recall covers lots that never were here.
    """
    item = found.item
    if item is None or not found.lot_number:
        return []
    lot = found.lot or Lot(0, item, found.lot_number, found.expires_on, found.expires_printed)
    problems = check_expiry(lot, today)
    if found.expires_on and lot.expires_on != found.expires_on:
        problems += check_expiry(
            Lot(lot.id, item, lot.number, found.expires_on, found.expires_printed), today
        )
    recalled = recalls.standing_recall(connection, item.id, lot.number)
    if recalled:
        code, reference = recalled
        message = say(
            "Lot %(lot)s of %(item)s is recalled (%(recall)s, %(reference)s). Do not use it:"
            " put it in quarantine and take another lot.",
            lot=lot.number,
            item=item.name,
            recall=code,
            reference=reference,
        )
        problems.append(Problem("lot-recalled", message))
    if recalls.is_held(connection, lot_name(item, lot.number)):
        message = say(
            "Lot %(lot)s of %(item)s is on hold for investigation. Take another lot.",
            lot=lot.number,
            item=item.name,
        )
        problems.append(Problem("on-hold", message))
    return problems[:1] + [p for p in problems[1:] if p.code != problems[0].code]


def lot_name(item: Item, lot_number: str) -> str:
    """How an entry names a lot that it is about: `MT.../A17`."""
    return f"{item.code}/{lot_number}"


def check_pack(found: Identified) -> list[Problem]:
    """In theatre a carton is not a piece.

    Errors: `carton-code`, which a person may overrule for one piece out of it.
    """
    if found.item is None or found.units_in_pack == 1:
        return []
    return [
        Problem(
            "carton-code",
            say(
                "This is the code of a pack of %(units)s of %(item)s. Scan the single piece,"
                " or confirm that one piece of this pack was opened.",
                units=found.units_in_pack,
                item=found.item.name,
            ),
        )
    ]


def overruled_by(problems: Sequence[Problem], codes: frozenset[str]) -> tuple[str, ...]:
    """The codes that stood and were overruled, sorted."""
    return tuple(sorted({p.code for p in problems if p.blocking and p.code in codes}))
