"""Our label and the maker's barcodes of one pack, scanned together: a wrong sticker stops."""

import pytest

from inventory import store
from inventory.domain.catalogue import ItemKind
from inventory.domain.problem import OVERRULABLE
from inventory.operations import transferring
from inventory.operations.identifying import Asked
from inventory.operations.scanning import identifying_questions
from inventory.store.prepared import run_together
from tests.clinic import CARTON, FAR, KIT, SALINE, Clinic, codes

OTHER = "09521234000020"


@pytest.fixture
def kit(clinic: Clinic) -> str:
    """Our label on a kit of lot Z2."""
    return clinic.receive_kits("Z2")[0]


def test_a_pack_of_another_lot_than_our_label_says_is_refused(clinic: Clinic, kit: str) -> None:
    session = clinic.open_session()
    answer = clinic.scan(session, kit, clinic.label("Z7"))
    assert codes(answer) == ["label-differs"]
    assert str(answer.problems[0].message) == (
        "Our label says lot Z2 of Lipo kit, the pack says lot Z7. Set it aside for pharmacy."
    )
    assert clinic.lines(session) == []
    assert clinic.label("Z7") in clinic.all_entry_texts()


def test_a_pack_of_a_recalled_lot_under_a_wrong_label_is_refused_as_recalled_too(
    clinic: Clinic, kit: str
) -> None:
    clinic.recall("Z7")
    answer = clinic.scan(clinic.open_session(), f"01{KIT}", kit, f"17{FAR}10Z7")
    assert codes(answer) == ["label-differs", "lot-recalled"]
    assert "Lot Z7 of Lipo kit is recalled" in str(answer.problems[1].message)


def test_nobody_overrules_a_wrong_label(clinic: Clinic, kit: str) -> None:
    assert "label-differs" not in OVERRULABLE
    barcodes, reason = (kit, clinic.label("Z7")), "it is surely the right one"
    answer = clinic.scan(
        clinic.open_session(), *barcodes, overrule=("label-differs",), reason=reason
    )
    assert codes(answer) == ["label-differs"]


def test_a_pack_of_another_item_is_refused(clinic: Clinic, kit: str) -> None:
    clinic.add_item("Electrode", ItemKind.ELECTRODE, OTHER)
    answer = clinic.scan(clinic.open_session(), kit, clinic.label("Z2", gtin=OTHER))
    assert codes(answer) == ["label-differs"]
    assert "says Lipo kit, the pack says Electrode" in str(answer.problems[0].message)


def test_a_pack_of_another_expiry_is_refused(clinic: Clinic, kit: str) -> None:
    answer = clinic.scan(clinic.open_session(), kit, clinic.label("Z2", expiry="290131"))
    assert codes(answer) == ["label-differs"]
    assert "expiry 2029-02-28, the pack says 2029-01-31" in str(answer.problems[0].message)


def test_a_pack_of_another_serial_is_refused(clinic: Clinic) -> None:
    one, two = (clinic.label("Z3", serial=serial) for serial in ("S1", "S2"))
    units = [line["units"][0] for line in clinic.receive(one, two).body["lines"]]
    session = clinic.open_session()
    answer = clinic.scan(session, units[0], two)
    assert codes(answer) == ["label-differs"]
    assert "says serial number S1" in str(answer.problems[0].message)
    assert clinic.scan(session, units[0], one).body["accepted"]


def test_a_piece_without_a_serial_bears_none_of_another_piece(clinic: Clinic, kit: str) -> None:
    clinic.receive(clinic.label("Z2", serial="S1"))
    session = clinic.open_session()
    assert codes(clinic.scan(session, kit, clinic.label("Z2", serial="S1"))) == ["label-differs"]
    assert clinic.scan(session, kit, clinic.label("Z2", serial="S9")).body["accepted"]


