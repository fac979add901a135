"""What stands on a label can be scanned back, and says what the manufacturer's label says."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from inventory import store
from inventory.domain.catalogue import Item, ItemKind, Lot, Tracking
from inventory.domain.udi import Udi, hibc, read_udi
from inventory.operations import enrolling, receiving
from inventory.operations.asking import Asked
from inventory.operations.label_contents import (
    ROLES_IN_ITALIAN,
    Kind,
    Wanted,
    batch_of,
    problem_of,
)
from inventory.operations.lot_labels import printed_expiry
from inventory.store import catalogue, people
from labels.content import Content
from labels.layout import STOCKS
from labels.problems import DoesNotFit
from labels.symbol import encode
from tests.clinic import KIT, Clinic, codes
from tests.operations.label_prints import CLINIC

LAST_DAY = date(2029, 2, 28)


def a_typed_lot(
    clinic: Clinic, number: str, expires_on: date | None = LAST_DAY, item: str = ""
) -> Lot:
    code = item or clinic.kit
    asked = Asked(item=code, lot=number, expires_on=expires_on)
    request = receiving.ReceiptRequest(
        "TO-OR1", "Acme Medical", "DDT 7", [receiving.ReceiptLine(asked, 1)]
    )
    answer = receiving.receive(clinic.act(), request)
    assert not answer.refused, answer.problems
    with store.reading() as connection:
        found = catalogue.find_item(connection, code)
        assert found is not None
        lot = catalogue.find_lot(connection, found, number)
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


HIBC = "A999KT0031"


def a_cannula(clinic: Clinic, di: str = HIBC) -> str:
    return clinic.add_item("Fluid of HIBC", ItemKind.FLUID, di)


@pytest.mark.parametrize("number", ["LC03", "LCS3", "24-A", "LC 24A", ".7%A", "W" * 18])
@pytest.mark.parametrize("expires_on", [LAST_DAY, date(2029, 12, 3), None])
def test_the_label_of_a_lot_of_hibc_says_item_lot_and_expiry_wherever_a_pack_is_scanned(
    clinic: Clinic, number: str, expires_on: date | None
) -> None:
    item = a_cannula(clinic)
    content = lot_label(a_typed_lot(clinic, number, expires_on, item))
    kind, payload = content.matrix
    scan = encode(kind, payload).identifier + payload
    assert scan.startswith(f"]d1+{HIBC}/")
    assert content.code == ""
    received = clinic.receive(scan)
    assert not received.refused, received.problems
    opened = clinic.scan(clinic.open_session(), scan)
    assert not opened.refused, opened.problems
    day = expires_on.isoformat() if expires_on else None
    for said in (received.body["lines"][0], opened.body):
        assert (said["item"], said["lot"], said["expires_on"] or None) == (item, number, day)
    assert not [problem for problem in opened.problems if problem.code == "blank-lost"]


def test_a_month_without_a_day_stays_one_on_the_label_of_a_lot_of_hibc(clinic: Clinic) -> None:
    item = a_cannula(clinic)
    assert not clinic.receive(hibc.build(f"+{HIBC}/$$0229LC03")).refused
    with store.reading() as connection:
        lot = catalogue.get_lot(connection, clinic.lot_id("LC03", item))
    assert lot_label(lot).matrix == ("datamatrix", hibc.build(f"+{HIBC}/$$0229LC03"))


@pytest.mark.parametrize(
    ("di", "number"),
    [
        *((HIBC, number) for number in ("lc03", "LC#7", "24/S1", "W" * 19, "LÀ7")),
        ("A9999XYZ0T001000", "LC03"),  # of ISBT 128
    ],
)
def test_the_label_of_a_lot_that_its_barcode_cannot_say_says_that_it_is_typed(
    clinic: Clinic, di: str, number: str
) -> None:
    item = a_cannula(clinic, di)
    content = lot_label(a_typed_lot(clinic, number, item=item))
    assert (content.matrix, content.bars) == (("datamatrix", item), False)
    assert content.code == "Type/digitare LOT"
    answer = clinic.scan(clinic.open_session(), content.matrix[1])
    assert codes(answer) == ["unreadable"]
    assert "type the lot" in answer.problems[0].message.template


def test_the_code_of_a_carton_is_not_put_on_a_lot_of_pieces(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = a_typed_lot(clinic, "LC03", item=a_cannula(clinic))
    item = replace(lot.item, packaging=(replace(lot.item.packaging[0], units=5),))
    monkeypatch.setattr(catalogue, "get_lot", lambda *_: replace(lot, item=item))
    assert lot_label(lot).matrix == ("datamatrix", item.code)


ITEM = Item(0, "MT7Q2M9XH4C", "Kit", "K1", "Acme", ItemKind.PROCESSING_KIT, Tracking.UNIT, True)


@pytest.mark.parametrize(
    ("barcode", "printed"),
    [  # a month stays a month; GS1 General Specifications, 3.4.7, and ANSI/HIBC 2.6, 2.2
        ("]d21729020010LC03", "2029-02"),
        ("]d21729022810LC03", "2029-02-28"),
        (hibc.build("+A999KT0031/$$0229LC03"), "2029-02"),
        (hibc.build("+A999KT0031/$$8101228LC03"), "2028-12"),
        (hibc.build("+A999KT0031/$$3290228LC03"), "2029-02-28"),
        (hibc.build("+A999KT0031/$$529059LC03"), "2029-02-28"),
        ("=>029100", "2029-04-10"),  # ISBT 128: the 100th day of 2029
    ],
)
def test_an_expiry_is_printed_as_exactly_as_the_pack_has_it(barcode: str, printed: str) -> None:
    udi = read_udi([barcode], date(2026, 11, 2))
    assert isinstance(udi, Udi)
    lot = Lot(0, ITEM, "LC03", udi.expires_on, udi.expires_printed or "")
    assert printed_expiry(lot) == printed


def test_warnings_that_cannot_be_read_are_refused_with_the_smallest_size_that_holds_them() -> None:
    said = problem_of(DoesNotFit("notices", "")).message.template
    width, height = min((stock.label for stock in STOCKS.values()), key=lambda side: side[1])
    assert f"labels of {width:g} × {height:g} mm or larger" in said


def test_a_badge_names_the_roles_in_both_languages(clinic: Clinic) -> None:
    enrolling.enrol(clinic.act(), "giulia", "x", ["pharmacist", "quality"])
    with store.reading() as connection:
        wanted = Wanted(Kind.BADGE, "giulia")
        batch = batch_of(connection, wanted, CLINIC, ZoneInfo("Europe/Rome"))
    fields = batch.labels[0].content().fields
    assert [field.value for field in fields] == ["pharmacist, quality", "farmacista, qualità"]


def test_every_role_has_its_italian_word() -> None:
    assert set(ROLES_IN_ITALIAN) == set(people.ROLES)
