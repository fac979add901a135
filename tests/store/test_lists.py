"""Lists that are taken away whole."""

import pytest

from inventory import store
from inventory.store.lists import all_entries, list_entries
from tests.clinic import Clinic


@pytest.mark.parametrize("batch", [1, 2, 3, 1000])
def test_all_entries_are_those_of_the_list_however_they_are_read(
    clinic: Clinic, batch: int
) -> None:
    for lot in ("A17", "B02", "C3"):
        clinic.receive_kits(lot)
    with store.reading() as connection:
        listed, total = list_entries(connection, kind="RECEIVE", size=100)
    assert [*all_entries(kind="RECEIVE", batch=batch)] == listed
    assert total == 3


def test_what_is_appended_while_they_are_taken_is_not_among_them(clinic: Clinic) -> None:
    clinic.receive_kits("A17")
    clinic.receive_kits("B02")
    taken = all_entries(kind="RECEIVE", batch=1)
    latest = next(taken)
    clinic.receive_kits("C3")
    assert len([latest, *taken]) == 2