@pytest.mark.parametrize(
    "beside",
    [
        [f"01{KIT}17{FAR}10Z2"],
        [f"01{KIT}", f"17{FAR}10Z2"],
        [f"01{KIT}"],
        [f"17{FAR}10Z2"],
        [f"01{CARTON}17{FAR}10Z2"],
        [f"01{KIT}10Z217{FAR}"],  # a separator was lost
        [f"01{KIT}1729020010Z2"],  # the month only
    ],
)
def test_where_label_and_pack_agree_it_is_taken_and_the_makers_barcodes_are_kept(
    clinic: Clinic, kit: str, beside: list[str]
) -> None:
    answer = clinic.scan(clinic.open_session(), kit, *beside)
    assert (answer.body["unit"], answer.problems) == (kit, ())
    assert all(f'"{text}"' in clinic.all_entry_texts() for text in beside)


@pytest.mark.parametrize(
    "beside",
    [
        "rubbish",
        "Rossi Maria",
        "8018952123454321012341",
        "1012345",  # a record number that reads as a lot
        "17291231",
        "8000500310427",  # of a shop, not of an item here
        f"01{KIT[:-1]}4",
    ],
)
def test_what_says_nothing_of_a_pack_is_left_alone_and_not_kept(
    clinic: Clinic, kit: str, beside: str
) -> None:
    answer = clinic.scan(clinic.open_session(), kit, beside)
    assert (answer.body["unit"], answer.problems) == (kit, ())
    if not beside.startswith("01"):
        assert beside not in clinic.all_entry_texts()


def test_of_two_packs_beside_our_label_the_wrong_one_stops(clinic: Clinic, kit: str) -> None:
    answer = clinic.scan(clinic.open_session(), kit, clinic.label("Z2"), clinic.label("Z7"))
    assert codes(answer) == ["label-differs"]


def test_a_kit_in_the_session_scanned_again_on_another_pack_is_refused(
    clinic: Clinic, kit: str
) -> None:
    session = clinic.open_session()
    assert clinic.scan(session, kit, clinic.label("Z2")).body["accepted"]
    assert clinic.scan(session, kit, clinic.label("Z2")).body["again"]
    assert "label-differs" in codes(clinic.scan(session, kit, clinic.label("Z7")))


def test_a_wrong_label_is_not_moved_either(clinic: Clinic, kit: str) -> None:
    line = transferring.TransferLine(Asked((kit, clinic.label("Z7"))))
    answer = transferring.transfer(clinic.act(), "TO-OR1", "TO-PHARMACY", [line])
    assert codes(answer) == ["label-differs"]


def test_what_the_label_and_the_pack_will_be_asked_is_read_ahead(clinic: Clinic, kit: str) -> None:
    scan = Asked((kit, clinic.label("Z2"))).read(clinic.today)
    questions = identifying_questions(scan)
    with store.reading() as connection:
        unit, match = run_together(connection, questions)
    assert (unit[0][9], match[0][12]) == ("Z2", "Z2")


def test_a_pack_in_theatre_that_says_another_last_day_than_is_booked_is_taken_and_told(
    clinic: Clinic,
) -> None:
    session = clinic.open_session()
    for lot, booked, read, told in (
        ("E1", "291128", "291128", ""),
        ("E2", "291130", "291111", ""),  # the other barcode of the pack says the month
        ("E3", "291128", "270101", "says expiry 2027-01-01, booked is 2029-11-28: tell pharmacy."),
        ("E4", "", "270101", "says expiry 2027-01-01, but no expiry is booked: tell pharmacy."),
    ):
        clinic.receive(clinic.label(lot, SALINE, booked) if booked else f"01{SALINE}10{lot}")
        answer = clinic.scan(session, clinic.label(lot, SALINE, read))
        assert not answer.refused
        assert [each.code for each in answer.problems] == (["expiry-differs"] if told else [])
        assert "".join(str(each.message) for each in answer.problems).endswith(told)
    passed = clinic.scan(session, clinic.label("E1", SALINE, "260101"))
    assert codes(passed)[0] == "lot-expired"
