"""A round of a synthetic ledger: a delivery, its way to a room, the sessions that use it up."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from inventory.domain.catalogue import Item, Lot, Tracking, Unit
from inventory.domain.chain import Json, leaf_hash, link
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind, LocationKind, Movement
from inventory.domain.places import Location, Site
from inventory.operations.posting import Act, Draft, Move, as_movement, payload
from inventory.store.bulk import Bulk
from inventory.store.ledger import Head

SPAN: Final = timedelta(days=700)
"""About how long a ledger goes on, whatever its size."""

_WASTED, _RESTOCKED = 0.03, 0.06
"""Up to which draw a piece is wasted, and up to which it is put back."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What rounds stand on.

    Attributes:
        act: Of whoever makes the ledger; its chance is all chance.
        sites: All sites.
        places: By code.
        kinds: Items, by kind; a scan of each kind a session. The first kind is the kit.
        patients: Key and commitment of each.
        procedure_id: Key of the procedure.
        retention_years: For records of sessions.
        ids: The id that the next row of each table gets.
        heads: Key of a site to the end of its chain.
        chain_key: Of the keyring.
    """

    act: Act
    sites: tuple[Site, ...]
    places: Mapping[str, Location]
    kinds: tuple[tuple[Item, ...], ...]
    patients: tuple[tuple[int, str], ...]
    procedure_id: int
    retention_years: int
    ids: dict[str, int]
    heads: dict[int, Head]
    chain_key: bytes


@dataclass(frozen=True, slots=True)
class Round:
    """A site, a room, how many sessions, and one lot of each kind."""

    site: Site
    room: Location
    size: int
    lots: tuple[Lot, ...]
    chosen: bool


@dataclass
class Rows:
    """What a round writes, in the order in which it may be written."""

    lot: list[Sequence[Any]] = field(default_factory=list)
    unit: list[Sequence[Any]] = field(default_factory=list)
    location: list[Sequence[Any]] = field(default_factory=list)
    receipt: list[Sequence[Any]] = field(default_factory=list)
    patient_session: list[Sequence[Any]] = field(default_factory=list)
    entries: list[tuple[Sequence[Any], list[Sequence[Any]]]] = field(default_factory=list)


class Writer:
    """Draws rounds and writes them; keeps the ends of the chains, ids, and the steps of units."""

    def __init__(self, ground: Ground, movements: int) -> None:
        self.ground = ground
        self.ends = dict(ground.heads)
        self.movements = self.sessions = 0
        self.bulk: Bulk
        self._now = max(head.at or ground.act.at for head in ground.heads.values())
        self._tick = SPAN / (movements * 0.62 + 500)
        self._rows = Rows()
        self._known: set[int] = set()
        self._steps: dict[int, int] = {}
        self.chosen = self._new_lot(ground.kinds[0][0])

    def draw_round(self, size: int, chosen: bool) -> Round:
        """A round somewhere, of lots that are new but for the chosen one."""
        chance = self.ground.act.draw
        site = chance.choice(self.ground.sites)
        rooms = [code for code in self.ground.places if code.startswith(f"{site.code}-OR")]
        room = self.ground.places[chance.choice(rooms)]
        lots = [self._new_lot(chance.choice(items)) for items in self.ground.kinds]
        if chosen:
            lots[0] = self.chosen
        return Round(site, room, size, tuple(lots), chosen)

    def _new_lot(self, item: Item) -> Lot:
        chance = self.ground.act.draw
        number = f"{chance.choice('ABCDEFGH')}{chance.randint(100, 999)}-{self.ground.ids['lot']}"
        return Lot(self._id("lot"), item, number, date(2030, chance.randint(1, 12), 28), "")

    def _id(self, table: str) -> int:
        self.ground.ids[table] += 1
        return self.ground.ids[table] - 1

    def write(self, each: Round) -> None:
        """Write a round: what it is about first, then its entries with their movements."""
        self._rows = Rows()
        self._steps = {}
        pieces = self._bring(each)
        for _ in range(each.size):
            self._play(each, [left.pop() for left in pieces])
            self.sessions += 1
        rows = self._rows
        for table in ("lot", "unit", "location", "receipt", "patient_session"):
            self.bulk.insert(table, getattr(rows, table))
        self.bulk.append(rows.entries)

    def _bring(self, each: Round) -> list[list[Unit | None]]:
        """Deliver a piece of each lot for every session, and up to three more, into the room."""
        chance, site = self.ground.act.draw, each.site
        pharmacy = self.ground.places[f"{site.code}-PHARMACY"]
        supplier = self.ground.places[f"{site.code}-{LocationKind.SUPPLIER}"]
        received: list[Move] = []
        carried: list[Move] = []
        pieces: list[list[Unit | None]] = []
        for lot in each.lots:
            self._keep_lot(lot)
            count = each.size + chance.randint(0, 3)
            units: list[Unit | None] = [None] * count
            if lot.item.tracking is Tracking.UNIT:
                units = [self._new_unit(lot) for _ in range(count)]
                received += [Move(lot, unit, supplier, pharmacy, 1, "scanned") for unit in units]
                carried += [Move(lot, unit, pharmacy, each.room, 1, "scanned") for unit in units]
            else:
                received.append(Move(lot, None, supplier, pharmacy, count, "scanned"))
                carried.append(Move(lot, None, pharmacy, each.room, count, "scanned"))
            pieces.append(units)
        code = new_code("RE", chance)
        at = self.bulk.instant(self._now)
        self._rows.receipt.append(
            (self._id("receipt"), code, pharmacy.id, "Synthetic Medical", f"DDT {code}", at)
        )
        self._post(site, Draft(EntryKind.RECEIVE, code, received))
        self._post(site, Draft(EntryKind.TRANSFER, new_code("TR", chance), carried))
        return pieces

    def _keep_lot(self, lot: Lot) -> None:
        if lot.id not in self._known:
            self._known.add(lot.id)
            self._rows.lot.append((lot.id, lot.item.id, lot.number, lot.expires_on, ""))

    def _new_unit(self, lot: Lot) -> Unit:
        unit = Unit(self._id("unit"), new_code("KT", self.ground.act.draw), lot)
        self._rows.unit.append((unit.id, unit.code, lot.id, None))
        return unit

    def _play(self, each: Round, pieces: Sequence[Unit | None]) -> None:
        """One session: a scan of every lot, an outcome for every piece, and the closing."""
        chance, site = self.ground.act.draw, each.site
        place = self._open(each)
        used: list[Move] = []
        for position, (lot, unit) in enumerate(zip(each.lots, pieces, strict=True)):
            facts: dict[str, Json] = {} if unit else {"barcodes": [f"10{lot.number}"]}
            scan = Move(lot, unit, each.room, place, 1, "scanned")
            self._post(site, Draft(EntryKind.OPEN, place.code, [scan], facts))
            fate = 1.0 if each.chosen and position == 0 else chance.random()
            if fate < _WASTED:
                wasted = Move(lot, unit, place, self._meaning(site, LocationKind.WASTED))
                self._post(site, Draft(EntryKind.WASTE, place.code, [wasted], reason="dropped"))
            elif fate < _RESTOCKED:
                back = Move(lot, unit, place, each.room)
                self._post(site, Draft(EntryKind.RESTOCK, place.code, [back]))
            else:
                used.append(Move(lot, unit, place, self._meaning(site, LocationKind.USED)))
        if used:
            self._post(site, Draft(EntryKind.USE, place.code, used))
        self._post(site, Draft(EntryKind.CLOSE_SESSION, place.code))

    def _open(self, each: Round) -> Location:
        ground = self.ground
        code = new_code("PS", ground.act.draw)
        patient_id, commitment = ground.patients[self.sessions % len(ground.patients)]
        place = Location(self._id("location"), code, LocationKind.SESSION, "", each.site)
        until = date(self._now.year + ground.retention_years, self._now.month, 28)
        self._rows.location.append((place.id, each.site.id, code, place.kind.value, "", None))
        at = self.bulk.instant(self._now)
        self._rows.patient_session.append(
            (self._id("patient_session"), code, each.site.id, each.room.id, place.id,
             ground.procedure_id, patient_id, at, until)
        )  # fmt: skip
        facts: dict[str, Json] = {
            "patient_commit": commitment,
            "location": each.room.code,
            "procedure": "disc-fat-prf",
            "retain_until": until.isoformat(),
        }
        self._post(each.site, Draft(EntryKind.OPEN_SESSION, code, (), facts))
        return place

    def _meaning(self, site: Site, kind: LocationKind) -> Location:
        return self.ground.places[f"{site.code}-{kind}"]

    def _post(self, site: Site, draft: Draft) -> None:
        """An entry at the end of its site's chain, as `posting.post` makes it."""
        act, before, entry_id = self.ground.act, self.ends[site.id], self._id("entry")
        number, at = before.number + 1, self._advance()
        movements: list[Movement] = []
        rows: list[Sequence[Any]] = []
        for line, move in enumerate(draft.moves, start=1):
            step = self._step(move.unit)
            movements.append(as_movement(move, step))
            rows.append(
                (self._id("movement"), entry_id, line, move.lot.id,
                 move.unit.id if move.unit else None, step or None, move.source.id,
                 move.destination.id, move.quantity, move.entered, "")
            )  # fmt: skip
        text = fast_canonical(payload(act, site, number, at, at, draft, movements))
        leaf = leaf_hash(text)
        mac = link(self.ground.chain_key, site.code, number, before.mac, leaf)
        when = self.bulk.instant(at)
        self._rows.entries.append(
            ((entry_id, site.id, number, draft.kind.value, when, when, act.by, draft.about,
              draft.reason, None, text, leaf, mac), rows)
        )  # fmt: skip
        self.ends[site.id] = Head(number, mac, at)
        self.movements += len(rows)

    def _step(self, unit: Unit | None) -> int:
        if unit is None:
            return 0
        self._steps[unit.id] = self._steps.get(unit.id, 0) + 1
        return self._steps[unit.id]

    def _advance(self) -> datetime:
        self._now += self._tick
        return self._now


def fast_canonical(value: dict[str, Json]) -> str:
    """What `chain.canonical` gives for ASCII texts and whole numbers, in a fraction of the time."""
    return _ENCODE(value)


_ENCODE: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False
).encode
