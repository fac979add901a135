"""Read-only lists for pages, calls and exports: searched, paged, one query each."""

from inventory.store.lists.history import list_entries, list_sessions
from inventory.store.lists.lots import LotInSession, LotLine, find_lots, sessions_of_lot
from inventory.store.lists.paging import PAGE
from inventory.store.lists.stock import ItemLine, StockLine, list_items, on_hand, units_on_hand

__all__ = [
    "PAGE",
    "ItemLine",
    "LotInSession",
    "LotLine",
    "StockLine",
    "find_lots",
    "list_entries",
    "list_items",
    "list_sessions",
    "on_hand",
    "sessions_of_lot",
    "units_on_hand",
]
