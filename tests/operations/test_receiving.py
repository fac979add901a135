"""Receiving a delivery: booked whole or not at all, and nothing unfit reaches a shelf."""

import re
from datetime import date

import pytest

from inventory import store
from inventory.domain.udi import Keyboard
from inventory.operations import correcting, receiving
from inventory.operations.identifying import Asked
from inventory.operations.posting import Answer
from inventory.operations.receiving import ReceiptLine, ReceiptRequest
from inventory.store.errors import Conflict, NotFound
from inventory.store.lists import on_hand
from tests.clinic import CARTON, KIT, SALINE, Clinic, codes


def stock(place: str = "") -> dict[tuple[str, str], int]:
    with store.reading() as connection:
        return {
            (line.location, line.lot): line.quantity for line in on_hand(connection, place=place)
        }


def test_a_carton_becomes_units_of_use_each_with_a_code(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A17", gtin=CARTON), packs=2, location="TO-PHARMACY")
    line = answer.body["lines"][0]
    assert line["quantity"] == 10
    assert len(set(line["units"])) == 10
    assert stock() == {("TO-PHARMACY", "A17"): 10}


@pytest.mark.parametrize(
    "barcodes",
    [
        (f"0039521234543210123002{KIT}3704\x1d10A18",),
        (f"02{KIT}3704\x1d10A18",),
        (f"02{KIT}3704", "10A18"),
        (f"02{KIT}3704", "0039521234543210123010A18"),
        (f"02{CARTON}3704\x1d10A18",),
    ],
)
def test_the_label_of_a_shipped_carton_brings_the_packs_that_are_in_it(
    clinic: Clinic, barcodes: tuple[str, ...]
) -> None:
    lines = [ReceiptLine(Asked(barcodes))]
    request = ReceiptRequest("TO-PHARMACY", "Acme Medical", "DDT 7", lines)
    answer = receiving.receive(clinic.act(), request)
    units = 20 if CARTON in barcodes[0] else 4
    assert answer.body["lines"][0]["quantity"] == units
    assert stock() == {("TO-PHARMACY", "A18"): units}
    told = [str(each.message) for each in answer.problems if each.code == "carton-contents"]
    assert told == [
        "This is the label of a carton: by it, 4 packs of Lipo kit are in it,"
        f" {units} units. Open it and count them before they are booked."
    ]


def test_a_shipped_carton_of_packs_that_no_item_has_is_no_line(clinic: Clinic) -> None:
    answer = clinic.receive("02095212349999973704\x1d10A18", location="TO-PHARMACY")
    (problem,) = (each for each in answer.problems if each.code == "unknown-item")
    assert str(problem.message).startswith("This is the label of a carton, and no item here has")


def test_what_is_tracked_by_lot_gets_no_unit_codes(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("S1", gtin=SALINE), packs=24)
    assert answer.body["lines"][0]["units"] == []
    assert stock() == {("TO-OR1", "S1"): 24}


def test_an_expired_lot_is_taken_into_quarantine_with_the_reason(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("OLD", expiry="261101"))
    assert answer.body["lines"][0]["location"] == "TO-QUARANTINE"
    assert answer.body["lines"][0]["why"] == ["lot-expired"]
    assert stock() == {("TO-QUARANTINE", "OLD"): 1}


def test_a_lot_is_good_through_its_printed_day(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("TODAY", expiry="261102"))
    assert answer.body["lines"][0]["location"] == "TO-OR1"


def test_a_recalled_lot_that_was_never_seen_is_stopped_at_the_door(clinic: Clinic) -> None:
    clinic.recall("B99")
    answer = clinic.receive(clinic.label("B99"))
    assert answer.body["lines"][0]["location"] == "TO-QUARANTINE"
    assert answer.body["lines"][0]["why"] == ["lot-recalled"]


def test_one_bad_line_refuses_the_whole_delivery(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A17"), "no barcode at all")
    assert codes(answer) == ["unreadable"]
    assert stock() == {}


@pytest.mark.parametrize(
    ("label", "problem"),
    [
        ("01095212345432131728022810", "unreadable"),
        ("0109521234543214" + "17290228" + "10A17", "check-digit-wrong"),
        ("0109521234543213", "lot-missing"),
        ("0109521234000099" + "17290228" + "10A17", "unknown-item"),
    ],
)
def test_a_line_is_refused(clinic: Clinic, label: str, problem: str) -> None:
    assert problem in codes(clinic.receive(label))


def test_a_serial_is_received_once(clinic: Clinic) -> None:
    label = clinic.label("A17", serial="SN1")
    assert not clinic.receive(label).refused
    assert codes(clinic.receive(label)) == ["serial-twice"]


def reversed_at_pharmacy(clinic: Clinic, label: str) -> str:
    """A piece whose delivery was booked at the wrong place and reversed; its code."""
    received = clinic.receive(label, location="TO-PHARMACY")
    answer = correcting.reverse_entry(clinic.act(), str(received.body["entry"]), "wrong-place")
    assert not answer.refused, answer.problems
    return str(received.body["lines"][0]["units"][0])


def test_a_serial_whose_delivery_was_reversed_is_received_again_as_the_same_unit(
    clinic: Clinic,
) -> None:
    label = clinic.label("V1", serial="SER5")
    unit = reversed_at_pharmacy(clinic, label)
    again = clinic.receive(label)
    assert not again.refused, again.problems
    assert again.body["lines"][0]["units"] == [unit]
    assert '"step":3' in clinic.all_entry_texts()
    assert stock() == {("TO-OR1", "V1"): 1}
    assert codes(clinic.receive(label)) == ["serial-twice"]
    session = clinic.open_session()
    assert clinic.scan(session, label).body["unit"] == unit
    clinic.use_all_and_close(session)
    report = clinic.report(clinic.recall("V1"))
    assert [each.code for each in report.rings.exposed_sessions] == [session]
    assert [(line.received, line.used) for line in report.reconciliation] == [(1, 1)]
    assert reversing(clinic, again) == ["later-rests-on-it"]


def reversing(clinic: Clinic, answer: Answer) -> list[str]:
    return codes(correcting.reverse_entry(clinic.act(), str(answer.body["entry"]), "wrong-lot"))


def test_a_delivery_is_reversed_and_booked_again_as_often_as_it_takes(clinic: Clinic) -> None:
    label = clinic.label("V1", serial="SER5")
    unit = reversed_at_pharmacy(clinic, label)
    assert reversed_at_pharmacy(clinic, label) == unit
    assert clinic.receive(label).body["lines"][0]["units"] == [unit]


def test_a_piece_without_a_serial_comes_again_by_the_label_that_it_bears(clinic: Clinic) -> None:
    unit = reversed_at_pharmacy(clinic, clinic.label("V1"))
    for lines in ([(unit, 2)], [(unit, 1), (unit, 1)]):
        request = ReceiptRequest(
            "TO-OR1", "Acme", "1", [ReceiptLine(Asked((code,)), packs) for code, packs in lines]
        )
        assert codes(receiving.receive(clinic.act(), request)) == ["serial-twice"]
    assert clinic.receive(unit).body["lines"][0]["units"] == [unit]
    assert stock() == {("TO-OR1", "V1"): 1}


def test_a_piece_whose_delivery_was_reversed_comes_in_again_at_its_site(clinic: Clinic) -> None:
    label = clinic.label("V1", serial="SER5")
    reversed_at_pharmacy(clinic, label)
    refused = clinic.receive(label, location="CN-OR1")
    assert codes(refused) == ["serial-twice"]
    assert "at TO. Book it in again there" in str(refused.problems[0].message)


def test_what_was_given_back_to_the_supplier_is_booked_in_again_before_it_is_used_or_moved(
    clinic: Clinic,
) -> None:
    label = clinic.label("V1", serial="SER5")
    unit = reversed_at_pharmacy(clinic, label)
    for answer in (
        clinic.scan(clinic.open_session(), label),
        clinic.move("TO-PHARMACY", "TO-OR1", unit),
    ):
        assert codes(answer) == ["not-here"]
        assert re.search("book(ed| it) in again", str(answer.problems[0].message))
        assert "SUPPLIER" not in str(answer.problems[0].message)


def test_a_serial_stands_once_in_a_delivery(clinic: Clinic) -> None:
    label = clinic.label("A17", serial="SN1")
    assert codes(clinic.receive(label, label)) == ["serial-twice"]


def test_a_scanned_serial_means_that_very_piece(clinic: Clinic) -> None:
    first = clinic.label("A17", serial="SN1")
    units = [clinic.receive(clinic.label("A17", serial=n)) for n in ("SN1", "SN2")]
    session = clinic.open_session()
    assert clinic.scan(session, first).body["unit"] == units[0].body["lines"][0]["units"][0]


def test_a_known_lot_with_another_expiry_asks_to_look_at_the_label(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"))
    assert codes(clinic.receive(clinic.label("A17", expiry="280131"))) == ["expiry-differs"]


def test_two_expiries_of_one_lot_in_one_delivery_are_refused(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A17"), clinic.label("A17", expiry="280131"))
    assert codes(answer) == ["expiry-differs"]


def test_a_delivery_booked_twice_with_one_key_is_booked_once(clinic: Clinic) -> None:
    first = clinic.receive(clinic.label("A17"), key="k1")
    again = clinic.receive(clinic.label("A17"), key="k1")
    assert again.replayed
    assert again.body == first.body
    assert stock() == {("TO-OR1", "A17"): 1}


def test_a_key_used_for_another_delivery_is_a_conflict(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"), key="k1")
    with pytest.raises(Conflict, match="used for something else"):
        clinic.receive(clinic.label("B02"), key="k1")


def test_a_typed_line_is_received_and_stays_marked(clinic: Clinic) -> None:
    line = ReceiptLine(Asked(item=clinic.kit, lot="T1", expires_on=date(2029, 1, 31)), 2)
    request = ReceiptRequest("TO-PHARMACY", "Acme", "DDT 9", [line])
    answer = receiving.receive(clinic.act(), request)
    assert answer.body["lines"][0]["expires_on"] == "2029-01-31"
    assert '"entered":"typed"' in clinic.all_entry_texts()


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (ReceiptRequest("TO-OR1", "Acme", "1", []), "no-lines"),
        (ReceiptRequest("TO-OR1", "  ", "1", [ReceiptLine(Asked(("x",)))]), "supplier-missing"),
        (ReceiptRequest("TO-USED", "Acme", "1", [ReceiptLine(Asked(("x",)))]), "not-a-store"),
        (ReceiptRequest("TO-OR1", "Acme", "1", [ReceiptLine(Asked(("x",)), 0)]), "quantity-wrong"),
    ],
)
def test_a_delivery_that_makes_no_sense_is_refused(
    clinic: Clinic, request_: ReceiptRequest, problem: str
) -> None:
    assert problem in codes(receiving.receive(clinic.act(), request_))


def test_a_place_that_is_not_there_is_said_to_be_not_there(clinic: Clinic) -> None:
    with pytest.raises(NotFound, match="NOWHERE"):
        clinic.receive(clinic.label("A17"), location="NOWHERE")


def test_blanks_around_a_typed_lot_are_none_of_it(clinic: Clinic) -> None:
    for lot in ("T1 ", " T1"):
        line = ReceiptLine(Asked(item=clinic.kit, lot=lot), 1)
        answer = receiving.receive(clinic.act(), ReceiptRequest("TO-OR1", "Acme", "1", [line]))
        assert [line["lot"] for line in answer.body["lines"]] == ["T1"]


def test_a_gtin_of_the_single_pack_is_one_unit(clinic: Clinic) -> None:
    assert clinic.receive(clinic.label("A17", gtin=KIT)).body["lines"][0]["quantity"] == 1


def test_a_new_lot_that_the_keyboard_may_have_garbled_is_compared_first(clinic: Clinic) -> None:
    garbled = clinic.label("LC'99", SALINE)
    answer = clinic.receive(garbled)
    assert answer.refused
    assert "lot-garbled" in codes(answer)
    clinic.receive(clinic.label("LC-99", SALINE))
    assert clinic.receive(clinic.label("LC-99", SALINE)).body["lines"]


@pytest.mark.parametrize(
    ("lot", "serial", "stops"),
    [
        ("lc-98", "", True),
        ("LC-98", "", True),
        ("LC-97", "", False),
        ("LC-97", "ab1", True),
        ("98", "", False),
    ],
)
def test_what_is_new_and_was_scanned_under_caps_lock_is_compared_with_the_pack_first(
    clinic: Clinic, lot: str, serial: str, stops: bool
) -> None:
    clinic.receive(clinic.label("LC-97"))
    asked = Asked((clinic.label(lot, serial=serial),), keyboard=Keyboard(caps_lock=True))
    line = ReceiptLine(asked, 1)
    answer = receiving.receive(
        clinic.act(), ReceiptRequest("TO-OR1", "Acme Medical", "DDT 8", [line])
    )
    assert ("lot-garbled" in codes(answer), answer.refused) == (stops, stops)
    if stops:
        assert f"may show {(serial or lot).swapcase()}" in str(
            next(each.message for each in answer.problems if each.code == "lot-garbled")
        )


def test_a_lot_that_comes_without_an_expiry_is_asked_about(clinic: Clinic) -> None:
    answer = clinic.receive(f"01{SALINE}10NOEXP")
    assert not answer.refused
    assert [problem.code for problem in answer.problems] == ["expiry-missing"]
    assert clinic.receive(clinic.label("WITH", SALINE)).problems == ()


def test_the_serial_of_a_carton_is_none_of_its_pieces(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A40", gtin=CARTON, serial="C-1"))
    assert not answer.refused, answer.problems
    (line,) = answer.body["lines"]
    assert len(line["units"]) == 5
