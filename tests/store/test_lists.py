"""Lists on both databases: searched, narrowed, paged, read whole; and what a sum is summed of."""

import json

import pytest

from inventory import store
from inventory.domain.catalogue import ItemKind
from inventory.domain.ledger import SUMS, Entry, EntryKind
from inventory.operations import enrolling, equipping, provisioning
from inventory.store import lists, provisional, recalls, workstations
from inventory.store.lists import Found
from tests.clinic import SALINE, Clinic


def whole(found: Found) -> list:
    """All lines at once, which must be those of the pages one after the other."""
    every = [*found.each()]
    with store.reading() as connection:
        paged = []
        for number in range(1, len(every) + 2):
            lines, total = found.page(connection, number, 1)
            assert total == len(every)
            paged += lines
    assert paged == every
    return every


def people(**wanted: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.username, each.roles) for each in whole(lists.people_found(**wanted))]


def test_people_are_found_by_name_role_and_state(clinic: Clinic) -> None:
    for name, roles in (("anna", ["nurse"]), ("bruno", ["admin", "nurse"]), ("carla", ["quality"])):
        enrolling.enrol(clinic.act(), name, "!", roles)
    enrolling.dismiss(clinic.act(), "anna")
    anna, bruno, carla = (
        ("anna", ("nurse",)),
        ("bruno", ("nurse", "admin")),
        ("carla", ("quality",)),
    )
    assert people() == [anna, bruno, carla]
    assert people(search="RU") == [bruno]
    assert people(role="nurse") == [anna, bruno]
    assert people(role="nurse", state="active") == [bruno]
    assert people(state="left") == [anna]
    assert people(search="%") == []


def test_workstations_are_found_by_part_of_name_or_code(clinic: Clinic) -> None:
    code = str(equipping.enrol(clinic.act(), "Room 1, cart").body["code"])
    equipping.enrol(clinic.act(), "Pharmacy")
    assert [w.name for w in whole(workstations.workstations_found())] == [
        "Pharmacy",
        "Room 1, cart",
    ]
    for search in ("CART", code[2:]):
        found = whole(workstations.workstations_found(search=search))
        assert [each.code for each in found] == [code]


def test_items_to_complete_are_found_and_counted(clinic: Clinic) -> None:
    label = clinic.label("A1", "09521234000990")
    provisioning.add_provisional_item(clinic.act(by="maria"), [label], ItemKind.CONSUMABLE)
    with store.reading() as connection:
        assert provisional.count_provisional(connection) == 1
    for search in ("", "MARIA", "09521234000990"):
        assert len(whole(provisional.provisional_found(search=search))) == 1
    assert whole(provisional.provisional_found(search="giulia")) == []


def test_recalls_are_found_by_lot_item_and_state(clinic: Clinic) -> None:
    first, second = clinic.recall("A17", "B02"), clinic.recall(item=clinic.saline, every=True)

    def found(**wanted: str) -> list[str]:
        with store.reading() as connection:
            return [case.code for case in whole(recalls.recalls_found(connection, **wanted))]

    assert found() == [second, first]
    assert found(search="b0") == found(search="lipo") == [first]
    assert found(search="saline") == [second]
    assert found(search=second.lower()) == [second]
    assert found(search="2026-07") == [second, first]
    assert (found(state="open"), found(state="lifted")) == ([second, first], [])


def test_open_and_closed_sessions_are_told_apart(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    closed, opened = clinic.open_session("MRN 1"), clinic.open_session("MRN 2")
    clinic.scan(closed, unit)
    clinic.use_all_and_close(closed)
    for state, codes in (("open", [opened]), ("closed", [closed]), ("", [opened, closed])):
        assert [each.code for each in whole(lists.sessions_found(state=state))] == codes


def test_deliveries_without_labelled_pieces_are_left_out_where_labels_are_wanted(
    clinic: Clinic,
) -> None:
    clinic.receive_kits("A17", 2)
    clinic.receive(clinic.label("S1", SALINE), packs=3)
    assert [each.units for each in whole(lists.receipts_found(labelled="yes"))] == [2]
    assert len(whole(lists.receipts_found())) == 2


@pytest.fixture
def spent(clinic: Clinic) -> int:
    """Saline: ten came, six moved to another room, one was used, one wasted, one put back there."""
    clinic.receive(clinic.label("S1", SALINE), packs=10, location="TO-PHARMACY")
    clinic.move("TO-PHARMACY", "TO-OR1", clinic.label("S1", SALINE), quantity=6)
    session = clinic.open_session()
    for say in (clinic.use, clinic.waste, clinic.restock):
        clinic.scan(session, clinic.label("S1", SALINE))
        assert not say(session, item=clinic.saline, lot="S1").refused
    with store.reading() as connection:
        ((lot,), _) = lists.find_lots(connection, number="S1")
    return lot.id


def summed(lot_id: int, sum_name: str = "", place: str = "") -> list[Entry]:
    rule = lists.movements_summed(lot_id, SUMS.get(sum_name, frozenset()), place)
    return whole(lists.entries_found(moved=rule))[::-1]


def test_each_figure_of_a_lot_leads_to_the_entries_that_it_sums(clinic: Clinic, spent: int) -> None:
    assert [each.kind for each in summed(spent, "received")] == [EntryKind.RECEIVE]
    assert [each.kind for each in summed(spent, "used")] == [EntryKind.USE]
    assert [each.kind for each in summed(spent, "wasted")] == [EntryKind.WASTE]
    assert summed(spent, "returned") == summed(spent, "lost") == []
    opens = [EntryKind.OPEN] * 3
    on_hand = sorted(each.kind for each in summed(spent, "on_hand"))
    assert on_hand == sorted([EntryKind.RECEIVE, *opens, EntryKind.RESTOCK])
    in_use = sorted(each.kind for each in summed(spent, "in_use"))
    assert in_use == sorted([*opens, EntryKind.USE, EntryKind.WASTE, EntryKind.RESTOCK])


def test_a_balance_is_the_sum_of_the_entries_it_leads_to(clinic: Clinic, spent: int) -> None:
    with store.reading() as connection:
        held = {line.location: line.quantity for line in lists.on_hand(connection)}
    assert held == {"TO-PHARMACY": 4, "TO-OR1": 4}
    for place, quantity in held.items():
        moves = [
            m for each in summed(spent, place=place) for m in json.loads(each.text)["movements"]
        ]
        came = sum(m["quantity"] for m in moves if m["destination"] == place)
        went = sum(m["quantity"] for m in moves if m["source"] == place)
        assert came - went == quantity


@pytest.mark.parametrize("batch", [1, 2, 3, 1000])
def test_all_entries_are_those_of_the_list_however_they_are_read(
    clinic: Clinic, batch: int
) -> None:
    for lot in ("A17", "B02", "C3"):
        clinic.receive_kits(lot)
    found = lists.entries_found(kind="RECEIVE")
    listed = whole(found)
    assert [*found.each(batch)] == listed
    assert len(listed) == 3


def test_what_is_appended_while_they_are_taken_is_not_among_them(clinic: Clinic) -> None:
    clinic.receive_kits("A17")
    clinic.receive_kits("B02")
    taken = lists.entries_found(kind="RECEIVE").each(1)
    latest = next(taken)
    clinic.receive_kits("C3")
    assert len([latest, *taken]) == 2
