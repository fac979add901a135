"""From a scan or a typed line to the item, lot and unit it means here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from inventory.domain.catalogue import Item, Lot, Unit, check_expiry
from inventory.domain.chain import Json
from inventory.domain.problem import Problem, say
from inventory.domain.scan import Scan, UdiScan, UnitScan
from inventory.domain.udi import Udi, Unreadable
from inventory.domain.udi.udi import each_once
from inventory.operations.asking import Asked, Identified
from inventory.operations.comparing import check_label, says_nothing
from inventory.operations.hand_typing import identify_typed, lot_missing
from inventory.operations.logistic import content_of, of_no_item, packs_in, told_of_carton
from inventory.operations.matching import NOT_OF_A_PACK, is_perhaps_number, kind_of
from inventory.operations.plain_lots import of_plain_lot
from inventory.operations.repairing import (
    Repair,
    is_misprinted_gtin,
    mended_gtin,
    repair,
    told_of,
)
from inventory.store import catalogue, recalls
from inventory.store.prepared import Question

__all__ = ["Asked", "Identified", "check_lot", "check_pack", "identify", "lot_name", "overruled_by"]


def identify(
    connection: sa.Connection, asked: Asked, today: date, scan: Scan | None = None
) -> Identified:
    """Find out what was scanned or typed.

    Args:
        connection: Reading or in an act.
        asked: The scan, or what was typed.
        today: The clinic's day.
        scan: What the barcodes say, where they have been read already.

    Problems: `unreadable`, `check-digit-wrong`, `unknown-item`, `lot-missing`, `lot-ambiguous`,
    `label-void`, `label-differs` (then also `lot-recalled` of the lot on the pack), and the
    warnings of reading.
    """
    if asked.unit:
        return _of_unit(connection, asked.unit, "chosen")
    scan = scan or asked.read(today)
    if scan is None:
        return identify_typed(connection, asked)
    match scan:
        case UnitScan():
            found = _of_unit(connection, scan.code, "scanned")
            return _held_against(connection, found, scan.pack, today)
        case UdiScan():
            return _of_udi(connection, scan.udi, asked, today)
        case Unreadable():
            return Identified(facts={"length": scan.length}, problems=scan.problems)
    kind = kind_of(scan)
    problem = Problem("unreadable", NOT_OF_A_PACK[kind])
    return Identified(facts={"scanned": kind}, problems=(problem,))


def identifying_questions(scan: Scan | None) -> list[Question]:
    """What `identify` will ask in any case of something that was scanned."""
    match scan:
        case UnitScan(code=code, pack=pack):
            beside = [catalogue.match_question(udi.di, udi.lot_number) for udi in pack if udi.di]
            return [catalogue.unit_question(code.upper()), *beside]
        case UdiScan(udi=udi) if udi.di:
            return [catalogue.match_question(udi.di, udi.lot_number)]
    return []


def lot_questions(found: Identified) -> list[Question]:
    """What `check_lot` will ask."""
    item, number = found.item, found.lot_number
    if item is None or not number:
        return []
    return recalls.lot_questions(item.id, number, lot_name(item, number))


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


def _held_against(
    connection: sa.Connection, found: Identified, pack: Sequence[Udi], today: date
) -> Identified:
    """The piece that our label names, held against the maker's barcodes scanned with it."""
    unit, problems, raw = found.unit, [*found.problems], list[Json]()
    if unit is None:
        return found
    for udi in pack:
        match = _match(connection, udi)
        if says_nothing(udi, match):
            continue
        differs = check_label(connection, unit, udi, match, today)
        if differs:
            item = match.item if match else unit.lot.item
            other = Identified(item, match.lot if match else None, lot_number=udi.lot_number)
            of_pack = check_lot(connection, other, today)
            problems += [*differs, *(p for p in of_pack if p.code == "lot-recalled")]
        else:
            found = replace(found, expires_on=udi.expires_on or found.expires_on)
        if match or not (differs and is_perhaps_number(udi)):
            raw += udi.raw
    facts = {**found.facts, "barcodes": raw} if raw else found.facts
    return replace(found, facts=facts, problems=each_once(problems))


def _label_void(unit: Unit, code: str) -> Problem:
    message = say(
        "Label %(code)s was replaced by %(label)s. Throw it away and scan the new one.",
        code=code,
        label=unit.label_code,
    )
    return Problem("label-void", message)


def _of_udi(connection: sa.Connection, udi: Udi, asked: Asked, today: date) -> Identified:
    entered = "typed" if udi.typed else "scanned"
    facts: dict[str, Json] = {"barcodes": list(udi.raw)}
    match = _match(connection, udi)
    if match is None:
        perhaps_number = is_perhaps_number(udi)
        if perhaps_number:  # of a wristband: nothing of it is kept
            facts = {"length": sum(map(len, udi.raw))}
        return Identified(
            lot_number=udi.lot_number,
            entered=entered,
            facts=facts,
            problems=(*udi.problems, _unknown(udi)),
            nameless="" if perhaps_number else _nameless(udi),
        )
    if plain := of_plain_lot(connection, asked, udi, match, today):
        return plain
    if match.lot is None and udi.batch:
        repaired = repair(connection, udi, match.item, asked.lot, today)
        if repaired:
            return _of_repair(connection, udi, match, repaired)
    lot, unit = match.lot, None
    if udi.serial and lot:
        unit = catalogue.find_unit_by_serial(connection, lot, udi.serial)
    elif udi.serial and udi.lot_number and not udi.batch:
        unit = catalogue.find_unit_of_item(connection, match.item, udi.serial)
        lot = unit.lot if unit else None
    number = lot.number if unit and lot else udi.lot_number
    units = match.level.units * packs_in(udi)
    missing = () if number else (lot_missing(match.item, of_donation=udi.issuer == "iccbba"),)
    return Identified(
        match.item,
        lot,
        unit,
        number,
        udi.serial or "",
        udi.expires_on,
        udi.expires_printed or "",
        units,
        entered,
        facts,
        (*told_of(udi, match), *told_of_carton(udi, match.item, units), *missing),
    )


def _nameless(udi: Udi) -> str:
    """The code of which an item can be made: with a lot, and read well but for a GTIN's digit.

    A GTIN that fails its check digit is that of no other item; of an agency whose check covers the
    whole barcode, what was misread may be.
    """
    usable = not udi.blocked or is_misprinted_gtin(udi)
    return (udi.di or "") if usable and udi.lot_number else ""


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
        match.level.units * packs_in(udi),
        "typed" if repaired.chosen else "scanned",
        {"barcodes": list(udi.raw), "lot_as_read": udi.batch},
        (*told, *repaired.problems),
        repaired.candidates,
    )


def _match(connection: sa.Connection, udi: Udi) -> catalogue.Match | None:
    identifiers = [udi.di, content_of(udi), *(di for _, di in udi.other_di)]
    for di in identifiers:
        if di and (match := catalogue.find_match(connection, di, udi.lot_number)):
            return match
    mended = mended_gtin(udi)
    return catalogue.find_match(connection, mended, udi.lot_number) if mended else None


def _unknown(udi: Udi) -> Problem:
    if udi.di is None:
        message = of_no_item(udi)
    elif udi.blocked:
        message = say(
            "No item here has the code %(di)s: it was probably misread. Scan it once more; if the"
            " pack shows it so, type REF and lot instead.",
            di=udi.di,
        )
    else:
        message = say(
            "No item here has the code %(di)s. Scan another barcode on the pack, or type REF and"
            " lot. The code is added under Items.",
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
