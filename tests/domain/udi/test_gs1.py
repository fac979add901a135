from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.udi import Udi, UdiError
from inventory.domain.udi.ai import check_digit, check_neighbours, gmn_check_pair
from inventory.domain.udi.gs1 import (
    as_udi,
    build,
    element_strings,
    lost_separator,
    read_bare_number,
    read_element_strings,
)

GTIN = "09521234543213"
CARTON = "19521234543210"
CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
NUMBERS = st.text(CSET_82, min_size=1, max_size=20)
GTINS = st.integers(0, 10**13 - 1).map(lambda n: f"{n:013}" + check_digit(f"{n:013}"))
DATES = st.dates(date(1990, 1, 1), date(2060, 12, 31)).map(lambda day: f"{day:%y%m%d}")


def codes(udi):
    return [problem.code for problem in udi.problems]


def test_a_full_label_gives_every_field():
    body = f"01{GTIN}11260131172802003010\x1d10LC-24a/B\x1d21SN_9"
    assert read_element_strings(body, "]d2", 2026) == Udi(
        issuer="gs1",
        gtin=GTIN,
        di=GTIN,
        elements=(
            ("01", GTIN),
            ("11", "260131"),
            ("17", "280200"),
            ("30", "10"),
            ("10", "LC-24a/B"),
            ("21", "SN_9"),
        ),
        lot="LC-24a/B",
        serial="SN_9",
        expires_on=date(2028, 2, 29),
        expires_precision="month",
        expires_printed="280200",
        manufactured_on=date(2026, 1, 31),
        quantity=10,
    )


@given(GTINS, NUMBERS, NUMBERS, DATES, st.permutations(["01", "10", "17", "21"]))
def test_what_was_built_is_read_again_in_any_order(gtin, lot, serial, expiry, order):
    values = {"01": gtin, "10": lot, "17": expiry, "21": serial}
    elements = [(ai, values[ai]) for ai in order]
    assert element_strings(build(elements)) == elements


@pytest.mark.parametrize(
    ("body", "expected"),
    [  # GS1 General Specifications, section 3
        ("00952123454321012341", ("sscc", "952123454321012341")),  # 3.2.1
        ("15280131", ("best_before_on", date(2028, 1, 31))),  # 3.4.5
        ("70032802291530", ("expires_on", date(2028, 2, 29))),  # 3.7
        ("3025", ("quantity", 25)),  # 3.6.1
        ("8017952123454321012341", ("gsrn", "952123454321012341")),  # 3.9
        ("8018952123454321012341", ("gsrn", "952123454321012341")),  # 3.9
    ],
)
def test_an_element_fills_its_field(body, expected):
    udi = read_element_strings(body, "", 2026)
    assert (expected[0], getattr(udi, expected[0])) == expected


@pytest.mark.parametrize(
    ("body", "elements"),
    [
        ("20017160123456", [("20", "01"), ("716", "0123456")]),  # AIC of a medicine
        ("240KT-1\x1d2411A", [("240", "KT-1"), ("241", "1A")]),  # 3.5.1, 3.5.2
        ("4149521234543213254R7", [("414", "9521234543213"), ("254", "R7")]),  # 3.7
        ("8004952123ABC", [("8004", "952123ABC")]),  # GIAI of an instrument
        ("7240PROTO-1", [("7240", "PROTO-1")]),
        ("91OURS", [("91", "OURS")]),
        ("7145601234", [("714", "5601234")]),  # AIM of a medicine, Portugal
        ("13260131\x1d16280131", [("13", "260131"), ("16", "280131")]),  # 3.4.4, 3.4.6
        ("22B2\x1d250S2", [("22", "B2"), ("250", "S2")]),  # 3.4.9, 3.5.3
        ("0309521234543213", [("03", GTIN)]),  # made to order GTIN
        ("8019123", [("8019", "123")]),  # 3.9.11: service relation instance
        ("\x1d10A\x1d\x1d21B\x1d", [("10", "A"), ("21", "B")]),  # leading FNC1 sent as separator
        ("17280131\x1d10A", [("17", "280131"), ("10", "A")]),  # 7.8.6: not needed, but allowed
        ("10LOT(A)/-.", [("10", "LOT(A)/-.")]),  # 7.11: CSET 82
    ],
)
def test_element_strings_are_cut_as_the_standard_says(body, elements):
    assert element_strings(body) == elements


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\x1d",
        "0",
        "99",
        "10",  # nothing follows
        "01095212345432",  # too short
        f"01{GTIN}5\x1d10A",  # a digit too many
        "10ABCDEFGHIJKLMNOPQRSTU",  # 21 characters
        "10A B",  # a blank is not in CSET 82
        "10A\x00B",
        "2420003100",  # seven digits where six are allowed, then no separator
        "0295212",
        "05123",  # no such identifier
        "10caffè",
    ],
)
def test_a_text_that_cannot_be_cut_to_its_end_is_refused(body):
    with pytest.raises(UdiError):
        element_strings(body)


