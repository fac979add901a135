"""The rings against a model that knows every single piece and nothing of sums.

The model moves pieces one by one and remembers each one's life. What it says of a piece is compared
with what the rings say from quantities alone. Broken ways of finding the exposed are kept beside
it, to show that the same comparison catches them.
"""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from inventory.domain import rings as rings_module
from inventory.domain.ledger import EntryKind, LocationKind, reconcile
from inventory.domain.presence import Presence
from inventory.domain.rings import covered_flows, whereabouts
from tests.domain.told_by_pieces import (
    acts_in,
    certain_doubts,
    doubts_missing,
    exposures_of_the_pieces,
    ring_of,
    sessions_missing,
    weak_evidence,
    window,
)
from tests.domain.worlds import COVERED, KIND, NOW, REACH, SCOPES, SITES, code_of, hour, worlds

PROPERTY = settings(max_examples=50, deadline=None, database=None)


@PROPERTY
@given(worlds())
def test_every_covered_piece_that_was_used_or_is_in_a_session_is_exposed_there(world):
    found = world.rings()
    told = Counter()
    for line in found.exposed:
        told[line.session.code, line.lot, line.unit, line.outcome] += line.quantity
    assert dict(told) == exposures_of_the_pieces(world)
    assert not sessions_missing(world, (s.code for s in found.exposed_sessions))


@PROPERTY
@given(worlds())
def test_every_session_that_may_have_met_a_covered_piece_is_in_a_serious_ring(world):
    assert not doubts_missing(world, world.rings())


@PROPERTY
@given(worlds())
def test_no_session_is_doubted_without_evidence(world):
    for judged in world.rings().cannot_be_excluded:
        code = judged.session.code
        assert certain_doubts(world, code) or weak_evidence(world, code)


@PROPERTY
@given(worlds())
def test_the_rings_are_disjoint_and_leave_out_nobody_who_took_the_item(world):
    found = world.rings()
    rings_of_codes = [
        {line.session.code for line in found.exposed},
        {judged.session.code for judged in found.cannot_be_excluded},
        {judged.session.code for judged in found.excluded},
    ]
    assert sum(map(len, rings_of_codes)) == len(set().union(*rings_of_codes))
    first_came = min(min(a.at, a.occurred) for a in world.acts if a.lot in COVERED)
    for code in SITES:
        if acts_in(world, code) and window(world, code)[1] >= first_came:
            assert code in set().union(*rings_of_codes)
    for judged in (*found.cannot_be_excluded, *found.excluded):
        assert judged.why
        assert all(str(why.sentence) for why in judged.why)


@PROPERTY
@given(worlds(), st.sampled_from(sorted(SITES)), st.sampled_from(["scanned", "typed"]))
def test_a_movement_of_an_unrelated_lot_never_makes_a_session_less_serious(world, code, entered):
    before = ring_of(world.rings())
    site = SITES[code]
    opening = replace(
        world.movements[0],
        entry="X-1",
        kind=EntryKind.OPEN,
        at=hour(50),
        occurred_at=hour(50),
        reversed_by="",
        lot="Z99",
        source=f"{site}-STORE",
        source_kind=LocationKind.STORE,
        source_site=site,
        destination=code,
        destination_kind=LocationKind.SESSION,
        destination_site=site,
        entered=entered,
    )
    other_item = replace(opening, entry="X-2", item="GEL", lot="A17")
    after = ring_of(world.rings([*world.movements, opening, other_item]))
    assert all(after.get(session, 0) >= rank for session, rank in before.items())


@PROPERTY
@given(worlds())
def test_a_scan_that_had_been_typed_never_makes_a_session_less_serious(world):
    before = ring_of(world.rings())
    after = ring_of(world.rings([replace(m, entered="typed") for m in world.movements]))
    assert after.keys() == before.keys()
    assert all(after[session] >= rank for session, rank in before.items())


@PROPERTY
@given(worlds())
def test_every_piece_is_accounted_for(world):
    movements = world.movements
    lying = Counter()
    for piece in world.pieces:
        if piece.lot in COVERED and piece.where[1] not in ("SUPPLIER", "VARIANCE"):
            place = piece.life[-1].source if piece.where[1] in ("USED", "WASTED") else piece.where
            kind = KIND.get(piece.where[1], LocationKind.SESSION)
            lying[piece.lot, piece.unit, code_of(place), kind] += 1
    told = whereabouts(SCOPES, movements)
    assert {(w.lot, w.unit, w.location, w.kind): w.quantity for w in told} == dict(lying)
    for (item, lot), flows in covered_flows(SCOPES, movements).items():
        done = reconcile(item, lot, flows)
        assert done.unexplained == 0
        here = sum(w.quantity for w in told if w.lot == lot)
        assert here == done.received + done.found - done.lost


# Broken controls: each is a way somebody would first write it, and each loses a patient.


def only_what_was_used(movements):
    return {m.source for m in movements if m.kind is EntryKind.USE and not m.reversed_by}


def opened_and_not_put_back(movements):
    lots = {(m.source, m.lot) for m in movements if m.kind in (EntryKind.RESTOCK, EntryKind.WASTE)}
    opened = {(m.destination, m.lot) for m in movements if m.kind is EntryKind.OPEN}
    return {session for session, _ in opened - lots}


def a_reversal_clears_the_session(movements):
    opened = {m.destination for m in movements if m.kind is EntryKind.OPEN}
    return opened - {m.source for m in movements if m.kind is EntryKind.REVERSE}


SEARCH = settings(
    max_examples=1000,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@pytest.mark.parametrize(
    "broken", [only_what_was_used, opened_and_not_put_back, a_reversal_clears_the_session]
)
def test_a_broken_way_to_find_the_exposed_is_caught(broken):
    def misses(world):
        covered = [m for m in world.movements if m.lot in COVERED]
        return bool(sessions_missing(world, broken(covered)))

    find(worlds(), misses, settings=SEARCH)


def presence_by_recorded_balance(covered):
    """On hand as the posted balances have it: late entries, losses and mistakes believed."""
    held, spans, since = Counter(), {}, {}
    for m in covered:
        for site, kind, change in (
            (m.source_site, m.source_kind, -m.quantity),
            (m.destination_site, m.destination_kind, m.quantity),
        ):
            if kind in {KIND.get(name, LocationKind.SESSION) for name in REACH}:
                held[site] += change
                if held[site] > 0:
                    since.setdefault(site, m.at)
                elif site in since:
                    spans.setdefault((site, "KIT"), []).append((since.pop(site), m.at))
    for site, begin in since.items():
        spans.setdefault((site, "KIT"), []).append((begin, hour(NOW)))
    return Presence(spans)


def test_a_broken_notion_of_what_was_on_hand_is_caught(monkeypatch):
    monkeypatch.setattr(rings_module, "presence", presence_by_recorded_balance)
    find(worlds(), lambda world: bool(doubts_missing(world, world.rings())), settings=SEARCH)
