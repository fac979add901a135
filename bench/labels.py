"""Labels a second with read-back, against the same sheets without the check and without text."""

import time
from contextlib import ExitStack
from unittest import mock

from inventory.domain.codes import new_code
from labels import composing, layout, symbol, texts
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
    unit_labels_pdf(made[:24], STOCKS["a4-24"])  # so that nobody pays for loading the faces
    whole = _seconds(made)
    unread = _seconds(made, check=False)
    bare = _seconds(made, check=False, text=False)
    return {
        "labels_per_second": round(COUNT / whole),
        "without_check_per_second": round(COUNT / unread),
        "without_text_or_check_per_second": round(COUNT / bare),
        "ratio": round(bare / whole, 2),
    }


def _seconds(made: list[UnitLabel], *, check: bool = True, text: bool = True) -> float:
    """Processor time of one paper, nothing of the one before remembered."""
    for remembered in (composing.compose, texts.set_text, layout.wrapped, symbol.encode):
        remembered.cache_clear()
    with ExitStack() as changed:
        if not check:
            changed.enter_context(mock.patch.object(symbol, "_check_reads_back"))
        if not text:
            changed.enter_context(mock.patch.object(composing, "set_text", return_value=()))
            changed.enter_context(mock.patch.object(composing, "_code_text", return_value=[]))
        begun = time.process_time()
        unit_labels_pdf(made, STOCKS["a4-24"])
        return time.process_time() - begun
