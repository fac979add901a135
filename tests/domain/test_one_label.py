"""Barcodes of one label, in any order: joined, waiting for more, or only repeating it."""

from datetime import date
from itertools import permutations

import pytest

from inventory.domain.udi.hibc import mod43
from inventory.domain.udi.label import is_left_over, is_mislinked, lacking, of_one_label, plain_lot

TODAY = date(2026, 11, 2)
GTIN = "0109521234543213"
LOT, EXPIRY, SERIAL = "10LC-24", "]C117290228", "21S1"


def checked(text: str) -> str:
    return text + mod43(text)


PRIMARY = checked("+A999SAL1")
LINK = PRIMARY[-1]
HIBC_LOT = checked(f"+$LC03{LINK}")
HIBC_DATED = checked(f"+$$3290228LC03{LINK}")
OTHER_PRIMARY = checked("+A999OTH1")


@pytest.mark.parametrize("order", list(permutations([GTIN, LOT, EXPIRY])))
def test_three_gs1_barcodes_are_one_label_in_any_order(order):
    udi = of_one_label(order, TODAY)
    assert udi is not None
    assert (udi.gtin, udi.lot, udi.expires_on) == (GTIN[2:], "LC-24", date(2029, 2, 28))


@pytest.mark.parametrize("order", list(permutations([PRIMARY, HIBC_LOT, HIBC_DATED])))
def test_three_hibc_barcodes_are_one_label_in_any_order(order):
    udi = of_one_label(order, TODAY)
    assert udi is not None
    assert (udi.di, udi.lot, udi.expires_on) == ("A999SAL1", "LC03", date(2029, 2, 28))


@pytest.mark.parametrize(
    ("barcodes", "lacks"),
    [
        ([GTIN], "lot"),
        ([GTIN, EXPIRY], "lot"),
        ([LOT], "item"),
        ([EXPIRY], "item"),
        ([GTIN, LOT], "expiry"),
        ([GTIN, SERIAL], "expiry"),
        ([GTIN, LOT, EXPIRY], ""),
        (["02095212345432133704"], "lot"),
        (["02095212345432133704", LOT], "expiry"),
        (["=/A9998KTR100T0101", "=,000001"], "lot"),  # a piece of any donation
        (["=/A9998KTR100T0101", "=A99982612345600"], "expiry"),
        (["=A99982612345600", "=,000001"], "item"),
    ],
)
def test_a_label_says_what_it_lacks(barcodes, lacks):
    udi = of_one_label(barcodes, TODAY)
    assert udi is not None
    assert lacking(udi) == lacks


@pytest.mark.parametrize(
    "barcodes",
    [
        (GTIN, "0104012345678901"),
        (GTIN, "10A", "10B"),
        (GTIN, HIBC_LOT),
        (LOT, PRIMARY),
        (SERIAL, HIBC_LOT),
        (OTHER_PRIMARY, HIBC_LOT),
        (GTIN, PRIMARY),
        (GTIN, "rubbish"),
    ],
)
def test_what_contradicts_or_is_another_agencys_is_of_no_one_label(barcodes):
    assert of_one_label(barcodes, TODAY) is None
    assert of_one_label(barcodes[::-1], TODAY) is None


@pytest.mark.parametrize(
    ("label", "barcode"),
    [
        ((PRIMARY, HIBC_LOT), HIBC_DATED),
        ((PRIMARY, HIBC_DATED), HIBC_LOT),
        ((GTIN, LOT), EXPIRY),
        ((GTIN + LOT,), LOT),
        ((GTIN + LOT,), GTIN),
        ((GTIN + LOT,), "]E09521234543213"),
        ((checked("+A999SAL1/$LC03"),), PRIMARY),
    ],
)
def test_a_further_barcode_of_the_label_is_left_over(label, barcode):
    assert is_left_over(label, barcode, TODAY) is not None


@pytest.mark.parametrize(
    ("label", "barcode"),
    [
        ((), LOT),
        ((GTIN, LOT), GTIN),
        ((LOT, GTIN), "]E09521234543213"),
        ((GTIN + LOT,), "0104012345678901"),
        ((GTIN + LOT,), GTIN + LOT),
        ((GTIN + LOT,), PRIMARY),
        ((PRIMARY, HIBC_LOT), PRIMARY),
        ((GTIN, LOT), "10OTHER"),
        ((GTIN, LOT), HIBC_LOT),
        ((GTIN, LOT), "rubbish"),
    ],
)
def test_what_begins_the_next_pack_or_names_another_lot_is_not(label, barcode):
    assert is_left_over(label, barcode, TODAY) is None


@pytest.mark.parametrize("barcodes", [(OTHER_PRIMARY, HIBC_LOT), (HIBC_LOT, OTHER_PRIMARY)])
def test_a_lot_linked_to_another_item_is_told(barcodes):
    assert is_mislinked(barcodes, TODAY)


@pytest.mark.parametrize(
    "barcodes",
    [
        (PRIMARY, HIBC_LOT),
        (PRIMARY,),
        (HIBC_LOT,),
        (GTIN, HIBC_LOT),
        (PRIMARY, OTHER_PRIMARY),
        (HIBC_LOT, checked("+A999OTH1/$LC04")),
        (OTHER_PRIMARY, HIBC_LOT[:-1] + "."),
        (OTHER_PRIMARY, "rubbish"),
    ],
)
def test_what_is_linked_rightly_or_not_at_all_is_no_wrong_link(barcodes):
    assert not is_mislinked(barcodes, TODAY)


@pytest.mark.parametrize("bars", ["]C0MIX1", "]A0MIX1", "MIX1", "]C0b-12/A"])
@pytest.mark.parametrize("label", [(GTIN,), (GTIN, EXPIRY), (PRIMARY,)])
def test_plain_bars_behind_an_item_are_perhaps_its_lot(label, bars):
    assert plain_lot((*label, bars), TODAY) == bars.removeprefix("]C0").removeprefix("]A0")


@pytest.mark.parametrize(
    "barcodes",
    [
        ("]C0MIX1",),
        (GTIN, LOT, "]C0MIX1"),
        (LOT, "]C0MIX1"),
        ("]C0MIX1", GTIN),
        (GTIN, "]d1MIX1"),
        (GTIN, "]C1MIX1"),
        (GTIN, "Maria Rossi 2"),
        (GTIN, "MARIA"),
        (GTIN, "KT00000000A"),
        (GTIN, "]C0" + "9" * 21),
        (GTIN, "10MIX1"),
        (GTIN, OTHER_PRIMARY),
        (GTIN[:-1] + "4", "]C0MIX1"),
    ],
)
def test_what_is_no_plain_lot_is_none(barcodes):
    assert plain_lot(barcodes, TODAY) is None
