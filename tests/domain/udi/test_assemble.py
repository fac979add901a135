from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.domain.udi import Keyboard, Layout, Udi, Unreadable, read_udi
from inventory.domain.udi.hibc import build
from inventory.domain.udi.wedge import ITALIAN_KEYS, US_KEYS

TODAY = date(2026, 8, 1)
GTIN = "09521234543213"
OTHER_GTIN = "51022222233336"
DAMAGE = str.maketrans(US_KEYS, ITALIAN_KEYS)


def codes(scan):
    return [problem.code for problem in scan.problems]


def without_order(udi):
    """A value as it is whatever the order of its barcodes."""
    return replace(
        udi,
        raw=tuple(sorted(udi.raw)),
        repaired=tuple(sorted(udi.repaired)),
        symbology=" ".join(sorted(udi.symbology.split(" "))),
        elements=tuple(sorted(udi.elements)),
    )


def test_one_barcode_is_kept_as_scanned_and_as_repaired():
    raw = f"]d201{GTIN}10LC-24A<GS>17280131\r"
    assert read_udi([raw], TODAY) == Udi(
        issuer="gs1",
        raw=(raw,),
        repaired=(f"]d201{GTIN}10LC-24A\x1d17280131",),
        symbology="]d2",
        gtin=GTIN,
        di=GTIN,
        elements=(("01", GTIN), ("10", "LC-24A"), ("17", "280131")),
        lot="LC-24A",
        expires_on=date(2028, 1, 31),
        expires_printed="280131",
    )


LABELS = [
    [f"01{GTIN}", "1728020010LC-24A"],
    [f"]C101{GTIN}", "]C11728020010LC-24A", "]C121SN0001"],
    ["9521234543213", "10LC-24A"],
    [build("+A999KT0031"), build("+$$3280229LC03", link="2")],
    [build("+A999KT0031"), build("+$LC03", link="2"), build("+$$3280229LC03", link="2")],
    [build("+A999KT0031"), build("+$$0228LC03", link="2"), build("+$$3280229LC03", link="2")],
    [f"01{GTIN}", build("+A999KT0031/$$3280229LC03")],
    ["=/A9998KTR100T0101", "=,000031", "=A99982612345600", "=>028060"],
]


@pytest.mark.parametrize("label", LABELS)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_barcodes_of_a_label_may_come_in_any_order(label, data):
    udi = read_udi(label, TODAY)
    shuffled = read_udi(data.draw(st.permutations(label)), TODAY)
    assert isinstance(udi, Udi)
    assert isinstance(shuffled, Udi)
    assert without_order(shuffled) == without_order(udi)
    assert udi.has_item
    assert udi.has_lot


@pytest.mark.parametrize("label", LABELS)
def test_a_poorer_barcode_never_blanks_a_richer_one(label):
    whole = read_udi(label, TODAY)
    assert read_udi([*label, label[0], label[0] + "\r"], TODAY).lot == whole.lot
    assert read_udi([label[0], *label], TODAY) == whole


def test_the_day_of_an_expiry_beats_its_month():
    udi = read_udi(LABELS[5], TODAY)
    assert (udi.expires_on, udi.expires_precision) == (date(2028, 2, 29), "day")


@pytest.mark.parametrize(("ai", "name"), [("11", "manufactured"), ("15", "best_before")])
@pytest.mark.parametrize(
    ("digits", "told"),
    [("260200", (date(2026, 2, 28), "month")), ("260228", (date(2026, 2, 28), "day"))],
)
def test_a_date_says_whether_it_tells_the_day(ai, name, digits, told):
    udi = read_udi([f"01{GTIN}{ai}{digits}"], TODAY)
    assert (getattr(udi, f"{name}_on"), getattr(udi, f"{name}_precision")) == told


def test_the_day_of_manufacture_beats_its_month():
    month, day = f"01{GTIN}11260200", build("+A999KT0031/$LC03/16D20260214")
    for label in ([month, day], [day, month]):
        udi = read_udi(label, TODAY)
        assert (udi.manufactured_on, udi.manufactured_precision) == (date(2026, 2, 14), "day")
    assert isinstance(read_udi([f"01{GTIN}11260300", day], TODAY), Unreadable)
    assert isinstance(read_udi([f"01{GTIN}11260215", day], TODAY), Unreadable)


def test_a_label_with_two_issuers_keeps_both_item_numbers():
    udi = read_udi(LABELS[6], TODAY)
    assert (udi.issuer, udi.di, udi.other_di) == ("gs1", GTIN, (("hibcc", "A999KT0031"),))
    assert (udi.lot, udi.expires_on) == ("LC03", date(2028, 2, 29))


def test_half_a_label_says_what_is_missing():
    udi = read_udi(["1728020010LC-24A"], TODAY)
    assert (udi.has_item, udi.has_lot) == (False, True)


