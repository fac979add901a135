"""What looks like a recalled thing: told to who opens the recall, asked about where it is taken.

A recall covers the lots that were written, character by character. What only looks like one is
neither stopped nor taken silently: a person compares it with the pack.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from inventory.domain.catalogue import Item, folded
from inventory.domain.lot_lists import alike_but_not_asked, no_donations, resembling
from inventory.domain.problem import Problem, say
from inventory.operations.asking import Identified
from inventory.store import catalogue, provisional, recalls


def check_likeness(connection: sa.Connection, found: Identified) -> list[Problem]:
    """Whether a lot is perhaps a recalled one that is only written, or listed, differently.

    That is asked of a lot that was typed, and of any of a provisional item: of it nobody has said
    yet whether it is an item that is recalled.

    Errors: `recalled-lot-resembles`, which a person may overrule who has looked at the pack.
    """
    item, number = found.item, found.lot_number
    if item is None or not number:
        return []
    unsaid = item.manufacturer == provisional.UNKNOWN
    if not unsaid and found.entered != "typed":
        return []
    recalled = recalls.lots_recalled(connection, None if unsaid else item.id)
    alike = {*resembling((each.lot for each in recalled), [number]), number}
    met = [each for each in recalled if each.lot in alike]
    if not met or recalls.standing_recall(connection, item.id, number):
        return []
    of_unsaid = say(
        "Nobody has said yet what %(item)s is, and lot %(recalled)s of %(of)s is recalled"
        " (%(recall)s, %(reference)s). Compare REF and lot with the pack: if it is that, do not use"
        " it; if not, go on and say why.",
        item=item.name,
        recalled=met[0].lot,
        of=met[0].item,
        recall=met[0].recall,
        reference=met[0].reference,
    )
    of_lot = say(
        "Lot %(lot)s of %(item)s looks like %(recalled)s, which is recalled (%(recall)s,"
        " %(reference)s). Compare it with the pack, character by character: if the pack shows"
        " %(recalled)s, do not use it; if it shows %(lot)s, go on and say why.",
        lot=number,
        item=item.name,
        recalled=", ".join(dict.fromkeys(each.lot for each in met)),
        recall=met[0].recall,
        reference=met[0].reference,
    )
    return [Problem("recalled-lot-resembles", of_unsaid if unsaid else of_lot)]


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


@dataclass(frozen=True, slots=True)
class AlikeItem:
    """An item that may be a recalled one under another code, and is not covered.

    Attributes:
        item: The item.
        lots: Lots of it that the recall would name, or that look like one; all where it would name
            all.
    """

    item: Item
    lots: tuple[str, ...]


def items_alike(
    connection: sa.Connection, item: Item, lots: Sequence[str] | None, besides: Collection[str]
) -> list[AlikeItem]:
    """Items that may be the same thing as a recalled one.

    They have its REF, but for case, blanks and signs, and either its maker or one of the lots; or
    they are provisional, so that nobody has said yet what they are, and have one of the lots.

    Args:
        connection: Reading or in an act.
        item: The recalled item.
        lots: Its lots in the recall, or None for all.
        besides: Codes of the items that the recall covers.
    """
    referred = {each.code: each for each in provisional.items_referred(connection, item.reference)}
    unsaid = {each.code: each for each, _, _ in provisional.list_provisional(connection)}
    found = []
    for code, each in (referred | unsaid).items():
        if code in {item.code, *besides}:
            continue
        known = [lot.number for lot in catalogue.lots_of(connection, each)]
        same = code in referred
        met = _met(known, lots) if lots is not None or same else ()
        if met or (same and folded(each.manufacturer) == folded(item.manufacturer)):
            found.append(AlikeItem(each, met))
    return found


def _met(known: Sequence[str], lots: Sequence[str] | None) -> tuple[str, ...]:
    """Lots of another item that are those of a recall, or look like one."""
    if lots is None:
        return tuple(known)
    alike = resembling(lots, known)
    return tuple(sorted({*lots} & {*known} | {lot for of in alike.values() for lot in of}))


def tell_items_alike(
    connection: sa.Connection,
    items: Iterable[Item],
    scope: Sequence[tuple[str, Sequence[str] | None]],
) -> Iterator[Problem]:
    """What is told of items that an opened recall does not cover: `item-alike`."""
    by_code = {item.code: item for item in items}
    for code, lots in scope:
        for alike in items_alike(connection, by_code[code], lots, by_code):
            message = say(
                "Not covered: %(item)s of %(manufacturer)s (%(code)s), which may be the same thing"
                " as %(recalled)s; of the lots it has: %(lots)s. If it is, recall its lots too.",
                item=alike.item.name,
                manufacturer=alike.item.manufacturer,
                code=alike.item.code,
                recalled=by_code[code].name,
                lots=", ".join(alike.lots) or "-",
            )
            yield Problem("item-alike", message, blocking=False)


def tell_same_reference(connection: sa.Connection, item: Item) -> tuple[Problem, ...]:
    """What is told of a new item whose REF another one has: `item-alike`."""
    return tuple(
        Problem(
            "item-alike",
            say(
                "%(item)s of %(manufacturer)s (%(code)s) has this REF too: %(reference)s. If both"
                " are one thing, add the barcodes of its packs there and use that item alone; a"
                " recall of the one does not cover the other.",
                item=each.name,
                manufacturer=each.manufacturer,
                code=each.code,
                reference=each.reference,
            ),
            blocking=False,
        )
        for each in provisional.items_referred(connection, item.reference)
        if each.code != item.code
    )
