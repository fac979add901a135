"""Symbols as rectangles; the one idea: none leaves unread.

`encode` draws a symbol, reads the drawing with another library and compares bytes and symbology
identifier, so that a fault of a writer stops the label and not a nurse.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import zxingcpp
from barcode.codex import Code128, Gs1_128
from barcode.errors import BarcodeError
from pystrich.datamatrix import FNC1, DataMatrixCodeword, DataMatrixData, DataMatrixEncoder
from pystrich.exceptions import PyStrichError

from labels.problems import BadSymbol

Kind = Literal["datamatrix", "gs1-datamatrix", "code128", "gs1-128"]
Rectangle = tuple[int, int, int, int]

GS: Final = "\x1d"
GS1_128_LENGTH: Final = 48
PREDEFINED: Final = frozenset(
    ["00", "01", "02", "03", "04", *(str(n) for n in (*range(11, 21), *range(31, 37), 41))]
)
IDENTIFIERS: Final[dict[Kind, str]] = {
    "datamatrix": "]d1",
    "gs1-datamatrix": "]d2",
    "code128": "]C0",
    "gs1-128": "]C1",
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol that has been read back.

    Attributes:
        kind: Which symbology, GS1 or plain.
        payload: What a scanner sends after the symbology identifier; GS (ASCII 29) between fields.
        modules: Dark rectangles (x, y, width, height) in modules, origin at the top left.
        width: Width in modules, without quiet zone.
        height: Height in modules, without quiet zone; 1 for a linear symbol, which is drawn
            as high as the label allows.
    """

    kind: Kind
    payload: str
    modules: tuple[Rectangle, ...]
    width: int
    height: int

    @property
    def identifier(self) -> str:
        """The AIM symbology identifier a scanner sends, as in `]d2` (ISO/IEC 15424)."""
        return IDENTIFIERS[self.kind]

    @property
    def is_linear(self) -> bool:
        """Whether the symbol is bars, to be stretched upwards."""
        return self.height == 1

    @property
    def quiet(self) -> int:
        """White modules needed around: 10 beside bars, 2 around a matrix (one more than asked).

        Source:
            ISO/IEC 15417, 4.3.1 (Code 128); ISO/IEC 16022, 5.1 (Data Matrix asks for one).
        """
        return 10 if self.is_linear else 2


def gs1_payload(elements: Iterable[tuple[str, str]]) -> str:
    r"""An element string: application identifiers and values, GS only where it must stand.

    Source:
        GS1 General Specifications, 7.8.5 (predefined lengths need no separator).

    Examples:
        >>> gs1_payload([("01", "09521234543213"), ("10", "LC-24A"), ("21", "7")])
        '010952123454321310LC-24A\x1d217'
    """
    text, separator = "", ""
    for identifier, value in elements:
        text += separator + identifier + value
        separator = "" if identifier[:2] in PREDEFINED else GS
    return text


@lru_cache(maxsize=4096)
def encode(kind: Kind, payload: str) -> Symbol:
    """Draw a symbol and read it back.

    Args:
        kind: Which symbology.
        payload: Printable ASCII; GS between fields where the kind is GS1, and no FNC1 in front.

    Raises:
        BadSymbol: If it cannot be drawn, or reads back as anything else (`symbol-unreadable`).

    Examples:
        >>> symbol = encode("datamatrix", "KT7Q2M9XH4C")
        >>> symbol.width, symbol.height, symbol.identifier
        (16, 16, ']d1')
    """
    _check_payload(kind, payload)
    try:
        symbol = _matrix(kind, payload) if kind.endswith("datamatrix") else _bars(kind, payload)
    except (PyStrichError, BarcodeError, ValueError, RuntimeError, KeyError) as fault:
        raise BadSymbol("code", f"No {kind} for {payload!r}: {fault}") from fault
    _check_reads_back(symbol)
    return symbol


def _check_payload(kind: Kind, payload: str) -> None:
    if kind not in IDENTIFIERS:
        raise BadSymbol("code", f"No such kind of symbol: {kind!r}")
    fields = payload.split(GS) if kind.startswith("gs1") else [payload]
    for field in fields:
        if not field or not all(" " <= character <= "~" for character in field):
            raise BadSymbol("code", f"A symbol holds printable ASCII only, got {payload!r}")
    if kind == "gs1-128" and len(payload) > GS1_128_LENGTH:
        raise BadSymbol("code", f"GS1-128 holds {GS1_128_LENGTH} characters, got {len(payload)}")


def _matrix(kind: Kind, payload: str) -> Symbol:
    segments: list[str | DataMatrixCodeword] = [FNC1] if kind.startswith("gs1") else []
    for number, field in enumerate(payload.split(GS)):
        segments += [FNC1, field] if number else [field]
    data = DataMatrixData(*segments, encoding="ascii")
    marks = DataMatrixEncoder(data, quiet_zone=0).get_rect_marks()
    return Symbol(kind, payload, tuple(marks.marks), marks.width, marks.height)


def _bars(kind: Kind, payload: str) -> Symbol:
    writer = Gs1_128 if kind == "gs1-128" else Code128
    (pattern,) = writer(payload.replace(GS, Gs1_128.FNC1_CHAR)).build()
    bars, start = [], None
    for position, module in enumerate(pattern + "0"):
        if module == "1" and start is None:
            start = position
        elif module == "0" and start is not None:
            bars.append((start, 0, position - start, 1))
            start = None
    return Symbol(kind, payload, tuple(bars), len(pattern), 1)


def read_back(symbol: Symbol) -> tuple[str, bytes] | None:
    """What a reader sees in a drawing of the symbol: identifier and bytes, or None."""
    wanted = zxingcpp.Code128 if symbol.is_linear else zxingcpp.DataMatrix
    seen = zxingcpp.read_barcode(
        picture(symbol),
        formats=zxingcpp.BarcodeFormats(wanted),
        is_pure=True,
        text_mode=zxingcpp.TextMode.Plain,
    )
    return (seen.symbology_identifier, seen.bytes) if seen else None


def _check_reads_back(symbol: Symbol) -> None:
    seen, drawn = read_back(symbol), (symbol.identifier, symbol.payload.encode("ascii"))
    if seen != drawn:
        raise BadSymbol("code", f"Drew {symbol.kind} {drawn}, read back {seen}")


def picture(symbol: Symbol, dots: int = 3) -> memoryview:
    """The symbol with its quiet zone as grey pixels, for a reader.

    Args:
        symbol: What to draw.
        dots: Pixels of a module.

    Returns:
        Rows by columns, 0 black and 255 white; a linear symbol is 12 modules high.
    """
    quiet, high = symbol.quiet, 12 if symbol.is_linear else 1
    columns, rows = symbol.width + 2 * quiet, symbol.height * high + 2 * quiet
    page = [bytearray(b"\xff" * (columns * dots)) for _ in range(rows)]
    for x, y, width, height in symbol.modules:
        left, right = (x + quiet) * dots, (x + width + quiet) * dots
        for row in page[quiet + y * high : quiet + (y + height) * high]:
            row[left:right] = bytes(right - left)
    flat = b"".join(bytes(row) * dots for row in page)
    return memoryview(flat).cast("B", (rows * dots, columns * dots))
