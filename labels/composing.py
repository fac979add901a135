"""A label composed: symbols first, each with its quiet zone, and the text in the room they leave.

Three ways, by what the stock allows: the matrix beside the bars, the matrix above them, or the
matrix alone.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from labels.compact import compact
from labels.content import Content, Label
from labels.faces import MM_PER_POINT, width_mm
from labels.layout import Stock, module_mm, shortened
from labels.marks import Code, Mark, Text, shifted
from labels.problems import DoesNotFit
from labels.symbol import Symbol, encode
from labels.texts import SMALL, SMALLEST, Room, set_text
from labels.tight import tight

GAP_MM = 1.0
BESIDE_MM = 1.4
WIDE_MM = 50.0
ALONE = 1.4
"""How much larger a matrix is where it is the only symbol and there is room."""
SHARES = (1.0, 0.86)
"""A matrix as large as the stock likes it, or smaller where text needs its room."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What the symbols of a label take, in mm.

    Attributes:
        width: Inside the insets.
        height: Inside the insets.
        module: Of the matrix.
        matrix: Side of the matrix, without quiet zone.
        quiet: White beside the matrix.
        bars: Width of the bars, without quiet zones; 0 if there are none.
        bars_quiet: White beside the bars.
        code: Size of the code's text in points.
    """

    width: float
    height: float
    module: float
    matrix: float
    quiet: float
    bars: float
    bars_quiet: float
    code: float

    @property
    def code_height(self) -> float:
        return self.code * MM_PER_POINT * 1.15 if self.code else 0.0


@lru_cache(maxsize=4096)
def compose(label: Label, stock: Stock) -> tuple[Mark, ...]:
    """The marks of one label, from its top left corner.

    Raises:
        DoesNotFit: If something that must stand whole has no room (`label-text-too-long`).
        NotPrintable: If something that must stand exactly cannot (`label-text-not-printable`).
        BadSymbol: If a symbol does not read back (`symbol-unreadable`).
    """
    content = label.content()
    matrix = encode(*content.matrix)
    bars = encode("code128", content.code) if content.bars else None
    problem: DoesNotFit | None = None
    if content.notices:
        return _with_notices(content, stock, matrix)
    ways = (bars, None) if bars and not content.needs_bars else (bars,)
    for way, share in product(ways, SHARES):
        try:
            return _arranged(content, stock, matrix, way, share)
        except DoesNotFit as refusal:
            problem = problem or refusal
    assert problem is not None  # noqa: S101 - the loop runs at least once
    raise problem


def _with_notices(content: Content, stock: Stock, matrix: Symbol) -> tuple[Mark, ...]:
    """Sentences of the law as large as they fit; on a small label above everything else.

    On the smallest they stand around the symbol.
    """
    try:
        return _arranged(content, stock, matrix, None)
    except DoesNotFit:
        pass
    try:
        marks = compact(content, stock, matrix)
    except DoesNotFit:
        marks = tight(content, stock, matrix)
    return tuple(shifted(mark, *stock.inset) for mark in marks)


def _arranged(
    content: Content, stock: Stock, matrix: Symbol, bars: Symbol | None, share: float = 1.0
) -> tuple[Mark, ...]:
    sizes = _measure(content, stock, matrix, bars, share)
    symbols: list[Mark]
    if bars is None or not sizes.bars:
        room, symbols = _matrix_alone(content, stock, sizes, matrix)
    elif sizes.bars + sizes.bars_quiet + sizes.quiet + sizes.matrix <= sizes.width:
        room, symbols = _matrix_beside_bars(content, stock, sizes, matrix, bars)
    else:
        room, symbols = _matrix_above_bars(content, stock, sizes, matrix, bars)
    if bars and sizes.bars and room.name_width < sizes.width:
        symbols += _clinic_beside_code(content, sizes)
        content = replace(content, heading="")
    text = replace(content, code="", matrix=("datamatrix", ""))
    marks = [*set_text(text, stock, room), *symbols]
    return tuple(shifted(mark, *stock.inset) for mark in marks)


def _measure(
    content: Content, stock: Stock, matrix: Symbol, bars: Symbol | None, share: float
) -> _Sizes:
    width, height = (side - 2 * inset for side, inset in zip(stock.label, stock.inset, strict=True))
    alone = bars is None and not content.notices and stock.label[0] >= WIDE_MM
    module = module_mm(matrix.width, stock.matrix * share * (ALONE if alone else 1.0))
    bar_width, bar_quiet = 0.0, 0.0
    if bars:
        bar_width, bar_quiet = bars.width * stock.bar_mm, bars.quiet * stock.bar_mm
        if bar_width + 2 * bar_quiet > stock.label[0] or bar_width > width:
            bar_width = 0.0
    return _Sizes(
        width=width,
        height=height,
        module=module,
        matrix=matrix.width * module,
        quiet=max(BESIDE_MM, matrix.quiet * module),
        bars=bar_width,
        bars_quiet=bar_quiet,
        code=stock.text_size if content.code else 0.0,
    )


def _code_text(content: Content, sizes: _Sizes, width: float) -> list[Mark]:
    """The code in text at the bottom left, as large as its width allows."""
    if not content.code:
        return []
    size = min(sizes.code, sizes.code * width / width_mm(content.code, "mono", sizes.code))
    if size < SMALLEST:
        raise DoesNotFit("code", f"The code {content.code} does not fit in {width:.1f} mm")
    return [Text(0.0, _code_baseline(sizes), content.code, "mono", size)]


def _code_baseline(sizes: _Sizes) -> float:
    return sizes.height - 0.03 * sizes.code * MM_PER_POINT


def _clinic_beside_code(content: Content, sizes: _Sizes) -> list[Mark]:
    """The clinic at the bottom right, on the line of the code."""
    if not content.heading:
        return []
    free = sizes.width - width_mm(content.code, "mono", sizes.code) - 2 * GAP_MM
    (clinic,) = shortened(content.heading, "sans", SMALL, free, 1)
    x = sizes.width - width_mm(clinic, "sans", SMALL)
    return [Text(x, _code_baseline(sizes), clinic, "sans", SMALL)]


def _bars(stock: Stock, sizes: _Sizes, bars: Symbol) -> Code:
    """Bars above the code's text, their quiet zone inside the label."""
    y = sizes.height - sizes.code_height - stock.bar_height
    x = max(0.0, sizes.bars_quiet - stock.inset[0])
    return Code(x, y, bars, stock.bar_mm, stock.bar_height)


