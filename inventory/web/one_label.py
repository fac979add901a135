"""The barcodes of one label, as they come one after the other from one scan field."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext

from inventory.domain.scan import PLAIN, UdiScan, read
from inventory.domain.udi import Udi, read_udi
from inventory.domain.udi.label import (
    is_left_over,
    is_mislinked,
    lacking,
    of_one_label,
    plain_lot,
)
from inventory.web.acting import keyboard_of_request
from inventory.web.speech import spoken


def joined(barcodes: tuple[str, ...], today: date) -> tuple[str, ...]:
    """The barcodes of one label: those held before stay only if the next one is of their label.

    A nurse who scans another thing instead has given them up. Bars that perhaps are the lot which
    the label lacks are of it until somebody says that they are not.
    """
    keyboard = keyboard_of_request()
    if len(barcodes) < 2 or of_one_label(barcodes, today, keyboard):
        return barcodes
    return barcodes if plain_lot(barcodes, today, keyboard) else barcodes[-1:]


def kept(barcodes: tuple[str, ...], today: date) -> tuple[str, ...]:
    """What stays held of barcodes that were refused, the last of which perhaps was the lot."""
    return barcodes[:-1] if plain_lot(barcodes, today, keyboard_of_request()) else ()


def mislinked(barcodes: Sequence[str], today: date) -> bool:
    """Whether two barcodes say by their link that they are not of one label."""
    return len(barcodes) > 1 and is_mislinked(barcodes, today, keyboard_of_request())


def apart(barcodes: Sequence[str], today: date) -> tuple[str, str, str] | None:
    """What is shown of a barcode that is not of the label held before; None for all else.

    Returns:
        Colour, word and sentence. Nothing is moved: the last one is held in place of the others.
    """
    if not mislinked(barcodes, today):
        return None
    return "stop", gettext("Not of one label"), spoken(PLAIN["several"])


def waits_for(barcodes: Sequence[str], today: date) -> str:
    """What a label lacks of which a further barcode may follow: `item`, `lot`, or empty.

    A barcode of a lot that perhaps lost a blank is of no label: it is scanned again, or typed.
    """
    keyboard = keyboard_of_request()
    udi = of_one_label(barcodes, today, keyboard) if barcodes else None
    if udi is None or not isinstance(read(barcodes, today, keyboard=keyboard), UdiScan):
        return ""
    says = udi.has_item or udi.has_lot or udi.serial or udi.expires_on
    lacks = lacking(udi)
    if lacks == "item" and any(problem.code == "blank-lost" for problem in udi.problems):
        return ""
    return lacks if says and lacks in ("item", "lot") else ""


def repeats(
    after: Sequence[str], barcodes: Sequence[str], today: date
) -> tuple[str, str, str] | None:
    """What is shown of one more barcode of the label that was taken last; None for all else.

    Returns:
        Colour, word and sentence. Nothing is moved: the label counts once.
    """
    if len(barcodes) != 1:
        return None
    udi = is_left_over(after, barcodes[0], today, keyboard_of_request())
    if udi is None:
        return None
    alone = read_udi(barcodes, today, keyboard=keyboard_of_request())
    label = {"lot": udi.lot_number or udi.serial or "", "date": udi.expires_on}
    if udi.expires_on and udi.expires_on < today:
        sentence = gettext(
            "The label that was taken last, lot %(lot)s, expired on %(date)s. Undo that scan, and"
            " take another one.",
            **label,
        )
        return "stop", gettext("Expired"), sentence
    sentence = gettext(
        "This barcode is of the label that was taken last, lot %(lot)s. It counts once.", **label
    )
    if isinstance(alone, Udi) and alone.has_item:
        sentence = gettext(
            "This barcode is also on the pack that was taken last, lot %(lot)s, which counts once."
            " If it is on the next pack, scan that pack's barcode with the lot as well.",
            **label,
        )
    return "look", gettext("Same label"), sentence
