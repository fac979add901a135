"""Tissue under ISBT 128: the donation is the lot, and the serial only counts its pieces."""

import pytest

from inventory import store
from inventory.domain.catalogue import ItemKind, Tracking
from inventory.operations.asking import Asked
from inventory.operations.finding import FoundPack, book_in_found
from inventory.operations.previewing import preview_recall
from inventory.operations.recalling import RecallRequest, open_recall
from inventory.operations.receiving import ReceiptLine, ReceiptRequest, receive
from inventory.store import catalogue
from tests.clinic import Clinic, codes

DI = "A9998KTR100T0101"
FIRST, SECOND, THIRD = "A999826123456", "A999826123457", "A999826123458"
BY = pytest.mark.parametrize("tracking", Tracking)


def label(donation: str, serial: str = "000001", lot: str = "") -> str:
    """The compound of what stands on a graft; the donation number with flags 00."""
    parts = [f"=/{DI}", f"={donation}00", serial and f"=,{serial}", "=>030060"]
    return "".join([*parts, lot and f"&,1{lot:0>18}"])


def graft(clinic: Clinic, tracking: Tracking = Tracking.LOT) -> str:
    return clinic.add_item("Bone graft", ItemKind.FLUID, DI, tracking)


def lots(clinic: Clinic, item: str) -> list[str]:
    with store.reading() as connection:
        found = catalogue.lots_of(connection, catalogue.get_item(connection, item))
    return [lot.number for lot in found]


def opened_for(clinic: Clinic, patient: str, *barcodes: str) -> str:
    session = clinic.open_session(patient)
    answer = clinic.scan(session, *barcodes)
    assert answer.body["accepted"], answer.problems
    return session


@BY
def test_pieces_of_two_donations_with_the_same_serial_are_of_two_lots(
    clinic: Clinic, tracking: Tracking
) -> None:
    item = graft(clinic, tracking)
    assert not clinic.receive(label(FIRST), label(SECOND)).refused
    assert lots(clinic, item) == [FIRST, SECOND]


def test_two_pieces_of_one_donation_are_told_apart_by_their_serials(clinic: Clinic) -> None:
    item = graft(clinic, Tracking.UNIT)
    said = clinic.receive(label(FIRST, "000001"), label(FIRST, "000002")).body["lines"]
    one, two = (line["units"][0] for line in said)
    assert lots(clinic, item) == [FIRST]
    session = clinic.open_session()
    assert clinic.scan(session, label(FIRST, "000002")).body["unit"] == two
    assert clinic.scan(session, label(FIRST, "000001"), overrule=()).body["unit"] == one


@BY
def test_a_donation_that_never_came_is_not_taken_for_one_that_did(
    clinic: Clinic, tracking: Tracking
) -> None:
    graft(clinic, tracking)
    clinic.receive(label(FIRST))
    session = clinic.open_session()
    refused = clinic.scan(session, label(SECOND))
    assert (codes(refused), refused.body["way"]) == (["not-here"], "book-in")
    assert f"Lot {SECOND} of Bone graft was never received" in str(refused.problems[0].message)
    assert clinic.lines(session) == []


@BY
def test_a_donation_number_without_a_serial_is_a_lot(clinic: Clinic, tracking: Tracking) -> None:
    item = graft(clinic, tracking)
    assert not clinic.receive(label(FIRST, "")).refused
    assert lots(clinic, item) == [FIRST]
    assert clinic.scan(clinic.open_session(), label(FIRST, "")).body["lot"] == FIRST


@BY
def test_a_serial_without_its_donation_names_no_piece(clinic: Clinic, tracking: Tracking) -> None:
    graft(clinic, tracking)
    clinic.receive(label(FIRST))
    session = clinic.open_session()
    refused = clinic.scan(session, f"=/{DI}", "=,000001")
    assert codes(refused) == ["lot-missing"]
    assert "Scan the barcode of the donation number as well" in str(refused.problems[0].message)
    scanned_apart = (f"=,{'000001'}", f"={FIRST}00", f"=/{DI}")
    assert clinic.scan(session, *scanned_apart).body["lot"] == FIRST


def test_the_donation_counts_before_a_lot_of_the_processor(clinic: Clinic) -> None:
    item = graft(clinic)
    clinic.receive(label(FIRST, lot="LC03"), label(SECOND, lot="LC03"))
    assert lots(clinic, item) == [FIRST, SECOND]


