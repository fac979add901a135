"""Pictures of labels as a camera takes them, drawn with Pillow."""

from io import BytesIO

import zxingcpp
from PIL import Image, ImageFilter

from labels.symbol import Kind, encode


def symbol(kind: Kind, payload: str, module: int = 5) -> Image.Image:
    """A symbol with its quiet zone, black on white."""
    made = encode(kind, payload)
    high = 60 // module if made.is_linear else made.height
    wide, tall = made.width + 2 * made.quiet, high + 2 * made.quiet
    image = Image.new("L", (wide, tall), 255)
    for x, y, width, height in made.modules:
        tall_here = high if made.is_linear else height
        image.paste(
            0, (x + made.quiet, y + made.quiet, x + made.quiet + width, y + made.quiet + tall_here)
        )
    return image.resize((wide * module, tall * module), Image.Resampling.NEAREST)


def other(text: str, format: zxingcpp.BarcodeFormat, scale: int = 4) -> Image.Image:
    """A symbol that labels of ours do not carry: Code 39, EAN-13, QR."""
    drawn = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(text, format), scale=scale, add_quiet_zones=True
    )
    return Image.fromarray(drawn)


def frame(
    *symbols: tuple[Image.Image, tuple[int, int]],
    size: tuple[int, int] = (1280, 720),
    blur: float = 0.0,
    turn: float = 0.0,
) -> Image.Image:
    """A frame of a camera that sees symbols at places."""
    image = Image.new("RGB", size, (200, 205, 200))
    for drawn, place in symbols:
        turned = drawn.convert("RGB").rotate(turn, expand=True, fillcolor=(200, 205, 200))
        image.paste(turned, place)
    return image.filter(ImageFilter.GaussianBlur(blur)) if blur else image


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """A file of it."""
    into = BytesIO()
    image.save(into, "JPEG", quality=quality)
    return into.getvalue()


def png(image: Image.Image) -> bytes:
    """A file of it."""
    into = BytesIO()
    image.save(into, "PNG")
    return into.getvalue()
