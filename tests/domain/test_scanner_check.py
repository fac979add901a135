"""Every kind of damage that a scanner's set-up does, named, and undone where that can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.scanner_check import diagnose
from inventory.domain.scanner_hearing import DAMAGE_ITALIAN, GS1_TEXT, RISKY_TEXT, SYMBOLS
from inventory.domain.udi.wedge import GS, Keyboard, Layout, barcode

DATAMATRIX, BARS, RISKY = SYMBOLS


def sent(symbol=DATAMATRIX, gs=GS, end="\r"):
    return symbol.identifier + symbol.text.replace(GS, gs) + end


def italian(text):
    return text.translate(DAMAGE_ITALIAN)


def codes(diagnosis):
    return [problem.code for problem in diagnosis.problems]


@pytest.mark.parametrize("symbol", SYMBOLS, ids=lambda symbol: symbol.key)
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_scanner_that_is_set_up_right_has_no_problem(symbol, end):
    found = diagnose(sent(symbol, end=end))
    assert (found.symbol, found.problems, found.reads) == (symbol.key, (), True)
    assert found.keyboard == Keyboard()


@pytest.mark.parametrize("stand_in", ["<GS>", "{GS}", "^]", "␝"])
def test_a_stand_in_that_kittrace_knows_is_no_problem(stand_in):
    found = diagnose(sent(gs=stand_in))
    assert (codes(found), found.keyboard, found.reads) == ([], Keyboard(), True)


@pytest.mark.parametrize("stand_in", ["<GS>", "{GS}", "^]"])
def test_nor_is_one_behind_an_italian_keyboard(stand_in):
    found = diagnose(italian(sent(gs=stand_in)))
    assert (codes(found), found.reads) == (["italian-layout"], True)


def test_no_enter_means_that_a_scan_waits_in_the_field():
    found = diagnose(sent(end=""))
    assert codes(found) == ["no-line-end"]
    assert found.problems[0].blocking


def test_a_tab_at_the_end_is_only_told():
    found = diagnose(sent(end="\t"))
    assert [(p.code, p.blocking) for p in found.problems] == [("ends-with-tab", False)]


def test_a_lost_separator_cannot_be_put_back():
    found = diagnose(sent(gs=""))
    assert (codes(found), found.reads) == (["separator-lost"], False)


@pytest.mark.parametrize("character", ["~", "|", "#", "@", "§", "`", "\\"])
def test_a_separator_of_the_scanners_own_is_kept_in_the_profile(character):
    found = diagnose(sent(gs=character))
    assert codes(found) == ["separator-replaced"]
    assert (found.keyboard, found.reads) == (Keyboard(separator=character), True)


@pytest.mark.parametrize("character", ["~", "|", "#", "@"])
def test_also_where_the_italian_keyboard_turned_it(character):
    found = diagnose(italian(sent(gs=character)))
    assert codes(found) == ["separator-replaced", "italian-layout"]
    assert (found.keyboard, found.reads) == (Keyboard(Layout.ITALIAN, character), True)


@pytest.mark.parametrize("characters", ["-", "A", "7", "+", "$", " ", "~~", "[GS]"])
def test_a_separator_that_a_lot_may_hold_is_refused(characters):
    found = diagnose(sent(gs=characters))
    assert codes(found) == ["separator-unusable"]
    assert found.keyboard == Keyboard()


@pytest.mark.parametrize("symbol", SYMBOLS, ids=lambda symbol: symbol.key)
def test_a_missing_identifier_is_told(symbol):
    found = diagnose(symbol.text + "\r")
    assert codes(found) == ["identifier-missing"]
    assert found.reads


@pytest.mark.parametrize(("symbol", "says"), [(DATAMATRIX, "]d1"), (BARS, "]C0")])
def test_an_identifier_of_another_kind_is_told(symbol, says):
    found = diagnose(says + symbol.text + "\r")
    assert (found.symbol, codes(found)) == (symbol.key, ["identifier-wrong"])


@pytest.mark.parametrize("symbol", SYMBOLS, ids=lambda symbol: symbol.key)
def test_an_italian_keyboard_is_noticed_and_undone(symbol):
    found = diagnose(italian(sent(symbol)))
    assert (found.symbol, codes(found)) == (symbol.key, ["italian-layout"])
    assert (found.keyboard, found.reads) == (Keyboard(Layout.ITALIAN), True)


def test_caps_lock_is_told_apart_from_a_scanner_that_turns_letters():
    turned = sent().swapcase()
    assert codes(diagnose(turned, caps_lock=True)) == ["caps-lock"]
    assert codes(diagnose(turned)) == ["caps-lock"]
    assert codes(diagnose(turned, caps_lock=False)) == ["case-inverted"]


@pytest.mark.parametrize("symbol", SYMBOLS, ids=lambda symbol: symbol.key)
def test_caps_lock_on_an_italian_keyboard_is_both(symbol):
    found = diagnose(italian(sent(symbol).swapcase()))
    assert (found.symbol, codes(found)) == (symbol.key, ["italian-layout", "caps-lock"])


def test_caps_lock_that_also_turns_accented_letters_is_seen():
    turned = italian(sent(RISKY).swapcase()).replace("è", "È").replace("ò", "Ò")
    assert codes(diagnose(turned)) == ["italian-layout", "caps-lock"]


@pytest.mark.parametrize("turn", [str.upper, str.lower])
def test_letters_of_one_case_only_lose_what_a_lot_says(turn):
    found = diagnose(turn(sent()))
    assert ("case-lost" in codes(found), found.reads) == (True, False)


def test_what_stands_before_and_after_is_named():
    found = diagnose(f"AB{sent(end='')}%Z\r")
    assert codes(found) == ["extra-prefix", "extra-suffix"]
    assert found.problems[0].message.values == {"got": "AB"}
    assert found.problems[1].message.values == {"got": "%Z"}


def test_a_prefix_that_cannot_be_seen_is_named_by_its_number():
    found = diagnose("\x02" + sent())
    assert found.problems[0].message.values == {"got": "[2]"}


def test_a_separator_in_first_place_is_no_prefix():
    assert codes(diagnose("]d2" + GS + GS1_TEXT + "\r")) == []


def test_a_keyboard_that_is_neither_is_said_so():
    german = str.maketrans("-/_]", "ß-?+")
    assert codes(diagnose(sent().translate(german))) == ["other-layout"]


@pytest.mark.parametrize("text", ["", "\r", "4006381333931\r", "KT7Q2M9XH4C\r", "hello\r"])
def test_another_barcode_is_none_of_the_test_symbols(text):
    found = diagnose(text)
    assert (found.symbol, found.reads) == ("", False)
    assert codes(found)[-1] == "not-the-test-symbol"


def test_all_is_told_at_once():
    damaged = italian("x" + (DATAMATRIX.identifier + GS1_TEXT.replace(GS, "")).swapcase())
    assert codes(diagnose(damaged)) == [
        "no-line-end",
        "separator-lost",
        "italian-layout",
        "caps-lock",
        "extra-prefix",
    ]


@given(
    st.sampled_from(SYMBOLS),
    st.sampled_from([GS, "<GS>", "{GS}", "^]", "~", "|", "#"]),
    st.booleans(),
    st.booleans(),
)
def test_a_profile_that_is_called_right_reads_every_character(symbol, gs, turned, identified):
    text = (symbol.identifier if identified else "") + symbol.text.replace(GS, gs)
    received = (italian(text) if turned else text) + "\r"
    found = diagnose(received)
    assert found.reads == (barcode(received, found.keyboard).body == symbol.text)
    assert found.reads


@given(st.text(max_size=600))
def test_whatever_comes_in_is_answered(text):
    assert diagnose(text).problems or text.rstrip("\r\n\t").endswith(RISKY_TEXT)
