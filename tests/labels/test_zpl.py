import re

import pytest

from labels.layout import STOCKS
from labels.zpl import labels_zpl, text_field
from tests.labels.papers import LOT, a_unit


def zpl(label, dpi=203):
    return labels_zpl([label], STOCKS["roll-50x25"], dpi).decode()


def test_a_unit_is_printed_in_the_forms_that_read_back_right():
    printed = zpl(a_unit())
    assert printed.startswith("^XA^CI28^PW400^LL200^LH0,0\n")
    assert "^BXN,4,200,,,,|^FDKT7Q2M9XH4C^FS" in printed
    assert "^BY2^BCN,45,N,N,N,N^FD>:KT7Q2M9XH4C^FS" in printed
    assert r"^FH\^FDLC24A-0O1I^FS" in printed
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


def test_a_lot_with_signs_of_command_arrives_as_it_is():
    (field,) = re.findall(r"\^FH\\\^FD(A[^^]*)\^FS", zpl(a_unit(item="x", lot="A^1~2\\3")))
    assert re.sub(r"\\([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), field) == "A^1~2\\3"


def test_what_a_printer_would_leave_out_is_a_question_mark():
    assert text_field("Kit \N{REPLACEMENT CHARACTER} è") == "Kit ? è"


def test_a_roll_of_labels_is_one_format_each():
    printed = labels_zpl([a_unit(), a_unit()], STOCKS["roll-57x32"]).decode()
    assert printed.count("^XA") == printed.count("^XZ") == 2


def test_no_labels_are_nothing_to_send():
    with pytest.raises(ValueError, match="No labels"):
        labels_zpl([], STOCKS["roll-50x25"])
