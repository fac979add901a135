"""Sheets and rolls as PDF: vector only, all faces embedded, the same bytes for the same labels."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from labels.composing import compose
from labels.content import Label
from labels.faces import PDF_NAMES, runs, width_mm
from labels.kinds import UnitLabel
from labels.layout import Stock
from labels.marks import Code, Frame, Mark, Shape, Text

TITLE: Final = "Labels / Etichette"


def unit_labels_pdf(labels: Sequence[UnitLabel], stock: Stock, start: int = 1) -> bytes:
    """The labels of units as PDF; see `labels_pdf`."""
    return labels_pdf(labels, stock, start)


def labels_pdf(labels: Sequence[Label], stock: Stock, start: int = 1) -> bytes:
    """Labels as PDF.

    Args:
        labels: In the order of printing, rows first.
        stock: The sheet or roll.
        start: Position of the first label on the first sheet, from 1, for a sheet begun before;
            labels beyond a sheet go on at the next one's first position.

    Raises:
        ValueError: If there are no labels, or the sheet has no such position.
        LabelProblem: If a label cannot be printed as it must; nothing is printed then.
    """
    if not labels:
        raise ValueError("No labels to print")
    if not 1 <= start <= stock.per_page:
        raise ValueError(f"{stock.key} has positions 1 to {stock.per_page}, got {start}")
    target = BytesIO()
    width, height = (side * mm for side in stock.page)
    canvas = Canvas(
        target,
        pagesize=(width, height),
        invariant=True,
        pageCompression=1,
        initialFontName=PDF_NAMES["sans"],
    )
    canvas.setTitle(TITLE)
    for number, label in enumerate(labels, start=start - 1):
        page, position = divmod(number, stock.per_page)
        if page and position == 0:
            canvas.showPage()
        left, top = stock.place(position)
        canvas.saveState()
        canvas.translate(left * mm, height - top * mm)
        for mark in compose(label, stock):
            draw(canvas, mark)
        canvas.restoreState()
    canvas.save()
    return target.getvalue()


def draw(canvas: Canvas, mark: Mark) -> None:
    """Draw a mark on a canvas whose origin is the label's top left corner."""
    match mark:
        case Text():
            _draw_text(canvas, mark)
        case Frame():
            canvas.setLineWidth(mark.line * mm)
            top = -(mark.y + mark.height) * mm
            canvas.rect(mark.x * mm, top, mark.width * mm, mark.height * mm)
        case Shape():
            _draw_shape(canvas, mark)
        case Code():
            _draw_symbol(canvas, mark)


def _draw_text(canvas: Canvas, mark: Text) -> None:
    x = mark.x
    for face, piece in runs(mark.text, mark.face):
        canvas.setFont(PDF_NAMES[face], mark.size)
        canvas.drawString(x * mm, -mark.y * mm, piece)
        x += width_mm(piece, face, mark.size)


def _draw_shape(canvas: Canvas, mark: Shape) -> None:
    for polygon in mark.polygons:
        path = canvas.beginPath()
        (x, y), *rest = polygon
        path.moveTo((mark.x + x) * mm, -(mark.y + y) * mm)
        for x, y in rest:
            path.lineTo((mark.x + x) * mm, -(mark.y + y) * mm)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)


def _draw_symbol(canvas: Canvas, mark: Code) -> None:
    """One path in module units: small files, and no seam between neighbouring modules."""
    canvas.saveState()
    canvas.translate(mark.x * mm, -mark.y * mm)
    canvas.scale(mark.module * mm, -mark.height / mark.symbol.height * mm)
    path = canvas.beginPath()
    for rectangle in mark.symbol.modules:
        path.rect(*rectangle)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()
