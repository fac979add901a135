"""What a keyboard or a scanner did to a text is undone, wherever barcodes can prove it.

The damage is what the reports named in the guide for scanners tell: an Italian layout under a
scanner that types for a US one, Caps Lock, a separator sent as something else or not at all.
"""

from datetime import date
from urllib.parse import quote

from hypothesis import assume, given
from hypothesis import strategies as st

from inventory.domain.udi import Keyboard, Layout, gs1, hibc, read_udi
from inventory.domain.udi.swallowed import splits
from inventory.domain.udi.wedge import GS
from tests.domain.udi import building

ITALIAN = Keyboard(Layout.ITALIAN)
STAND_INS = ["<GS>", "{GS}", "^]", "\u241d"]


@building.some
@given(building.gs1_elements(), st.sampled_from(["", *building.MARKED]))
def test_gs1_data_through_the_italian_layout_are_what_was_sent(elements, symbology):
    sent = symbology + gs1.build(elements)
    told = read_udi([sent.translate(building.DAMAGE)], building.TODAY, keyboard=ITALIAN)
    assert building.says(told, elements)
    assert told.repaired == (sent,)


@building.some
@given(building.gs1_elements(), st.sampled_from(building.MARKED))
def test_marked_gs1_data_with_a_gtin_are_repaired_though_nobody_told_of_the_layout(
    elements, symbology
):
    sent = symbology + gs1.build(elements)
    guessed = read_udi([sent.translate(building.DAMAGE)], building.TODAY)
    assert building.says(guessed, elements)
    assert "keyboard-layout" in [problem.code for problem in guessed.problems]


@building.some
@given(building.HIBC_ITEMS, building.hibc_data(), st.booleans())
def test_hibc_through_the_italian_layout_is_what_was_sent(item, data, told):
    text, meant = data
    sent = hibc.build(f"+{item}/{text}")
    keyboard = ITALIAN if told else Keyboard()
    udi = read_udi([sent.translate(building.DAMAGE)], building.TODAY, keyboard=keyboard)
    assert (udi.di, building.hibc_says(udi), udi.repaired) == (item, meant, (sent,))


@building.some
@given(building.iccbba_structures())
def test_iccbba_through_the_italian_layout_is_what_was_sent(built):
    structures, meant = built
    udi = read_udi(
        ["".join(structures).translate(building.DAMAGE)], building.TODAY, keyboard=ITALIAN
    )
    assert {name: getattr(udi, name) for name in meant} == meant


@building.some
@given(building.gs1_elements())
def test_a_web_address_through_the_italian_layout_is_what_was_sent(elements):
    values = dict(elements)
    sent = f"https://id.gs1.org/01/{values['01']}/10/{quote(values.get('10', '-'), safe='')}"
    for keyboard in (ITALIAN, Keyboard()):
        udi = read_udi([sent.translate(building.DAMAGE)], building.TODAY, keyboard=keyboard)
        assert (udi.gtin, udi.lot, udi.repaired) == (values["01"], values.get("10", "-"), (sent,))


def holds(elements, stand_in):
    """Whether a value itself holds what stands for the separator, so that nobody can know."""
    return stand_in in gs1.build(elements).replace(GS, "\x00" * 9)


@building.some
@given(
    building.gs1_elements(),
    st.sampled_from(STAND_INS),
    st.sampled_from(["", *building.MARKED]),
    st.booleans(),
)
def test_a_stand_in_for_the_separator_is_the_separator(elements, stand_in, symbology, italian):
    assume(not holds(elements, stand_in))
    sent = (symbology + gs1.build(elements)).replace(GS, stand_in)
    arrived = sent.translate(building.DAMAGE) if italian else sent
    keyboard = ITALIAN if italian else Keyboard()
    assert building.says(read_udi([arrived], building.TODAY, keyboard=keyboard), elements)


@building.some
@given(building.gs1_elements(), st.sampled_from("~|#@"), st.sampled_from(["", *building.MARKED]))
def test_the_character_that_a_scanner_was_set_up_with_is_the_separator(elements, sign, symbology):
    sent = symbology + gs1.build(elements).replace(GS, sign)
    assert building.says(
        read_udi([sent], building.TODAY, keyboard=Keyboard(separator=sign)), elements
    )


@building.some
@given(building.gs1_elements(), st.sampled_from(["]d2", "]C1", "]Q3", "]J1"]))
def test_what_caps_lock_turned_round_is_turned_back(elements, symbology):
    sent = symbology + gs1.build(elements)
    assert building.says(read_udi([sent.swapcase()], building.TODAY), elements)


@building.some
@given(building.gs1_elements(), st.text("\r\n\t", max_size=4))
def test_the_ends_of_lines_that_a_scanner_adds_are_not_part_of_the_code(elements, end):
    assert building.says(read_udi([gs1.build(elements) + end], building.TODAY), elements)


@building.some
@given(
    st.text(building.CSET_82, min_size=1, max_size=10),
    st.dates(date(2020, 1, 1), date(2040, 12, 31)),
)
def test_a_date_that_a_lot_swallowed_is_noticed_and_the_lot_is_among_the_readings(lot, expiry):
    printed = f"{expiry:%y%m%d}"
    glued = gs1.build([("01", "09521234543213"), ("10", lot), ("17", printed)]).replace(GS, "")
    udi = read_udi([glued], building.TODAY)
    assert "separator-lost" in [problem.code for problem in udi.problems]
    found = list(splits(udi.lot, [ai for ai, _ in udi.elements], building.TODAY.year))
    assert (lot, expiry) in [(each.lot, each.expires_on) for each in found]


@building.some
@given(
    st.text(building.CSET_82, min_size=1, max_size=9),
    st.text(building.CSET_82, min_size=1, max_size=9),
)
def test_a_serial_number_that_a_lot_swallowed_is_among_the_readings(lot, serial):
    udi = read_udi([f"010952123454321310{lot}21{serial}"], building.TODAY)
    found = list(splits(udi.lot, [ai for ai, _ in udi.elements], building.TODAY.year))
    assert (lot, serial) in [(each.lot, each.serial) for each in found]
