"""Moving stock between places."""

from inventory import store
from inventory.operations import transferring
from inventory.operations.identifying import Asked
from inventory.store.lists import on_hand
from tests.clinic import SALINE, Clinic, codes


def stock() -> dict[tuple[str, str], int]:
    with store.reading() as connection:
        return {(line.location, line.lot): line.quantity for line in on_hand(connection)}


def test_a_kit_is_moved_to_the_room_by_its_label(clinic: Clinic) -> None:
    one, _ = clinic.receive_kits("A17", 2, "TO-PHARMACY")
    assert not clinic.move("TO-PHARMACY", "TO-OR1", one).refused
    assert stock() == {("TO-PHARMACY", "A17"): 1, ("TO-OR1", "A17"): 1}


def test_bottles_are_moved_by_the_makers_code_and_a_number(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=10, location="TO-PHARMACY")
    clinic.move("TO-PHARMACY", "TO-OR1", clinic.label("S1", gtin=SALINE), quantity=4)
    assert stock() == {("TO-PHARMACY", "S1"): 6, ("TO-OR1", "S1"): 4}


def test_more_than_is_there_is_refused_also_when_it_is_asked_in_two_lines(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5, location="TO-PHARMACY")
    label = clinic.label("S1", gtin=SALINE)
    answer = clinic.move("TO-PHARMACY", "TO-OR1", label, label, quantity=3)
    assert codes(answer) == ["not-here"]
    assert stock() == {("TO-PHARMACY", "S1"): 5}


def test_a_unit_is_moved_once_in_a_list(clinic: Clinic) -> None:
    one, _ = clinic.receive_kits("A17", 2, "TO-PHARMACY")
    assert codes(clinic.move("TO-PHARMACY", "TO-OR1", one, one)) == ["unit-twice"]


def test_a_unit_that_lies_elsewhere_is_refused_and_its_place_named(clinic: Clinic) -> None:
    one = clinic.receive_kits("A17", 1, "TO-OR1")[0]
    answer = clinic.move("TO-PHARMACY", "TO-OR1", one)
    assert codes(answer) == ["not-here"]
    assert "TO-OR1" in str(answer.problems[0].message)


def test_a_recalled_lot_moves_to_quarantine_and_nowhere_else(clinic: Clinic) -> None:
    one = clinic.receive_kits("A17", 1, "TO-PHARMACY")[0]
    clinic.recall("A17")
    assert codes(clinic.move("TO-PHARMACY", "TO-OR1", one)) == ["lot-recalled"]
    assert not clinic.move("TO-PHARMACY", "TO-QUARANTINE", one).refused
    assert stock() == {("TO-QUARANTINE", "A17"): 1}


def test_what_goes_to_another_site_lies_in_transit_until_it_is_taken_in_there(
    clinic: Clinic,
) -> None:
    one = clinic.receive_kits("A17", 1, "TO-PHARMACY")[0]
    sent = clinic.move("TO-PHARMACY", "CN-PHARMACY", one)
    assert sent.body["destination"] == "CN-TRANSIT"
    assert stock() == {("CN-TRANSIT", "A17"): 1}
    assert clinic.move("CN-TRANSIT", "CN-PHARMACY", one).body["entry"].startswith("CN-")
    assert stock() == {("CN-PHARMACY", "A17"): 1}


def test_what_is_on_its_way_is_not_sent_on_before_it_is_taken_in(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17", 1, "TO-PHARMACY")
    clinic.move("TO-PHARMACY", "CN-OR1", kit)
    assert codes(clinic.move("CN-TRANSIT", "TO-OR1", kit)) == ["receive-first"]
    assert stock() == {("CN-TRANSIT", "A17"): 1}


def test_a_place_to_itself_and_a_meaning_are_no_transfers(clinic: Clinic) -> None:
    one = clinic.receive_kits("A17", 1, "TO-PHARMACY")[0]
    assert codes(clinic.move("TO-PHARMACY", "TO-PHARMACY", one)) == ["same-place"]
    assert "not-a-store" in codes(clinic.move("TO-PHARMACY", "TO-USED", one))


def test_an_empty_list_moves_nothing_and_says_so(clinic: Clinic) -> None:
    answer = transferring.transfer(clinic.act(), "TO-PHARMACY", "TO-OR1", [])
    assert codes(answer) == ["no-lines"]


def test_pieces_of_a_unit_tracked_lot_are_named_by_label_unless_all_go(clinic: Clinic) -> None:
    clinic.receive_kits("A17", 3, "TO-PHARMACY")
    answer = clinic.move("TO-PHARMACY", "TO-OR1", clinic.label("A17"), quantity=2)
    assert codes(answer) == ["unit-label-needed"]
    assert not clinic.move("TO-PHARMACY", "TO-OR1", clinic.label("A17"), quantity=3).refused
    assert stock() == {("TO-OR1", "A17"): 3}


def test_a_unit_chosen_from_a_list_is_marked_as_chosen(clinic: Clinic) -> None:
    one = clinic.receive_kits("A17", 1, "TO-PHARMACY")[0]
    line = transferring.TransferLine(Asked(unit=one))
    assert not transferring.transfer(clinic.act(), "TO-PHARMACY", "TO-OR1", [line]).refused
    assert '"entered":"chosen"' in clinic.all_entry_texts()
