"""What the ledger holds, beside what clients were told."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from inventory import store
from tests.trust.workers import Scan, Told

NOTHING_WRONG = {"lost": 0, "doubled": 0, "wrong": 0, "unanswered": 0, "unasked": 0}


def openings() -> dict[str, list[str]]:
    """For each key the entries of its openings, as the ledger holds them."""
    with store.reading() as connection:
        rows: Any = connection.execute(
            sa.text(
                "SELECT s.code, e.number, e.text FROM entry e JOIN site s ON s.id = e.site_id"
                " WHERE e.kind = 'OPEN'"
            )
        ).all()
    found: dict[str, list[str]] = {}
    for site, number, text in rows:
        found.setdefault(json.loads(text)["key"], []).append(f"{site}-{number}")
    return found


def opened_units() -> dict[str, int]:
    """How often each unit was opened, by the ledger."""
    with store.reading() as connection:
        rows: Any = connection.exec_driver_sql(
            "SELECT u.code, count(*) FROM movement m JOIN unit u ON u.id = m.unit_id"
            " JOIN entry e ON e.id = m.entry_id WHERE e.kind = 'OPEN' GROUP BY u.code"
        ).all()
        return dict(rows)


def judge(told: Sequence[Told], asked: Sequence[Scan]) -> dict[str, int]:
    """What was lost, doubled, or answered wrongly, where each scan ought to be taken."""
    there: Mapping[str, Sequence[str]] = openings()
    acknowledged = [each for each in told if each.entry]
    return {
        "lost": sum(not there.get(each.scan.key) for each in acknowledged),
        "doubled": sum(len(entries) > 1 for entries in there.values()),
        "wrong": sum(each.entry not in there.get(each.scan.key, ()) for each in told),
        "unanswered": len(asked) - len(told),
        "unasked": len(set(there) - {scan.key for scan in asked}),
    }


def doubled(told: Sequence[Told]) -> list[str]:
    """Units of which more than one client was told that it has them."""
    times = Counter(each.scan.barcode for each in told if each.entry)
    return [unit for unit, count in times.items() if count > 1]
