"""Any text gives a value or a refusal, and a long one takes no more than its share of work."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.udi import Keyboard, Layout, Udi, Unreadable, read_udi
from inventory.domain.udi.assemble import LONGEST
from tests.domain.udi.building import TODAY, some


@some
@given(
    st.lists(st.text(max_size=60) | st.text("]dC120+$/(=&<GS>^\x1d'A \ud800\x00", max_size=60)),
    st.builds(Keyboard, st.sampled_from(Layout), st.sampled_from(["", "~", "1"])),
)
def test_any_texts_give_a_value_or_a_refusal_that_says_why(label, keyboard):
    scan = read_udi(label, TODAY, keyboard=keyboard)
    assert isinstance(scan, Udi) or scan.problems


def calls_to_read(text):
    """How many functions, of Python and of C, are called to read a text."""
    calls = 0

    def count(frame, event, arg):
        nonlocal calls
        calls += event in ("call", "c_call")

    read_udi([text], TODAY)  # so that what is remembered between scans is remembered
    sys.setprofile(count)
    try:
        read_udi([text], TODAY)
    finally:
        sys.setprofile(None)
    return calls


PIECES = ["10A\x1d", "(10)A", "(99)A", "00", "7259%AA", "$", "/", "=>028060", "=,", "+",
          "+A999KT0031", "<GS>", "'", "ò", "\\(", "&10=A", "/10/A", "\x1d", "21"]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("start", ["", "(10)", "https://a/01/", "+A999", "=", "]d2", "+d2"])
def test_a_text_twice_as_long_takes_no_more_than_twice_the_work(start, piece):
    half, whole = (
        calls_to_read((start + piece * LONGEST)[:length]) for length in (LONGEST // 2, LONGEST)
    )
    assert whole <= 2.2 * half + 200
    assert whole <= 6 * LONGEST


@pytest.mark.parametrize("piece", PIECES)
def test_ten_thousand_letters_are_refused_before_anything_reads_them(piece):
    text = (piece * 10_000)[:10_000]
    assert isinstance(read_udi([text], TODAY), Unreadable)
    assert calls_to_read(text) < 50