@pytest.mark.parametrize(
    "elements",
    [  # General Specifications, 3.4 and 3.7: day 00 only where no time of day may follow
        [("17", "281331")],
        [("17", "270229")],
        [("11", "260001")],
        [("13", "260230")],
        [("16", "260431")],
        [("7003", "2802001530")],
        [("7003", "2802292400")],
        [("7003", "2802291560")],
        [("7007", "280200")],
        [("7007", "280229280230")],  # the second of two
        [("7011", "280200")],
        [("4326", "280200")],
        [("4324", "2802292460")],
        [("8008", "28022924")],
    ],
)
def test_a_date_that_does_not_exist_is_refused(elements):
    with pytest.raises(UdiError, match="is no date"):
        as_udi(elements, 2026)


@pytest.mark.parametrize(
    ("ai", "value"),
    [
        ("7003", "2802292359"),
        ("7007", "280229280301"),
        ("7011", "2802290000"),
        ("4324", "2802299999"),  # no time of day
        ("8008", "28022923"),
        ("11", "260200"),
    ],
)
def test_a_date_that_exists_is_taken(ai, value):
    assert as_udi([(ai, value)], 2026).element(ai) == value


@pytest.mark.parametrize(
    ("ai", "value"),
    [
        ("00", "952123454321012342"),
        ("01", "09521234543214"),
        ("414", "9521234543214"),
        ("8003", "09521234543214X"),
        ("8013", "1987654Ad4X4bL5ttr2310cK2"),
        ("8014", "1987654Ad4X4bL5ttr2310cK2"),
        ("8017", "952123454321012342"),
        ("8018", "952123454321012342"),
    ],
)
def test_a_wrong_check_digit_is_refused_but_its_fields_are_kept(ai, value):
    udi = as_udi([(ai, value), ("10", "LC-24A")], 2026)
    assert (codes(udi), udi.blocked) == (["check-digit-wrong"], True)
    assert (udi.lot, udi.element(ai)) == ("LC-24A", value)


def test_a_wrong_check_digit_says_what_was_expected_and_what_to_do():
    (problem,) = as_udi([("01", "09521234543214")], 2026).problems
    assert str(problem.message) == (
        "The number 09521234543214 was misread or is misprinted: it ends in 4, and must end in 3. "
        "Compare it with the print on the label and scan again."
    )


@pytest.mark.parametrize("number", [GTIN, CARTON, "51022222233336", "952123454321012341"])
def test_the_check_digit_of_a_number_is_its_last(number):
    assert check_digit(number[:-1]) == number[-1]  # 7.9.1


def test_the_check_pair_of_a_model_number_is_computed():
    assert gmn_check_pair("1987654Ad4X4bL5ttr2310c") == "2K"  # 7.9.5, the worked example
    for ai in ("8013", "8014"):  # basic UDI-DI, master UDI-DI
        assert as_udi([(ai, "1987654Ad4X4bL5ttr2310c2K")], 2026).problems == ()


