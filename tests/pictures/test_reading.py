"""Barcodes read out of pictures, as a scanner would have sent them."""

import random

import pytest
import zxingcpp
from PIL import Image

from inventory.pictures import Found, NoPicture, read_picture
from labels.symbol import GS, Kind
from tests.pictures.drawing import frame, jpeg, other, png, symbol

KIT = "01095212345432131728022910LC-24A"
PATIENT = 5.0
FRAME_S = 0.6
"""Seconds that a frame of a running camera has."""


def texts(data: bytes, deadline_s: float = PATIENT, number: int = 0) -> list[str]:
    found = read_picture(data, deadline_s, number)
    assert isinstance(found, list), found
    return [each.text for each in found]


@pytest.mark.parametrize(
    ("kind", "identifier"), [("gs1-datamatrix", "]d2"), ("gs1-128", "]C1"), ("code128", "]C0")]
)
def test_a_symbol_is_given_as_a_scanner_would_send_it(kind: Kind, identifier: str) -> None:
    seen = read_picture(jpeg(frame((symbol(kind, KIT, 3), (300, 200)))), PATIENT)
    assert isinstance(seen, list)
    assert [(each.text, each.symbology) for each in seen] == [(identifier + KIT, identifier)]


def test_the_separator_is_kept() -> None:
    payload = f"010952123454321310LC-24A{GS}21S1"
    assert texts(jpeg(frame((symbol("gs1-datamatrix", payload), (300, 200))))) == ["]d2" + payload]


@pytest.mark.parametrize(
    ("text", "format", "sent"),
    [
        ("+A123BJC5D6E71G", zxingcpp.BarcodeFormat.Code39Std, "]A1+A123BJC5D6E71G"),
        ("9521234543213", zxingcpp.BarcodeFormat.EAN13, "]E09521234543213"),
        ("96385074", zxingcpp.BarcodeFormat.EAN8, "]E496385074"),
        ("19521234543210", zxingcpp.BarcodeFormat.ITF14, "]I119521234543210"),
        ("KT7Q2M9XH4C", zxingcpp.BarcodeFormat.Aztec, "]z0KT7Q2M9XH4C"),
        ("https://id.gs1.org/01/09521234543213/10/A17", zxingcpp.BarcodeFormat.QRCode, "]Q1https://id.gs1.org/01/09521234543213/10/A17"),
    ],
)  # fmt: skip
def test_other_symbologies_of_medical_packs_are_read(
    text: str, format: zxingcpp.BarcodeFormat, sent: str
) -> None:
    assert texts(jpeg(frame((other(text, format), (300, 200))))) == [sent]


def test_what_lies_nearest_the_middle_comes_first() -> None:
    picture = frame(
        (symbol("gs1-datamatrix", KIT), (40, 40)),
        (symbol("datamatrix", "KT7Q2M9XH4C"), (590, 310)),
    )
    seen = read_picture(jpeg(picture), PATIENT)
    assert isinstance(seen, list)
    assert [each.text for each in seen] == ["]d1KT7Q2M9XH4C", "]d2" + KIT]
    assert seen[0].from_middle < 0.1 < seen[1].from_middle


def test_our_label_and_the_maker_s_bars_on_one_pack_are_read_at_one_look() -> None:
    pack = frame(
        (symbol("gs1-128", KIT, 2), (100, 100)), (symbol("datamatrix", "KT7Q2M9XH4C"), (600, 400))
    )
    assert sorted(texts(jpeg(pack), 0.0)) == ["]C1" + KIT, "]d1KT7Q2M9XH4C"]


def test_a_small_symbol_is_found_by_enlarging() -> None:
    small = frame((symbol("gs1-128", KIT, 3), (100, 100)), size=(1440, 900)).resize((720, 450))
    assert texts(jpeg(small)) == ["]C1" + KIT]


def test_bars_that_lie_askew_are_found_by_turning() -> None:
    askew = jpeg(frame((symbol("gs1-128", KIT, 3), (200, 100)), turn=17))
    assert texts(askew) == ["]C1" + KIT]
    assert texts(askew, deadline_s=0.0) == []


@pytest.mark.parametrize("askew", [10, 17, 30, 45, -17, -30, -45])
def test_bars_that_lie_askew_before_a_large_camera_are_found_within_a_few_frames(
    askew: float,
) -> None:
    bars = symbol("gs1-128", KIT, 3)
    bars = bars.resize((bars.width, bars.height * 2))
    seen = jpeg(frame((bars, (500, 200)), size=(1920, 1080), turn=askew))
    assert texts(seen, 0.0) == []
    assert ["]C1" + KIT] in [texts(seen, FRAME_S, number) for number in range(6)]


def test_a_frame_of_any_number_is_looked_at_in_every_way_where_there_is_time() -> None:
    small = frame((symbol("gs1-128", KIT, 3), (100, 100)), size=(1440, 900)).resize((720, 450))
    for number in (0, 1, 5, 6, -1, 10**12):
        assert texts(jpeg(small), PATIENT, number) == ["]C1" + KIT]


def test_a_large_photo_is_made_smaller_first() -> None:
    photo = frame((symbol("gs1-datamatrix", KIT, 14), (1500, 1200)), size=(4000, 3000))
    assert texts(jpeg(photo)) == ["]d2" + KIT]


def test_a_frame_full_of_nothing_is_read_as_nothing() -> None:
    noise = jpeg(Image.effect_noise((640, 360), 80).convert("RGB"))
    assert texts(noise, 0.3) == []


def test_a_drawing_with_a_clear_background_is_read_on_white() -> None:
    drawn = symbol("gs1-datamatrix", KIT)
    clear = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=drawn.point(lambda grey: 255 - grey))
    assert texts(png(clear)) == ["]d2" + KIT]


BOMB = png(Image.new("1", (20_000, 20_000)))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "picture-unreadable"),
        (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", "picture-unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture-unreadable"),
        (b"%PDF-1.7", "picture-unreadable"),
        (jpeg(frame())[:3000], "picture-unreadable"),
        (png(frame())[:300], "picture-unreadable"),
        (BOMB, "picture-too-large"),
        (png(Image.new("1", (6000, 4500))), "picture-too-large"),
    ],
)
def test_what_is_no_picture_is_answered_by_a_value(sent: bytes, code: str) -> None:
    assert read_picture(sent, 0.0) == NoPicture(code)


def test_damaged_files_never_raise() -> None:
    draw = random.Random(7)
    small = frame((symbol("gs1-datamatrix", KIT, 3), (20, 20)), size=(160, 160))
    for whole in (jpeg(small), png(small)):
        for _ in range(300):
            damaged = bytearray(whole)
            for _ in range(draw.randint(1, 20)):
                damaged[draw.randrange(len(damaged))] = draw.randrange(256)
            assert isinstance(read_picture(bytes(damaged), 0.0), list | NoPicture)


def test_a_centre_is_a_part_of_the_picture() -> None:
    seen = read_picture(jpeg(frame((symbol("gs1-datamatrix", KIT), (300, 200)))), PATIENT)
    assert isinstance(seen, list)
    assert all(0 < part < 1 for part in seen[0].centre)
    assert isinstance(seen[0], Found)
