"""A photo made fit to be kept: a plain JPEG, small, without what a phone writes into it."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from inventory.pictures.reading import BROKEN, MOST_PIXELS, NoPicture

KEPT_EDGE: Final = 1600
"""Pixels of the longer edge of a photo that is kept; the print on a pack stays readable."""

KEPT_QUALITY: Final = 80


def as_kept(data: bytes) -> bytes | NoPicture:
    """Draw a photo anew, so that nothing but the picture is left of the file.

    Place, time and owner that a phone writes into a photo are gone, and so is whatever else a file
    can hide behind a picture.
    """
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return NoPicture("picture-too-large")
            picture.draft("RGB", (KEPT_EDGE, KEPT_EDGE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((KEPT_EDGE, KEPT_EDGE))
            drawn = Image.frombytes("RGB", upright.size, upright.tobytes())
    except BROKEN:
        return NoPicture("picture-unreadable")
    into = BytesIO()
    drawn.save(into, "JPEG", quality=KEPT_QUALITY)
    return into.getvalue()
