import random
import re

import pytest
from PIL import Image

from labels.composing import compose
from labels.faces import MISSING, PATHS, width_mm
from labels.layout import STOCKS
from labels.lettering import graphic, lettered
from labels.marks import Text
from labels.zpl import DOTS_PER_MM, labels_zpl
from tests.labels.papers import EVERY_KIND, LOT, a_unit, some_units

REPEATS = {letter: n for n, letter in enumerate("GHIJKLMNOPQRSTUVWXY", 1)} | {
    letter: 20 * n for n, letter in enumerate("ghijklmnopqrstuvwxyz", 1)
}


def zpl(label, dpi=203):
    return labels_zpl([label], STOCKS["roll-50x25"], dpi).decode()


def unpacked(command):
    """The picture of a `^GFA`, by the letters of the alternative compression of ZPL II."""
    length, _, across, data = re.fullmatch(r"\^GFA,(\d+),(\d+),(\d+),(.*)", command).groups()
    digits, rows, times = 2 * int(across), [""], 0
    for sign in data:
        if len(rows[-1]) == digits:
            rows.append("")
        if sign in REPEATS:
            times += REPEATS[sign]
            continue
        whole = {",": rows[-1].ljust(digits, "0"), "!": rows[-1].ljust(digits, "F")}
        rows[-1] = rows[-2] if sign == ":" else whole.get(sign, rows[-1] + sign * max(1, times))
        times = 0
    data = bytes.fromhex("".join(rows))
    assert len(data) == int(length)
    return data


def texts(label, roll="roll-50x25"):
    return [mark for mark in compose(label, STOCKS[roll]) if isinstance(mark, Text)]


def test_a_unit_is_printed_in_the_forms_that_read_back_right():
    printed = zpl(a_unit())
    assert printed.startswith("^XA^CI28^PW400^LL200^LH0,0\n")
    assert "^BXN,4,200,,,,|^FDKT7Q2M9XH4C^FS" in printed
    assert "^BY2^BCN,45,N,N,N,N^FD>:KT7Q2M9XH4C^FS" in printed
    (lot,) = (text for text in texts(a_unit()) if text.text == "LC24A-0O1I")
    assert lettered(lot.text, "mono", lot.size, DOTS_PER_MM[203]).command + "^FS" in printed
    assert printed.endswith("^XZ\n")


def test_a_finer_head_prints_the_same_sizes_in_more_dots():
    printed = zpl(a_unit(), 300)
    assert "^PW591^LL295" in printed
    assert "^BXN,6,200,,,,|" in printed
    assert "^BY3^BCN" in printed


def test_a_lot_symbol_begins_with_fnc1():
    assert "|^FD|1010952123454321317280200" in zpl(LOT)


@pytest.mark.parametrize("text", ["^XZ^XA^FDevil", "~JA", "\\5E", "a\\", "^", "\x10^XZ\r\n"])
def test_no_text_reaches_the_printer_as_a_command(text):
    innocent, hostile = zpl(a_unit(item="x", clinic="x")), zpl(a_unit(item=text, clinic=text))
    commands = re.compile(r"\^(?:A0|[A-Z]{2})|~[A-Z]{2}")
    assert commands.findall(hostile) == commands.findall(innocent)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_every_text_is_sent_in_the_letters_it_was_measured_in(dpi):
    label = a_unit(item="Cannula Ω più lunga, " * 9, lot="A^1~2\\3")
    sent = zpl(label, dpi)
    assert "^A" not in sent
    assert "^FH" not in sent
    for text in texts(label):
        line = lettered(text.text, text.face, text.size, DOTS_PER_MM[dpi])
        assert line.command in sent
        assert unpacked(line.command) == line.picture.tobytes()


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("size", [5.0, 6.0, 7.5, 14.0])
@pytest.mark.parametrize("face", PATHS)
def test_no_line_is_printed_wider_than_it_was_measured(face, size, dpi):
    scale = DOTS_PER_MM[dpi]
    for text in ["W" * 20, "M" * 20, "WWWW-MMMM-WWWW-MMMM", "più Ω lunga…", "il" * 20, "ș" * 9]:
        line = lettered(text, face, size, scale)
        assert line.right >= -1
        assert line.right + line.picture.width <= width_mm(text, face, size) * scale + 1


def test_what_no_face_draws_is_printed_as_a_mark_and_a_blank_as_nothing():
    assert lettered(MISSING, "sans", 8, 8.0).picture.width > 5
    assert lettered(" ", "sans", 8, 8.0).command == ""


@pytest.mark.parametrize("width", [1, 7, 8, 9, 31, 64, 6500])
def test_a_picture_unpacks_to_its_own_dots(width):
    draw = random.Random(width)
    across = (width + 7) // 8
    kinds = [bytes(across), b"\xff" * across, draw.randbytes(across), b"\x0f" + bytes(across - 1)]
    data = b"".join(draw.choice(kinds) for _ in range(40))
    picture = Image.frombytes("1", (width, 40), data)
    assert unpacked(graphic(picture)) == picture.tobytes()


def test_a_thousand_labels_are_few_megabytes_and_none_needs_another():
    printed = labels_zpl(some_units(1000), STOCKS["roll-50x25"])
    assert len(printed) < 4_000_000
    for label in EVERY_KIND:
        assert "R:" not in zpl(label)


def test_a_roll_of_labels_is_one_format_each():
    printed = labels_zpl([a_unit(), a_unit()], STOCKS["roll-57x32"]).decode()
    assert printed.count("^XA") == printed.count("^XZ") == 2


def test_no_labels_are_nothing_to_send():
    with pytest.raises(ValueError, match="No labels"):
        labels_zpl([], STOCKS["roll-50x25"])
