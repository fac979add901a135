"""What every list shares: which page of it, and the whole of it as CSV."""

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

from flask import Response, abort, redirect, request, stream_with_context
from flask_babel import gettext

from inventory.domain.udi.hibc import is_hibc
from inventory.domain.udi.wedge import barcode
from inventory.reports.table_csv import Cell, table_csv
from inventory.store.lists import PAGE, Found
from inventory.web.acting import clinic_today, keyboard_of_request
from inventory.web.navigation import page_address

LAST_PAGE = 100_000

Line = TypeVar("Line")


def page_number() -> int:
    """The page that the address bar asks for; the first where it makes no sense."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)


def page_count(total: int) -> int:
    """How many pages so many lines fill, at least one.

    Whoever asked for a page beyond the last one is sent to the last one.
    """
    pages = max(1, -(-total // PAGE))
    if page_number() > pages:
        abort(redirect(page_address(pages)))
    return pages


def asked_for(name: str, most: int = 200) -> str:
    """A text of the address bar without blanks at its ends, bounded."""
    return request.args.get(name, "").strip()[:most]


def scan_asked_for(name: str, most: int = 1000) -> str:
    """A scan of the address bar; a blank at the end of an HIBC barcode is its check character."""
    text = request.args.get(name, "").strip("\r\n\t").lstrip(" ")[:most]
    return text if is_hibc(barcode(text, keyboard_of_request()).body) else text.rstrip(" ")


def csv_of(
    name: str, headings: Iterable[str], found: Found[Line], cells: Callable[[Line], Iterable[Cell]]
) -> Response:
    """All that a list found as a file to take away, read while it is sent.

    Args:
        name: Of the list, English; translated here.
        headings: English; translated here.
        found: Of the list.
        cells: What a line says, one cell for each heading.
    """
    return csv_answer(name, headings, map(cells, found.each()))


def csv_answer(name: str, headings: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Response:
    """A list as a file to take away, sent row by row, named after the list and the day.

    Args:
        name: Of the list, English; translated here.
        headings: English; translated here.
        rows: See `table_csv`.
    """
    plain = unicodedata.normalize("NFKD", gettext(name)).encode("ascii", "ignore").decode()
    file_name = f"{plain.lower().replace(' ', '-')}-{clinic_today().isoformat()}.csv"
    lines = stream_with_context(table_csv([gettext(each) for each in headings], rows))
    answer = Response(lines, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
