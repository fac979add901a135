"""Labels a second with read-back, against the same sheets without text and without the check."""

import time
from collections.abc import Callable
from unittest import mock

from inventory.domain.codes import new_code
from labels import symbol
from labels.kinds import UnitLabel
from labels.layout import STOCKS
from labels.sheet import unit_labels_pdf

COUNT = 1000


def measure() -> dict[str, float]:
    """Labels a second of 1,000 on A4 sheets of 24, each with DataMatrix and Code 128."""
    made = [
        UnitLabel(new_code("KT"), "Fat processing kit", "LK-60", "LC26-0914", "2028-03-16")
        for _ in range(COUNT)
    ]
    whole = _seconds(lambda: unit_labels_pdf(made, STOCKS["a4-24"]))
    with mock.patch.object(symbol, "_check_reads_back", return_value=None):
        unread = _seconds(lambda: unit_labels_pdf(made, STOCKS["a4-24"]))
    return {
        "labels_per_second": round(COUNT / whole),
        "without_check_per_second": round(COUNT / unread),
        "ratio": round(unread / whole, 2),
    }


def _seconds(act: Callable[[], object]) -> float:
    symbol.encode.cache_clear()
    begun = time.process_time()
    act()
    return time.process_time() - begun
