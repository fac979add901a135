"""Any list as CSV, for a spreadsheet: UTF-8 with byte order mark, RFC 4180, row by row.

No cell runs as a formula; see `inventory.reports.recall_csv.guarded`, which also says the way back.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from inventory.reports.recall_csv import BYTE_ORDER_MARK, guarded

Cell = str | int | date | None


def table_csv(headings: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    r"""A list as lines of CSV.

    Args:
        headings: In the reader's language.
        rows: Dates become ISO dates, None becomes empty; numbers stay numbers.

    Examples:
        >>> list(table_csv(["Lot", "Quantity"], [["-17", 5], ["A", None]]))
        ['\ufeffLot,Quantity\r\n', "'-17,5\r\n", 'A,\r\n']
    """
    line = io.StringIO()
    line.write(BYTE_ORDER_MARK)
    writer = csv.writer(line)
    writer.writerow([guarded(heading) for heading in headings])
    yield _taken(line)
    for cells in rows:
        writer.writerow([_text(cell) for cell in cells])
        yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    return guarded(cell) if isinstance(cell, str) else str(cell)
