"""ZPL rendered by programs that are not ours, and read back from their pictures.

zplkit always; zebrash too where `make test` could install it, which needs node.
"""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import zplkit
from PIL import Image

from labels.composing import compose
from labels.layout import STOCKS
from labels.marks import Code
from labels.zpl import DOTS_PER_MM, labels_zpl
from tests.labels.papers import (
    EVERY_KIND,
    LOT,
    LOT_OF_HIBC,
    LOT_WITHOUT_GTIN,
    PRODUCT,
    a_unit,
    printed,
    scanned,
    some_units,
)

WIDE = [
    replace(LOT, lot="W" * 20),
    replace(LOT, lot="M" * 20),
    LOT_OF_HIBC,
    replace(LOT_WITHOUT_GTIN, lot="W" * 20),
    replace(LOT, lot="WWWW-MMMM-WWWW-MMMM"),
    a_unit(lot="W" * 20),
    a_unit(lot="M" * 20),
    a_unit(lot="WWWW-MMMM-WWWW-MMMM"),
    a_unit(item="Cannula più lunga Ω 1,2 mm, perché così è più sicura nell'unità " * 3),
]
ROLLS = ["roll-50x25", "roll-57x32", "roll-100x50"]
ZEBRASH = Path(__file__).parent / "zebrash"


def by_zplkit(data: bytes, stock, dpi: int) -> list[Image.Image]:
    width, height = (round(side * DOTS_PER_MM[dpi]) for side in stock.label)
    options = zplkit.Options(width=width, height=height, dpi=dpi)
    made = zplkit.render(data, options)
    return [Image.open(BytesIO(label.png())).convert("L") for label in made.labels]


def by_zebrash(data: bytes, stock, dpi: int) -> list[Image.Image]:
    dots = round(dpi / 25.4)  # it knows whole dots only, and centres on a wider page
    width, height = (round(side * DOTS_PER_MM[dpi]) / dots for side in stock.label)
    asked = {"zpl": data.decode(), "width": width, "height": height, "dpmm": dots}
    answer = subprocess.run(
        ["node", "render.mjs"],
        cwd=ZEBRASH,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    pictures = json.loads(answer.stdout)
    return [Image.open(BytesIO(base64.b64decode(each))).convert("L") for each in pictures]


RENDERERS: list[Callable[..., list[Image.Image]]] = [by_zplkit]
if shutil.which("node") and (ZEBRASH / "node_modules" / "zpl-renderer-js").is_dir():
    RENDERERS.append(by_zebrash)


def framed(picture: Image.Image) -> Image.Image:
    """White around, as on a roll whose labels lie apart; twice as large for the reader."""
    page = Image.new("L", (picture.width + 80, picture.height + 80), 255)
    page.paste(picture, (40, 40))
    return page.resize((page.width * 2, page.height * 2), Image.Resampling.NEAREST)


# zebrash takes half a minute for large pictures: the finest heads are for zplkit alone.
@pytest.mark.parametrize(
    ("render", "dpi"), [(each, 203) for each in RENDERERS] + [(by_zplkit, 300), (by_zplkit, 600)]
)
@pytest.mark.parametrize("roll", ROLLS)
def test_every_kind_of_label_reads_back_from_a_printers_picture(render, dpi, roll):
    stock = STOCKS[roll]
    pictures = render(labels_zpl(EVERY_KIND, stock, dpi), stock, dpi)
    assert len(pictures) == len(EVERY_KIND)
    for label, picture in zip(EVERY_KIND, pictures, strict=True):
        assert scanned(framed(picture)) == printed(compose(label, stock)), label


@pytest.mark.parametrize(
    ("render", "dpi"), [(each, 203) for each in RENDERERS] + [(by_zplkit, 300), (by_zplkit, 600)]
)
def test_the_smallest_product_label_reads_back_from_a_printers_picture(render, dpi):
    stock, label = STOCKS["a4-65"], replace(PRODUCT, volume_ml="999.9", clinic="San Luca")
    (picture,) = render(labels_zpl([label], stock, dpi), stock, dpi)
    assert scanned(framed(picture)) == printed(compose(label, stock))


def inked_quiet_zones(picture: Image.Image, marks, dpi: int) -> list[Code]:
    """The symbols with ink where white must be: around a matrix, and at both sides of bars."""
    scale, inked = DOTS_PER_MM[dpi], []
    for mark in marks:
        if not isinstance(mark, Code):
            continue
        dots = max(1, int(mark.module * scale + 0.02))
        quiet, symbol = (10 if mark.symbol.is_linear else 1) * dots, mark.symbol
        left, top = round(mark.x * scale), round(mark.y * scale)
        right = left + symbol.width * dots
        bottom = top + (round(mark.height * scale) if symbol.is_linear else symbol.height * dots)
        sides = [(left - quiet, top, left, bottom), (right, top, right + quiet, bottom)]
        if not symbol.is_linear:
            sides.append((left - quiet, top - quiet, right + quiet, top))
            sides.append((left - quiet, bottom, right + quiet, bottom + quiet))
        page = Image.new("L", (picture.width + 80, picture.height + 80), 255)
        page.paste(picture, (40, 40))
        frames = (page.crop(tuple(side + 40 for side in box)) for box in sides)
        if any(frame.getextrema()[0] < 128 for frame in frames):
            inked.append(mark)
    return inked


@pytest.mark.parametrize(
    ("render", "dpi"),
    [(each, dpi) for each in RENDERERS for dpi in (203, 300)] + [(by_zplkit, 600)],
)
@pytest.mark.parametrize("roll", ROLLS[:2])
def test_no_text_runs_into_a_symbol_however_wide_its_letters(render, dpi, roll):
    stock = STOCKS[roll]
    pictures = render(labels_zpl(WIDE, stock, dpi), stock, dpi)
    for label, picture in zip(WIDE, pictures, strict=True):
        marks = compose(label, stock)
        assert scanned(framed(picture)) == printed(marks), label
        assert not inked_quiet_zones(picture, marks, dpi), label


@pytest.mark.parametrize("render", RENDERERS)
def test_a_roll_of_labels_reads_back_label_by_label(render):
    stock, labels = STOCKS["roll-50x25"], some_units(20)
    pictures = render(labels_zpl(labels, stock, 203), stock, 203)
    seen = [{payload for _, payload in scanned(framed(picture))} for picture in pictures]
    assert seen == [{label.code} for label in labels]


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("name", ["^XZ^XA^FO0,0^GB9,9,9", "~JA", "a\\5E^"])
def test_a_hostile_name_prints_one_label_and_leaves_its_code_alone(render, name):
    stock, label = STOCKS["roll-57x32"], a_unit(item=name, clinic=name)
    (picture,) = render(labels_zpl([label], stock, 203), stock, 203)
    assert scanned(framed(picture)) == printed(compose(label, stock))


@pytest.mark.parametrize("render", RENDERERS)
def test_the_symbol_of_a_lot_begins_with_fnc1(render):
    stock = STOCKS["roll-57x32"]
    (picture,) = render(labels_zpl([LOT], stock, 203), stock, 203)
    assert [identifier for identifier, _ in scanned(framed(picture))] == ["]d2"]