def _matrix_beside_bars(
    content: Content, stock: Stock, sizes: _Sizes, matrix: Symbol, bars: Symbol
) -> tuple[Room, list[Mark]]:
    band = max(sizes.matrix, stock.bar_height + sizes.code_height)
    height = sizes.height - band - max(GAP_MM, sizes.quiet)
    corner = (sizes.width - sizes.matrix, sizes.height - sizes.matrix)
    return Room(sizes.width, sizes.width, height, height), [
        _bars(stock, sizes, bars),
        Code(*corner, matrix, sizes.module, sizes.matrix),
        *_code_text(content, sizes, sizes.bars),
    ]


def _matrix_above_bars(
    content: Content, stock: Stock, sizes: _Sizes, matrix: Symbol, bars: Symbol
) -> tuple[Room, list[Mark]]:
    width = sizes.width - sizes.matrix - sizes.quiet
    height = sizes.height - stock.bar_height - sizes.code_height - GAP_MM
    return Room(width, width, height, height), [
        Code(sizes.width - sizes.matrix, 0.0, matrix, sizes.module, sizes.matrix),
        _bars(stock, sizes, bars),
        *_code_text(content, sizes, sizes.bars),
    ]


def _matrix_alone(
    content: Content, stock: Stock, sizes: _Sizes, matrix: Symbol
) -> tuple[Room, list[Mark]]:
    width = sizes.width - sizes.matrix - sizes.quiet
    height = sizes.height - sizes.code_height
    corner = (sizes.width - sizes.matrix, sizes.height - sizes.matrix)
    above = sizes.height - sizes.matrix - sizes.quiet / 2
    return Room(sizes.width, width, height, above), [
        Code(*corner, matrix, sizes.module, sizes.matrix),
        *_code_text(content, sizes, width),
    ]
