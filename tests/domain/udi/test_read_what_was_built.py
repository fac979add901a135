"""What was built is read again, for every issuer, in either order of the barcodes."""

from urllib.parse import quote

from hypothesis import assume, given
from hypothesis import strategies as st

from inventory.domain.udi import Udi, Unreadable, gs1, hibc, read_udi
from inventory.domain.udi.ai import check_digit
from tests.domain.udi import building


@building.some
@given(building.gs1_elements(), st.sampled_from(["", *building.MARKED]))
def test_element_strings_that_were_built_are_read_again(elements, symbology):
    assert building.says(read_udi([symbology + gs1.build(elements)], building.TODAY), elements)


@building.some
@given(building.gs1_elements())
def test_the_text_in_brackets_that_was_built_is_read_again(elements):
    def escaped(value):
        return value.replace("(", "\\(").replace(")", "\\)")

    typed = "".join(f"({ai}){escaped(value)}" for ai, value in elements)
    udi = read_udi([typed], building.TODAY)
    assert building.says(udi, elements)
    assert udi.typed


@building.some
@given(building.gs1_elements(), st.sampled_from(["https://id.gs1.org", "HTTP://A.EXAMPLE/shop/it"]))
def test_the_web_address_that_was_built_is_read_again(elements, domain):
    values = dict(elements)
    path = "".join(
        f"/{ai}/{quote(values[ai], safe='')}" for ai in ("01", "22", "10", "21") if ai in values
    )
    query = "&".join(
        f"{ai}={quote(value, safe='')}"
        for ai, value in elements
        if ai not in ("01", "22", "10", "21")
    )
    assert building.says(read_udi([f"{domain}{path}?{query}"], building.TODAY), elements)


@building.some
@given(building.HIBC_ITEMS, building.hibc_data())
def test_an_hibc_barcode_of_any_form_that_was_built_is_read_again(item, data):
    text, meant = data
    primary = hibc.build(f"+{item}")
    secondary = hibc.build(f"+{text}", link=hibc.mod43(f"+{item}"))
    concatenated = hibc.build(f"+{item}/{text}")
    for label in (
        [concatenated],
        [f"*{concatenated}*"],
        [primary, secondary],
        [secondary, primary],
        [primary + secondary],
    ):
        udi = read_udi(label, building.TODAY)
        assert (udi.di, building.hibc_says(udi), udi.problems) == (item, meant, ())


@building.some
@given(building.HIBC_ITEMS, building.DAYS, building.HIBC_NUMBERS)
def test_the_oldest_hibc_form_and_supplements_that_were_built_are_read_again(item, day, number):
    text = f"+{item}/{day:%y%j}{number}/16D{day:%Y%m%d}/Q25"
    udi = read_udi([hibc.build(text)], building.TODAY)
    assert building.hibc_says(udi) == (number, None, f"{day:%Y-%m-%d}", 25)
    assert (udi.di, udi.manufactured_on, udi.problems) == (item, day, ())


@building.some
@given(building.HIBC_ITEMS, building.DAYS, building.HIBC_NUMBERS, st.permutations([0, 1, 2]))
def test_an_hibc_label_of_three_barcodes_is_read_in_any_order(item, day, lot, order):
    link = hibc.mod43(f"+{item}")
    label = [
        hibc.build(f"+{item}"),
        hibc.build(f"+${lot}", link=link),
        hibc.build(f"+$$3{day:%y%m%d}{lot}", link=link),
    ]
    udi = read_udi([label[n] for n in order], building.TODAY)
    assert (udi.di, building.hibc_says(udi)) == (item, (lot, None, f"{day:%Y-%m-%d}", None))


@building.some
@given(building.iccbba_structures())
def test_an_iccbba_label_that_was_built_is_read_again(built):
    structures, meant = built
    compound = f"=+{len(structures):02}035" + "".join(structures)
    for label in (structures, ["".join(structures)], [compound]):
        udi = read_udi(label, building.TODAY)
        assert isinstance(udi, Udi), udi
        assert {name: getattr(udi, name) for name in meant} == meant
        assert (udi.issuer, udi.problems) == ("iccbba", ())


@building.some
@given(st.integers(0, 10**11 - 1), st.sampled_from([8, 12, 13, 14]))
def test_a_bare_number_that_was_built_is_read_again(number, length):
    body = str(number).rjust(13, "0")[-(length - 1) :]
    bare = body + check_digit(body)
    shops_own = {8: ("0", "2"), 12: ("2", "4"), 13: ("02", "04", "2"), 14: ()}[length]
    assume(not bare.startswith(shops_own))
    udi = read_udi([bare], building.TODAY)
    assert (udi.gtin, udi.problems) == (bare.rjust(14, "0"), ())


def anyhow(udi):
    """All that a value says, without the order in which its barcodes came."""
    assert isinstance(udi, Udi), udi
    ordered = {"raw", "repaired", "elements", "problems"}
    told = {name: getattr(udi, name) for name in Udi.__slots__}
    told["symbology"] = sorted(told["symbology"].split(" "))
    return {name: sorted(map(str, v)) if name in ordered else v for name, v in told.items()}


@building.some
@given(building.gs1_elements(), st.integers(1, 8), st.sampled_from(["", "]C1"]))
def test_two_gs1_barcodes_say_the_same_in_either_order(elements, cut, symbology):
    assume(cut < len(elements))
    parts = [symbology + gs1.build(elements[:cut]), symbology + gs1.build(elements[cut:])]
    assume(not any(gs1.is_bare_number("", part) for part in parts))  # 8 digits are a GTIN-8
    udi = read_udi(parts, building.TODAY)
    assert building.says(udi, elements)
    assert anyhow(read_udi(parts[::-1], building.TODAY)) == anyhow(udi)


@building.some
@given(
    st.lists(
        st.sampled_from(
            [
                "0109521234543213",
                "]C10109521234543213",
                "1728020010LC03",
                "10LC03",
                "17280229",
                "9521234543213",
                "19521234543210",
                "https://id.gs1.org/01/09521234543213/10/LC03",
                "(01)09521234543213(21)S1",
                hibc.build("+A999KT0031"),
                hibc.build("+$LC03", link="2"),
                hibc.build("+$$3280229LC03", link="2"),
                hibc.build("+$$0228LC03", link="8"),
                hibc.build("+A999KT0031/$LC04"),
                "=/A9998KTR100T0101",
                "=,000031=>028060",
                "8018952123454321012341",
                "SUPPLIER-4711",
            ]
        ),
        min_size=2,
        max_size=3,
        unique=True,
    )
)
def test_barcodes_of_any_issuers_say_or_refuse_the_same_in_either_order(label):
    one, other = read_udi(label, building.TODAY), read_udi(label[::-1], building.TODAY)
    if isinstance(one, Udi):
        assert anyhow(other) == anyhow(one)
    else:
        assert isinstance(other, Unreadable)
