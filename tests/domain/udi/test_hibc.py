from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.udi import Udi, UdiError
from inventory.domain.udi.hibc import ALPHABET, build, linked, mod43, read_hibc

ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DI = "A999KT0031"
LOTS = st.text(ALNUM + "-.", min_size=1, max_size=18)


def codes(udi):
    return [problem.code for problem in udi.problems]


def test_a_primary_gives_the_item():
    assert read_hibc("+A999KT00312", 2026) == Udi(
        issuer="hibcc", di="A999KT0031", elements=(("+", "A999KT0031"), ("check", "2"))
    )


def test_a_concatenated_barcode_gives_every_field():
    body = f"+{DI}/$$8103280229LC-03/16D20260131/SSN_".replace("_", "-9")
    assert read_hibc(build(body), 2026) == Udi(
        issuer="hibcc",
        di=DI,
        elements=(
            ("+", DI),
            ("$$", "8103280229LC-03"),
            ("16D", "20260131"),
            ("S", "SN-9"),
            ("check", mod43(body)),
        ),
        lot="LC-03",
        serial="SN-9",
        expires_on=date(2028, 2, 29),
        expires_printed="280229",
        manufactured_on=date(2026, 1, 31),
        quantity=10,
    )


@given(
    st.from_regex(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]", fullmatch=True, alphabet=ALNUM),
    LOTS,
    LOTS,
    st.dates(date(1990, 1, 1), date(2060, 12, 31)),
)
def test_what_was_built_is_read_again(di, lot, serial, expiry):
    udi = read_hibc(build(f"+{di}/$$3{expiry:%y%m%d}{lot}/S{serial}"), 2026)
    assert (udi.di, udi.lot, udi.serial, udi.expires_on) == (di, lot, serial, expiry)
    assert udi.problems == ()


@pytest.mark.parametrize(
    ("data", "expected"),
    [  # ANSI/HIBC 2.6, 2.2: every form of expiry; number, expiry, precision, printed, quantity
        ("$LC03", ("LC03", None, "day", None, None)),
        ("$$70LC", ("0LC", None, "day", None, None)),
        ("$$0228LC03", ("LC03", date(2028, 2, 29), "month", "0228", None)),
        ("$$1226LC03", ("LC03", date(2026, 12, 31), "month", "1226", None)),
        ("$$2022928LC03", ("LC03", date(2028, 2, 29), "day", "022928", None)),
        ("$$3280229LC03", ("LC03", date(2028, 2, 29), "day", "280229", None)),
        ("$$428022923LC03", ("LC03", date(2028, 2, 29), "day", "28022923", None)),
        ("$$528060LC03", ("LC03", date(2028, 2, 29), "day", "28060", None)),
        ("$$62806007LC03", ("LC03", date(2028, 2, 29), "day", "2806007", None)),
        ("28060LC03", ("LC03", date(2028, 2, 29), "day", "28060", None)),
        ("28060", (None, date(2028, 2, 29), "day", "28060", None)),
        ("$$810", (None, None, "day", None, 10)),
        ("$$8107LC03", ("LC03", None, "day", None, 10)),
        ("$$810LC03", ("LC03", None, "day", None, 10)),
        ("$$900010LC03", ("LC03", None, "day", None, 10)),
        ("$$810-03", ("-03", None, "day", None, 10)),
        ("$$8108LC03", ("8LC03", None, "day", None, 10)),
        ("$$8109LC03", ("9LC03", None, "day", None, 10)),
        ("$$8100228LC03", ("LC03", date(2028, 2, 29), "month", "0228", 10)),
        ("$$9001003280229LC03", ("LC03", date(2028, 2, 29), "day", "280229", 100)),
        ("$LC03/14D20280229", ("LC03", date(2028, 2, 29), "day", "20280229", None)),
        ("$/Q25", (None, None, "day", None, 25)),
        ("$LC03/$$+3280229SN1", ("LC03", date(2028, 2, 29), "day", "280229", None)),
        ("$00031LC16K16", ("00031LC16K16", None, "day", None, None)),  # a suffix stays in the lot
    ],
)
def test_every_form_of_production_data_is_read(data, expected):
    for text in (build(f"+{DI}/{data}"), build(f"+{data}", link="7")):
        udi = read_hibc(text, 2026)
        assert expected == (
            udi.lot,
            udi.expires_on,
            udi.expires_precision,
            udi.expires_printed,
            udi.quantity,
        )


@pytest.mark.parametrize(
    ("data", "year"), [("$$3760229LC", 2076), ("$$3770228LC", 1977), ("$$1299LC", 1999)]
)
def test_the_century_of_an_hibc_date_is_that_of_gs1(data, year):
    # ANSI/HIBC 2.6 leaves the century open; GS1 General Specifications, 7.12 is applied
    assert read_hibc(build(f"+{DI}/{data}"), 2026).expires_on.year == year


