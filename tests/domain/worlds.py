"""Made-up worlds of single pieces: a model of a ledger that knows each piece and no sums."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.patient_session import REVERSE_REASONS, WASTE_REASONS
from inventory.domain.recall import Scope, SessionFacts, TracedMovement
from inventory.domain.rings import rings

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
                began_at=hour(opened),
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
