"""Barcodes of one label, in any order: joined, waiting for more, or only repeating it."""

from datetime import date
from itertools import permutations

import pytest

from inventory.domain.udi.hibc import mod43
from inventory.domain.udi.label import is_left_over, lacking, of_one_label

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
    ],
)
def test_a_further_barcode_of_the_label_is_left_over(label, barcode):
    assert is_left_over(label, barcode, TODAY) is not None


@pytest.mark.parametrize(
    ("label", "barcode"),
    [
        ((), LOT),
        ((GTIN, LOT), GTIN),
        ((GTIN, LOT), "10OTHER"),
        ((GTIN, LOT), HIBC_LOT),
        ((GTIN, LOT), "rubbish"),
    ],
)
def test_what_names_an_item_or_another_lot_is_not(label, barcode):
    assert is_left_over(label, barcode, TODAY) is None