@pytest.mark.parametrize(
    "label",
    [
        [f"01{GTIN}", f"01{OTHER_GTIN}"],
        ["10LC-24A", "10LC-24B"],
        ["17280131", "17280200"],
        [build("+A999KT0031"), build("+A999KT0032")],
        [build("+A999KT0031"), build("+$LC03", link="8")],
        [build("+A999KT0031/$LC03"), "10LC-24A"],
        [build("+$$0128LC03", link="2"), build("+$$3280229LC03", link="2")],
        [f"01{GTIN}", f"02{GTIN}"],
    ],
)
def test_barcodes_of_two_labels_are_refused(label):
    assert codes(read_udi(label, TODAY)) == ["unreadable"]


def test_a_barcode_that_cannot_be_read_beside_one_that_can_is_told():
    udi = read_udi([f"01{GTIN}", "SUPPLIER-4711"], TODAY)
    assert (udi.gtin, codes(udi), udi.blocked) == (GTIN, ["barcode-ignored"], False)


def test_typed_text_is_marked_as_typed():
    udi = read_udi([f"(01){GTIN}(10)LC-24A"], TODAY)
    assert (udi.typed, udi.lot) == (True, "LC-24A")


def test_eight_digits_behind_a_gs1_identifier_are_elements():
    assert read_udi(["]d224200031"], TODAY).elements == (("242", "00031"),)


def test_a_digital_link_in_mixed_case_is_plain_text():
    assert isinstance(read_udi([f"]Q1HtTps://id.gs1.org/01/{GTIN}"], TODAY), Unreadable)


@pytest.mark.parametrize(
    "symbology", ["]d2", "]C1", "]Q3", "]e0", "]J1", "]d1", "]Q1", "]C0", "]X"]
)
def test_an_empty_symbol_is_unreadable(symbology):
    assert codes(read_udi([symbology], TODAY)) == ["unreadable"]


@pytest.mark.parametrize(
    "sent", [f"]d201{GTIN}10LC-24/A", f"]C101{GTIN}", build("+A999KT0031/$$3280229LC03")]
)
def test_a_garbled_barcode_is_repaired_where_its_check_proves_it(sent):
    sound = read_udi([sent], TODAY)
    garbled = sent.translate(DAMAGE)
    guessed = read_udi([garbled], TODAY)
    assert codes(guessed) == ["keyboard-layout"]
    assert replace(guessed, raw=sound.raw, problems=()) == sound
    told = read_udi([garbled], TODAY, keyboard=Keyboard(Layout.ITALIAN))
    assert replace(told, raw=sound.raw) == sound


@pytest.mark.parametrize("sent", ["]d210LC-24A", "=/A9998KTR100T0101", "+A999KT00318"])
def test_a_garbled_barcode_that_nothing_proves_is_not_guessed(sent):
    scan = read_udi([sent.translate(DAMAGE)], TODAY)
    assert isinstance(scan, Unreadable)
    assert codes(scan) == ["unreadable", "keyboard-layout"]


def test_an_apostrophe_in_a_lot_makes_the_keyboard_suspect():
    udi = read_udi([f"01{GTIN}10LC'24A"], TODAY)
    assert (udi.lot, codes(udi), udi.blocked) == ("LC'24A", ["keyboard-layout"], False)


def test_of_a_wristband_with_a_name_neither_name_nor_text_is_kept():
    udi = read_udi(["8018952123454321012341\x1d7253ROSSI\x1d7254MARIA"], TODAY)
    assert udi == Udi(
        issuer="gs1",
        gsrn="952123454321012341",
        elements=(("8018", "952123454321012341"),),
    )


def test_a_text_that_is_no_barcode_is_not_kept():
    scan = read_udi(["Rossi Maria 1961"], TODAY)
    assert isinstance(scan, Unreadable)
    assert (scan.length, codes(scan), "Rossi" in repr(scan)) == (16, ["unreadable"], False)


@pytest.mark.parametrize(
    "label", [[], [""], ["\r\n"], ["1" * 4097], ["1" * 10_000_000], ["10A"] * 13]
)
def test_nothing_too_much_and_too_long_are_unreadable(label):
    assert codes(read_udi(label, TODAY)) == ["unreadable"]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.text(max_size=40) | st.text("]dC120+$/(=&<GS>^\x1d'A \ud800", max_size=40), max_size=3
    )
)
def test_any_texts_give_a_value_and_never_an_exception(label):
    for layout in Layout:
        assert isinstance(read_udi(label, TODAY, keyboard=Keyboard(layout)), Udi | Unreadable)


@pytest.mark.parametrize(
    "piece",
    [
        "10A\x1d",
        "(99)A",
        " ",
        "(",
        "00",
        "95",
        "7259%AA%BB",
        "$",
        "/",
        "=>028060",
        "+",
        "+A999KT0031",
        "<GS>",
        "1",
    ],
)
@pytest.mark.parametrize("start", ["", "(10)", "https://a/01/", "+A999", "=", "]d27259"])
def test_a_long_text_of_one_piece_over_and_over_is_read_or_refused(start, piece):
    text = (start + piece * 4096)[:4096]
    assert isinstance(read_udi([text], TODAY), Udi | Unreadable)
