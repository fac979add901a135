"""Labels with defaults, and papers looked at as a scanner and a reader look at them."""

import random
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from inventory.domain.codes import new_code
from inventory.domain.udi.hibc import build
from labels.kinds import (
    LotLabel,
    PlaceLabel,
    ProductLabel,
    SessionLabel,
    StaffBadge,
    UnitLabel,
)
from labels.symbol import IDENTIFIERS


def a_unit(**changes):
    given = {
        "code": "KT7Q2M9XH4C",
        "item": "Fat processing kit 60 mL",
        "reference": "FPK-60",
        "lot": "LC24A-0O1I",
        "expires_on": "2028-02-29",
        "clinic": "Clinica San Luca, Torino",
        "manufacturer": "Fat Tools S.p.A.",
    }
    return UnitLabel(**(given | changes))


def some_units(number):
    draw = random.Random(7)
    return [a_unit(code=new_code("KT", draw), lot=f"L{n:05}") for n in range(number)]


LOT = LotLabel("Kit 60 mL", "FPK-60", "LC24A", "2028-02", gtin="09521234543213", clinic="San Luca")
LOT_WITHOUT_GTIN = LotLabel("Syringe 10 mL", "309604", "A1", "2027-11-30", code="MT7Q2M9XH4C")
LOT_OF_HIBC = LotLabel(
    "Cannula più lunga",
    "CN-31",
    "WWWW-MMMM-WWWW-CQX",
    "2029-02-28",
    hibc=build("+A999KKKKKKKKKKKKKKKK311/$$3290228WWWW-MMMM-WWWW-CQX"),
    manufacturer="Acme",
)
"""The longest that HIBC has; its check character is a blank."""
PLACE = PlaceLabel("PL7Q2M9XH4A", "Frigorifero 2, ripiano A", "Sala operatoria 1", "San Luca")
SESSION = SessionLabel("PS7Q2M9XH4N", "Disc: fat + PRF", "2026-11-23 10:40", "Sala 1", "San Luca")
PRODUCT = ProductLabel("PS7Q2M9XH4N", "2026-11-23 10:40 +01:00", "12.5", "Clinica San Luca")
BADGE = StaffBadge("SB7Q2M9XH4N", "Maria Rossi", "Infermiera strumentista", "San Luca")
EVERY_KIND = [a_unit(), LOT, LOT_WITHOUT_GTIN, LOT_OF_HIBC, PLACE, SESSION, PRODUCT, BADGE]


def render(pdf: bytes, dpi: int, folder: Path, page=1, window=None) -> Image.Image:
    """A page as pixels; `window` in mm from the top left corner."""
    if shutil.which("pdftoppm") is None:
        pytest.fail("pdftoppm is missing; install poppler-utils, papers are read back with it")
    (folder / "paper.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-gray", "-singlefile", "-f", str(page)]
    if window:
        width, height = (str(round(side * dpi / 25.4)) for side in window)
        command += ["-x", "0", "-y", "0", "-W", width, "-H", height]
    subprocess.run([*command, folder / "paper.pdf", folder / "paper"], check=True)
    return Image.open(folder / "paper.pgm")


def scanned(image: Image.Image) -> list[tuple[str, str]]:
    """Every symbol on a picture: symbology identifier and payload, in order of the alphabet."""
    seen = zxingcpp.read_barcodes(
        image,
        formats=zxingcpp.BarcodeFormats([zxingcpp.Code128, zxingcpp.DataMatrix]),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return sorted((symbol.symbology_identifier, symbol.bytes.decode()) for symbol in seen)


def printed(marks) -> list[tuple[str, str]]:
    """The symbols that marks hold, as `scanned` gives them."""
    symbols = [mark.symbol for mark in marks if hasattr(mark, "symbol")]
    return sorted((IDENTIFIERS[symbol.kind], symbol.payload) for symbol in symbols)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
