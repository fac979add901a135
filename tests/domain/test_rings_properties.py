"""The rings against a model that knows every single piece and nothing of sums.

The model moves pieces one by one and remembers each one's life. What it says of a piece is compared
with what the rings say from quantities alone. Broken ways of finding the exposed are kept beside
it, to show that the same comparison catches them.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from inventory.domain import rings as rings_module
from inventory.domain.ledger import EntryKind, LocationKind, reconcile
from inventory.domain.patient_session import REVERSE_REASONS, WASTE_REASONS
from inventory.domain.presence import Presence
from inventory.domain.recall import Scope, SessionFacts, TracedMovement
from inventory.domain.rings import covered_flows, rings, whereabouts

COVERED = {"A17", "U18"}
SCOPES = (Scope("KIT", frozenset(COVERED)),)
NOW = 60
SITES = {"PS1": "TO", "PS2": "TO", "PS3": "CN", "PS4": "CN"}

KIND = {
    "STORE": LocationKind.STORE,
    "QUARANTINE": LocationKind.QUARANTINE,
    "PACKED": LocationKind.KIT,
    "TRANSIT": LocationKind.TRANSIT,
    "STERILISER": LocationKind.REPROCESSING,
    "SUPPLIER": LocationKind.SUPPLIER,
    "USED": LocationKind.USED,
    "WASTED": LocationKind.WASTED,
    "RETURNED": LocationKind.RETURNED,
    "VARIANCE": LocationKind.VARIANCE,
}
REACH = {"STORE", "QUARANTINE", "PACKED", "TRANSIT", "SESSION"}

# From, to, and how often: a ledger is mostly openings and outcomes.
ROUTES = [
    (EntryKind.RECEIVE, "SUPPLIER", "STORE"),
    (EntryKind.RECEIVE, "SUPPLIER", "STORE"),
    (EntryKind.OPEN, "STORE", "SESSION"),
    (EntryKind.OPEN, "STORE", "SESSION"),
    (EntryKind.OPEN, "STORE", "SESSION"),
    (EntryKind.OPEN, "PACKED", "SESSION"),
    (EntryKind.USE, "SESSION", "USED"),
    (EntryKind.USE, "SESSION", "USED"),
    (EntryKind.USE, "SESSION", "STERILISER"),
    (EntryKind.RELEASE, "STERILISER", "STORE"),
    (EntryKind.RESTOCK, "SESSION", "STORE"),
    (EntryKind.RESTOCK, "SESSION", "QUARANTINE"),
    (EntryKind.WASTE, "SESSION", "WASTED"),
    (EntryKind.WASTE, "STORE", "WASTED"),
    (EntryKind.ASSEMBLE, "STORE", "PACKED"),
    (EntryKind.DISASSEMBLE, "PACKED", "STORE"),
    (EntryKind.TRANSFER, "STORE", "TRANSIT"),
    (EntryKind.TRANSFER, "TRANSIT", "STORE"),
    (EntryKind.RETURN, "STORE", "RETURNED"),
    (EntryKind.COUNT, "STORE", "VARIANCE"),
    (EntryKind.COUNT, "VARIANCE", "STORE"),
    (EntryKind.REVERSE, "", ""),
    (EntryKind.REVERSE, "", ""),
]


def hour(tick):
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=tick)


@dataclass(eq=False, repr=False)
class Act:
    """One act of the model, with the very pieces it moved."""

    kind: EntryKind
    source: tuple[str, str]
    destination: tuple[str, str]
    at: int
    occurred: int
    lot: str
    unit: str
    pieces: list["Piece"]
    reason: str = ""
    entered: str = "scanned"
    overridden: str = ""
    entry: str = ""
    undoes: "Act | None" = None
    undone_by: "Act | None" = None


@dataclass(eq=False, repr=False)
class Piece:
    """One thing one can hold in a hand."""

    lot: str
    unit: str
    where: tuple[str, str]
    log: list[Act] = field(default_factory=list)
    life: list[Act] = field(default_factory=list)


def what(place):
    return "SESSION" if place[1] in SITES else place[1]


@dataclass(repr=False)
class World:
    """Pieces, acts and sessions."""

    sessions: dict[str, tuple[int, int | None, bool, bool]]
    acts: list[Act] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def __repr__(self):
        lines = [f"{code}: {told}" for code, told in self.sessions.items()]
        lines += (
            f"{m.entry} {m.kind} {m.quantity} {m.lot}{m.unit} {m.source} > {m.destination}"
            f" {m.occurred_at:%d-%H} {m.reason}{m.entered} {m.reversed_by}"
            for m in self.movements
        )
        return "\n".join(["World", *lines])

    def _repr_pretty_(self, printer, cycle):
        printer.text(repr(self))  # what Hypothesis shows of a counterexample

    def place(self, name, site, pick):
        if name == "SESSION":
            code = sorted(SITES)[pick % len(SITES)]
            return SITES[code], code
        return ("", name) if name in ("SUPPLIER", "VARIANCE") else (site, name)

    def post(self, act):
        act.at = len(self.acts) + 1
        act.occurred = min(act.occurred, act.at)
        act.entry = f"{act.destination[0] or act.source[0]}-{act.at}"
        self.acts.append(act)
        for piece in act.pieces:
            piece.where = act.destination
            piece.log.append(act)
            if act.undoes is None:
                piece.life.append(act)
            elif act.undoes.undoes is None:
                piece.life.remove(act.undoes)
            else:
                piece.life.append(act.undoes.undoes)

    def step(self, route, pick, site, lot, quantity, reason, told, late):
        kind, source, destination = ROUTES[route % len(ROUTES)]
        if kind is EntryKind.REVERSE:
            self.reverse(pick, reason)
            return
        site = ("TO", "CN")[site]
        lot = ("A17", "U18", "B02")[lot]
        if source in ("SUPPLIER", "VARIANCE"):
            pieces = self.arriving(source, site, lot, quantity)
        else:
            heaps = {}
            for piece in self.pieces:
                if what(piece.where) == source:
                    heaps.setdefault((piece.where, piece.lot, piece.unit), []).append(piece)
            if not heaps:
                return
            heap = sorted(heaps)[pick % len(heaps)]
            pieces = heaps[heap][:quantity]
            if source != "TRANSIT":
                site = heap[0][0]
        goes_to = self.place(destination, site, pick + quantity)
        act = Act(
            kind=kind,
            source=pieces[0].where,
            destination=goes_to,
            at=0,
            occurred=len(self.acts) + 1 - late,
            lot=pieces[0].lot,
            unit=pieces[0].unit,
            pieces=pieces,
            reason=sorted(WASTE_REASONS)[reason % 9] if kind is EntryKind.WASTE else "",
            entered="typed" if kind is EntryKind.OPEN and told == 1 else "scanned",
            overridden="carton-code" if kind is EntryKind.OPEN and told == 2 else "",
        )
        self.post(act)

    def arriving(self, source, site, lot, quantity):
        # A count finds what was lost there before it finds anything else.
        lost = [
            piece
            for piece in self.pieces
            if piece.lot == lot and what(piece.where) == source and piece.log[-1].source[0] == site
        ]
        if source == "VARIANCE" and lost:
            return lost[:1]
        unit = f"KT{len(self.pieces)}" if lot == "U18" else ""
        new = [Piece(lot, unit, ("", source)) for _ in range(1 if unit else quantity)]
        self.pieces += new
        return new

    def reverse(self, pick, reason):
        free = [
            act
            for act in self.acts
            if act.undone_by is None
            and all(
                (piece.log[-1] if act.undoes else piece.life[-1:] and piece.life[-1]) is act
                for piece in act.pieces
            )
        ]
        if free:
            wrong = free[pick % len(free)]
            act = Act(
                kind=EntryKind.REVERSE,
                source=wrong.destination,
                destination=wrong.source,
                at=0,
                occurred=len(self.acts) + 1,
                lot=wrong.lot,
                unit=wrong.unit,
                pieces=wrong.pieces,
                reason=sorted(REVERSE_REASONS)[reason % len(REVERSE_REASONS)],
                undoes=wrong,
            )
            self.post(act)
            wrong.undone_by = act

    @property
    def movements(self):
        return [
            TracedMovement(
                entry=act.entry,
                kind=act.kind,
                at=hour(act.at),
                occurred_at=hour(act.occurred),
                by="anna",
                reason=act.reason,
                reversed_by=act.undone_by.entry if act.undone_by else "",
                item="KIT",
                lot=act.lot,
                unit=act.unit,
                quantity=len(act.pieces),
                source=code_of(act.source),
                source_kind=KIND.get(act.source[1], LocationKind.SESSION),
                source_site=act.source[0],
                destination=code_of(act.destination),
                destination_kind=KIND.get(act.destination[1], LocationKind.SESSION),
                destination_site=act.destination[0],
                entered=act.entered,
                overridden=act.overridden,
            )
            for act in self.acts
        ]

    @property
    def facts(self):
        return {
            code: SessionFacts(
                code=code,
                site=SITES[code],
                location=f"{SITES[code]}-OR1",
                patient=f"PT-{code}",
                opened_at=hour(opened),
                closed_at=None if closed is None else hour(closed),
                first_closed_at=None if closed is None else hour(closed),
                cancelled=cancelled,
                without_lot=frozenset({"KIT"} if lacking else ()),
            )
            for code, (opened, closed, cancelled, lacking) in self.sessions.items()
        }

    def rings(self, movements=None):
        return rings(SCOPES, self.facts, movements or self.movements, hour(NOW))


def code_of(place):
    site, name = place
    return name if name in SITES else f"{site}-{name}"


SMALL = st.integers(0, 40)
STEPS = st.lists(
    st.tuples(
        SMALL,
        SMALL,
        st.integers(0, 1),
        st.integers(0, 2),
        st.integers(1, 3),
        SMALL,
        st.integers(0, 2),
        st.sampled_from([0, 0, 0, 2, 5]),
    ),
    min_size=3,
    max_size=25,
)
SESSION = st.tuples(
    st.integers(0, 25), st.none() | st.integers(0, 12), st.booleans(), st.booleans()
)


@st.composite
def worlds(draw):
    sessions = {}
    for code in SITES:
        opened, lasted, cancelled, lacking = draw(SESSION)
        closed = None if lasted is None else opened + lasted
        sessions[code] = (opened, closed, cancelled and lacking, lacking)
    world = World(sessions)
    world.step(0, 0, 0, 0, 3, 0, 0, 0)
    for step in draw(STEPS):
        world.step(*step)
    return world


def exposures_of_the_pieces(world):
    """What each covered piece did in each session, piece by piece."""
    found = Counter()
    for piece in world.pieces:
        if piece.lot not in COVERED:
            continue
        for act in piece.life:
            if act.kind is EntryKind.USE:
                found[act.source[1], piece.lot, piece.unit, "used"] += 1
        if piece.where[1] in SITES:
            found[piece.where[1], piece.lot, piece.unit, "in use"] += 1
    return dict(found)


def sessions_missing(world, exposed):
    """Sessions in which a covered piece was used or still is, and which a list does not name."""
    return {session for session, *_ in exposures_of_the_pieces(world)} - set(exposed)


def acts_in(world, code):
    return [a for a in world.acts if code in (a.source[1], a.destination[1]) and not a.undoes]


def window(world, code):
    opened, closed, *_ = world.sessions[code]
    happened = [act.occurred for act in acts_in(world, code)]
    return min([opened, *happened]), max([opened, NOW if closed is None else closed, *happened])


def in_reach(world, site, begin, end):
    """Whether any covered piece lay at the site in the window, in any way of telling its life."""
    for piece in world.pieces:
        stories = [
            [(act.at, act) for act in piece.log],
            [(act.at, act) for act in piece.life],
            [(act.occurred, act) for act in piece.life],
        ]
        if piece.lot in COVERED and any(
            lies_at(story, site, instant)
            for story in stories
            for tick in range(begin, end + 1)
            for instant in (tick - 0.5, tick)
        ):
            return True
    return False


def lies_at(story, site, instant):
    done = [act for told, act in story if told <= instant]
    if not done:
        # What a count found had been there before.
        return (
            bool(story)
            and story[0][1].source[1] == "VARIANCE"
            and (story[0][1].destination[0] == site)
        )
    last = done[-1]
    lost = last.destination[1] == "VARIANCE" and not last.undoes
    place = last.source if lost else last.destination
    return place[0] == site and what(place) in REACH


def was_corrected(world, code, act):
    closed = world.sessions[code][1]
    reversal = act.undone_by
    return reversal is not None and (
        REVERSE_REASONS[reversal.reason]
        or reversal.undone_by is not None
        or (closed is not None and reversal.at >= closed)
    )


def stands(act):
    return act.undone_by is None or not stands(act.undone_by)


def certain_doubts(world, code):
    """Whether a covered piece itself was there in a way that does not clear the session."""
    return any(
        act.lot in COVERED
        and (
            was_corrected(world, code, act)
            or (act.kind is EntryKind.WASTE and stands(act) and WASTE_REASONS[act.reason])
        )
        for act in acts_in(world, code)
    )


def weak_evidence(world, code):
    """Whether another lot's line, or a missing one, could hide a covered lot."""
    _, _, cancelled, lacking = world.sessions[code]
    if lacking and not cancelled:
        return True
    for act in acts_in(world, code):
        if act.lot in COVERED:
            continue
        if was_corrected(world, code, act):
            return True
        weak = act.entered == "typed" or act.overridden
        if weak and act.kind is EntryKind.OPEN and stands(act) and kept(world, code):
            return True
    return False


def kept(world, code):
    """Whether the session kept any piece of the lot that is not covered."""
    return any(
        piece.where[1] == code
        or any(
            a.source[1] == code and a.kind in (EntryKind.USE, EntryKind.WASTE) for a in piece.life
        )
        for piece in world.pieces
        if piece.lot not in COVERED
    )


def ring_of(found):
    """Session to how serious its ring is; 3 for exposed."""
    ranks = {judged.session.code: 1 for judged in found.excluded}
    ranks |= {judged.session.code: 2 for judged in found.cannot_be_excluded}
    return ranks | {line.session.code: 3 for line in found.exposed}


def doubts_missing(world, found):
    """Sessions that the model doubts and that stand in neither of the two serious rings."""
    ranks = ring_of(found)
    return {
        code
        for code in SITES
        if ranks.get(code, 0) < 2
        and (
            certain_doubts(world, code)
            or (weak_evidence(world, code) and in_reach(world, SITES[code], *window(world, code)))
        )
    }


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
