"""A preview of one label as PNG, from the same marks as the sheet."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from labels.composing import compose
from labels.content import Label
from labels.faces import MM_PER_POINT
from labels.layout import Stock
from labels.lettering import letters
from labels.marks import Code, Frame, Mark, Shape, Text

SHARPER: Final = 4


def label_png(label: Label, stock: Stock, dpi: int = 300) -> bytes:
    """One label as a grey PNG, its resolution noted inside.

    Args:
        label: What to show.
        stock: On which stock.
        dpi: Dots per inch; symbols are drawn in whole dots and never wider than they print.

    Raises:
        LabelProblem: If the label cannot be printed as it must.
    """
    scale = dpi / 25.4
    image = Image.new("L", (round(stock.label[0] * scale), round(stock.label[1] * scale)), 255)
    pencil = ImageDraw.Draw(image)
    for mark in compose(label, stock):
        _draw(image, pencil, mark, scale)
    target = BytesIO()
    image.save(target, "PNG", dpi=(dpi, dpi), optimize=True)
    return target.getvalue()


def _draw(image: Image.Image, pencil: ImageDraw.ImageDraw, mark: Mark, scale: float) -> None:
    match mark:
        case Text():
            x, y = mark.x * scale, mark.y * scale
            em = mark.size * MM_PER_POINT * scale
            for offset, letter, font in letters(mark.text, mark.face, em):
                pencil.text((x + offset, y), letter, fill=0, font=font, anchor="ls")
        case Frame():
            box = [mark.x, mark.y, mark.x + mark.width, mark.y + mark.height]
            line = max(1, round(mark.line * scale))
            pencil.rectangle([round(side * scale) for side in box], outline=0, width=line)
        case Shape():
            picture = shape_picture(mark, scale)
            corner = (round(mark.x * scale), round(mark.y * scale))
            image.paste(0, corner, picture.point(lambda grey: 255 - grey))
        case Code():
            _draw_symbol(pencil, mark, scale)


def shape_picture(mark: Shape, scale: float) -> Image.Image:
    """A shape alone on white, in grey, smoothed; `scale` in dots per mm."""
    corners = [corner for polygon in mark.polygons for corner in polygon]
    width, height = (max(corner[axis] for corner in corners) * scale for axis in (0, 1))
    size = (int(width) + 1, int(height) + 1)
    large = Image.new("L", (size[0] * SHARPER, size[1] * SHARPER), 255)
    pencil = ImageDraw.Draw(large)
    for polygon in mark.polygons:
        pencil.polygon([(x * scale * SHARPER, y * scale * SHARPER) for x, y in polygon], fill=0)
    return large.resize(size, Image.Resampling.BOX)


def _draw_symbol(pencil: ImageDraw.ImageDraw, mark: Code, scale: float) -> None:
    dots = max(1, int(mark.module * scale + 0.02))
    left, top = round(mark.x * scale), round(mark.y * scale)
    high = round(mark.height * scale) if mark.symbol.is_linear else dots
    for x, y, width, height in mark.symbol.modules:
        corner = (left + x * dots, top + y * high)
        opposite = (corner[0] + width * dots - 1, corner[1] + height * high - 1)
        pencil.rectangle([corner, opposite], fill=0)
