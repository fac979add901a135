"""`python -m bench`: what is promised, measured in one run as ratios to a bare form of the same."""

import argparse
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import ground, labels, reading, recall_pdf, scans, starting, tracing

PARTS = ("scans", "trace", "pdf", "start", "reading", "labels")


def main() -> None:
    """Measure, and print one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--movements", type=int, default=1_000_000, help="of the trace's ledger")
    parser.add_argument("--ledger", type=int, default=100_000, help="movements before the scans")
    parser.add_argument("--sessions", type=int, default=10, help="a client scans in each round")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--keep", type=Path, help="folder for the SQLite ledger, to look at later")
    said = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers end with the bench
    wanted = said.parts or list(PARTS)
    if "scans" in wanted:
        _both(said.database, "scans", lambda url: scans.measure(url, said.sessions, said.ledger))
    if "trace" in wanted:
        keep = said.keep
        _both(
            said.database, "trace",
            lambda url: tracing.measure(url, said.movements, None if url else keep),
        )  # fmt: skip
    if "pdf" in wanted:
        _say("pdf", "-", recall_pdf.measure())
    if "start" in wanted:
        _say("start", "sqlite", starting.measure())
    if "reading" in wanted:
        _say("reading", "-", reading.measure())
    if "labels" in wanted:
        _say("labels", "-", labels.measure())


def _both(which: str, what: str, measure: Callable[[str], dict[str, Any]]) -> None:
    if which != "postgresql":
        _say(what, "sqlite", measure(""))
    if which != "sqlite":
        with ground.postgresql() as url:
            _say(what, "postgresql", measure(url))


def _say(what: str, database: str, figures: dict[str, Any]) -> None:
    print(json.dumps({"what": what, "database": database, **figures}), flush=True)


if __name__ == "__main__":
    main()
