"""Text in the dots of a printer's head, drawn in the very face that it was measured in.

A printer's own fonts are wider than these, and have other letters: what they print runs into the
symbol beside it, or leaves letters out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from labels.faces import MM_PER_POINT, PATHS, Face, runs, width_em

ONES: Final = "GHIJKLMNOPQRSTUVWXY"
TWENTIES: Final = "ghijklmnopqrstuvwxyz"
"""How often the next digit stands: `G` once to `Y` 19 times, `g` 20 to `z` 400 times."""
REPEATED: Final = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Lettering:
    """A line of text in black dots, as small as holds its ink; lengths in dots.

    Attributes:
        picture: Of mode `1`, set where there is ink; without a dot where there is none.
        right: How far its left edge lies behind the line's beginning.
        below: How far its upper edge lies below the baseline.
        command: What prints it.
    """

    picture: Image.Image
    right: int
    below: int
    command: str


@lru_cache(maxsize=4096)
def lettered(text: str, face: Face, size: float, scale: float) -> Lettering:
    """Draw a line of text.

    Args:
        text: The line.
        face: Its face; what that lacks is drawn in the monospaced one.
        size: In points.
        scale: Dots per mm.
    """
    em = size * MM_PER_POINT * scale
    margin = round(em) + 1
    page = Image.new("1", (round(width_em(text, face) * em) + 2 * margin, 3 * margin))
    pencil = ImageDraw.Draw(page)
    for offset, letter, font in letters(text, face, em):
        pencil.text((margin + offset, 2 * margin), letter, fill=1, font=font, anchor="ls")
    box = page.getbbox() or (0, 0, 0, 0)
    picture = page.crop(box)
    command = graphic(picture) if picture.width else ""
    return Lettering(picture, box[0] - margin, box[1] - 2 * margin, command)


def letters(text: str, face: Face, em: float) -> Iterator[tuple[int, str, ImageFont.FreeTypeFont]]:
    """The letters of a line one by one, each where the measured widths put it, to half a dot.

    Drawn in one go they would stand a rounded width apart each, and run out of their room.

    Args:
        text: The line.
        face: Its face.
        em: Size in dots.
    """
    before = 0.0
    for drawn, piece in runs(text, face):
        font = _font(drawn, em)
        for letter in piece:
            yield round(before), letter, font
            before += width_em(letter, drawn) * em


@lru_cache(maxsize=64)
def _font(face: Face, pixels: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(PATHS[face], pixels, layout_engine=ImageFont.Layout.BASIC)


def graphic(picture: Image.Image) -> str:
    r"""A picture of mode `1` as the command that prints it, its dots that are set in black.

    Source:
        Zebra, ZPL II Programming Guide: ^GF; Alternative Data Compression Scheme for ~DG and ~DB.

    Examples:
        >>> graphic(Image.new("1", (48, 3), 1))
        '^GFA,18,18,6,!::'
        >>> graphic(Image.frombytes("1", (32, 1), b"\xff\xff\xf0\x01"))
        '^GFA,4,4,4,KFH01'
    """
    across = (picture.width + 7) // 8
    data = picture.tobytes()
    rows = [data[start : start + across].hex().upper() for start in range(0, len(data), across)]
    sent = "".join(
        ":" if number and row == rows[number - 1] else _row(row) for number, row in enumerate(rows)
    )
    return f"^GFA,{len(data)},{len(data)},{across},{sent}"


def _row(digits: str) -> str:
    """A row of hexadecimal digits, each repeated one written once, an even end left out."""
    for digit, rest in (("0", ","), ("F", "!")):
        kept = digits.rstrip(digit)
        if len(digits) - len(kept) > 1:
            return REPEATED.sub(_once, kept) + rest
    return REPEATED.sub(_once, digits)


def _once(match: re.Match[str]) -> str:
    most, rest = divmod(len(match[0]), 20 * len(TWENTIES))
    twenties, ones = divmod(rest, 20)
    return (
        f"{TWENTIES[-1] * most}{TWENTIES[twenties - 1 : twenties]}{ONES[ones - 1 : ones]}{match[1]}"
    )
