"""A lot that stands on a pack as bars of its own which say nothing but the text.

They claim no standard, so a person says whether the text is the lot; it then counts as typed.
"""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from inventory.domain.problem import Problem, say
from inventory.domain.udi import Udi
from inventory.domain.udi.label import plain_lot
from inventory.operations.asking import Asked, Identified
from inventory.operations.repairing import told_of
from inventory.store import catalogue


def of_plain_lot(
    connection: sa.Connection, asked: Asked, udi: Udi, match: catalogue.Match, today: date
) -> Identified | None:
    """An item whose lot perhaps stands in the last barcode: as chosen, or with the question.

    Args:
        connection: Reading or in an act.
        asked: What was scanned, and the lot that a person said it is.
        udi: What the barcodes say that can be read.
        match: The item.
        today: The clinic's day.

    Returns:
        None where the label says its lot itself, or no such text was scanned with it.

    Errors: `lot-ambiguous`.
    """
    text = None if udi.has_lot else plain_lot(asked.barcodes, today, asked.keyboard)
    if text is None:
        return None
    told = [each for each in told_of(udi, match) if each.code != "barcode-ignored"]
    found = Identified(
        match.item,
        expires_on=udi.expires_on,
        expires_printed=udi.expires_printed or "",
        units_in_pack=match.level.units,
        entered="typed",
        facts={"barcodes": list(udi.raw)},
        problems=tuple(told),
    )
    if asked.lot == text:
        return replace(found, lot=catalogue.find_lot(connection, match.item, text), lot_number=text)
    message = say(
        "The bars that were scanned say %(text)s and not what that is. If it stands on the pack of"
        " %(item)s as its lot, choose it; if not, scan another barcode on the pack, or type REF and"
        " lot.",
        text=text,
        item=match.item.name,
    )
    return replace(found, problems=(*told, Problem("lot-ambiguous", message)), candidates=(text,))
