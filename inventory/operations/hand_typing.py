"""From a line typed by hand to the item and lot it means here."""

import sqlalchemy as sa

from inventory.domain.catalogue import Item
from inventory.domain.problem import Problem, Sentence, say
from inventory.domain.udi.iccbba import printed_donation
from inventory.operations.asking import Asked, Identified
from inventory.store import catalogue, provisional


def identify_typed(connection: sa.Connection, asked: Asked) -> Identified:
    """What was typed; a pack without a barcode has its REF and lot typed twice.

    Blanks around a typed lot are none of it.

    Errors: `unknown-item`, `lot-missing`, `typed-differs`.
    """
    item = _typed_item(connection, asked)
    if isinstance(item, Problem):
        return Identified(
            lot_number=asked.lot.strip(),
            entered="typed",
            problems=(item,),
            nameless=asked.reference if asked.lot.strip() else "",
        )
    number = _number_of(item, asked.lot.strip())
    if not number:
        missing = lot_missing(item, of_donation=item.is_tissue)
        return Identified(item, entered="typed", problems=(missing,))
    problems = _check_again(asked)
    return Identified(
        item,
        catalogue.find_lot(connection, item, number),
        lot_number=number,
        expires_on=asked.expires_on,
        entered="typed",
        facts={"manual": "twice"} if asked.again is not None else {},
        problems=problems,
    )


def _number_of(item: Item, typed: str) -> str:
    """The lot as it was typed; a donation number of a tissue as its barcode holds it."""
    return (printed_donation(typed) if item.is_tissue else "") or typed


def _typed_item(connection: sa.Connection, asked: Asked) -> Item | Problem:
    if asked.item:
        item = catalogue.find_item(connection, asked.item)
        message = say(
            "There is no item %(item)s. Choose an item, or scan its code.", item=asked.item
        )
        return item or _unknown_typed(message)
    if not asked.reference:
        return _unknown_typed(say("Choose an item, or scan its code."))
    found = provisional.items_of_reference(connection, asked.reference)
    if len(found) == 1:
        return found[0]
    message = say(
        "%(count)s items here have the REF %(reference)s. Compare it with the print on the pack,"
        " or choose the item.",
        count=len(found),
        reference=asked.reference,
    )
    return _unknown_typed(message)


def _unknown_typed(message: Sentence) -> Problem:
    return Problem("unknown-item", message)


def _check_again(asked: Asked) -> tuple[Problem, ...]:
    """What was typed twice must be the same twice."""
    if asked.again is None:
        return ()
    once, again = (asked.reference, asked.lot), asked.again
    if [each.strip() for each in once] == [each.strip() for each in again]:
        return ()
    message = say(
        "The second time REF or lot was typed otherwise: %(reference)s %(lot)s. Look at the pack"
        " and type both again.",
        reference=asked.again[0],
        lot=asked.again[1],
    )
    return (Problem("typed-differs", message),)


def lot_missing(item: Item, *, of_donation: bool = False) -> Problem:
    """What is said where only the item is known.

    Args:
        item: What it is.
        of_donation: Its lots are donations, and its code is that of a tissue.
    """
    if of_donation:
        message = say(
            "The code names %(item)s but no donation. Scan the barcode of the donation number as"
            " well, or type that number as the lot.",
            item=item.name,
        )
        return Problem("lot-missing", message)
    return Problem(
        "lot-missing",
        say(
            "The code names %(item)s but no lot. Scan the second barcode of the label,"
            " or type the lot.",
            item=item.name,
        ),
    )
