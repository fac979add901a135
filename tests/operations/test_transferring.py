"""Moving stock between places."""

from datetime import timedelta

from inventory import store
from inventory.domain.catalogue import ItemKind, PackagingLevel, Tracking
from inventory.operations import cataloguing, transferring
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


def test_a_piece_that_was_used_or_wasted_is_said_to_be_gone_and_not_sought_elsewhere(
    clinic: Clinic,
) -> None:
    used, wasted, opened, back = clinic.receive_kits("A17", 4)
    session = clinic.open_session()
    for kit in (used, wasted, opened, back):
        clinic.scan(session, kit, overrule=("more-than-planned",), reason="two patients")
    clinic.use(session, used)
    clinic.waste(session, wasted)
    clinic.restock(session, back)
    for kit, said in (
        (used, f"was used in session {session} at 2026-11-02"),
        (wasted, "was wasted at 2026-11-02"),
    ):
        answer = clinic.move("TO-OR1", "TO-PHARMACY", kit)
        assert codes(answer) == ["unit-already-used"]
        assert said in str(answer.problems[0].message)
        assert str(answer.problems[0].message).endswith(
            "It does not go back to stock. Discard it and tell quality."
        )
    answer = clinic.move("TO-OR1", "TO-PHARMACY", opened)
    assert codes(answer) == ["unit-already-used"]
    assert f"was opened in session {session}" in str(answer.problems[0].message)
    assert not clinic.move("TO-OR1", "TO-PHARMACY", back).refused


def test_a_piece_that_waits_to_be_reprocessed_is_not_sent_for_to_a_place_it_cannot_leave(
    clinic: Clinic,
) -> None:
    cataloguing.add_item(
        clinic.act(),
        name="Cannula",
        reference="CAN-1",
        manufacturer="Acme",
        kind=ItemKind.PROCESSING_KIT,
        tracking=Tracking.UNIT,
        single_use=False,
        packaging=[PackagingLevel("09521234000020", "gs1", 1)],
    )
    received = clinic.receive(clinic.label("C1", "09521234000020"))
    [unit] = received.body["lines"][0]["units"]
    session = clinic.open_session()
    clinic.scan(session, unit)
    clinic.use(session, unit)
    answer = clinic.move("TO-OR1", "TO-PHARMACY", unit)
    assert codes(answer) == ["not-here"]
    assert f"was used in session {session}" in str(answer.problems[0].message)
    assert "waits to be reprocessed" in str(answer.problems[0].message)


def test_what_is_not_in_the_place_is_said_to_lie_where_it_lies(clinic: Clinic) -> None:
    label = clinic.label("S1", gtin=SALINE)
    clinic.receive(label, packs=5, location="TO-PHARMACY")
    clinic.receive_kits("A17", 2, "TO-PHARMACY")
    for source, code, number, said in (
        ("TO-OR1", label, 1, "is not in TO-OR1 but in TO-PHARMACY (5). Move it from there."),
        ("TO-OR1", clinic.label("A17"), 2, "is not in TO-OR1 but in TO-PHARMACY (2)."),
        ("TO-PHARMACY", label, 6, "Only 5 of lot S1 of Saline 500 mL in TO-PHARMACY, 6 wanted"),
    ):
        answer = clinic.move(source, "CN-OR1", code, quantity=number)
        assert codes(answer) == ["not-here"]
        assert said in str(answer.problems[0].message)
    clinic.move("TO-PHARMACY", "TO-OR1", label, quantity=2)
    answer = clinic.move("TO-PHARMACY", "TO-OR1", label, quantity=4)
    assert "Others are in TO-OR1 (2): move those from there" in str(answer.problems[0].message)


def test_a_usable_lot_that_expires_earlier_and_lies_beside_it_is_told(clinic: Clinic) -> None:
    lots = {"OLD": "261103", "R1": "270101", "S1": "270131", "S2": "270228", "S3": "290228"}
    labels = {lot: clinic.label(lot, SALINE, expiry) for lot, expiry in lots.items()}
    clinic.receive(*labels.values(), packs=3, location="TO-PHARMACY")
    clinic.now += timedelta(days=5)  # OLD expires
    clinic.recall("R1", item=clinic.saline)
    answer = clinic.move("TO-PHARMACY", "TO-OR1", labels["S3"], quantity=1)
    assert [(each.code, each.blocking) for each in answer.problems] == [("expires-earlier", False)]
    assert "3 of lot S1 expire earlier, 2027-01-31" in str(answer.problems[0].message)
    assert clinic.move("TO-PHARMACY", "TO-OR1", labels["S1"], quantity=3).problems == ()
    second = clinic.move("TO-PHARMACY", "TO-OR1", labels["S3"], quantity=1)
    assert "3 of lot S2 expire earlier" in str(second.problems[0].message)
    assert clinic.move("TO-PHARMACY", "TO-QUARANTINE", labels["S3"], quantity=1).problems == ()


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
