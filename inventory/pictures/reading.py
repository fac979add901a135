r"""Reading the barcodes in a picture.

The one idea: what is found is given as a scanner would have sent it, the AIM symbology identifier
in front and the separator GS (`\x1d`) in place, so that everything behind the scan field is the
same for a camera. A picture is looked at as it is first, then enlarged and sharpened, then turned,
until something is found or the time is up; of the frames of a running camera, each begins behind
the first look with another of these, so that they all come to their turn. Whoever sends a picture
may mean harm: whatever is no picture is answered by a value.
"""

import struct
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, UnidentifiedImageError

MOST_PIXELS: Final = 24_000_000
"""Pixels of a photo that is looked at at all; phones take 12 million."""

READ_PIXELS: Final = 2_100_000
"""Pixels that are searched, 1920 x 1080; a larger picture is made smaller first."""

Image.MAX_IMAGE_PIXELS = MOST_PIXELS

FORMATS: Final = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.QRCode,
        # Plain Code39 decodes full ASCII and eats the `+A` of an HIBC code.
        zxingcpp.BarcodeFormat.Code39Std,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.DataBar,
        zxingcpp.BarcodeFormat.DataBarExp,
        zxingcpp.BarcodeFormat.DataBarExpStk,
        zxingcpp.BarcodeFormat.DataBarLtd,
        # Any ITF would be read out of the bars of something else: only the one of cartons.
        zxingcpp.BarcodeFormat.ITF14,
        zxingcpp.BarcodeFormat.Aztec,
    ]
)

ANGLES: Final = (15, -15, 30, -30, 45)
"""Degrees by which bars are turned; matrix symbols are found at any angle."""

BROKEN: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for broken and hostile files, as its own fuzzers list it."""


@dataclass(frozen=True, slots=True)
class Found:
    r"""A barcode that stands in a picture.

    Attributes:
        text: As a scanner sends it: `]d2010952...`, GS as `\x1d`.
        symbology: The AIM identifier alone, `]d2`.
        centre: Where its middle lies, as parts of width and height from the top left, 0 to 1.
    """

    text: str
    symbology: str
    centre: tuple[float, float]

    @property
    def from_middle(self) -> float:
        """How far its middle lies from that of the picture; 0 for what the camera points at."""
        return abs(self.centre[0] - 0.5) + abs(self.centre[1] - 0.5)


@dataclass(frozen=True, slots=True)
class NoPicture:
    """What was sent is no picture that can be searched.

    Attributes:
        code: `picture-unreadable` or `picture-too-large`.
    """

    code: str


def read_picture(data: bytes, deadline_s: float, number: int = 0) -> list[Found] | NoPicture:
    """Find the barcodes in a JPEG or PNG file.

    Args:
        data: The file.
        deadline_s: Seconds after which no further way of looking is begun; the first way is always
            tried, and one that has begun is finished (half a second at most).
        number: Of a frame among those of a camera, from 0: where there is no time for all ways of
            looking, the next frame begins with another one.

    Returns:
        Each barcode once, what lies nearest the middle first; empty if there is none. `NoPicture`
        for anything that is no such file, or too large a picture.
    """
    until = time.monotonic() + deadline_s
    picture = _open(data)
    if isinstance(picture, NoPicture):
        return picture
    for turn, look in enumerate(_looks(picture, number)):
        if turn and time.monotonic() >= until:
            break
        found = _search(look)
        if found:
            return sorted(found, key=lambda each: each.from_middle)
    return []


def _open(data: bytes) -> Image.Image | NoPicture:
    """The picture in grey, made small enough to be searched."""
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                return NoPicture("picture-too-large")
            scale = min(1.0, (READ_PIXELS / (width * height)) ** 0.5)
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            picture.draft("L", size)  # a JPEG is then decoded at a half or a quarter at once
            grey = _on_white(picture).convert("L")
    except BROKEN as fault:
        bomb = isinstance(fault, Image.DecompressionBombError | Image.DecompressionBombWarning)
        return NoPicture("picture-too-large" if bomb else "picture-unreadable")
    return grey if grey.size == size else grey.resize(size, Image.Resampling.BILINEAR)


def _on_white(picture: Image.Image) -> Image.Image:
    """What is transparent lies on white paper."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    clear = picture.convert("RGBA")
    paper = Image.new("RGBA", clear.size, "white")
    paper.alpha_composite(clear)
    return paper


def _looks(picture: Image.Image, number: int) -> Iterator[Image.Image]:
    """Ways of looking at a picture: as it is, then the others, beginning with one by its number.

    Twice the size and sharpened finds small and blurred symbols; turned finds bars that lie
    askew. Measured: half size and another binarizer find less.
    """
    yield picture
    first = number % len(WAYS)
    for way in (*WAYS[first:], *WAYS[:first]):
        yield way(picture)


def _enlarged(picture: Image.Image) -> Image.Image:
    twice = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC)
    return twice.filter(ImageFilter.UnsharpMask(6, 300, 0))


def _turned(angle: int) -> Callable[[Image.Image], Image.Image]:
    def turn(picture: Image.Image) -> Image.Image:
        return picture.rotate(angle, expand=True, fillcolor=128, resample=Image.Resampling.BICUBIC)

    return turn


WAYS: Final = (_enlarged, *map(_turned, ANGLES))
"""What is tried where a picture as it is shows nothing."""


def _search(look: Image.Image) -> list[Found]:
    found: dict[str, Found] = {}
    for code in zxingcpp.read_barcodes(look, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain):
        text = code.symbology_identifier + code.bytes.decode("utf-8", errors="replace")
        if "\0" not in text:
            found.setdefault(text, Found(text, code.symbology_identifier, _centre(code, look)))
    return [*found.values()]


def _centre(code: zxingcpp.Barcode, look: Image.Image) -> tuple[float, float]:
    corners = code.position
    points = (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
    across = sum(point.x for point in points) / 4 / look.width
    down = sum(point.y for point in points) / 4 / look.height
    return (round(across, 4), round(down, 4))