@BY
def test_a_recall_of_one_donation_names_only_its_patient(
    clinic: Clinic, tracking: Tracking
) -> None:
    item = graft(clinic, tracking)
    clinic.receive(label(FIRST), label(SECOND))
    one = opened_for(clinic, "MRN 1", label(FIRST))
    two = opened_for(clinic, "MRN 2", label(SECOND))
    for session in (one, two):
        clinic.use_all_and_close(session)
    rings = clinic.report(clinic.recall(FIRST, item=item)).rings
    assert [session.code for session in rings.exposed_sessions] == [one]
    assert two not in [judged.session.code for judged in rings.cannot_be_excluded]


def test_a_recalled_donation_that_comes_later_goes_to_quarantine(clinic: Clinic) -> None:
    item = graft(clinic)
    clinic.recall(THIRD, item=item)
    said = clinic.receive(label(THIRD), label(SECOND)).body["lines"]
    assert [line["why"] for line in said] == [["lot-recalled"], []]


@pytest.mark.parametrize(
    "pasted", ["A9998 26 123456", "A9998 26 123456 00", "A99982612345600", "a999826123456"]
)
def test_a_donation_number_pasted_as_it_is_printed_shows_the_lot(
    clinic: Clinic, pasted: str
) -> None:
    item = graft(clinic)
    clinic.receive(label(FIRST), label(SECOND))
    seen = preview_recall(item, [pasted])
    assert seen.resembling == {pasted: [FIRST]}
    assert seen.several == ({pasted: [FIRST]} if " " in pasted else {})


def test_a_donation_number_is_typed_as_it_is_printed(clinic: Clinic) -> None:
    item = graft(clinic)
    line = ReceiptLine(Asked(item=item, lot="A9998 26 123456 00"))
    assert not receive(clinic.act(), ReceiptRequest("TO-OR1", "Bank", "7", [line])).refused
    assert lots(clinic, item) == [FIRST]
    assert clinic.type_by_hand(clinic.open_session(), item, FIRST).body["accepted"]


@pytest.mark.parametrize(
    "beside", [[label(SECOND)], [f"={SECOND}00"], [f"={SECOND}00", "=,000001"]]
)
def test_our_label_on_a_piece_of_another_donation_stops(clinic: Clinic, beside: list[str]) -> None:
    graft(clinic, Tracking.UNIT)
    unit = clinic.receive(label(FIRST)).body["lines"][0]["units"][0]
    session = clinic.open_session()
    assert codes(clinic.scan(session, unit, *beside)) == ["label-differs"]
    assert clinic.scan(session, unit, f"={FIRST}00").body["unit"] == unit


def test_a_lot_that_was_booked_under_a_serial_is_no_donations(clinic: Clinic) -> None:
    item = graft(clinic)
    line = ReceiptLine(Asked(item=item, lot="000001"), 2)
    receive(clinic.act(), ReceiptRequest("TO-OR1", "Bank", "7", [line]))
    session = clinic.open_session()
    assert codes(clinic.scan(session, label(FIRST))) == ["not-here"]
    assert codes(clinic.scan(session, f"=/{DI}=,000001")) == ["lot-missing"]
    assert clinic.type_by_hand(session, item, "000001").body["lot"] == "000001"


def test_a_donation_found_in_theatre_is_booked_in_as_its_own_lot(clinic: Clinic) -> None:
    item = graft(clinic)
    clinic.receive(label(FIRST))
    session = clinic.open_session()
    found = book_in_found(clinic.act(), session, FoundPack(Asked((label(SECOND),))))
    assert not found.refused, found.problems
    assert lots(clinic, item) == [FIRST, SECOND]
    assert clinic.scan(session, label(SECOND)).body["lot"] == SECOND


def test_a_recall_by_the_banks_own_lot_is_told_to_find_nothing(clinic: Clinic) -> None:
    item = graft(clinic)
    assert not clinic.receive(label(FIRST, lot="B77")).refused
    preview = preview_recall(item, ["B77", FIRST, SECOND])
    assert (preview.no_donations, preview.lots_seen) == (("B77",), (FIRST,))
    request = RecallRequest("FSN 1", "Tissue bank", "sterility", [(item, ["B77", FIRST])])
    answer = open_recall(clinic.act(), request)
    assert [each.code for each in answer.problems] == ["lot-not-donation"]
    assert not answer.refused
    assert "B77" in str(answer.problems[0].message)
    kits = preview_recall(clinic.kit, ["B77"])
    assert kits.no_donations == ()
