"""Sentences of the law on the smallest label: beside the symbol what is short, beneath it the rest.

The matrix takes the upper right corner. Left of it stand the first notice, the code and the last
field; beneath, over the whole width, the name, the other fields and the other notices; the clinic
takes what the last line leaves. Larger type was tried before (`compact`). A time stands in the size
of the sentences: larger, it would stand without the word that says what it is (decision 104).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from labels.content import Content, Field
from labels.faces import CAP_HEIGHT, ELLIPSIS, MM_PER_POINT, width_mm
from labels.layout import DOT_MM, Stock, shortened, wrapped
from labels.marks import Code, Mark, Text, shifted
from labels.problems import DoesNotFit
from labels.symbol import Symbol
from labels.texts import SENTENCE, SMALL, SMALLEST

MODULE_MM: Final = 4 * DOT_MM
BESIDE_MM: Final = 1.4
CAPITALS: Final = 1.0
"""From line to line in capitals, which have nothing beneath their line; in sizes of the type."""
LETTERS: Final = 1.1
ROW: Final = 1.15
APART: Final = 0.75
"""Between fields on a row, in sizes of the type."""
CLINIC_MM: Final = 2.0
"""White between a sentence and the clinic on its line, at least."""
WORD_MM: Final = 0.8
"""White between a word and its value."""
LOOSEST_MM: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together, their marks from its own top left corner; lengths in mm."""

    marks: tuple[Mark, ...]
    height: float
    width: float = 0.0


def tight(content: Content, stock: Stock, matrix: Symbol) -> tuple[Mark, ...]:
    """The marks of a label with sentences, from the corner within its insets.

    Args:
        content: What stands on it; bars are left out, and words before what has a unit.
        stock: On which.
        matrix: Its symbol.

    Raises:
        DoesNotFit: If it has no room even so (`label-text-too-long`): a field too wide for its
            place is named, else `notices`.
    """
    width, height = (side - 2 * inset for side, inset in zip(stock.label, stock.inset, strict=True))
    side = matrix.width * MODULE_MM
    quiet = matrix.quiet * MODULE_MM
    top = _top(content, stock, width - side - max(BESIDE_MM, quiet))
    top = replace(top, height=max(top.height, side + quiet))
    blocks = [top, *_beneath(content, stock, width)]
    spare = height - sum(block.height for block in blocks)
    if spare < 0:
        raise _no_room("notices", stock)
    marks: list[Mark] = [Code(width - side, 0.0, matrix, MODULE_MM, side)]
    gap, y = min(LOOSEST_MM, spare / (len(blocks) - 1)), 0.0
    for block in blocks:
        marks += [shifted(mark, 0.0, y) for mark in block.marks]
        y += block.height + gap
    return tuple(marks)


def _top(content: Content, stock: Stock, width: float) -> _Block:
    """What stands beside the symbol: the first notice, the code, the field with a unit."""
    notice = _sentence(content.notices[0], width, CAPITALS)
    last = replace(content.fields[-1], word="")
    row = _row((Field("code", content.code), last), SMALLEST, stock, width)
    marks = (*notice.marks, *(shifted(mark, 0.0, notice.height) for mark in row.marks))
    return _Block(marks, notice.height + row.height)


def _beneath(content: Content, stock: Stock, width: float) -> Iterator[_Block]:
    yield _sentence(content.name, width, LETTERS)
    for field in content.fields[:-1]:
        yield _row((field,), SENTENCE, stock, width)
    *others, last = (_sentence(notice, width, CAPITALS) for notice in content.notices[1:])
    yield from others
    yield replace(last, marks=(*last.marks, *_clinic(content.heading, last, width)))


def _sentence(text: str, width: float, leading: float) -> _Block:
    step = SENTENCE * leading * MM_PER_POINT
    lines = wrapped(text, "sans", SENTENCE, width)
    marks = tuple(
        Text(0.0, number * step + _capital(SENTENCE), line, "sans", SENTENCE)
        for number, line in enumerate(lines)
    )
    return _Block(marks, len(lines) * step, width_mm(lines[-1], "sans", SENTENCE))


def _row(fields: tuple[Field, ...], size: float, stock: Stock, width: float) -> _Block:
    """Fields side by side, each behind its word.

    Raises:
        DoesNotFit: If they are too wide; the longest one is named.
    """
    x, baseline = 0.0, _capital(size)
    marks: list[Mark] = []
    for field in fields:
        x += APART * size * MM_PER_POINT if x else 0.0
        if field.word:
            word = field.word.replace(" / ", "/")
            marks.append(Text(x, baseline, word, "sans", SENTENCE))
            x += width_mm(word, "sans", SENTENCE) + WORD_MM
        marks.append(Text(x, baseline, field.value, field.face, size))
        x += width_mm(field.value, field.face, size)
    if x > width:
        raise _no_room(_widest(fields).name, stock)
    return _Block(tuple(marks), size * ROW * MM_PER_POINT)


def _widest(fields: tuple[Field, ...]) -> Field:
    return max(fields, key=lambda field: len(field.value))


def _clinic(clinic: str, line: _Block, width: float) -> list[Mark]:
    """The clinic at the right end of the last line, shortened where it must be, as elsewhere."""
    if not clinic:
        return []
    free = width - line.width - CLINIC_MM
    whole = width_mm(clinic, "sans", SMALL) <= free
    size = SMALL if whole else SENTENCE
    (text,) = shortened(clinic, "sans", size, free, 1)
    if text == ELLIPSIS:
        return []
    baseline = max(mark.y for mark in line.marks)
    return [Text(width - width_mm(text, "sans", size), baseline, text, "sans", size)]


def _capital(size: float) -> float:
    return size * CAP_HEIGHT * MM_PER_POINT


def _no_room(field: str, stock: Stock) -> DoesNotFit:
    return DoesNotFit(
        field, f"The {field} does not fit whole on {stock.key} at {SENTENCE:g} points"
    )
