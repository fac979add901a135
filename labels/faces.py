"""The three type faces, what they can draw, and how wide it is.

Vera comes with reportlab, DejaVu Sans Mono with python-barcode: nothing is asked of the system.
A name is drawn as far as it can be and shows a mark where it cannot (`shown`); a lot, a date or a
code is drawn exactly or not at all (`exact`).
"""

import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from labels.problems import NotPrintable

Face = Literal["sans", "bold", "mono"]

MM_PER_POINT: Final = 25.4 / 72
CAP_HEIGHT: Final = 0.73
MISSING: Final = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
LONGEST_NAME: Final = 400
"""Characters; more than any label shows, so that a longer one costs no time."""
PATHS: Final[dict[Face, str]] = {
    "sans": str(files("reportlab") / "fonts" / "Vera.ttf"),
    "bold": str(files("reportlab") / "fonts" / "VeraBd.ttf"),
    "mono": str(files("barcode") / "fonts" / "DejaVuSansMono.ttf"),
}
PDF_NAMES: Final[dict[Face, str]] = {face: f"label-{face}" for face in PATHS}
FONTS: Final = {face: TTFont(PDF_NAMES[face], path) for face, path in PATHS.items()}
for font in FONTS.values():
    pdfmetrics.registerFont(font)


@lru_cache(maxsize=4096)
def has_glyph(character: str, face: Face) -> bool:
    """Whether a face draws a character as a reader expects it, alone and left to right."""
    if character == " ":
        return True
    if unicodedata.category(character)[0] in "CMZ":
        return False
    if unicodedata.bidirectional(character) in ("R", "AL", "AN"):
        return False
    return ord(character) in FONTS[face].face.charToGlyph


def shown(text: str) -> str:
    r"""A name as it can be drawn: one line, and a visible mark for what no face has.

    Examples:
        >>> shown("Cannula\n1,2 mm \u202e\U0001f489")
        'Cannula 1,2 mm ��'
    """
    line = " ".join(unicodedata.normalize("NFC", text[: 2 * LONGEST_NAME]).split())
    if len(line) > LONGEST_NAME or len(text) > 2 * LONGEST_NAME:
        line = line[: LONGEST_NAME - 1] + ELLIPSIS
    return "".join(c if has_glyph(c, "sans") or has_glyph(c, "mono") else MISSING for c in line)


def exact(field: str, text: str) -> str:
    """A text that must be read off the label letter by letter, unchanged.

    Args:
        field: Whose text it is, for the message.
        text: The text; what cannot be seen (marks of direction, spaces at an end, a space that
            is not U+0020) or has no glyph is refused.

    Raises:
        NotPrintable: If a character cannot be drawn exactly (`label-text-not-printable`).

    Examples:
        >>> exact("lot", "LC-24/A")
        'LC-24/A'
    """
    for character in text:
        if not has_glyph(character, "mono"):
            raise NotPrintable(
                field, f"The {field} holds U+{ord(character):04X}, which cannot be printed exactly"
            )
    if text != text.strip():
        raise NotPrintable(field, f"The {field} begins or ends with a space, which nobody can see")
    return text


@lru_cache(maxsize=4096)
def runs(text: str, face: Face) -> tuple[tuple[Face, str], ...]:
    """A text in pieces of one face each: what a face lacks is drawn from the monospaced one.

    Examples:
        >>> runs("Ago Timișoara", "sans")
        (('sans', 'Ago Timi'), ('mono', 'ș'), ('sans', 'oara'))
    """
    pieces: list[tuple[Face, str]] = []
    for character in text:
        drawn: Face = face if has_glyph(character, face) else "mono"
        if pieces and pieces[-1][0] == drawn:
            pieces[-1] = (drawn, pieces[-1][1] + character)
        else:
            pieces.append((drawn, character))
    return tuple(pieces)


@lru_cache(maxsize=16384)
def width_em(text: str, face: Face) -> float:
    """The width of a text as a multiple of its size."""
    return sum(float(FONTS[drawn].stringWidth(piece, 1)) for drawn, piece in runs(text, face))


def width_mm(text: str, face: Face, size: float) -> float:
    """The width of a text in mm at a size in points.

    Examples:
        >>> round(width_mm("KT7Q2M9XH4C", "mono", 8), 1)
        18.7
    """
    return width_em(text, face) * size * MM_PER_POINT
