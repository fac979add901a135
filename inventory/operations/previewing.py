"""Looking at a recall before it is opened: what it would cover, and what it might miss."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inventory import store
from inventory.domain.catalogue import Item, folded
from inventory.domain.ledger import ON_HAND
from inventory.domain.lot_lists import (
    alike_but_not_asked,
    apart,
    is_several,
    no_donations,
    split_lots,
)
from inventory.domain.recall import Scope, TracedMovement, covers
from inventory.domain.rings import covered_flows
from inventory.operations.likening import AlikeItem, items_alike
from inventory.store import catalogue, recalls, tracing


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recall would meet, before it is opened.

    Attributes:
        lots_seen: Covered lots that were ever here.
        lots_unseen: Asked lots that never were here; the recall covers them all the same.
        resembling: Asked lot to lots of ours that look like it and would NOT be covered.
        several: Asked lot that looks like several written as one, to what they may be; to none
            where it is a range of hundreds.
        no_donations: Asked lots of a tissue by which nothing of it is found here.
        on_hand: Units of use on hand of covered lots.
        alike: Other items that may be the same thing and would NOT be covered.
    """

    lots_seen: tuple[str, ...]
    lots_unseen: tuple[str, ...]
    resembling: dict[str, list[str]]
    several: dict[str, list[str]]
    no_donations: tuple[str, ...]
    on_hand: int
    alike: tuple[AlikeItem, ...]


def read_lots(item_code: str, text: str) -> tuple[Item, list[str]]:
    """An item, and the lots of it that were pasted.

    Raises:
        NotFound: There is no such item.
    """
    with store.reading() as connection:
        item = catalogue.get_item(connection, item_code)
        known = {lot.number for lot in catalogue.lots_of(connection, item)} if text else set()
    return item, split_lots(text, known)


def preview_recall(
    item_code: str, lots: Sequence[str] | None, besides: Collection[str] = ()
) -> Preview:
    """Look up what a recall would cover; writes nothing.

    Args:
        item_code: The recalled item.
        lots: Its lots, or None for all.
        besides: Codes of the other items that the same recall covers.

    Raises:
        NotFound: There is no such item.
    """
    with store.reading() as connection:
        item = catalogue.get_item(connection, item_code)
        known = [lot.number for lot in catalogue.lots_of(connection, item)]
        scope = [Scope(item.code, None if lots is None else frozenset(lots))]
        movements = tracing.movements_of_items(connection, [item.code])
        alike = items_alike(connection, item, lots, besides)
    asked = set(lots or ())
    unseen = sorted(asked - set(known))
    return Preview(
        tuple(lot for lot in known if covers(scope, item.code, lot)),
        tuple(unseen),
        alike_but_not_asked(asked, known),
        {lot: apart(lot) for lot in unseen if is_several(lot)},
        tuple(no_donations(unseen, known)) if item.is_tissue else (),
        _held(scope, movements),
        tuple(alike),
    )


def _held(scope: Sequence[Scope], movements: Sequence[TracedMovement]) -> int:
    flows = covered_flows(scope, movements)
    return sum(
        (to in ON_HAND) * quantity - (frm in ON_HAND) * quantity
        for flow in flows.values()
        for frm, to, quantity in flow
    )


def open_under(reference: str) -> list[str]:
    """Codes of the open recalls that bear a notice's reference already, the latest first."""
    asked = folded(reference)
    with store.reading() as connection:
        cases = recalls.list_recalls(connection) if asked else []
    return [c.code for c in cases if c.lifted_at is None and folded(c.reference) == asked]
