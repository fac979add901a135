"""`flask udi`: read barcodes without the rest of the application; asks no database."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

import click
from flask.cli import AppGroup

from inventory.domain.problem import Problem, say
from inventory.domain.udi import Udi, Unreadable, read_udi

udi = AppGroup("udi", help="Read barcodes of medical devices.")

TEXTS: Final = ("issuer", "gtin", "di", "lot", "serial", "sscc", "donation_id", "gsrn")
DAYS: Final = ("expires_on", "manufactured_on", "best_before_on")


@udi.command("read", with_appcontext=False)
def read() -> None:
    """Read labels: a JSON array of scans a line in, a JSON object a line out, in order."""
    today = datetime.now().astimezone().date()
    for answer in answers(sys.stdin.buffer, today):
        click.echo(json.dumps(answer))


def answers(lines: Iterable[bytes], today: date) -> Iterator[dict[str, Any]]:
    """The answer to each line; one that is no JSON array of strings is `unreadable`.

    Args:
        lines: UTF-8, each a JSON array of strings: the barcodes of one label, in scanning order.
        today: The day of the scan.

    Yields:
        `status` (`read`; `refused` if a check fails; `unreadable`), the fields of `Udi` that were
        found, dates as YYYY-MM-DD, each with what it tells, `day` or `month`, as
        `expires_precision` and so on, and `problems`, a list of `code`, `message`, `blocking`.

    Examples:
        >>> next(answers([b'["0109521234543213"]'], date(2026, 8, 1)))["gtin"]
        '09521234543213'
    """
    for line in lines:
        barcodes = _barcodes(line)
        yield _answer(_NO_ARRAY if barcodes is None else read_udi(barcodes, today))


def _barcodes(line: bytes) -> list[str] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(found, list) and all(isinstance(text, str) for text in found):
        return found
    return None


_NO_ARRAY: Final = Unreadable(
    (Problem("unreadable", say("Each line must be a JSON array of strings, one a barcode.")),)
)


def _answer(scan: Udi | Unreadable) -> dict[str, Any]:
    problems = [
        {"code": p.code, "message": str(p.message), "blocking": p.blocking} for p in scan.problems
    ]
    if isinstance(scan, Unreadable):
        return {"status": "unreadable", "problems": problems}
    answer: dict[str, Any] = {"status": "refused" if scan.blocked else "read"}
    answer |= {name: getattr(scan, name) for name in TEXTS}
    answer |= {name: day and day.isoformat() for name in DAYS if [day := getattr(scan, name)]}
    answer["expires_precision"] = scan.expires_precision
    if scan.manufactured_on:
        answer["manufactured_precision"] = scan.manufactured_precision
    if scan.best_before_on:
        answer["best_before_precision"] = scan.best_before_precision
    answer["expires_printed"] = scan.expires_printed
    answer["quantity"] = scan.quantity
    answer["elements"] = [list(pair) for pair in scan.elements]
    answer["problems"] = problems
    return {name: value for name, value in answer.items() if value is not None}
