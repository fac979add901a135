"""Codes of cartons, assets, models and places: what they are, and what a carton holds.

The label on a shipped carton names what is in it and how many; all else here names no product.
"""

from typing import Final

from inventory.domain.catalogue import Item
from inventory.domain.problem import Problem, Sentence, say
from inventory.domain.udi import Udi

NO_PRODUCT: Final = {
    "00": say(
        "This is the number of a shipping label: it names a carton or pallet, and not what is in"
        " it. Scan the product's own barcode."
    ),
    "8003": say(
        "This is the number of a returnable asset, such as a crate or a tray, and of no product."
        " Scan the product's own barcode."
    ),
    "8004": say(
        "This is the number of an asset, such as an instrument or a machine, and of no product."
        " Scan the product's own barcode."
    ),
    "8013": say(
        "This is the number of a model, which many products share. Scan the product's own barcode."
    ),
    "414": say("This is the number of a place, and of no product. Scan the product's own barcode."),
}
"""Application identifiers that say what something is, and what is said where nothing else does."""


def content_of(udi: Udi) -> str | None:
    """The item number of the packs in a carton, where the label is the carton's."""
    return None if udi.di else udi.content


def packs_in(udi: Udi) -> int:
    """How many packs of that number are in it; one where the label is that of a pack."""
    return int(udi.element("37") or 1) if content_of(udi) else 1


def told_of_carton(udi: Udi, item: Item, units: int) -> tuple[Problem, ...]:
    """What a label says to be in a carton, to be counted (`carton-contents`, told).

    Args:
        udi: What the label says.
        item: What the packs are.
        units: Units of use in the carton.
    """
    if not content_of(udi):
        return ()
    message = say(
        "This is the label of a carton: by it, %(packs)s packs of %(item)s are in it, %(units)s"
        " units. Open it and count them before they are booked.",
        packs=packs_in(udi),
        item=item.name,
        units=units,
    )
    return (Problem("carton-contents", message, blocking=False),)


def of_no_item(udi: Udi) -> Sentence:
    """What is said of a code that names no item."""
    if content := content_of(udi):
        return say(
            "This is the label of a carton, and no item here has the code %(content)s of the packs"
            " in it. Scan a pack itself; its code is added under Items.",
            content=content,
        )
    kinds = [] if udi.has_lot else [ai for ai, _ in udi.elements if ai in NO_PRODUCT]
    if kinds:
        return NO_PRODUCT[kinds[0]]
    return say("The code says no item. Scan the barcode that holds the item number as well.")
