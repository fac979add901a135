"""What may move where, and what the sums of it mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.ledger import (
    IN_USE,
    NEVER_BELOW_ZERO,
    ON_HAND,
    ROUTES,
    EntryKind,
    LocationKind,
    Movement,
    NoRoute,
    balances,
    check_route,
    reconcile,
)

K = LocationKind


@pytest.mark.parametrize("kind", list(EntryKind))
def test_an_entry_goes_its_routes_and_no_other(kind: EntryKind) -> None:
    for source in LocationKind:
        for destination in LocationKind:
            if kind is EntryKind.REVERSE or (source, destination) in ROUTES.get(kind, ()):
                check_route(kind, source, destination)
            else:
                with pytest.raises(NoRoute):
                    check_route(kind, source, destination)


def test_what_was_used_wasted_or_returned_never_comes_back_but_by_a_reversal() -> None:
    for kind, routes in ROUTES.items():
        for source, destination in routes:
            assert source not in (K.USED, K.WASTED, K.RETURNED), kind
            assert source is not destination or source in (K.STORE, K.QUARANTINE), kind


def test_only_supplier_and_variance_give_what_they_do_not_hold() -> None:
    assert set(LocationKind) - NEVER_BELOW_ZERO == {K.SUPPLIER, K.VARIANCE}


def test_nothing_is_on_hand_and_in_use_at_once() -> None:
    assert not ON_HAND & IN_USE
    assert not (ON_HAND | IN_USE) & {K.USED, K.WASTED, K.RETURNED, K.SUPPLIER, K.VARIANCE}


FLOWS = st.lists(
    st.tuples(st.sampled_from(LocationKind), st.sampled_from(LocationKind), st.integers(1, 9)),
    max_size=20,
)


@given(FLOWS)
def test_every_lot_adds_up_whatever_happened_to_it(
    flows: list[tuple[LocationKind, LocationKind, int]],
) -> None:
    sums = reconcile("MT1", "A17", flows)
    assert sums.unexplained == 0
    held = balances([(str(a), str(b), n) for a, b, n in flows])
    assert sum(held.values()) == 0
    assert sums.on_hand == sum(held.get(str(kind), 0) for kind in ON_HAND)


def test_what_was_lost_and_found_again_stands_on_both_sides() -> None:
    flows = [(K.SUPPLIER, K.STORE, 10), (K.STORE, K.VARIANCE, 4), (K.VARIANCE, K.STORE, 1)]
    sums = reconcile("MT1", "A17", flows, counted=6)
    assert (sums.received, sums.found, sums.on_hand, sums.lost) == (10, 1, 7, 4)
    assert (sums.unexplained, sums.variance) == (0, -1)


def test_a_lot_that_nobody_counted_has_no_variance() -> None:
    assert reconcile("MT1", "A17", [(K.SUPPLIER, K.STORE, 10)]).variance is None


def test_a_mirrored_movement_goes_back_with_a_step_of_its_own_and_overrules_nothing() -> None:
    there = Movement("MT1", "A17", "2029-01-01", "KT1", 2, "A", "B", 1, "scanned", "carton-code")
    back = there.mirrored(3)
    assert (back.source, back.destination, back.step) == ("B", "A", 3)
    assert (back.entered, back.overridden, back.quantity) == ("derived", "", 1)
