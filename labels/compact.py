"""Sentences of the law on a small label: above all else, over the whole width, at 5 points.

Where what must stand whole is long and the label small, nothing stands beside the sentences; the
matrix takes the lower right corner, and fields and code the room that is left of it. The largest
type that fits is taken, and as much of it bold as fits.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

from labels.content import Content, Field
from labels.faces import CAP_HEIGHT, MM_PER_POINT, Face, width_mm
from labels.layout import DOT_MM, Stock, wrapped
from labels.marks import Code, Mark, Text
from labels.problems import DoesNotFit
from labels.symbol import Symbol

SENTENCE_SIZES: Final = (6.0, 5.5, 5.0)
FIELD_SIZES: Final = (7.0, 6.5, 6.0)
BOLD: Final = ((0, 1, 2), (1, 2), (1,), ())
"""Which sentences are bold: all, the notices, the first of them, none."""
WORD: Final = 5.0
"""Points; of the word in front of a value."""
MODULE_DOTS: Final = (6, 5, 4)
LEADING: Final = 1.15
ROW: Final = 1.3
BESIDE_MM: Final = 1.4
BETWEEN_MM: Final = 0.5
"""White between sentences and fields, at least."""
BASELINE_MM: Final = 0.3
"""From the foot of a row to the line its letters stand on."""


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to set it; lengths in mm, sizes in points."""

    sentences: tuple[tuple[str, Face], ...]
    sentence_size: float
    rows: tuple[tuple[Field, ...], ...]
    field_size: float
    module: float

    @property
    def sentences_height(self) -> float:
        return len(self.sentences) * self.sentence_size * LEADING * MM_PER_POINT

    @property
    def row_height(self) -> float:
        return self.field_size * ROW * MM_PER_POINT


def compact(content: Content, stock: Stock, matrix: Symbol) -> tuple[Mark, ...]:
    """The marks of a label with sentences, from the corner within its insets.

    Args:
        content: What stands on it; bars and the clinic are left out.
        stock: On which.
        matrix: Its symbol.

    Raises:
        DoesNotFit: If it has no room even so (`label-text-too-long`).
    """
    width, height = (side - 2 * inset for side, inset in zip(stock.label, stock.inset, strict=True))
    for way in _ways(content, width):
        if _fits(way, matrix, width, height):
            return tuple(_marks(way, matrix, width, height))
    raise DoesNotFit(
        "notices", f"What the law wants does not fit on {stock.key} at {WORD:g} points"
    )


def _ways(content: Content, width: float) -> Iterator[_Way]:
    """All ways, the best first."""
    code = Field("code", content.code)
    *others, last = content.fields
    settings = (
        (*((field,) for field in content.fields), (code,)),
        (*((field,) for field in others), (code, last)),
    )
    for size, bold in product(SENTENCE_SIZES, BOLD):
        lines = tuple(_lines(content, size, bold, width))
        for field_size, dots, rows in product(FIELD_SIZES, MODULE_DOTS, settings):
            yield _Way(lines, size, rows, field_size, dots * DOT_MM)


def _lines(
    content: Content, size: float, bold: Collection[int], width: float
) -> Iterator[tuple[str, Face]]:
    for number, sentence in enumerate((content.name, *content.notices)):
        face: Face = "bold" if number in bold else "sans"
        for line in wrapped(sentence, face, size, width):
            yield line, face


def _fits(way: _Way, matrix: Symbol, width: float, height: float) -> bool:
    side, quiet = matrix.width * way.module, matrix.quiet * way.module
    below = height - way.sentences_height - BETWEEN_MM
    if max(side + quiet - BETWEEN_MM, len(way.rows) * way.row_height) > below:
        return False
    beside = width - side - max(BESIDE_MM, quiet)
    return all(
        _row_width(row, way.field_size) <= (width if top else beside)
        for row, top in zip(way.rows, _above(way, side + quiet), strict=True)
    )


def _above(way: _Way, side: float) -> list[bool]:
    """Of each row, whether it stands higher than the matrix reaches."""
    count = len(way.rows)
    reach = side - BASELINE_MM
    return [(count - number - 1) * way.row_height >= reach for number in range(count)]


def _word_width(field: Field) -> float:
    return width_mm(field.word, "sans", WORD) + 0.6 if field.word else 0.0


def _row_width(row: tuple[Field, ...], size: float) -> float:
    values = sum(_word_width(field) + width_mm(field.value, field.face, size) for field in row)
    return values + (len(row) - 1) * size * MM_PER_POINT


def _marks(way: _Way, matrix: Symbol, width: float, height: float) -> Iterator[Mark]:
    y = 0.0
    for line, face in way.sentences:
        baseline = y + way.sentence_size * CAP_HEIGHT * MM_PER_POINT
        yield Text(0.0, baseline, line, face, way.sentence_size)
        y += way.sentence_size * LEADING * MM_PER_POINT
    for number, row in enumerate(reversed(way.rows)):
        yield from _row(row, height - number * way.row_height - BASELINE_MM, way.field_size)
    side = matrix.width * way.module
    yield Code(width - side, height - side, matrix, way.module, side)


def _row(row: tuple[Field, ...], baseline: float, size: float) -> Iterator[Mark]:
    x = 0.0
    for field in row:
        if field.word:
            yield Text(x, baseline, field.word, "sans", WORD)
            x += _word_width(field)
        yield Text(x, baseline, field.value, field.face, size)
        x += width_mm(field.value, field.face, size) + size * MM_PER_POINT
