"""Which barcodes are of one label: what waits for another one, and what only repeats it.

A label may spread item, lot and expiry over up to four barcodes, scanned in any order. Nothing on
them says that they belong together but what they agree on, and in HIBC the link character.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from inventory.domain.codes import KINDS, LENGTH
from inventory.domain.udi.assemble import read_udi
from inventory.domain.udi.hibc import linked
from inventory.domain.udi.udi import Udi, UdiError, Unreadable
from inventory.domain.udi.wedge import PLAIN_KEYBOARD, Keyboard, barcode

PLAIN_LOT: Final = re.compile(r"(?=.*[0-9])[0-9A-Za-z./_+-]{2,20}")
"""What a maker prints as bars that say nothing but the lot."""

PLAIN_BARS: Final = frozenset({"", "]C0", "]A0", "]A1"})
"""Symbology identifiers of Code 128 and Code 39 that claim no standard, and none at all."""


def of_one_label(
    barcodes: Sequence[str], today: date, keyboard: Keyboard = PLAIN_KEYBOARD
) -> Udi | None:
    """What barcodes say together, if all of them can be read and may stand on one label.

    They name one item at most, and are all of one agency: an HIBC lot is linked to an HIBC item
    only.

    Args:
        barcodes: As the scanner sent them, in scanning order.
        today: The clinic's day.
        keyboard: How the workstation's scanner is set up.

    Examples:
        >>> day = date(2026, 8, 1)
        >>> of_one_label(["0109521234543213", "1728020010LC-24A"], day).lot
        'LC-24A'
        >>> of_one_label(["0109521234543213", "+$LC039$"], day) is None
        True
    """
    alone = [read_udi([each], today, keyboard=keyboard) for each in dict.fromkeys(barcodes)]
    read = [each for each in alone if isinstance(each, Udi)]
    if not read or len(read) < len(alone):
        return None
    items = {(each.issuer, each.di) for each in read if each.di}
    if len(items) > 1 or len({each.issuer for each in read}) > 1:
        return None
    found = read_udi(barcodes, today, keyboard=keyboard)
    return found if isinstance(found, Udi) else None


def lacking(udi: Udi) -> str:
    """What a label does not say yet: `item`, `lot`, `expiry`, or empty."""
    if not udi.has_item:
        return "item"
    if not udi.has_lot:
        return "lot"
    return "" if udi.expires_on else "expiry"


def is_left_over(
    label: Sequence[str], barcode: str, today: date, keyboard: Keyboard = PLAIN_KEYBOARD
) -> Udi | None:
    """The label with one more barcode of it that is of no other pack; None for all else.

    A barcode with the item alone is left over on a label that named its item together with its
    lot. On one that began with such a barcode, the next pack begins with it.

    Args:
        label: The barcodes of the label that was taken last.
        barcode: What is scanned after it.
        today: The clinic's day.
        keyboard: How the workstation's scanner is set up.
    """
    alone = read_udi([barcode], today, keyboard=keyboard)
    if not label or not isinstance(alone, Udi):
        return None
    says_lot = alone.has_lot or alone.serial is not None
    if alone.has_item and (says_lot or _names_item_alone(label, today, keyboard)):
        return None
    found = of_one_label([*label, barcode], today, keyboard)
    return found if found and not lacking(found).replace("expiry", "") else None


def _names_item_alone(label: Sequence[str], today: date, keyboard: Keyboard) -> bool:
    """Whether one of these barcodes names the item and no lot."""
    alone = [read_udi([each], today, keyboard=keyboard) for each in label]
    return any(isinstance(each, Udi) and each.has_item and not each.has_lot for each in alone)


def is_mislinked(barcodes: Sequence[str], today: date, keyboard: Keyboard = PLAIN_KEYBOARD) -> bool:
    """Whether an HIBC lot is linked to another item than the one scanned with it.

    Barcodes that were misread are not: that is told instead.

    Examples:
        >>> is_mislinked(["+A999KT00312", "+$LC03$Q"], date(2026, 8, 1))
        True
    """
    alone = [read_udi([each], today, keyboard=keyboard) for each in dict.fromkeys(barcodes)]
    read = [each for each in alone if isinstance(each, Udi) and not each.blocked]
    items = {each.di for each in read if each.di}
    if len(read) < len(alone) or len(items) != 1 or lacking(read[-1]) not in ("item", "lot"):
        return False
    try:
        linked(read)
    except UdiError:
        return True
    return False


def plain_lot(
    barcodes: Sequence[str], today: date, keyboard: Keyboard = PLAIN_KEYBOARD
) -> str | None:
    """The text of a last barcode that says no more than perhaps the lot which the label lacks.

    Such bars claim no standard: a person has to say that it is the lot.

    Examples:
        >>> plain_lot(["]E09521234543213", "]C0MIX1"], date(2026, 8, 1))
        'MIX1'
    """
    *label, last = barcodes or [""]
    text = barcode(last, keyboard)
    if not label:
        return None
    if text.symbology not in PLAIN_BARS or not PLAIN_LOT.fullmatch(text.body):
        return None
    if len(text.body) == LENGTH and text.body[:2].upper() in KINDS:  # one of our own labels
        return None
    alone = read_udi([last], today, keyboard=keyboard)
    if not isinstance(alone, Unreadable) or alone.fault != "foreign":
        return None
    udi = of_one_label(label, today, keyboard)
    if udi is None or udi.blocked or lacking(udi) != "lot":
        return None
    return text.body if udi.di and udi.issuer != "iccbba" else None