@pytest.mark.parametrize(
    "elements",
    [  # General Specifications, 4: data relationships
        [("01", GTIN), ("01", CARTON)],
        [("01", GTIN), ("02", CARTON), ("37", "5"), ("00", "952123454321012341")],
        [("01", GTIN), ("37", "5")],
        [("01", GTIN), ("03", CARTON)],
        [("01", GTIN), ("255", "9521234543213")],
        [("02", GTIN), ("03", CARTON), ("37", "5"), ("00", "952123454321012341")],
        [("37", "5"), ("00", "952123454321012341")],
        [("02", GTIN)],
        [("21", "A"), ("235", "B")],
        [("01", GTIN), ("250", "A")],
        [("8019", "1")],
        [("8017", "952123454321012341"), ("8018", "952123454321012341")],
        [("8020", "A")],
    ],
)
def test_elements_that_never_stand_together_are_refused(elements):
    with pytest.raises(UdiError):
        check_neighbours(elements)


@pytest.mark.parametrize(
    "elements",
    [
        [("10", "A")],
        [("01", GTIN), ("01", GTIN)],
        [("21", "A")],
        [("02", GTIN), ("37", "5")],  # the number of the carton stands in another barcode
    ],
)
def test_half_a_label_is_no_contradiction(elements):
    check_neighbours(elements)


@pytest.mark.parametrize(
    ("ai", "value"), [("10", "LC-24A17280200"), ("10", "LC-24A21SN0001"), ("21", "SN000117280131")]
)
def test_a_swallowed_field_is_noticed(ai, value):
    assert [p.code for p in lost_separator([(ai, value)], 2026)] == ["separator-lost"]


@pytest.mark.parametrize(
    "value", ["LC-24A", "2817240031", "21040031", "310021KT", "17280131", "A17991399"]
)
def test_an_ordinary_lot_is_not_suspected(value):
    assert lost_separator([("10", value)], 2026) == []


def test_a_lot_before_a_separator_is_not_suspected():
    assert codes(read_element_strings("10LC-24A17280200\x1d21S1", "]d2", 2026)) == []


@pytest.mark.parametrize("symbology", ["]C0", "]d1", "]Q1"])
def test_gs1_data_in_a_plain_symbol_are_read_with_a_warning(symbology):
    udi = read_element_strings("10LC-24A", symbology, 2026)
    assert (udi.lot, codes(udi), udi.blocked) == ("LC-24A", ["not-marked-gs1"], False)


@pytest.mark.parametrize(
    ("symbology", "body", "gtin"),
    [  # 2.1: EAN-13, UPC-A, EAN-8, ITF-14
        ("", "9521234543213", GTIN),
        ("]E0", "9521234543213", GTIN),
        ("]I1", CARTON, CARTON),
        ("", "036000291452", "00036000291452"),
        ("]E4", "95212340", "00000095212340"),
    ],
)
def test_a_bare_number_becomes_a_gtin_of_14_digits(symbology, body, gtin):
    udi = read_bare_number(body, symbology)
    assert (udi.gtin, udi.elements, udi.blocked) == (gtin, (("01", gtin),), False)


@pytest.mark.parametrize(
    ("symbology", "body"),
    [
        ("]E0", "2112345678900"),  # 1.4: in-store numbers
        ("]E0", "0212345678905"),
        ("]E4", "20123451"),
        ("]E0", "95212345432133"),
        ("]E4", "9521234"),
        ("]I1", "9521234543213"),
        ("]E0", ""),
        ("]E0", "952123454321X"),
    ],
)
def test_a_number_of_a_shop_or_of_wrong_length_is_refused(symbology, body):
    with pytest.raises(UdiError):
        read_bare_number(body, symbology)
