"""Tables of a paper: columns of fixed or growing width, thin rules, the head on every page.

A cell that is too long goes on in further lines of its column. A row stays on one page, unless it
is higher than a page: then it goes on at the next, and nothing is lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.lib.units import mm

from inventory.reports.page import BODY_WIDTH, LEFT, RIGHT, Paper
from inventory.reports.typeface import CODE, PROSE, STRONG, Cell, Line

SIZE: Final = 7
LEADING: Final = 9
_GAP: Final = 5
_PAD: Final = 2.5


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        title: Its head.
        width_mm: Its width; for a growing one the least.
        face: Face of its plain texts.
        right: Its figures stand at its right edge.
        grows: It shares what the other columns leave.
    """

    title: str
    width_mm: float
    face: str = PROSE
    right: bool = False
    grows: bool = False


class Table:
    """A table on a paper; `title` is said again where it goes on."""

    def __init__(self, paper: Paper, title: str, columns: Sequence[Column]) -> None:
        self._paper = paper
        self._title = title
        self._columns = columns
        self._places = _places(columns)
        self._head = [
            paper.typesetter.lines(column.title, STRONG, SIZE, width)
            for column, (_, width) in zip(columns, self._places, strict=True)
        ]
        self._head_height = max(map(len, self._head)) * LEADING + 2 * _PAD

    def draw(self, rows: Iterable[Sequence[Cell]], total: Sequence[Cell] | None = None) -> None:
        """Draw head, rows and a last row in bold."""
        paper = self._paper
        if self._head_height + 3 * LEADING > paper.room:
            self._go_on()
        else:
            self._draw_head()
        for row in rows:
            self._draw_row(row, None)
        if total is not None:
            self._draw_row(total, STRONG)
        paper.y -= 4

    def _draw_head(self) -> None:
        paper = self._paper
        height = self._head_height
        highest = max(map(len, self._head))
        paper.page.rule(LEFT, paper.y, RIGHT, paper.y, 0.8)
        for column, (x, width), lines in zip(self._columns, self._places, self._head, strict=True):
            top = paper.y - _PAD - (highest - len(lines)) * LEADING
            self._draw_cell(lines, x, top, width if column.right else None)
        paper.y -= height
        paper.page.rule(LEFT, paper.y, RIGHT, paper.y, 0.8)

    def _draw_row(self, row: Sequence[Cell], face: str | None) -> None:
        paper = self._paper
        cells = [
            paper.typesetter.lines(cell, face or column.face, SIZE, width)
            for cell, column, (_, width) in zip(row, self._columns, self._places, strict=True)
        ]
        left = max(map(len, cells))
        most = max(1, int((paper.full_room - 16 - self._head_height - 2 * _PAD) / LEADING))
        start = 0
        while left > 0:
            count = min(left, most)
            height = count * LEADING + 2 * _PAD
            if height > paper.room:
                self._go_on()
            for lines, column, (x, width) in zip(cells, self._columns, self._places, strict=True):
                part = lines[start : start + count] if start or left > count else lines
                self._draw_cell(part, x, paper.y - _PAD, width if column.right else None)
            paper.y -= height
            paper.page.rule(LEFT, paper.y, RIGHT, paper.y)
            start += count
            left -= count

    def _go_on(self) -> None:
        paper = self._paper
        paper.turn()
        paper.block(self._title, LEFT, BODY_WIDTH, PROSE, 8)
        paper.y -= 3
        self._draw_head()

    def _draw_cell(
        self, lines: Sequence[Line], x: float, top: float, right_in: float | None
    ) -> None:
        page = self._paper.page
        y = top - SIZE
        for line in lines:
            page.ink(line, x if right_in is None else x + right_in - line.width, y)
            y -= LEADING


def _places(columns: Sequence[Column]) -> list[tuple[float, float]]:
    """Where each column begins, and how much room its text has."""
    fixed = sum(column.width_mm * mm for column in columns if not column.grows)
    least = sum(column.width_mm * mm for column in columns if column.grows)
    grown = (BODY_WIDTH - fixed) / least if least else 1.0
    places = []
    x = LEFT
    for column in columns:
        width = column.width_mm * mm * (grown if column.grows else 1.0)
        places.append((x, width - (2 * _GAP if column.right else _GAP)))
        x += width
    return places


def code(*texts: str) -> Cell:
    """Codes or lots, one below the other, in the face that tells 0 from O."""
    spans: list[tuple[str, str]] = []
    for place, text in enumerate(texts):
        if place:
            spans.append((PROSE, "\n"))
        spans.append((CODE, text))
    return tuple(spans)
