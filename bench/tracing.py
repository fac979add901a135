"""The trace of a lot with 1,000 exposed sessions in a big ledger, beside bare SQL of its rows."""

import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bench import recall_pdf
from bench.ground import ground
from inventory import store
from inventory.operations import recalling
from inventory.operations.posting import Act
from inventory.operations.synthesising import synthesise
from inventory.store import tracing

ROUNDS = 5
ROWS = (
    "SELECT e.*, m.* FROM movement m JOIN entry e ON e.id = m.entry_id"
    " JOIN lot l ON l.id = m.lot_id JOIN item i ON i.id = l.item_id WHERE "
)


def measure(url: str, movements: int, keep: Path | None = None) -> dict[str, Any]:
    """The loading; the trace of a lot, the report and its paper, each beside its bare form."""
    zone = ZoneInfo("Europe/Rome")
    with ground(url, keep):
        begun = time.perf_counter()
        made = synthesise(movements, 1, zone, 30)
        loading = time.perf_counter() - begun
        request = recalling.RecallRequest("B-1", "Synthetic", "bench", [(made.item, [made.lot])])
        act = Act("bench", datetime.now(UTC), zone)
        code = str(recalling.open_recall(act, request).body["code"])
        trace, bare_trace, rows = _pair(
            lambda c: tracing.movements_of_lot(c, made.lot_id), ROWS + "l.id = :key", made.lot_id
        )
        report, bare_report, all_rows = _pair(
            lambda c: recalling.recall_report(code, "bench", act.at), ROWS + "i.code = :key",
            made.item,
        )  # fmt: skip
        paper = recall_pdf.measure(recalling.recall_report(code, "bench", act.at))
        return {
            "movements": made.movements,
            "movements_per_second_loaded": round(made.movements / loading),
            "exposed": made.exposed,
            "lot_trace_ms": round(1000 * trace, 1),
            "lot_bare_sql_ms": round(1000 * bare_trace, 1),
            "lot_rows": rows,
            "lot_ratio": round(trace / bare_trace, 2),
            "report_ms": round(1000 * report, 1),
            "report_bare_sql_ms": round(1000 * bare_report, 1),
            "report_rows": all_rows,
            "report_ratio": round(report / bare_report, 2),
            "paper_pages": paper["pages"],
            "paper_seconds": paper["paper_seconds"],
            "paper_ratio": paper["ratio"],
        }


def _pair(
    ours: Callable[[sa.Connection], object], statement: str, key: object
) -> tuple[float, float, int]:
    """The best of some rounds of each, in turn, and the number of bare rows."""
    times, bare_times, rows = [], [], 0
    for _ in range(ROUNDS):
        with store.reading() as connection:
            gc.collect()
            begun = time.perf_counter()
            rows = len(connection.execute(sa.text(statement), {"key": key}).all())
            bare_times.append(time.perf_counter() - begun)
            gc.collect()
            begun = time.perf_counter()
            ours(connection)
            times.append(time.perf_counter() - begun)
    return min(times), min(bare_times), rows
