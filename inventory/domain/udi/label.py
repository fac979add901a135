"""Which barcodes are of one label: what waits for another one, and what only repeats it.

A label may spread item, lot and expiry over up to four barcodes, scanned in any order. Nothing on
them says that they belong together but what they agree on, and in HIBC the link character.
"""

from collections.abc import Sequence
from datetime import date

from inventory.domain.udi.assemble import read_udi
from inventory.domain.udi.udi import Udi
from inventory.domain.udi.wedge import PLAIN_KEYBOARD, Keyboard


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
    """The label with one more barcode of it that names no item of its own; None for all else.

    Args:
        label: The barcodes of the label that was taken last.
        barcode: What is scanned after it.
        today: The clinic's day.
        keyboard: How the workstation's scanner is set up.
    """
    alone = read_udi([barcode], today, keyboard=keyboard)
    if not label or not isinstance(alone, Udi) or alone.has_item:
        return None
    found = of_one_label([*label, barcode], today, keyboard)
    return found if found and not lacking(found).replace("expiry", "") else None