@pytest.mark.parametrize(
    "data", ["$+SN0003", "$$+3280229SN0003", "$$+7SN0003", "$$+0228SN0003", "$$+810SN0003"]
)
def test_a_plus_behind_the_flag_means_a_serial_number(data):
    udi = read_hibc(build(f"+{DI}/{data}"), 2026)
    assert (udi.lot, udi.serial) == (None, "SN0003")


@pytest.mark.parametrize("check", list(ALPHABET))
def test_every_character_may_be_the_check_character(check):
    wanted = next(a + b for a in ALNUM for b in ALNUM if mod43(f"+{DI}/$LC{a}{b}") == check)
    udi = read_hibc(f"+{DI}/$LC{wanted}{check}", 2026)
    assert (udi.lot, udi.problems) == (f"LC{wanted}", ())


@pytest.mark.parametrize("link", list(ALPHABET))
def test_every_character_may_be_the_link_character(link):
    udi = read_hibc(build("+$$3280229LC03", link=link), 2026)
    assert (udi.lot, udi.element("link"), udi.problems) == ("LC03", link, ())


def test_the_frame_of_the_printed_text_is_taken_off():
    assert read_hibc("*+A999KT00312*", 2026).di == "A999KT0031"


def test_a_wrong_check_character_is_refused_but_its_fields_are_kept():
    udi = read_hibc(f"+{DI}/$$3280229LC03B", 2026)
    assert (udi.di, udi.lot, codes(udi), udi.blocked) == (DI, "LC03", ["check-digit-wrong"], True)


def test_a_blank_that_was_trimmed_from_the_end_is_suspected():
    whole = "+A999KT0031/$$3280229LC03/S0003 "
    assert codes(read_hibc(whole, 2026)) == []
    assert codes(read_hibc(whole.rstrip(), 2026)) == ["check-digit-wrong", "blank-lost"]


def ending_in_a_blank(form, link=""):
    """A barcode of this form, its number so that the check character is a blank."""
    bodies = (form.format(a + b) + link for a in ALNUM for b in ALNUM)
    return next(body for body in bodies if mod43(body) == " ") + " "


@pytest.mark.parametrize(
    "whole",
    [
        ending_in_a_blank("+A999{}1"),
        ending_in_a_blank(f"+{DI}/$LC{{}}"),
        ending_in_a_blank(f"+{DI}/$LC{{}}/$$3280229"),  # cut, the date would be none
        ending_in_a_blank(f"+{DI}/$$3280229LC03/S{{}}"),
    ],
)
def test_a_blank_that_was_trimmed_leaves_the_fields_whole_and_stops(whole):
    intact, trimmed = read_hibc(whole, 2026), read_hibc(whole.rstrip(), 2026)
    assert codes(intact) == []
    assert codes(trimmed) == ["check-digit-wrong", "blank-lost"]
    assert trimmed.blocked
    assert replace(trimmed, problems=()) == intact


@pytest.mark.parametrize("form", ["+$LC{}", "+$LC{}2", "+$$3280229{}"])
def test_a_secondary_without_its_blank_is_refused_beside_its_primary(form):
    trimmed = ending_in_a_blank(form, "2").rstrip()
    assert codes(read_hibc(trimmed, 2026)) == ["check-digit-wrong", "blank-lost"]
    with pytest.raises(UdiError, match="check character of this barcode did not arrive"):
        linked([read_hibc("+A999KT00312", 2026), read_hibc(trimmed, 2026)])
    with pytest.raises(UdiError, match="check character of this barcode did not arrive"):
        read_hibc("+A999KT00312" + trimmed, 2026)


def test_a_wrong_check_character_of_a_secondary_is_no_part_of_its_lot():
    text = ending_in_a_blank("+$$0228{}28").rstrip()  # by chance a blank would be right behind it
    assert read_hibc(text, 2026).lot == text[len("+$$0228") : -2]


def test_a_secondary_without_its_blank_is_of_no_label_whose_check_its_lot_happens_to_end_in():
    other = "+A999KT0031"  # its check character is 2; the barcode was linked to a 7
    trimmed = next(t for a in ALNUM for b in ALNUM if mod43(t := f"+$LC{a}{b}27") == " ")
    with pytest.raises(UdiError, match="check character of this barcode did not arrive"):
        linked([read_hibc(other + "2", 2026), read_hibc(trimmed, 2026)])


