r"""The same labels in ZPL II, the language of Zebra printers.

Forms that two renderers read back alike: `^BX` with its own escape character `|`, because the
default depends on the firmware; `^BC` in subset B without modes. A text is sent as the picture of
its letters, so that it takes the room it was measured to take, in any printer, and holds no
command. What no face draws shows as the mark that stands for it on the sheet.

Source:
    Zebra, ZPL II Programming Guide: ^BC, ^BX, ^CI, ^FO, ^GF.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from labels.composing import compose
from labels.content import Label
from labels.layout import Stock
from labels.lettering import graphic, lettered
from labels.marks import Code, Frame, Mark, Shape, Text
from labels.png import shape_picture
from labels.problems import BadSymbol
from labels.symbol import GS

Dpi = Literal[203, 300, 600]
DOTS_PER_MM: Final[dict[Dpi, float]] = {203: 203.2 / 25.4, 300: 300 / 25.4, 600: 600 / 25.4}
MATRIX_ESCAPE: Final = "|"


def labels_zpl(labels: Sequence[Label], stock: Stock, dpi: Dpi = 203) -> bytes:
    """Labels for a Zebra printer, one format each, in UTF-8.

    Args:
        labels: In the order of printing.
        stock: The roll; of a sheet, the size of one label.
        dpi: Of the print head; modules are whole dots.

    Raises:
        ValueError: If there are no labels.
        LabelProblem: If a label cannot be printed as it must; nothing is printed then.
    """
    if not labels:
        raise ValueError("No labels to print")
    scale = DOTS_PER_MM[dpi]
    width, height = (round(side * scale) for side in stock.label)
    head = f"^XA^CI28^PW{width}^LL{height}^LH0,0"
    formats = []
    for label in labels:
        fields = [line for mark in compose(label, stock) for line in _commands(mark, scale)]
        formats.append("\n".join([head, *fields, "^XZ", ""]))
    return "".join(formats).encode("utf-8")


def _commands(mark: Mark, scale: float) -> Iterator[str]:
    x, y = round(mark.x * scale), round(mark.y * scale)
    match mark:
        case Text():
            line = lettered(mark.text, mark.face, mark.size, scale)
            if line.command:
                yield f"^FO{x + line.right},{y + line.below}{line.command}^FS"
        case Frame():
            width, height = round(mark.width * scale), round(mark.height * scale)
            yield f"^FO{x},{y}^GB{width},{height},{max(1, round(mark.line * scale))}^FS"
        case Shape():
            grey = shape_picture(mark, scale)
            black = grey.point(lambda shade: 255 if shade < 128 else 0).convert("1")
            yield f"^FO{x},{y}{graphic(black)}^FS"
        case Code():
            yield f"^FO{x},{y}{_symbol(mark, scale)}^FS"


def _symbol(mark: Code, scale: float) -> str:
    dots = max(1, int(mark.module * scale + 0.02))
    payload = mark.symbol.payload
    match mark.symbol.kind:
        case "datamatrix":
            return f"^BXN,{dots},200,,,,{MATRIX_ESCAPE}^FD{_matrix_data(payload)}"
        case "gs1-datamatrix":
            elements = (_matrix_data(element) for element in payload.split(GS))
            data = "".join(f"{MATRIX_ESCAPE}1{element}" for element in elements)
            return f"^BXN,{dots},200,,,,{MATRIX_ESCAPE}^FD{data}"
        case "code128":
            data = f">:{_bar_data(payload)}"
        case "gs1-128":
            data = ">:>8" + ">8".join(_bar_data(element) for element in payload.split(GS))
    return f"^BY{dots}^BCN,{round(mark.height * scale)},N,N,N,N^FD{data}"


def _matrix_data(payload: str) -> str:
    _check_no_command(payload)
    return payload.replace(MATRIX_ESCAPE, MATRIX_ESCAPE * 2)


def _bar_data(payload: str) -> str:
    _check_no_command(payload)
    return payload.replace(">", ">0")


def _check_no_command(payload: str) -> None:
    """GS1 values and our codes hold neither; `^FH` is no help, as it breaks escapes."""
    if "^" in payload or "~" in payload:
        raise BadSymbol("code", f"ZPL has no way to write {payload!r} in a symbol")
