"""The QR code beside a signed note, so that nobody has to type it off a paper.

It holds the note itself, to the byte. What a reader does not read back as that is not drawn: the
note stands beside it in letters, and no paper about patients waits for its ornament.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import zxingcpp
from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

from inventory.reports.page import Page

QUIET: Final = 4
"""White modules around. Source: ISO/IEC 18004, 9.1."""

_DOTS: Final = 3


@lru_cache(maxsize=64)
def seal(note: str) -> tuple[str, ...]:
    """The rows of a QR code, `#` for dark, without its quiet zone; none where it is not read back.

    Source:
        ISO/IEC 18004; error correction level M.
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(QR8bitByte(note.encode()))
    code.make()
    side = range(code.getModuleCount())
    rows = tuple("".join("#" if code.isDark(y, x) else " " for x in side) for y in side)
    return rows if read(rows) == note else ()


def read(rows: tuple[str, ...]) -> str:
    """What a reader sees in a drawing of the code; empty for nothing."""
    seen = zxingcpp.read_barcode(
        picture(rows),
        formats=zxingcpp.BarcodeFormats(zxingcpp.QRCode),
        is_pure=True,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return seen.bytes.decode() if seen else ""


def picture(rows: tuple[str, ...]) -> memoryview:
    """The code with its quiet zone as grey pixels, 0 black and 255 white."""
    blank, side = " " * QUIET, len(rows) + 2 * QUIET
    framed = [" " * side] * QUIET + [blank + row + blank for row in rows] + [" " * side] * QUIET
    flat = b"".join(
        b"".join((b"\0" if module == "#" else b"\xff") * _DOTS for module in row) * _DOTS
        for row in framed
    )
    return memoryview(flat).cast("B", (side * _DOTS, side * _DOTS))


def ink(page: Page, rows: tuple[str, ...], left: float, top: float, width: float) -> None:
    """Put the code on a page, its quiet zone within `width` points: a rule for each dark run."""
    module = width / (len(rows) + 2 * QUIET)
    for y, row in enumerate(rows):
        middle = top - (y + QUIET + 0.5) * module
        for start, end in _runs(row):
            x1, x2 = left + (start + QUIET) * module, left + (end + QUIET) * module
            page.rule(x1, middle, x2, middle, module)


def _runs(row: str) -> Iterator[tuple[int, int]]:
    start = None
    for x, module in enumerate(row + " "):
        if module == "#" and start is None:
            start = x
        elif module == " " and start is not None:
            yield start, x
            start = None
