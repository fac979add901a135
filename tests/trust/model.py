"""A clinic at two sites as plain Python: pieces, where they lie, and what may become of them.

The machine acts at random. Of every act the model says beforehand whether it is refused and why;
after every act the ledger is held against it.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from inventory import store
from inventory.domain.ledger import LocationKind, reconcile
from inventory.operations import correcting, recalling, scanning, using
from inventory.operations.identifying import Asked
from inventory.operations.posting import Answer
from inventory.operations.refusing import CLOCK_SLACK
from tests.clinic import CARTON, KIT, SALINE, Clinic, codes
from tests.trust.pieces import Done, ModelLot, site_of

ROOMS = ("TO-OR1", "CN-OR1")
STORES = (*ROOMS, "TO-PHARMACY", "TO-QUARANTINE", "CN-QUARANTINE")
TRANSIT = ("TO-TRANSIT", "CN-TRANSIT")
IN_A_CARTON = 5
FEW = 3
"""The latest lots and sessions are acted on, so that acts meet."""


class Machine(RuleBasedStateMachine):
    """Acts at random; each is predicted by the model and compared with it."""

    clinic: Clinic

    def __init__(self) -> None:
        super().__init__()
        self.c = type(self).clinic
        with store.reading() as connection:
            query = "SELECT coalesce(max(id), 0) FROM lot"
            self.world = connection.exec_driver_sql(query).scalar_one()
        self.lots: list[ModelLot] = []
        self.units: dict[str, tuple[ModelLot, str]] = {}
        self.life: Counter[str] = Counter()
        self.sessions: dict[str, str] = {}
        self.done: list[Done] = []
        self.turn = 0

    # what the model expects, and is told

    def agrees(self, answer: Answer, expected: set[str]) -> bool:
        """Whether the act was refused exactly if the model says so; True if it was done."""
        assert answer.refused is bool(expected), (expected, codes(answer))
        if expected:
            assert set(codes(answer)) & expected, (expected, codes(answer))
        return not expected

    def moved(
        self, answer: Answer, lot: ModelLot, units: tuple[str, ...], *ends: str, count: int
    ) -> None:
        """Keep what was done."""
        self.put(lot, units, ends[0], ends[1], count)
        self.turn += 1
        reference = str(answer.body["entry"])
        at = self.c.now
        self.done.append(Done(reference, lot, units, ends[0], ends[1], count, self.turn, at))

    def put(
        self, lot: ModelLot, units: tuple[str, ...], source: str, destination: str, count: int
    ) -> None:
        lot.move(source, destination, count)
        for unit in units:
            self.units[unit] = (lot, destination)
            self.life[unit] += 1

    def label(self, lot: ModelLot, gtin: str = "") -> str:
        gtin = gtin or (KIT if lot.by_unit else SALINE)
        return self.c.label(lot.number, gtin=gtin, expiry=f"{lot.expires_on:%y%m%d}")

    def draw_lot(self, data: st.DataObject) -> ModelLot:
        return data.draw(st.sampled_from(self.lots[-FEW:]))

    def draw_piece(self, data: st.DataObject, room: str) -> tuple[ModelLot, str]:
        """A lot, and where it is tracked so one of its units: that lies here, is gone, or any."""
        sought = data.draw(st.sampled_from(["here", "gone", "any"]))
        lots = [lot for lot in self.lots if sought != "here" or lot.held[room] > 0] or self.lots
        lot = data.draw(st.sampled_from(lots[-FEW:]))
        units = {unit: place for unit, (of, place) in self.units.items() if of is lot}
        wanted = {
            "here": [unit for unit, place in units.items() if place == room],
            "gone": [unit for unit in self.units_gone() if unit in units],
        }
        found = wanted.get(sought) or [*units]
        return lot, data.draw(st.sampled_from(found)) if lot.by_unit else ""

    def units_gone(self) -> list[str]:
        return [unit for unit, (_, place) in self.units.items() if self.is_gone(place)]

    def is_gone(self, place: str) -> bool:
        return place in self.sessions or place.endswith(("-USED", "-WASTED"))

    def draw_session(self, data: st.DataObject) -> tuple[str, str]:
        return data.draw(st.sampled_from([*self.sessions.items()][-FEW:]))

    def draw_unit(self, data: st.DataObject, lot: ModelLot) -> str:
        return data.draw(st.sampled_from([u for u, (of, _) in self.units.items() if of is lot]))

    # acts

    @initialize()
    def begin(self) -> None:
        """Something is here and a session is open, so that no run is spent on getting so far."""
        self.receive_a_new_lot(by_unit=True, days=1, count=2)
        self.receive_a_new_lot(by_unit=False, days=0, count=3)
        self.open_a_session("TO-OR1")

    @rule(by_unit=st.booleans(), days=st.integers(0, 3), count=st.integers(1, 3))
    def receive_a_new_lot(self, by_unit: bool, days: int, count: int) -> None:
        expires_on = self.c.today + timedelta(days=days)
        lot = ModelLot(f"L{self.world}X{len(self.lots)}", by_unit, expires_on)
        self.lots.append(lot)
        self.take_in(lot, self.label(lot), count, count, "TO-OR1")

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), count=st.integers(1, 3), room=st.sampled_from(ROOMS))
    def receive_more_of_a_lot(self, data: st.DataObject, count: int, room: str) -> None:
        lot = self.draw_lot(data)
        self.take_in(lot, self.label(lot), count, count, room)

    @precondition(lambda self: any(lot.by_unit for lot in self.lots))
    @rule(data=st.data(), room=st.sampled_from(ROOMS))
    def receive_a_carton(self, data: st.DataObject, room: str) -> None:
        lot = data.draw(st.sampled_from([lot for lot in self.lots if lot.by_unit]))
        self.take_in(lot, self.label(lot, CARTON), 1, IN_A_CARTON, room)

    def take_in(self, lot: ModelLot, label: str, packs: int, pieces: int, room: str) -> None:
        answer = self.c.receive(label, packs=packs, location=room)
        assert not answer.refused, answer.problems
        (line,) = answer.body["lines"]
        site = site_of(room)
        place = f"{site}-QUARANTINE" if lot.unfit(self.c.today) else room
        assert (line["location"], line["quantity"]) == (place, pieces)
        units = tuple(line["units"])
        assert len(units) == (pieces if lot.by_unit else 0)
        self.moved(answer, lot, units, f"{site}-SUPPLIER", place, count=pieces)

    @rule(room=st.sampled_from(ROOMS))
    def open_a_session(self, room: str) -> None:
        patient = f"MRN {len(self.sessions) % 3}"
        self.sessions[self.c.open_session(patient, room, procedure="any")] = room

    @precondition(lambda self: self.sessions and self.lots)
    @rule(data=st.data(), count=st.integers(1, 4), days=st.sampled_from([0, 0, 1, 2]))
    def scan(self, data: st.DataObject, count: int, days: int) -> None:
        """Something that was opened now, or some days ago and is recorded late."""
        session, room = self.draw_session(data)
        lot, unit = self.draw_piece(data, room)
        self.scan_into(session, room, lot, unit, count, days)

    @precondition(lambda self: self.units_gone())
    @rule(data=st.data())
    def scan_what_is_gone(self, data: st.DataObject) -> None:
        """A unit that was opened or used, for a session that may be another one."""
        session, room = self.draw_session(data)
        unit = data.draw(st.sampled_from(self.units_gone()[-FEW:]))
        self.scan_into(session, room, self.units[unit][0], unit, 1, 0)

    def scan_into(
        self, session: str, room: str, lot: ModelLot, unit: str, count: int, days: int
    ) -> None:
        units, barcode = (unit,) if unit else (), unit or self.label(lot)
        expected = lot.unfit(self.c.today - timedelta(days=days))
        if unit:
            count, place = 1, self.units[unit][1]
            if place not in (room, session):
                expected.add("unit-already-used" if self.is_gone(place) else "not-here")
        elif lot.held[room] < count:
            expected.add("not-here")
        at = self.c.now - timedelta(days=days) if days else None
        if at and not expected & {"not-here", "unit-already-used"}:
            expected |= self.before_it_came(lot, unit, room, at)
        request = scanning.ScanRequest(Asked((barcode,)), count, at)
        answer = scanning.scan_into_session(self.c.act(), session, request)
        if unit and self.units[unit][1] == session:
            assert answer.body["again"] is True
        elif self.agrees(answer, expected):
            self.moved(answer, lot, units, room, session, count=count)

    def before_it_came(self, lot: ModelLot, unit: str, room: str, at: datetime) -> set[str]:
        """Whether a time is before this piece, or the first of a lot by count, came to a room."""
        came = [each.at for each in self.done if (each.lot, each.destination) == (lot, room)]
        if unit:
            came = [e.at for e in self.done if unit in e.units and e.destination == room][-1:]
        return {"occurred-at-wrong"} if came and at < min(came) - CLOCK_SLACK else set()

    @precondition(lambda self: self.sessions and self.lots)
    @rule(data=st.data(), outcome=st.sampled_from(["used", "wasted", "restocked"]))
    def say_what_became_of_it(self, data: st.DataObject, outcome: str) -> None:
        session, room = self.draw_session(data)
        lot = self.draw_lot(data)
        unit = self.draw_unit(data, lot) if lot.by_unit else ""
        there = self.units[unit][1] == session if unit else lot.held[session] > 0
        reason = "dropped" if outcome == "wasted" else ""
        item = "" if unit else self.c.saline
        said = using.Outcome(outcome, unit, item, "" if unit else lot.number, reason=reason)
        answer = using.say_outcome(self.c.act(), session, said)
        if not self.agrees(answer, set() if there else {"not-in-session"}):
            return
        site = site_of(room)
        back = f"{site}-QUARANTINE" if lot.unfit(self.c.today) else room
        to = {"used": f"{site}-USED", "wasted": f"{site}-WASTED"}.get(outcome, back)
        count = 1 if unit else lot.held[session]
        self.moved(answer, lot, (unit,) if unit else (), session, to, count=count)

    @precondition(lambda self: self.lots)
    @rule(
        data=st.data(),
        source=st.sampled_from((*STORES, *TRANSIT)),
        destination=st.sampled_from(STORES),
        count=st.integers(1, 3),
        from_where_it_lies=st.booleans(),
    )
    def transfer(
        self,
        data: st.DataObject,
        source: str,
        destination: str,
        count: int,
        from_where_it_lies: bool,
    ) -> None:
        """Within a site, to another site's transit place, or out of it."""
        lot = self.draw_lot(data)
        unit = self.draw_unit(data, lot) if lot.by_unit else ""
        held = [self.units[unit][1]] if unit else sorted(+lot.held)
        if from_where_it_lies:
            source = next((place for place in held if place in (*STORES, *TRANSIT)), source)
        to = destination
        if site_of(source) != site_of(destination):
            to = f"{site_of(destination)}-TRANSIT"
        count = 1 if unit else count
        answer = self.c.move(source, destination, unit or self.label(lot), quantity=count)
        if self.agrees(answer, self.against_transfer(lot, unit, source, to, count)):
            self.moved(answer, lot, (unit,) if unit else (), source, to, count=count)

    def against_transfer(
        self, lot: ModelLot, unit: str, source: str, to: str, count: int
    ) -> set[str]:
        expected = set() if to.endswith("-QUARANTINE") else lot.unfit(self.c.today)
        if source == to:
            expected.add("same-place")
        if source in TRANSIT and to in TRANSIT:
            expected.add("receive-first")
        there = self.units[unit][1] == source if unit else lot.held[source] >= count
        if not there:
            gone = unit and self.is_gone(self.units[unit][1])
            expected.add("unit-already-used" if gone else "not-here")
        return expected

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def reverse_an_entry(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.done))
        rests = any(
            later.turn > entry.turn and set(later.units) & set(entry.units) for later in self.done
        )
        if not entry.units:
            rests = entry.lot.held[entry.destination] < entry.quantity
        answer = correcting.reverse_entry(self.c.act(), entry.reference, "wrong-place")
        if self.agrees(answer, {"later-rests-on-it"} if rests else set()):
            self.done.remove(entry)
            self.put(entry.lot, entry.units, entry.destination, entry.source, entry.quantity)
            again = correcting.reverse_entry(self.c.act(), entry.reference, "wrong-place")
            assert "reversed-already" in codes(again)

    @precondition(lambda self: any(not lot.recall for lot in self.lots))
    @rule(data=st.data())
    def recall_a_lot(self, data: st.DataObject) -> None:
        lot = data.draw(st.sampled_from([lot for lot in self.lots if not lot.recall][-FEW:]))
        lot.recall = self.c.recall(lot.number, item=self.c.kit if lot.by_unit else self.c.saline)

    @precondition(lambda self: any(lot.recall for lot in self.lots))
    @rule(data=st.data())
    def lift_a_recall(self, data: st.DataObject) -> None:
        lot = data.draw(st.sampled_from([lot for lot in self.lots if lot.recall]))
        recalling.lift_recall(self.c.act(), lot.recall, "tested and found good")
        lot.recall = ""

    @rule()
    def a_day_goes_by(self) -> None:
        self.c.now += timedelta(days=1)

    # what always holds

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        with store.reading() as connection:
            rows: Any = connection.exec_driver_sql(
                "SELECT l.number, s.code, s.kind, d.code, d.kind, m.quantity, u.code,"
                " e.site_id = s.site_id FROM movement m JOIN entry e ON e.id = m.entry_id"
                " JOIN lot l ON l.id = m.lot_id JOIN location s ON s.id = m.source_id"
                " JOIN location d ON d.id = m.destination_id"
                f" LEFT JOIN unit u ON u.id = m.unit_id WHERE l.id > {self.world}"
            ).all()
        assert all(row[7] for row in rows), "a movement stands in the chain of its source's site"
        steps = Counter(row[6] for row in rows if row[6])
        assert {unit: steps[unit] for unit in self.units} == dict(self.life)
        for lot in self.lots:
            mine = [row for row in rows if row[0] == lot.number]
            held: Counter[str] = Counter()
            for _, source, _, destination, _, quantity, *_ in mine:
                held[source] -= quantity
                held[destination] += quantity
            assert {k: v for k, v in held.items() if v} == {k: v for k, v in lot.held.items() if v}
            assert all(n >= 0 for place, n in held.items() if not place.endswith("-SUPPLIER"))
            sums = reconcile("", "", [(LocationKind(r[2]), LocationKind(r[4]), r[5]) for r in mine])
            assert sums.unexplained == 0
