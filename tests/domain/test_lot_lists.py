"""Lists of lots as they come: out of a PDF, a word processor, a spreadsheet, a letter."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inventory.domain.lot_lists import (
    alike_but_not_asked,
    apart,
    is_several,
    resembling,
    split_lots,
)

GS1_LOT = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""Characters of a lot: GS1 General Specifications, 7.11, table 7.11-1."""


@pytest.mark.parametrize(
    ("pasted", "lots"),
    [
        ("A17\nA18", ["A17", "A18"]),
        ("A17\r\nA18\r\n", ["A17", "A18"]),
        ("A17; A18,\tA19", ["A17", "A18", "A19"]),
        ("\ufeffA17\u00a0\n\u200bA18\u200b", ["A17", "A18"]),
        ("• A17\n- A18\n– A19", ["A17", "A18", "A19"]),
        ('“A17”\n«A18»\n"A19"', ["A17", "A18", "A19"]),
        ("LC26\u20110914\nLC26\u20130915", ["LC26-0914", "LC26-0915"]),
        ("LC\u00ad26-0914", ["LC26-0914"]),
        ("Ａ１７", ["A17"]),
        ("A17\nA17 \n\n , ;", ["A17"]),
        ("-17", ["-17"]),
        ("a17\nA17", ["a17", "A17"]),
        ("", []),
    ],
)
def test_a_pasted_list_gives_its_lots_as_printed(pasted, lots):
    assert split_lots(pasted) == lots


@pytest.mark.parametrize("lot", ["A;17", "A,17", '"A17"', "- 17", "A17 ", "“A17”", "A\u201117"])
def test_a_lot_that_came_in_is_never_taken_apart_or_mended(lot):
    assert split_lots(f"B2\n{lot}\nC3", {lot}) == ["B2", lot, "C3"]


def test_a_lot_with_a_comma_is_found_among_others_on_a_line():
    assert set(split_lots("B2, A,17; C3", {"A,17"})) == {"B2", "A,17", "C3"}


@given(st.lists(st.text(GS1_LOT, min_size=1, max_size=20), min_size=1, unique=True))
def test_every_lot_that_came_in_is_read_back_from_a_list_of_them(lots):
    assert set(split_lots("\n".join(lots), set(lots))) == set(lots)


@given(st.text(), st.lists(st.text(max_size=8), max_size=5))
@example("\u00af", [])  # composed, a blank and a mark
def test_any_paste_gives_a_list_and_no_empty_lot(text, known):
    lots = split_lots(text, known)
    assert all(lot and (lot in known or lot == lot.strip()) for lot in lots)
    alike_but_not_asked(set(lots), known)
    assert all(isinstance(apart(lot), list) for lot in lots)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("A17", "a17"),
        ("A17", "A-17"),
        ("A17", "A 17"),
        ("A17", "A17 "),
        ("17", "0017"),
        ("A0I7", "AO17"),
        ("AL7", "A17"),
        ("Lot A17", "A17"),
        ("Lotto: A17 scad. 2027-05", "A17"),
        ("(A17)", "A17"),
        ("A16 A17 A18", "A17"),
        ("A08-A20", "A17"),
        ("A08 - A20", "A17"),
        ("A08 to A20", "A17"),
        ("da A08 a A20", "A17"),
        ("A08...A20", "A17"),
        ("A0008-0020", "A0017"),
        ("a08–a20", "A17"),
    ],
)
def test_a_lot_here_that_may_be_meant_is_shown(asked, known):
    (lot,) = split_lots(asked)
    assert resembling([lot], [known, "Z99"]) == {lot: [known]}


@pytest.mark.parametrize(
    ("asked", "known"),
    [("A17", "A170"), ("A17", "B17"), ("A08 to A16", "A17"), ("LC26-0914", "LC26")],
)
def test_another_lot_is_not_shown(asked, known):
    assert resembling([asked], [known]) == {}


def test_a_lot_that_is_asked_for_itself_is_not_shown_as_left_out():
    assert alike_but_not_asked({"Lot A17", "A17"}, ["A17", "a17"]) == {
        "A17": ["a17"],
        "Lot A17": ["a17"],
    }


def test_a_range_is_written_out_with_its_zeros():
    assert apart("A098 to A101") == ["A098", "A099", "A100", "A101"]


def test_a_range_of_thousands_is_not_written_out():
    assert is_several("A0001 to A9999")
    assert apart("A0001 to A9999") == []
    assert resembling(["A0001 to A9999"], ["A0500"]) == {"A0001 to A9999": ["A0500"]}
