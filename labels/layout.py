"""Label stocks in millimetres, and texts fitted into them without a letter lost in silence.

Modules are whole dots of a 300 dpi printer, so that no bar is a dot too wide.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from labels.faces import ELLIPSIS, MM_PER_POINT, Face, width_mm

DOT_MM: Final = 25.4 / 300


@dataclass(frozen=True, slots=True)
class Stock:
    """A sheet or roll of labels; lengths in mm, sizes of type in points.

    Attributes:
        key: What it is called in settings and addresses.
        page: Width and height of the page; of one label on a roll.
        label: Width and height of a label.
        columns: Labels side by side.
        rows: Labels one above the other.
        left: White before the first column.
        top: White above the first row.
        gap: White between columns and between rows.
        inset: White kept inside a label, left and right, above and below: what an office
            printer cannot reach, or a roll that runs askew.
        matrix: Side of the square in which a matrix symbol is drawn as large as it can be.
        bar_dots: Width of the narrowest bar in dots of 1/300 inch.
        bar_height: Height of bars.
        name_size: Size of the name when it is short.
        text_size: Size of lot, date and code when they are short.
        heading: Whether there is room for a line of clinic and manufacturer above the name.
    """

    key: str
    page: tuple[float, float]
    label: tuple[float, float]
    inset: tuple[float, float]
    matrix: float
    bar_height: float
    name_size: float
    text_size: float
    columns: int = 1
    rows: int = 1
    left: float = 0.0
    top: float = 0.0
    gap: tuple[float, float] = (0.0, 0.0)
    bar_dots: int = 3
    heading: bool = True

    @property
    def per_page(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows

    @property
    def bar_mm(self) -> float:
        """The narrowest bar (X) in mm."""
        return self.bar_dots * DOT_MM

    def place(self, position: int) -> tuple[float, float]:
        """Where a label's top left corner lies on its page, in mm from the page's.

        Args:
            position: 0 for the first label of the page; rows first.

        Examples:
            >>> STOCKS["a4-24"].place(4)
            (70.0, 37.5)
        """
        row, column = divmod(position, self.columns)
        return (
            self.left + column * (self.label[0] + self.gap[0]),
            self.top + row * (self.label[1] + self.gap[1]),
        )


A4: Final = (210.0, 297.0)
STOCKS: Final[dict[str, Stock]] = {
    stock.key: stock
    for stock in (
        Stock("a4-24", A4, (70.0, 37.0), (4.6, 4.0), 10.9, 6.6, 10.0, 10.0, 3, 8, top=0.5),
        Stock("a4-40", A4, (52.5, 29.7), (4.6, 4.0), 8.2, 5.0, 7.5, 8.0, 4, 10, heading=False),
        Stock(
            "a4-65",
            A4,
            (38.1, 21.2),
            (2.0, 1.8),
            9.5,
            5.0,
            7.0,
            7.5,
            5,
            13,
            left=4.75,
            top=10.7,
            gap=(2.5, 0.0),
            heading=False,
        ),
        Stock(
            "roll-50x25", (50.0, 25.0), (50.0, 25.0), (2.6, 1.5), 8.2, 5.6, 7.5, 8.0, heading=False
        ),
        Stock("roll-57x32", (57.0, 32.0), (57.0, 32.0), (2.6, 1.8), 9.5, 7.0, 9.0, 9.0),
        Stock(
            "roll-100x50",
            (100.0, 50.0),
            (100.0, 50.0),
            (4.5, 3.0),
            16.3,
            12.0,
            14.0,
            14.0,
            bar_dots=4,
        ),
    )
}


def module_mm(modules: int, side: float) -> float:
    """The largest module of whole dots with which a matrix fits into a square.

    Args:
        modules: Width of the symbol in modules.
        side: Side of the square in mm; at least 4 dots a module (0.339 mm) are drawn, even if the
            symbol then is larger.

    Examples:
        >>> round(module_mm(16, 8.2), 3)
        0.508
    """
    return max(4, int(side / modules / DOT_MM + 1e-9)) * DOT_MM


@lru_cache(maxsize=8192)
def wrapped(text: str, face: Face, size: float, width: float) -> tuple[str, ...]:
    """A text in lines that fit a width, broken at spaces, and inside a word only if it must be.

    Args:
        text: One line; at least one character wide must the column be.
        face: Its face.
        size: In points.
        width: In mm.
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width_mm(longer, face, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while width_mm(word, face, size) > width and len(word) > 1:
            head = _head(word, face, size, width)
            lines.append(head)
            word = word[len(head) :]
        line = word
    return (*lines, line) if line else tuple(lines)


def _head(word: str, face: Face, size: float, width: float) -> str:
    end = max(1, int(width / (size * MM_PER_POINT)))
    while end < len(word) and width_mm(word[: end + 1], face, size) <= width:
        end += 1
    while end > 1 and width_mm(word[:end], face, size) > width:
        end -= 1
    return word[:end]


def shortened(text: str, face: Face, size: float, width: float, lines: int) -> tuple[str, ...]:
    """A name in at most so many lines; what is left out shows as an ellipsis.

    Examples:
        >>> shortened("Infiltration cannula", "sans", 8, 20, 1)
        ('Infiltration c…',)
    """
    whole = wrapped(text, face, size, width)
    if len(whole) <= lines:
        return whole
    kept, last = whole[: lines - 1], " ".join(whole[lines - 1 : lines + 1])
    while last and width_mm(last.rstrip() + ELLIPSIS, face, size) > width:
        last = last[:-1]
    return (*kept, last.rstrip() + ELLIPSIS)
