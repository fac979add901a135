"""Lots that look like recalled ones: told to who opens the recall, asked about where one is taken.

A recall covers the lots that were written, character by character. What only looks like one is
neither stopped nor taken silently: a person compares it with the pack.
"""

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from inventory.domain.catalogue import Item
from inventory.domain.lot_lists import alike_but_not_asked, no_donations, resembling
from inventory.domain.problem import Problem, say
from inventory.operations.asking import Identified
from inventory.store import catalogue, recalls


def check_likeness(connection: sa.Connection, found: Identified) -> list[Problem]:
    """Whether a lot that was typed is perhaps a recalled one, only written a little differently.

    Errors: `recalled-lot-resembles`, which a person may overrule who has looked at the pack.
    """
    item, number = found.item, found.lot_number
    if item is None or not number or found.entered != "typed":
        return []
    recalled = recalls.lots_recalled(connection, item.id)
    alike = resembling((lot for lot, _, _ in recalled), [number])
    if not alike or recalls.standing_recall(connection, item.id, number):
        return []
    code, reference = next((of, named) for lot, of, named in recalled if lot in alike)
    message = say(
        "Lot %(lot)s of %(item)s looks like %(recalled)s, which is recalled (%(recall)s,"
        " %(reference)s). Compare it with the pack, character by character: if the pack shows"
        " %(recalled)s, do not use it; if it shows %(lot)s, go on and say why.",
        lot=number,
        item=item.name,
        recalled=", ".join(alike),
        recall=code,
        reference=reference,
    )
    return [Problem("recalled-lot-resembles", message)]


def lots_alike(
    connection: sa.Connection,
    items: Iterable[Item],
    scope: Sequence[tuple[str, Sequence[str] | None]],
) -> Iterator[Problem]:
    """What is told of the lots of a recall that is opened: `lot-resembles`, `lot-not-donation`."""
    for item in items:
        asked = [lots for code, lots in scope if code == item.code]
        if None in asked:
            continue
        known = [lot.number for lot in catalogue.lots_of(connection, item)]
        named = {lot for lots in asked for lot in lots or ()}
        for lot, alike in alike_but_not_asked(named, known).items():
            message = say(
                "Not covered, and looks like %(asked)s of the notice: %(lots)s of %(item)s. Compare"
                " them with the notice.",
                asked=lot,
                lots=", ".join(alike),
                item=item.name,
            )
            yield Problem("lot-resembles", message, blocking=False)
        if item.is_tissue and (strange := no_donations(named, known)):
            message = say(
                "Nothing is found by %(lots)s: the lot of %(item)s is its donation number. Ask the"
                " tissue bank for the donation numbers, or recall all lots.",
                lots=", ".join(strange),
                item=item.name,
            )
            yield Problem("lot-not-donation", message, blocking=False)
