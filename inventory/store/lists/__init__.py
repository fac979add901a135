"""Read-only lists for pages, calls and exports: searched, paged, one query each."""

from inventory.store.lists.blocked import BlockedLots, blocked_lots
from inventory.store.lists.history import all_entries, list_entries, list_sessions
from inventory.store.lists.lots import LotInSession, LotLine, find_lots, sessions_of_lot
from inventory.store.lists.paging import PAGE
from inventory.store.lists.receipts import (
    Brought,
    ReceiptLine,
    entry_of_receipt,
    lines_of_receipt,
    list_receipts,
)
from inventory.store.lists.stock import ItemLine, StockLine, list_items, on_hand, units_on_hand

__all__ = [
    "PAGE",
    "BlockedLots",
    "Brought",
    "ItemLine",
    "LotInSession",
    "LotLine",
    "ReceiptLine",
    "StockLine",
    "all_entries",
    "blocked_lots",
    "entry_of_receipt",
    "find_lots",
    "lines_of_receipt",
    "list_entries",
    "list_items",
    "list_receipts",
    "list_sessions",
    "on_hand",
    "sessions_of_lot",
    "units_on_hand",
]
