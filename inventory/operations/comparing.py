"""Our label beside the maker's barcodes of one pack: whether both speak of the same piece.

A wrong sticker is the worst error for a trace, and it shows only where both were scanned together.
"""

from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Unit
from inventory.domain.problem import Problem, Sentence, say
from inventory.domain.udi import Udi
from inventory.domain.udi.swallowed import Split
from inventory.operations.asking import Identified
from inventory.operations.matching import is_perhaps_number
from inventory.operations.repairing import repair
from inventory.store import catalogue

CODE: Final = "label-differs"


def says_nothing(udi: Udi, match: catalogue.Match | None) -> bool:
    """Whether a barcode beside our label is to be left alone.

    Of no item here, it is one that was misread, or perhaps a record number that looks like a lot.
    """
    if match is not None:
        return False
    return udi.blocked or (is_perhaps_number(udi) and not (udi.batch and udi.expires_on))


def check_label(
    connection: sa.Connection, unit: Unit, udi: Udi, match: catalogue.Match | None, today: date
) -> list[Problem]:
    """Whether the pack is the piece that our label on it names; what it does not say is no matter.

    Errors: `label-differs`, which nobody may overrule.

    Args:
        connection: Of the act.
        unit: What our label names.
        udi: What the maker's barcodes say.
        match: What that means here; None where no item has its code.
        today: The day of the scan.
    """
    if match and match.item.id != unit.lot.item.id:
        message = say(
            "Our label %(unit)s says %(ours)s, the pack says %(pack)s. Set it aside for pharmacy.",
            unit=unit.label_code,
            ours=unit.lot.item.name,
            pack=match.item.name,
        )
        return [Problem(CODE, message)]
    read = _as_read(connection, unit, udi, match, today)
    differs = _other_lot(unit, read) or _other_expiry(unit, read)
    if differs is None and (match is None or match.level.units == 1):
        differs = _other_serial(connection, unit, read)
    return [Problem(CODE, differs)] if differs else []


def _as_read(
    connection: sa.Connection, unit: Unit, udi: Udi, match: catalogue.Match | None, today: date
) -> Split:
    """Lot, expiry and serial; a lot that swallowed what follows it may be our label's lot."""
    number = udi.batch
    read = Split(number, udi.expires_on, udi.expires_printed or "", udi.serial or "")
    if number in ("", unit.lot.number) or (match and match.lot):
        return read
    repaired = repair(connection, udi, unit.lot.item, unit.lot.number, today)
    if repaired is None or repaired.split.lot != unit.lot.number:
        return read
    split = repaired.split
    return Split(
        split.lot,
        udi.expires_on or split.expires_on,
        udi.expires_printed or split.expires_printed,
        udi.serial or split.serial,
    )


def _other_lot(unit: Unit, read: Split) -> Sentence | None:
    if read.lot in ("", unit.lot.number):
        return None
    return say(
        "Our label says lot %(ours)s of %(item)s, the pack says lot %(pack)s. Set it aside for"
        " pharmacy.",
        ours=unit.lot.number,
        item=unit.lot.item.name,
        pack=read.lot,
    )


def _other_expiry(unit: Unit, read: Split) -> Sentence | None:
    ours, pack = unit.lot.expires_on, read.expires_on
    if ours is None or pack is None or is_same_expiry(ours, pack):
        return None
    return say(
        "Our label stands for lot %(lot)s of %(item)s with expiry %(ours)s, the pack says"
        " %(pack)s. Set it aside for pharmacy.",
        lot=unit.lot.number,
        item=unit.lot.item.name,
        ours=ours,
        pack=pack,
    )


def is_same_expiry(booked: date, read: date) -> bool:
    """Two barcodes of a pack may tell the month and the day of the same expiry.

    Examples:
        >>> is_same_expiry(date(2029, 2, 28), date(2029, 2, 11))
        True
        >>> is_same_expiry(date(2029, 2, 20), date(2029, 2, 11))
        False
    """
    by_month = 1 in ((day + timedelta(days=1)).day for day in (booked, read))
    return booked == read or (by_month and f"{booked:%Y-%m}" == f"{read:%Y-%m}")


def tell_expiry(found: Identified) -> list[Problem]:
    """What is told of a pack that says another last day than is booked; it stops nothing.

    Warning: `expiry-differs`. A last day that has passed, on the pack or in the book, is refused
    as such.
    """
    if found.lot is None or found.expires_on is None:
        return []
    booked, read = found.lot.expires_on, found.expires_on
    if booked is not None and is_same_expiry(booked, read):
        return []
    message = say(
        "The pack of lot %(lot)s says expiry %(pack)s, but no expiry is booked: tell pharmacy.",
        lot=found.lot.number,
        pack=read,
    )
    if booked is not None:
        message = say(
            "The pack of lot %(lot)s says expiry %(pack)s, booked is %(booked)s: tell pharmacy.",
            lot=found.lot.number,
            pack=read,
            booked=booked,
        )
    return [Problem("expiry-differs", message, blocking=False)]


def _other_serial(connection: sa.Connection, unit: Unit, read: Split) -> Sentence | None:
    """A piece without a serial of its own bears none of another piece of its lot."""
    if not read.serial or read.serial == unit.serial:
        return None
    if not unit.serial and not catalogue.find_unit_by_serial(connection, unit.lot, read.serial):
        return None
    return say(
        "Our label %(unit)s says serial number %(ours)s of lot %(lot)s of %(item)s, the pack says"
        " %(pack)s. Set it aside for pharmacy.",
        unit=unit.label_code,
        ours=unit.serial or "-",
        lot=unit.lot.number,
        item=unit.lot.item.name,
        pack=read.serial,
    )
