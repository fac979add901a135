import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.udi.wedge import (
    ITALIAN_KEYS,
    US_KEYS,
    Barcode,
    Keyboard,
    Layout,
    barcode,
    looks_italian,
)

ITALIAN = Keyboard(Layout.ITALIAN)
DAMAGE = str.maketrans(US_KEYS, ITALIAN_KEYS)
PRINTABLE = st.text(
    string.ascii_letters + string.digits + string.punctuation + " \x1d", max_size=40
)


@given(PRINTABLE)
def test_the_italian_layout_is_undone_letter_by_letter(text):
    sent = "]d2" + text
    assert barcode(sent.translate(DAMAGE), ITALIAN).body == barcode(sent).body


@pytest.mark.parametrize("stand_in", ["\x1d", "<GS>", "{GS}", "^]", "\u241d"])
def test_a_stand_in_for_the_separator_becomes_the_separator(stand_in):
    assert barcode(f"10LC-24A{stand_in}21S1").body == "10LC-24A\x1d21S1"


@pytest.mark.parametrize("stand_in", ["<GS>", "{GS}", "^]"])
def test_a_stand_in_that_went_through_the_italian_layout_becomes_the_separator(stand_in):
    sent = f"]d210LC-24A{stand_in}21S1"
    assert barcode(sent.translate(DAMAGE), ITALIAN).body == "10LC-24A\x1d21S1"


def test_the_separator_of_this_workstation_becomes_the_separator():
    assert barcode("10LC-24A~21S1", Keyboard(separator="~")).body == "10LC-24A\x1d21S1"


def test_only_line_ends_are_cut_off_since_a_blank_may_be_the_check_character():
    assert barcode(" +A999KT0031/S0003 \r\n\t").body == " +A999KT0031/S0003 "


def test_a_separator_at_the_end_stays():
    assert barcode("10LC-24A\x1d\r").body == "10LC-24A\x1d"


def test_the_symbology_identifier_is_split_off_and_the_raw_text_kept():
    assert barcode("]d210LC<GS>\r") == Barcode("]d210LC<GS>\r", "]d210LC\x1d", "]d2", "10LC\x1d")


@pytest.mark.parametrize(
    "text", ["]d210LC-24/A", "(10)LC-24/A", "https://id.gs1.org/01/09521234543213"]
)
def test_a_text_that_is_intact_is_not_repaired(text):
    assert barcode(text, ITALIAN).repaired == text


def test_caps_lock_is_undone_where_the_symbology_identifier_proves_it():
    scan = barcode("]D210lc-24a")
    assert (scan.body, [problem.code for problem in scan.problems]) == ("10LC-24A", ["caps-lock"])


@pytest.mark.parametrize("text", ["10lc-24a", "]E010lc-24a", "10LC-24A", "HTTPS://ID.GS1.ORG/10/A"])
def test_what_was_scanned_under_caps_lock_is_not_turned_round_on_a_guess_but_doubted(text):
    scan = barcode(text, Keyboard(caps_lock=True))
    assert scan.repaired == text
    assert [problem.code for problem in scan.problems] == ["case-doubtful"]
    assert barcode(text).problems == ()


@pytest.mark.parametrize(
    "text", ["]d210LC-24A", "]C110LC", "+$LC039$", "https://id.gs1.org/10/A", "0109521234543213"]
)
def test_what_caps_lock_cannot_have_turned_round_is_not_doubted(text):
    assert barcode(text, Keyboard(caps_lock=True)).problems == ()


@pytest.mark.parametrize("text", ["+d2010952", "^A999KT00317", "httpsç--id.gs1.org", "ì-A9998"])
def test_a_garbled_beginning_is_noticed(text):
    assert looks_italian(text)


@pytest.mark.parametrize("text", ["+A999KT00312", "+$$5", "]d201", "0109521234543213", "=/A9998"])
def test_a_sound_beginning_is_not_suspected(text):
    assert not looks_italian(text)
