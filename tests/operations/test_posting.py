"""How an act ends: its entry, its instant, its place in the chain."""

import json
from datetime import timedelta

import pytest

from inventory import store
from inventory.domain.ledger import NoRoute
from inventory.operations import posting
from inventory.operations.posting import Draft, EntryKind, Move
from inventory.operations.refusing import check_late
from inventory.store import catalogue, ledger, places
from tests.clinic import Clinic, codes


def test_the_text_of_an_entry_says_the_whole_act(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A17"), key="k1")
    with store.reading() as connection:
        _, entry = ledger.get_entry(connection, answer.body["entry"])
    said = json.loads(entry.text)
    assert (said["by"], said["workstation"], said["key"]) == ("maria", "OR1-PC", "k1")
    (moved,) = said["movements"]
    assert (moved["lot"], moved["source"], moved["destination"], moved["step"]) == (
        "A17",
        "TO-SUPPLIER",
        "TO-OR1",
        1,
    )
    assert "overridden" not in moved


def test_each_site_counts_its_own_entries(clinic: Clinic) -> None:
    here = clinic.receive(clinic.label("A17")).body["entry"]
    there = clinic.receive(clinic.label("A18"), location="CN-OR1").body["entry"]
    assert here.startswith("TO-")
    assert there == "CN-1"


def test_the_ledgers_time_never_goes_back(clinic: Clinic) -> None:
    first = clinic.receive(clinic.label("A17")).body["entry"]
    clinic.now -= timedelta(minutes=2)
    second = clinic.receive(clinic.label("A18")).body["entry"]
    with store.reading() as connection:
        assert (
            ledger.get_entry(connection, first)[1].at == ledger.get_entry(connection, second)[1].at
        )


def test_a_movement_that_its_kind_of_entry_does_not_make_is_a_bug_and_posts_nothing(
    clinic: Clinic,
) -> None:
    (kit,) = clinic.receive_kits("A17")
    before = clinic.all_entry_texts()

    def use_from_the_shelf() -> None:
        with store.transaction(1) as connection:
            unit = catalogue.find_unit(connection, kit)
            assert unit
            here = places.get_location(connection, "TO-OR1")
            used = places.get_location(connection, "TO-USED")
            draft = Draft(EntryKind.USE, "", [Move(unit.lot, unit, here, used)])
            posting.post(connection, clinic.act(), here.site, draft)

    with pytest.raises(NoRoute):
        use_from_the_shelf()
    assert clinic.all_entry_texts() == before


def test_a_refusal_is_an_entry_that_names_its_reasons(clinic: Clinic) -> None:
    answer = clinic.scan(clinic.open_session(), clinic.label("A17"))
    assert codes(answer) == ["not-here"]
    with store.reading() as connection:
        _, entry = ledger.get_entry(connection, answer.body["entry"])
    assert entry.kind is EntryKind.REFUSAL
    said = json.loads(entry.text)
    assert (said["reason"], said["facts"]["problems"]) == ("not-here", ["not-here"])
    assert said["movements"] == []


@pytest.mark.parametrize(
    ("ago", "right"),
    [
        (timedelta(0), True),
        (timedelta(days=31), True),
        (timedelta(days=31, seconds=1), False),
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
    ],
)
def test_what_is_recorded_late_happened_within_the_last_31_days(
    clinic: Clinic, ago: timedelta, right: bool
) -> None:
    act = clinic.act()
    assert (check_late(act, act.at - ago) == []) is right