def test_a_secondary_that_leaves_its_link_out_has_lost_no_blank():
    for lot in (f"LC{a}{b}" for a in ALNUM for b in ALNUM):
        text = f"+${lot}2" + mod43(f"+${lot}")
        if mod43(text) == " ":
            break
    udi = linked([read_hibc("+A999KT00312", 2026), read_hibc(text, 2026)])[1]
    assert (udi.lot, codes(udi)) == (lot, ["check-without-link"])


@pytest.mark.parametrize(
    "whole",
    [
        "+A999KT0031/$$3280229LC03/S0003 ",
        ending_in_a_blank("+A999{}1"),
        build("+$$3280229LC03", link=" "),
        ending_in_a_blank("+$LC{}", " "),
    ],
)
def test_a_blank_printed_as_a_line_between_asterisks_is_a_blank(whole):
    printed = whole.replace(" ", "_")
    assert read_hibc(f"*{printed}*", 2026) == read_hibc(whole, 2026)
    with pytest.raises(UdiError):
        read_hibc(printed, 2026)


def test_a_line_within_the_printed_text_is_no_blank():
    with pytest.raises(UdiError):
        read_hibc(f"*{build(f'+{DI}/$LC 03').replace(' ', '_')}*", 2026)


@pytest.mark.parametrize(
    "body",
    [  # ANSI/HIBC 2.6, 2.1 to 2.3
        "+",
        "+%A999123",
        "+A999",
        "+A9991",  # no item number
        "+A999123A",  # unit of measure is no digit
        "+a99912345",
        "+A99912*45",
        "+A99912#45",
        f"+{DI}/$LC0123456789ABCDEFG",  # lot of 19
        f"+{DI}/$+",
        f"+{DI}/$",
        f"+{DI}/$$7",
        f"+{DI}/$$",
        f"+{DI}/2806",  # truncated
        f"+{DI}/$$3281301",
        f"+{DI}/$$2130128LC",
        f"+{DI}/$$528367LC",
        f"+{DI}/$$428022924LC",  # hour 24
        f"+{DI}/$$5ABCDELC",
        f"+{DI}/$$81",
        f"+{DI}/$$8103",
        *(f"+{DI}/$$810{form}LC03" for form in "0123456"),  # a date is begun and none follows
        f"+{DI}/$$810LC0123456789ABCDEFG",  # lot of 19
        f"+{DI}/$$8ALC03",
        f"+{DI}/$$9LC03",
        f"+{DI}/$LC/16D2026131",
        f"+{DI}/$LC/16D20261301",
        f"+{DI}/$LC/17D20261231",
        f"+{DI}/$LC/Q123456",
        f"+{DI}/$LC/",
        f"+{DI}/$LC/$LD",  # two lots
        f"+{DI}/$LC/SA/SB",
    ],
)
def test_what_the_standard_does_not_know_is_refused(body):
    with pytest.raises(UdiError):
        read_hibc(body + mod43(body.upper().replace("*", "").replace("#", "")), 2026)


def test_a_pair_scanned_as_one_string_is_read_as_two():
    udi = read_hibc(build("+A999KT0031") + build("+$$528060LC03", link="2"), 2026)
    assert (udi.di, udi.lot, udi.problems) == ("A999KT0031", "LC03", ())


@pytest.mark.parametrize("check", list("+/-. $%"))
def test_a_pair_is_cut_rightly_whatever_the_check_character_of_the_first(check):
    di = next(f"A999{a}{b}1" for a in ALNUM for b in ALNUM if mod43(f"+A999{a}{b}1") == check)
    udi = read_hibc(build(f"+{di}") + build("+$LC03", link=check), 2026)
    assert (udi.di, udi.lot, udi.problems) == (di, "LC03", ())


def test_a_pair_of_two_labels_is_refused():
    with pytest.raises(UdiError, match="linked to another item"):
        read_hibc(build("+A999KT0031") + build("+$LC03", link="8"), 2026)


def test_a_secondary_may_link_to_the_primary_inside_a_concatenated_barcode():
    whole = read_hibc(build(f"+{DI}/$LC03"), 2026)
    alone = read_hibc(build("+$LC03", link=mod43(f"+{DI}")), 2026)
    assert linked([whole, alone]) == [whole, alone]


def test_a_check_without_the_link_is_accepted_only_beside_its_primary():
    primary = read_hibc(build("+A999KT0031"), 2026)
    alone = read_hibc("+$LC032" + mod43("+$LC03"), 2026)
    assert codes(alone) == ["check-digit-wrong"]
    assert codes(linked([primary, alone])[1]) == ["check-without-link"]


@given(st.text(ALPHABET, max_size=40))
def test_any_text_of_the_alphabet_gives_fields_or_a_refusal(text):
    try:
        udi = read_hibc("+" + text, 2026)
    except UdiError:
        return
    assert udi.issuer == "hibcc"
