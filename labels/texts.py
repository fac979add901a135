"""The text of a label fitted into the room its symbols leave.

All sizes from the stock's down to the smallest, and all ways to set the fields in rows, are tried;
what is cut nowhere wins, then the largest fields, then the largest name, then one field to a row.
Only names, places and roles are shortened.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from labels.content import Content, Field
from labels.faces import CAP_HEIGHT, ELLIPSIS, MM_PER_POINT, width_mm
from labels.layout import Stock, shortened, wrapped
from labels.marks import FACTORY, HOURGLASS, Frame, Mark, Text, shape
from labels.problems import DoesNotFit

SMALLEST: Final = 6.0
"""Points; of a name, a lot, a date and a code: 1.5 mm high capitals; but see `tight`."""
SMALL: Final = 5.5
"""Points; of clinic and manufacturer."""
SENTENCE: Final = 5.0
"""Points; of the sentences in capitals on the label of a product."""
HEADING: Final = 7.5
LEADING: Final = 1.17
ROW: Final = 1.3
APART: Final = 0.5
LOOSEST_MM: Final = 1.4

DATES: Final = frozenset({"expires_on", "planned_on", "processed_at"})
"""Fields that may break before a time of day, but nowhere else."""

Rows = tuple[tuple[Field, ...], ...]


@dataclass(frozen=True, slots=True)
class Room:
    """Where text may stand, in mm: names over the whole width, fields over their own.

    Attributes:
        name_width: Width for heading, name and sentences.
        field_width: Width for fields, which may stand beside a symbol.
        height: Height for all.
        name_height: Height above a symbol that only the fields stand beside.
    """

    name_width: float
    field_width: float
    height: float
    name_height: float


@dataclass(frozen=True, slots=True)
class _Try:
    """One way to set the text."""

    name: tuple[str, ...]
    name_size: float
    rows: Rows
    size: float
    notices: tuple[str, ...]
    heading: bool
    shortened: bool

    @property
    def notice_size(self) -> float:
        return max(SENTENCE, self.size * 0.75)

    @property
    def broken(self) -> bool:
        return any(not row[0].marking and not row[0].word for row in self.rows)

    @property
    def cut(self) -> bool:
        return any(field.value.endswith(ELLIPSIS) for row in self.rows for field in row)

    @property
    def name_height(self) -> float:
        heading = HEADING if self.heading else 0.0
        return (heading + len(self.name) * self.name_size * LEADING) * MM_PER_POINT

    @property
    def height(self) -> float:
        rows = len(self.rows) * self.size * ROW
        notices = (len(self.notices) * LEADING + APART) * self.notice_size if self.notices else 0.0
        return self.name_height + (rows + notices) * MM_PER_POINT

    @property
    def worth(self) -> tuple[bool, float, float]:
        lines = 4 * len(self.name) if self.shortened else -0.2 * len(self.name)
        broken = 4 if self.broken else 0
        sizes = 2 * self.size + self.name_size
        return (not self.cut, sizes + lines - broken, len(self.rows))


@lru_cache(maxsize=1024)
def set_text(content: Content, stock: Stock, room: Room) -> tuple[Mark, ...]:
    """The marks of all text but the code.

    Args:
        content: What stands on the label; its code and symbol play no part.
        stock: For its preferred sizes.
        room: Where the text may stand; its top left corner is the origin of the marks.

    Raises:
        DoesNotFit: If something that must stand whole does not (`label-text-too-long`).
    """
    tries = [t for t in _tries(content, stock, room, shorten=False) if _fits(t, room)]
    if not tries and not content.name_whole:
        tries = [t for t in _tries(content, stock, room, shorten=True) if _fits(t, room)]
    if not tries:
        raise DoesNotFit(_culprit(content, room), _refusal(content, stock, room))
    return tuple(_marks(content, max(tries, key=lambda t: t.worth), room))


def _fits(attempt: _Try, room: Room) -> bool:
    return attempt.height <= room.height and attempt.name_height <= room.name_height


def _sizes(preferred: float) -> list[float]:
    steps = int(2 * (preferred - SMALLEST))
    return [preferred - step / 2 for step in range(steps)] + [SMALLEST]


def _tries(content: Content, stock: Stock, room: Room, shorten: bool) -> Iterator[_Try]:
    heading = stock.heading and bool(content.heading or content.maker)
    for size in _sizes(stock.text_size):
        notice_size = max(SENTENCE, size * 0.75)
        notices = tuple(
            line
            for notice in content.notices
            for line in wrapped(notice, "bold", notice_size, room.field_width)
        )
        names = list(_names(content, stock, room, shorten))
        for rows in _settings(content.fields, size, room.field_width):
            for name, name_size in names:
                yield _Try(name, name_size, rows, size, notices, heading, shorten)


def _names(
    content: Content, stock: Stock, room: Room, shorten: bool
) -> Iterator[tuple[tuple[str, ...], float]]:
    if shorten:
        for lines in (2, 1):
            yield shortened(content.name, "bold", SMALLEST, room.name_width, lines), SMALLEST
        return
    for size in _sizes(stock.name_size):
        lines_at_size = wrapped(content.name, "bold", size, room.name_width)
        if len(lines_at_size) <= 2:
            yield lines_at_size, size


def _settings(fields: tuple[Field, ...], size: float, width: float) -> Iterator[Rows]:
    """Ways to set fields in rows: each alone, the last two together, in pairs; else broken."""
    singles: Rows = tuple((field,) for field in fields)
    ways: list[Rows] = [singles]
    if len(fields) > 1:
        ways.append((*singles[:-2], fields[-2:]))
    if len(fields) > 2:
        ways.append(tuple(fields[n : n + 2] for n in range(0, len(fields), 2)))
    fitting = [way for way in ways if all(_row_width(row, way, size) <= width for row in way)]
    yield from fitting
    if not fitting:
        yield from _broken(singles, size, width)


def _broken(singles: Rows, size: float, width: float) -> Iterator[Rows]:
    """Every field alone, and one that is too long on two rows; a lot never breaks at a space.

    What is no mark to be compared letter by letter, but a place or a role, may be shortened.
    """
    room = width - _column(singles, size)
    rows: list[tuple[Field, ...]] = []
    for field, *_ in singles:
        long = width_mm(field.value, field.face, size) > 2 * room
        if room < 2 * size * MM_PER_POINT or (long and field.face == "mono"):
            return
        if field.face == "sans":
            lines = shortened(field.value, "sans", size, room, 2)
        else:
            lines = wrapped(field.value, field.face, size, room)
            if len(lines) > 2 or _is_torn(field, lines):
                return
        first, *rest = lines
        rows.append((Field(field.name, first, field.marking, field.word, field.face),))
        rows += [(Field(field.name, line, face=field.face),) for line in rest]
    yield tuple(rows)


def _is_torn(field: Field, lines: tuple[str, ...]) -> bool:
    """Whether a lot was broken at a space, which nobody would see, or a date within itself."""
    if field.marking == "LOT":
        return "".join(lines) != field.value
    return field.name in DATES and " ".join(lines) != field.value


def _mark_width(field: Field, size: float) -> float:
    em = size * MM_PER_POINT
    if field.word:
        return width_mm(field.word, "sans", size * 0.75) + 0.6 * em
    if field.marking == "use by":
        return 1.1 * em
    if field.marking:
        return width_mm(field.marking, "bold", size * 0.68) + 0.9 * em
    return 0.0


def _column(rows: Iterable[tuple[Field, ...]], size: float) -> float:
    """The width of the marks in front, so that all values of the first column stand in line."""
    return max((_mark_width(row[0], size) for row in rows if row), default=0.0)


def _row_width(row: tuple[Field, ...], rows: Rows, size: float) -> float:
    em = size * MM_PER_POINT
    marks = _column(rows, size) + sum(_mark_width(field, size) + em for field in row[1:])
    return marks + sum(width_mm(field.value, field.face, size) for field in row)


def _culprit(content: Content, room: Room) -> str:
    """The field to name: the first that is too wide even small and broken, else the longest."""
    singles = tuple((field,) for field in content.fields)
    half = room.field_width - _column(singles, SMALLEST)
    for field in content.fields:
        if width_mm(field.value, field.face, SMALLEST) > 2 * half:
            return field.name
    widest = max(content.fields, key=lambda field: len(field.value), default=None)
    return "item" if widest is None or content.name_whole else widest.name


def _refusal(content: Content, stock: Stock, room: Room) -> str:
    field = _culprit(content, room)
    return f"The {field} does not fit whole on {stock.key} at {SMALLEST:g} points"


def _marks(content: Content, chosen: _Try, room: Room) -> Iterator[Mark]:
    blocks = [chosen.rows, chosen.notices, chosen.name]
    gap = min(LOOSEST_MM, (room.height - chosen.height) / max(1, sum(1 for b in blocks if b)))
    y = 0.0
    if chosen.heading:
        yield from _heading(content, room.name_width)
        y += HEADING * MM_PER_POINT
    for line in chosen.name:
        yield Text(0.0, y + _baseline(chosen.name_size), line, "bold", chosen.name_size)
        y += chosen.name_size * LEADING * MM_PER_POINT
    y += min(gap, max(0.0, room.name_height - y)) if chosen.name else 0.0
    column = _column(chosen.rows, chosen.size)
    for row in chosen.rows:
        yield from _row(row, column, y, chosen.size)
        y += chosen.size * ROW * MM_PER_POINT
    y += (gap if chosen.rows else 0.0) + APART * chosen.notice_size * MM_PER_POINT
    for line in chosen.notices:
        yield Text(0.0, y + _baseline(chosen.notice_size), line, "bold", chosen.notice_size)
        y += chosen.notice_size * LEADING * MM_PER_POINT


def _baseline(size: float) -> float:
    return size * CAP_HEIGHT * MM_PER_POINT


def _row(row: tuple[Field, ...], column: float, y: float, size: float) -> Iterator[Mark]:
    em = size * MM_PER_POINT
    middle = y + ROW * em / 2
    x = 0.0
    for number, field in enumerate(row):
        room = _mark_width(field, size) if number else column
        yield from _marking(field, x, middle, size, room)
        x += room
        yield Text(x, middle + CAP_HEIGHT * em / 2, field.value, field.face, size)
        x += width_mm(field.value, field.face, size) + em


def _marking(field: Field, x: float, middle: float, size: float, room: float) -> Iterator[Mark]:
    em = size * MM_PER_POINT
    small = size * 0.68
    if field.word:
        yield Text(x, middle + CAP_HEIGHT * em / 2, field.word, "sans", size * 0.75)
    elif field.marking == "use by":
        centre = x + (room - 0.4 * em) / 2
        yield shape(HOURGLASS, centre - 0.35 * em, middle - em / 2, em)
    elif field.marking:
        width = room - 0.4 * em
        yield Frame(x, middle - em / 2, width, em, 0.025 * size)
        inside = x + (width - width_mm(field.marking, "bold", small)) / 2
        baseline = middle + _baseline(small) / 2
        yield Text(inside, baseline, field.marking, "bold", small)


def _heading(content: Content, width: float) -> Iterator[Mark]:
    """Clinic on the left; factory and manufacturer on the right."""
    baseline, factory = _baseline(SMALL), 2.6
    between = 2.0 if content.heading else 0.0
    free = width - (factory + between if content.maker else 0.0)
    wanted = width_mm(content.maker, "sans", SMALL)
    if content.heading:
        room = free - min(wanted, free / 2)
        (clinic,) = shortened(content.heading, "sans", SMALL, room, 1)
        yield Text(0.0, baseline, clinic, "sans", SMALL)
        free -= width_mm(clinic, "sans", SMALL)
    if content.maker:
        (maker,) = shortened(content.maker, "sans", SMALL, free, 1)
        x = width - width_mm(maker, "sans", SMALL)
        yield shape(FACTORY, x - factory, baseline - 1.6, 1.6)
        yield Text(x, baseline, maker, "sans", SMALL)
