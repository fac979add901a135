import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.domain.codes import ALPHABET, KINDS, new_code
from inventory.domain.problem import Problem
from inventory.domain.scan import (
    PLAIN,
    BadgeScan,
    PatientScan,
    PlaceScan,
    SessionScan,
    UdiScan,
    UnitScan,
    read,
)
from inventory.domain.udi import Keyboard, Layout, Unreadable

TODAY = date(2026, 8, 1)
GTIN = "09521234543213"
UNIT, SESSION, PLACE, PATIENT, BADGE = (
    new_code(kind, random.Random(2026)) for kind in ("KT", "PS", "PL", "PT", "SB")
)


def codes(scan):
    return [problem.code for problem in scan.problems]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (UNIT, UnitScan(UNIT)),
        (SESSION, SessionScan(SESSION)),
        (PLACE, PlaceScan(PLACE)),
        (PATIENT, PatientScan(code=PATIENT)),
        (BADGE, BadgeScan(code=BADGE)),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "]C0{}", "]d1{}\r\n", "{}\t"])
def test_our_own_label_is_told_by_its_first_letters(code, expected, frame):
    assert read([frame.format(code)], TODAY) == expected
    assert read([frame.format(code.lower())], TODAY) == expected


@pytest.mark.parametrize("layout", list(Layout))
def test_our_own_label_survives_every_keyboard_layout(layout):
    assert read([UNIT], TODAY, keyboard=Keyboard(layout)) == UnitScan(UNIT)


@given(st.integers(2, 10), st.sampled_from(ALPHABET))
def test_one_wrong_character_on_our_own_label_is_noticed(position, letter):
    wrong = UNIT[:position] + letter + UNIT[position + 1 :]
    scan = read([wrong], TODAY)
    if wrong == UNIT:
        assert scan == UnitScan(UNIT)
        return
    assert isinstance(scan, Unreadable)
    assert codes(scan) == ["unreadable"]
    assert "one of our labels" in str(scan.problems[0].message)


def test_a_letter_that_our_labels_never_hold_is_a_wrong_character():
    scan = read(["KT" + "O" * 9], TODAY)
    assert "one of our labels" in str(scan.problems[0].message)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"KT", "PS", "PL", "PT", "SB", "MT"}))
def test_a_code_of_ours_that_nobody_scans_is_unreadable(kind):
    scan = read([new_code(kind, random.Random(1))], TODAY)
    assert (codes(scan), kind in str(scan.problems[0].message)) == (["unreadable"], True)


def test_the_label_of_a_lot_that_cannot_say_its_lot_tells_how_to_go_on():
    scan = read([new_code("MT", random.Random(1))], TODAY)
    assert codes(scan) == ["unreadable"]
    assert "choose the item and type the lot" in str(scan.problems[0].message)


@pytest.mark.parametrize(
    "barcodes",
    [
        [UNIT, f"]d201{GTIN}10LC-24A"],
        [f"]d201{GTIN}10LC-24A", UNIT],
        [f"01{GTIN}", UNIT, "10LC-24A"],
        [UNIT, f"01{GTIN}10LC-24A", "rubbish", UNIT.lower(), "8018952123454321012341"],
    ],
)
def test_our_own_label_decides_and_what_the_maker_s_barcodes_say_is_read_as_well(barcodes):
    scan = read(barcodes, TODAY)
    assert (type(scan), scan.code) == (UnitScan, UNIT)
    assert [(udi.gtin, udi.lot) for udi in scan.pack] == [(GTIN, "LC-24A")]


def test_barcodes_of_two_packs_beside_our_label_are_each_read():
    scan = read([f"01{GTIN}10A", UNIT, f"01{GTIN}10B"], TODAY)
    assert [udi.lot for udi in scan.pack] == ["A", "B"]


@pytest.mark.parametrize(
    "beside",
    [
        "rubbish",
        "Rossi Maria",
        "8018952123454321012341",
        f"01{GTIN}10A\x1d7253ROSSI",
        "x" * 5000,
    ],
)
def test_beside_our_label_nothing_is_kept_of_a_person_or_of_what_cannot_be_read(beside):
    assert read([UNIT, beside], TODAY) == UnitScan(UNIT)


@pytest.mark.parametrize("code", [SESSION, PLACE, PATIENT, BADGE])
def test_beside_our_other_labels_nothing_else_is_read(code):
    assert read([f"01{GTIN}10A", code], TODAY) == read([code], TODAY)


@pytest.mark.parametrize(
    ("label", "fault"),
    [
        (["RSSMRA80A01H501U"], "foreign"),
        (["https://example.com/menu"], "foreign"),
        (["2012345678900"], "foreign"),
        (["12345"], "foreign"),
        (["1799999910A"], "damaged"),
        ([f"01{GTIN}17"], "damaged"),
        (["RSSMRA80A01H501U", f"01{GTIN}17"], "damaged"),
        (["+d2010952123454321"], "garbled"),
        (["Nicolò"], "garbled"),
        ([f"01{GTIN}10A", f"01{GTIN}10B"], "several"),
        ([], "empty"),
        (["x" * 5000], "several"),
    ],
)
def test_what_cannot_be_read_is_told_without_the_words_of_a_standard(label, fault):
    scan = read(label, TODAY)
    assert isinstance(scan, Unreadable)
    assert (scan.fault, scan.problems[0]) == (fault, Problem("unreadable", PLAIN[fault]))


def test_two_of_our_own_labels_at_once_are_unreadable():
    assert codes(read([UNIT, SESSION], TODAY)) == ["unreadable"]


def test_the_same_label_twice_is_one():
    assert read([UNIT, UNIT.lower() + "\r"], TODAY) == UnitScan(UNIT)


def test_the_label_of_a_device_is_read_with_its_warnings():
    scan = read([f"]d101{GTIN}10LC-24A"], TODAY)
    assert isinstance(scan, UdiScan)
    assert (scan.udi.gtin, scan.udi.lot, codes(scan.udi)) == (GTIN, "LC-24A", ["not-marked-gs1"])


def test_a_device_with_a_wrong_check_digit_stays_a_device():
    scan = read(["0109521234543214"], TODAY)
    assert isinstance(scan, UdiScan)
    assert codes(scan.udi) == ["check-digit-wrong"]


def test_a_wristband_gives_its_number_and_nothing_else():
    # GS1 General Specifications, 3.9: the recipient, and what AI 7241 to 7259 tell of a patient
    text = "]d28018952123454321012341\x1d80191\x1d725019610412\x1d7253ROSSI\x1d7254MARIA"
    assert read([text], TODAY) == PatientScan(gsrn="952123454321012341")


def test_a_badge_gives_the_number_of_the_provider():
    assert read(["]C18017952123454321012341"], TODAY) == BadgeScan("952123454321012341")


@pytest.mark.parametrize(
    "text",
    ["8018952123454321012342", "]d2725019610412", "7253ROSSI", "Rossi Maria", "]d27250196104127"],
)
def test_of_a_person_whose_number_cannot_be_read_nothing_is_kept(text):
    scan = read([text], TODAY)
    assert isinstance(scan, Unreadable)
    assert codes(scan) == ["unreadable"]
    assert scan.length == len(text)
    assert not any(part in repr(scan) for part in ("95212345", "19610412", "ROSSI", "Rossi"))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=20) | st.text("KTPSkt0123456789]C", max_size=14), max_size=3))
def test_any_texts_give_a_value_and_never_an_exception(label):
    assert read(label, TODAY) is not None
