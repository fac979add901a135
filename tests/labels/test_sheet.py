from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from labels.composing import compose
from labels.layout import DOT_MM, STOCKS
from labels.marks import Code
from labels.png import label_png
from labels.sheet import labels_pdf, unit_labels_pdf
from tests.labels.papers import (
    EVERY_KIND,
    a_unit,
    printed,
    render,
    scanned,
    some_units,
    text_of,
)


@pytest.mark.parametrize("dpi", [200, 300, 600])
@pytest.mark.parametrize("key", ["a4-24", "a4-40", "a4-65"])
def test_every_symbol_of_a_sheet_is_read_back_from_paper(key, dpi, tmp_path):
    stock, labels = STOCKS[key], EVERY_KIND
    used = stock.place(len(labels) - 1)[1] + stock.label[1] + 1
    picture = render(labels_pdf(labels, stock), dpi, tmp_path, window=(stock.page[0], used))
    assert scanned(picture) == printed(mark for label in labels for mark in compose(label, stock))


@pytest.mark.parametrize("dpi", [200, 300, 600])
@pytest.mark.parametrize("key", ["roll-50x25", "roll-57x32", "roll-100x50"])
def test_every_symbol_of_a_roll_is_read_back_from_paper(key, dpi, tmp_path):
    for label in EVERY_KIND:
        picture = render(labels_pdf([label], STOCKS[key]), dpi, tmp_path)
        assert scanned(picture) == printed(compose(label, STOCKS[key]))


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("key", STOCKS)
def test_a_preview_scans_like_the_paper(key, dpi):
    stock = STOCKS[key]
    for label in EVERY_KIND:
        picture = Image.open(BytesIO(label_png(label, stock, dpi)))
        assert picture.size == tuple(round(side * dpi / 25.4) for side in stock.label)
        assert scanned(picture) == printed(compose(label, stock))


def test_a_thousand_labels_in_one_go_fill_their_sheets(tmp_path):
    units, stock = some_units(1000), STOCKS["a4-24"]
    pdf = unit_labels_pdf(units, stock)
    assert len(PdfReader(BytesIO(pdf)).pages) == 42
    last = render(pdf, 300, tmp_path, page=42)
    expected = printed(mark for unit in units[41 * 24 :] for mark in compose(unit, stock))
    assert scanned(last) == expected
    assert len(pdf) < 1_000_000


def test_a_sheet_begun_before_goes_on_where_it_ended(tmp_path):
    units, stock = some_units(4), STOCKS["a4-24"]
    pages = PdfReader(BytesIO(unit_labels_pdf(units, stock, start=23))).pages
    assert [[unit.code in page.extract_text() for unit in units] for page in pages] == [
        [True, True, False, False],
        [False, False, True, True],
    ]
    blank = render(unit_labels_pdf(units, stock, start=23), 100, tmp_path, window=(140, 297 - 38))
    assert blank.getextrema() == (255, 255)


@pytest.mark.parametrize("start", [0, 25, -1])
def test_a_position_the_sheet_has_not_is_refused(start):
    with pytest.raises(ValueError, match="1 to 24"):
        unit_labels_pdf([a_unit()], STOCKS["a4-24"], start)


def test_no_labels_are_no_paper():
    with pytest.raises(ValueError, match="No labels"):
        unit_labels_pdf([], STOCKS["a4-24"])


@pytest.mark.parametrize("lot", ["LC24A-0O1I", "0012345", "(10)LC/24&<b>", "l1|I0O", "LÖT 7"])
@pytest.mark.parametrize("key", STOCKS)
def test_the_lot_stands_on_paper_exactly_as_printed_by_its_maker(lot, key):
    said = text_of(unit_labels_pdf([a_unit(lot=lot)], STOCKS[key])).splitlines()
    assert any(lot in line for line in said)
    assert any("2028-02-29" in line for line in said)
    assert any("KT7Q2M9XH4C" in line for line in said)


def test_the_same_labels_are_the_same_bytes():
    compose.cache_clear()
    first = unit_labels_pdf(some_units(30), STOCKS["a4-24"])
    compose.cache_clear()
    assert unit_labels_pdf(some_units(30), STOCKS["a4-24"]) == first


def test_every_face_is_embedded_and_nothing_is_a_picture():
    page = PdfReader(BytesIO(labels_pdf(EVERY_KIND, STOCKS["a4-24"]))).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)
    assert not page.images


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_sheets_fit_their_page_and_modules_are_whole_dots(stock):
    x, y = stock.place(stock.per_page - 1)
    assert x + stock.label[0] <= stock.page[0] + 1e-6
    assert y + stock.label[1] <= stock.page[1] + 1e-6
    for mark in compose(a_unit(), stock):
        if isinstance(mark, Code):
            assert mark.module / DOT_MM == pytest.approx(round(mark.module / DOT_MM))
            assert mark.module >= 0.25
