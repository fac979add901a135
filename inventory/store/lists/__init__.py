"""Read-only lists for pages, calls and exports: searched, paged, one query each."""

from inventory.store.lists.blocked import BlockedLots, blocked_lots
from inventory.store.lists.history import (
    entries_found,
    list_entries,
    list_sessions,
    movements_summed,
    sessions_found,
)
from inventory.store.lists.lots import (
    LotInSession,
    LotLine,
    find_lots,
    lots_found,
    sessions_after,
    sessions_of_lot,
)
from inventory.store.lists.paging import PAGE, Found
from inventory.store.lists.people import people_found
from inventory.store.lists.receipts import (
    Brought,
    ReceiptLine,
    entry_of_receipt,
    lines_of_receipt,
    list_receipts,
    receipts_found,
)
from inventory.store.lists.stock import (
    ItemLine,
    StockLine,
    items_found,
    list_items,
    on_hand,
    units_on_hand,
)

__all__ = [
    "PAGE",
    "BlockedLots",
    "Brought",
    "Found",
    "ItemLine",
    "LotInSession",
    "LotLine",
    "ReceiptLine",
    "StockLine",
    "blocked_lots",
    "entries_found",
    "entry_of_receipt",
    "find_lots",
    "items_found",
    "lines_of_receipt",
    "list_entries",
    "list_items",
    "list_receipts",
    "list_sessions",
    "lots_found",
    "movements_summed",
    "on_hand",
    "people_found",
    "receipts_found",
    "sessions_after",
    "sessions_found",
    "sessions_of_lot",
    "units_on_hand",
]
