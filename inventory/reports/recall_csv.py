"""The rings of a recall as CSV, for a spreadsheet: UTF-8 with byte order mark, RFC 4180.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`. Such a cell gets an apostrophe in
front; one that begins with an apostrophe gets one more. So the way back has no exception: whoever
reads the file drops one leading apostrophe where there is one (`unguarded`), and has every lot
exactly as printed. A spreadsheet that opens the file by itself turns lot 0017 into 17: import the
column as text, or take the JSON.
"""

import csv
import io
from collections.abc import Iterator
from typing import Final

from inventory.domain.chain import instant
from inventory.domain.recall import SessionFacts
from inventory.domain.recall_report import RecallReport
from inventory.reports.recall_json import why
from inventory.reports.wording import N_, Texts

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel reads UTF-8 as the code page of the machine."""

COLUMNS: Final = (
    "ring",
    "session",
    "opened_at",
    "site",
    "location",
    "patient",
    "item",
    "item_name",
    "lot",
    "unit",
    "quantity",
    "outcome",
    "at",
    "entry",
    "why",
    "entries",
)

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula.

    Source:
        OWASP, CSV Injection.

    Examples:
        >>> guarded("=1+1"), guarded("A-17"), guarded("'A")
        ("'=1+1", 'A-17', "''A")
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given.

    Examples:
        >>> unguarded(guarded("-17")), unguarded(guarded("'A")), unguarded("A17")
        ('-17', "'A", 'A17')
    """
    return cell.removeprefix("'")


def rings_csv(report: RecallReport, texts: Texts = str) -> str:
    """The rings, oldest session first: a row for each session, and ring, and covered lot or unit.

    Ring, column names, outcomes and instants (ISO 8601, UTC) are the same in every language and
    the same as in the JSON; `why` is in the reader's. `at` and `entry` are of the first opening,
    `entries` are all of them, blanks between.

    Args:
        report: The report.
        texts: Says an English text in the reader's language.
    """
    lines = io.StringIO()
    lines.write(BYTE_ORDER_MARK)
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    writer.writerows([guarded(cell) for cell in row] for row in _rows(report, texts))
    return lines.getvalue()


def _rows(report: RecallReport, texts: Texts) -> Iterator[tuple[str, ...]]:
    names = {item.code: item.name for item in report.items}
    covered = texts(N_("A covered lot reached the patient."))
    for line in report.rings.exposed:
        yield (
            *_session("exposed", line.session),
            line.item,
            names.get(line.item, ""),
            line.lot,
            line.unit,
            str(line.quantity),
            line.outcome,
            instant(line.at),
            line.entry,
            covered,
            " ".join(each.entry for each in line.openings),
        )
    for judged in report.rings.cannot_be_excluded:
        yield (*_session("cannot_be_excluded", judged.session), *_NO_PIECE, why(judged, texts), "")
    for judged in report.rings.excluded:
        yield (*_session("excluded", judged.session), *_NO_PIECE, why(judged, texts), "")


_NO_PIECE: Final = ("",) * 8


def _session(ring: str, session: SessionFacts) -> tuple[str, ...]:
    opened_at = instant(session.opened_at)
    return ring, session.code, opened_at, session.site, session.location, session.patient
