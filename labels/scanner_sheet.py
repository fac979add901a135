"""The sheet of test symbols that shows what a scanner does to a barcode."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.sax.saxutils import quoteattr

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels.faces import PDF_NAMES
from labels.layout import A4, DOT_MM
from labels.marks import Code, Text
from labels.sheet import draw
from labels.symbol import Symbol

LEFT_MM: Final = 25.0
STEP_MM: Final = 66.0
MATRIX_MODULE_MM: Final = 8 * DOT_MM
BAR_MODULE_MM: Final = 4 * DOT_MM
BARS_HIGH_MM: Final = 22.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A symbol and what stands above it.

    Attributes:
        symbol: Read back already.
        title: In bold.
        words: One line.
    """

    symbol: Symbol
    title: str
    words: str


def symbol_svg(symbol: Symbol, title: str) -> str:
    """A symbol with its quiet zone for a screen, black on white, in whole units.

    Args:
        symbol: What to draw.
        title: Its name for those who do not see it.
    """
    quiet, high = symbol.quiet, 30 if symbol.is_linear else 1
    above = 2 if symbol.is_linear else quiet
    width, height = symbol.width + 2 * quiet, symbol.height * high + 2 * above
    path = "".join(
        f"M{x + quiet} {y * high + above}h{w}v{h * high}h-{w}z" for x, y, w, h in symbol.modules
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label={quoteattr(title)} shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/><path d="{path}"/></svg>'
    )


def scanner_sheet_pdf(shown: Sequence[Shown], title: str, words: Sequence[str]) -> bytes:
    """The test symbols on a page of A4.

    Args:
        shown: At most three, from above.
        title: Of the page.
        words: Lines below the title.
    """
    target = BytesIO()
    width, height = (side * mm for side in A4)
    canvas = Canvas(
        target,
        pagesize=(width, height),
        invariant=True,
        initialFontName=PDF_NAMES["sans"],
    )
    canvas.setTitle(title)
    canvas.translate(0, height)
    draw(canvas, Text(LEFT_MM, 28.0, title, "bold", 18.0))
    for number, line in enumerate(words):
        draw(canvas, Text(LEFT_MM, 36.0 + 5.5 * number, line, "sans", 10.5))
    for number, each in enumerate(shown):
        y = 62.0 + STEP_MM * number
        draw(canvas, Text(LEFT_MM, y, each.title, "bold", 13.0))
        draw(canvas, Text(LEFT_MM, y + 6.0, each.words, "sans", 10.5))
        module, high = MATRIX_MODULE_MM, each.symbol.height * MATRIX_MODULE_MM
        if each.symbol.is_linear:
            module, high = BAR_MODULE_MM, BARS_HIGH_MM
        quiet = each.symbol.quiet * module
        draw(canvas, Code(max(LEFT_MM, quiet), y + 12.0, each.symbol, module, high))
    canvas.save()
    return target.getvalue()
