"""What stands on a label can be scanned back, and says what the manufacturer's label says."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from inventory import store
from inventory.domain.catalogue import Lot
from inventory.domain.udi import Udi, read_udi
from inventory.operations import receiving
from inventory.operations.asking import Asked
from inventory.operations.label_contents import Kind, Wanted, batch_of
from inventory.store import catalogue
from labels.content import Content
from labels.symbol import encode
from tests.clinic import KIT, Clinic
from tests.operations.label_prints import CLINIC

LAST_DAY = date(2029, 2, 28)


def a_typed_lot(clinic: Clinic, number: str, expires_on: date | None = LAST_DAY) -> Lot:
    asked = Asked(item=clinic.kit, lot=number, expires_on=expires_on)
    request = receiving.ReceiptRequest(
        "TO-OR1", "Acme Medical", "DDT 7", [receiving.ReceiptLine(asked, 1)]
    )
    answer = receiving.receive(clinic.act(), request)
    assert not answer.refused, answer.problems
    with store.reading() as connection:
        item = catalogue.find_item(connection, clinic.kit)
        assert item is not None
        lot = catalogue.find_lot(connection, item, number)
    assert lot is not None
    return lot


def lot_label(lot: Lot) -> Content:
    with store.reading() as connection:
        batch = batch_of(connection, Wanted(Kind.LOT, str(lot.id)), CLINIC, ZoneInfo("Europe/Rome"))
    return batch.labels[0].content()


@pytest.mark.parametrize("number", ["LC-24A", "24/A", "a(1)_b", "0123456789ABCDEFGHIJ"])
@pytest.mark.parametrize("expires_on", [LAST_DAY, None])
def test_the_label_of_a_lot_reads_as_the_manufacturers_does(
    clinic: Clinic, number: str, expires_on: date | None
) -> None:
    kind, payload = lot_label(a_typed_lot(clinic, number, expires_on)).matrix
    udi = read_udi([encode(kind, payload).identifier + payload], clinic.today)
    assert isinstance(udi, Udi)
    assert (udi.gtin, udi.lot, udi.expires_on, udi.problems) == (KIT, number, expires_on, ())


@pytest.mark.parametrize("number", ["LC 24A", "LC#7", "A<GS>21B", "LÀ7"])
def test_a_lot_that_no_gs1_reader_takes_is_labelled_with_our_own_code(
    clinic: Clinic, number: str
) -> None:
    content = lot_label(a_typed_lot(clinic, number))
    assert content.matrix == ("datamatrix", clinic.kit)
    assert encode(*content.matrix).payload == clinic.kit
    assert ("lot", number) in [(field.name, field.value) for field in content.fields]


@pytest.mark.parametrize(
    ("gtin", "number"),
    [("09521234543214", "A17"), ("9521234543213", "A17"), (KIT, "0123456789ABCDEFGHIJK")],
)
def test_a_gtin_or_lot_kept_otherwise_than_gs1_has_it_is_not_encoded(
    clinic: Clinic, gtin: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = a_typed_lot(clinic, "A17")
    item = replace(lot.item, packaging=(replace(lot.item.packaging[0], di=gtin),))
    kept = replace(lot, item=item, number=number)
    monkeypatch.setattr(catalogue, "get_lot", lambda *_: kept)
    assert lot_label(lot).matrix == ("datamatrix", clinic.kit)
