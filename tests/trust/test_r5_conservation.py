"""R5: nothing is made, lost or used twice: the ledger beside a model that knows single pieces.

The model is plain Python and knows for each lot who holds how much, for each unit where it lies. It
says beforehand of every act whether it is refused and why. After every step the two are compared.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import DBAPIError

from inventory import store
from inventory.domain import catalogue
from inventory.domain.ledger import LocationKind, reconcile
from inventory.operations import correcting, identifying, recalling, scanning, using
from inventory.operations.posting import Answer
from inventory.store import ledger
from tests.clinic import KIT, SALINE, Clinic, codes
from tests.trust.conftest import how_often
from tests.trust.owner import drop_triggers, owner_of
from tests.trust.workers import House

ROOMS = ("TO-OR1", "TO-PHARMACY")


@dataclass
class ModelLot:
    """One lot: when it expires, whether it is recalled, who holds how much of it."""

    number: str
    by_unit: bool
    expires_on: date
    recall: str = ""
    held: Counter[str] = field(default_factory=Counter)

    def move(self, source: str, destination: str, quantity: int) -> None:
        self.held[source] -= quantity
        self.held[destination] += quantity


@dataclass
class Done:
    """An entry that could be reversed: what it moved, and with which units."""

    reference: str
    lot: ModelLot
    unit: str
    source: str
    destination: str
    quantity: int
    session: str
    turn: int


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
        self.sessions: list[str] = []
        self.done: list[Done] = []
        self.turn = 0

    # what the model expects

    def unfit(self, lot: ModelLot) -> set[str]:
        """Why a lot may not be used today."""
        found = set()
        if self.c.today > lot.expires_on:
            found.add("lot-expired")
        if lot.recall:
            found.add("lot-recalled")
        return found

    def agrees(self, answer: Answer, expected: set[str]) -> bool:
        """Whether the act was refused exactly if the model says so; True if it was done."""
        assert answer.refused is bool(expected), (expected, codes(answer))
        if expected:
            assert set(codes(answer)) & expected, (expected, codes(answer))
        return not expected

    def moved(
        self,
        answer: Answer,
        lot: ModelLot,
        unit: str,
        ends: tuple[str, str],
        count: int,
        session: str,
    ) -> None:
        """Tell the model what was done."""
        lot.move(*ends, count)
        if unit:
            self.units[unit] = (lot, ends[1])
            self.life[unit] += 1
        self.turn += 1
        reference = str(answer.body["entry"])
        self.done.append(Done(reference, lot, unit, *ends, count, session, self.turn))

    # acts

    @rule(by_unit=st.booleans(), days=st.integers(0, 3), count=st.integers(1, 3))
    def receive_a_new_lot(self, by_unit: bool, days: int, count: int) -> None:
        expires_on = self.c.today + timedelta(days=days)
        lot = ModelLot(f"L{self.world}X{len(self.lots)}", by_unit, expires_on)
        self.lots.append(lot)
        self.take_in(lot, count)

    @precondition(lambda self: self.lots)
    @rule(data=st.data(), count=st.integers(1, 3))
    def receive_more_of_a_lot(self, data: st.DataObject, count: int) -> None:
        self.take_in(data.draw(st.sampled_from(self.lots)), count)

    def take_in(self, lot: ModelLot, count: int) -> None:
        gtin = KIT if lot.by_unit else SALINE
        label = self.c.label(lot.number, gtin=gtin, expiry=f"{lot.expires_on:%y%m%d}")
        unfit = self.unfit(lot)
        answer = self.c.receive(label, packs=count)
        assert not answer.refused, answer.problems
        (line,) = answer.body["lines"]
        place = "TO-QUARANTINE" if unfit else "TO-OR1"
        assert line["location"] == place
        lot.move("TO-SUPPLIER", place, count)
        for unit in line["units"]:
            self.units[unit] = (lot, place)
            self.life[unit] += 1

    @rule()
    def open_a_session(self) -> None:
        self.sessions.append(self.c.open_session(f"MRN {len(self.sessions) % 3}", procedure="any"))

    @precondition(lambda self: self.sessions and self.units)
    @rule(data=st.data())
    def scan_a_unit(self, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(self.sessions))
        unit = data.draw(st.sampled_from(sorted(self.units)))
        lot, place = self.units[unit]
        answer = self.c.scan(session, unit)
        if place == session:
            assert answer.body["again"] is True
            return
        expected = self.unfit(lot)
        if place != "TO-OR1":
            taken = place in self.sessions or place in ("TO-USED", "TO-WASTED")
            expected.add("unit-already-used" if taken else "not-here")
        if self.agrees(answer, expected):
            self.moved(answer, lot, unit, ("TO-OR1", session), 1, session)

    @precondition(lambda self: self.sessions and any(not lot.by_unit for lot in self.lots))
    @rule(data=st.data(), count=st.integers(1, 4))
    def scan_what_is_tracked_by_lot(self, data: st.DataObject, count: int) -> None:
        session = data.draw(st.sampled_from(self.sessions))
        lot = data.draw(st.sampled_from([lot for lot in self.lots if not lot.by_unit]))
        label = self.c.label(lot.number, gtin=SALINE, expiry=f"{lot.expires_on:%y%m%d}")
        expected = self.unfit(lot)
        if lot.held["TO-OR1"] < count:
            expected.add("not-here")
        answer = self.c.scan(session, label, quantity=count)
        if self.agrees(answer, expected):
            self.moved(answer, lot, "", ("TO-OR1", session), count, session)

    @precondition(lambda self: self.sessions and self.lots)
    @rule(data=st.data(), outcome=st.sampled_from(["used", "wasted", "restocked"]))
    def say_what_became_of_it(self, data: st.DataObject, outcome: str) -> None:
        session = data.draw(st.sampled_from(self.sessions))
        lot = data.draw(st.sampled_from(self.lots))
        unit = ""
        if lot.by_unit:
            unit = data.draw(st.sampled_from([u for u, (of, _) in self.units.items() if of is lot]))
        there = self.units[unit][1] == session if unit else lot.held[session]
        reason = "dropped" if outcome == "wasted" else ""
        item = "" if unit else self.c.saline
        said = using.Outcome(outcome, unit, item, "" if unit else lot.number, reason=reason)
        answer = using.say_outcome(self.c.act(), session, said)
        if not self.agrees(answer, set() if there else {"not-in-session"}):
            return
        to = {"used": "TO-USED", "wasted": "TO-WASTED"}.get(outcome, "")
        to = to or ("TO-QUARANTINE" if self.unfit(lot) else "TO-OR1")
        self.moved(answer, lot, unit, (session, to), 1 if unit else lot.held[session], session)

    @precondition(lambda self: self.units)
    @rule(data=st.data(), places=st.permutations([*ROOMS, "TO-QUARANTINE"]))
    def transfer_a_unit(self, data: st.DataObject, places: list[str]) -> None:
        unit = data.draw(st.sampled_from(sorted(self.units)))
        source, destination, _ = places
        lot, place = self.units[unit]
        expected = set() if destination == "TO-QUARANTINE" else self.unfit(lot)
        if place != source:
            expected.add("not-here")
        answer = self.c.move(source, destination, unit)
        if self.agrees(answer, expected):
            self.moved(answer, lot, unit, (source, destination), 1, "")

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def reverse_an_entry(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.done))
        expected = set()
        if entry.unit:
            if self.units[entry.unit][1] != entry.destination or any(
                later.unit == entry.unit and later.turn > entry.turn for later in self.done
            ):
                expected.add("later-rests-on-it")
        elif entry.lot.held[entry.destination] < entry.quantity:
            expected.add("later-rests-on-it")
        answer = correcting.reverse_entry(self.c.act(), entry.reference, "wrong-place")
        if self.agrees(answer, expected):
            self.done.remove(entry)
            entry.lot.move(entry.destination, entry.source, entry.quantity)
            if entry.unit:
                self.units[entry.unit] = (entry.lot, entry.source)
                self.life[entry.unit] += 1
                self.done = [d for d in self.done if d.unit != entry.unit]
            again = correcting.reverse_entry(self.c.act(), entry.reference, "wrong-place")
            assert "reversed-already" in codes(again)

    @precondition(lambda self: any(not lot.recall for lot in self.lots))
    @rule(data=st.data())
    def recall_a_lot(self, data: st.DataObject) -> None:
        lot = data.draw(st.sampled_from([lot for lot in self.lots if not lot.recall]))
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
                "SELECT l.number, s.code, s.kind, d.code, d.kind, m.quantity FROM movement m"
                " JOIN lot l ON l.id = m.lot_id JOIN location s ON s.id = m.source_id"
                " JOIN location d ON d.id = m.destination_id"
                f" WHERE l.id > {self.world}"
            ).all()
            steps: Any = dict(
                connection.exec_driver_sql(
                    "SELECT u.code, count(*) FROM movement m JOIN unit u ON u.id = m.unit_id"
                    f" WHERE m.lot_id > {self.world} GROUP BY u.code"
                ).all()
            )
        for lot in self.lots:
            mine = [row for row in rows if row[0] == lot.number]
            held: Counter[str] = Counter()
            for _, source, _, destination, _, quantity in mine:
                held[source] -= quantity
                held[destination] += quantity
            assert {k: v for k, v in held.items() if v} == {k: v for k, v in lot.held.items() if v}
            assert all(count >= 0 for place, count in held.items() if place != "TO-SUPPLIER")
            sums = reconcile("", "", [(LocationKind(r[2]), LocationKind(r[4]), r[5]) for r in mine])
            assert sums.unexplained == 0
        assert {unit: steps[unit] for unit in self.units} == dict(self.life)


def go(clinic: Clinic, examples: int, steps: int, *, shrink: bool = True) -> None:
    """Run the machine on a clinic; the seed is fixed unless KITTRACE_SEED says `random`."""
    machine = type("Clinics", (Machine,), {"clinic": clinic})
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    chance = os.environ.get("KITTRACE_SEED") == "random"
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=not chance,
            database=None,
            deadline=None,
            phases=phases,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_ledger_and_a_model_of_single_pieces_agree_after_every_act(
    clinic: Clinic, house: House
) -> None:
    lite = house.url.startswith("sqlite")
    go(clinic, how_often("KITTRACE_EXAMPLES", 15 if lite else 8), 25 if lite else 20)


# the last day, which no machine finds by chance


def scanned_on(clinic: Clinic, day: date, expiry: date) -> list[str]:
    """Why a kit of a lot with this expiry is refused at noon of a day."""
    early = min(day, expiry) - timedelta(days=1)
    clinic.now = clinic.now.replace(year=early.year, month=early.month, day=early.day, hour=10)
    label = clinic.label("E1", expiry=f"{expiry:%y%m%d}")
    (kit,) = clinic.receive(label).body["lines"][0]["units"]
    clinic.now = clinic.now.replace(year=day.year, month=day.month, day=day.day, hour=10)
    return codes(clinic.scan(clinic.open_session(procedure="any"), kit))


@pytest.mark.parametrize(
    ("days_after", "refused"), [(-1, []), (0, []), (1, ["lot-expired"]), (30, ["lot-expired"])]
)
def test_a_lot_is_good_through_its_printed_day(
    clinic: Clinic, house: House, days_after: int, refused: list[str]
) -> None:
    expiry = date(2026, 12, 15)
    assert scanned_on(clinic, expiry + timedelta(days=days_after), expiry) == refused


# broken on purpose: each mutant must be found


def expired_a_day_early(patch: pytest.MonkeyPatch) -> None:
    check = catalogue.check_expiry
    for module in (identifying, using):
        patch.setattr(
            module, "check_expiry", lambda lot, today: check(lot, today + timedelta(days=1))
        )


def expired_a_day_late(patch: pytest.MonkeyPatch) -> None:
    check = catalogue.check_expiry
    for module in (identifying, using):
        patch.setattr(
            module, "check_expiry", lambda lot, today: check(lot, today - timedelta(days=1))
        )


def recalls_are_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(identifying.recalls, "standing_recall", lambda *_: None)


def a_lifted_recall_still_stands(patch: pytest.MonkeyPatch) -> None:
    lift = recalling.lift_recall
    patch.setattr(recalling, "lift_recall", lambda act, code, reason: lift(act, code, ""))


def balances_are_not_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "balance", lambda *_: 10**6)


def units_are_used_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scanning, "_find_piece", _any_piece)


def _any_piece(connection: Any, found: Any, theatre: Any, quantity: int) -> Any:
    piece = _FIND_PIECE(connection, found, theatre, quantity)
    if "unit-already-used" not in [problem.code for problem in piece.problems]:
        return piece
    return replace(piece, problems=())


_FIND_PIECE = scanning._find_piece


def a_reversal_forgets_the_step_of_the_unit(patch: pytest.MonkeyPatch) -> None:
    mirror = correcting._mirror

    def of_the_lot_only(*arguments: Any) -> Any:
        return replace(mirror(*arguments), unit=None)

    patch.setattr(correcting, "_mirror", of_the_lot_only)


def an_outcome_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    check = using._check
    patch.setattr(using, "_check", lambda *a: [p for p in check(*a) if p.code != "not-in-session"])


def anything_is_reversed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(correcting, "_check_mirror", lambda *_: [])


def an_entry_is_reversed_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "reversal_of", lambda *_: None)


def restocked_goes_back_though_unfit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(using, "_destination", _straight_back)


def _straight_back(
    connection: Any, act: Any, theatre: Any, outcome: Any, lot: Any, site: Any
) -> Any:
    if outcome.outcome == "restocked":
        return theatre.here, []
    return _DESTINATION(connection, act, theatre, outcome, lot, site)


_DESTINATION = using._destination

FOUND_BY_THE_MODEL: tuple[Callable[[pytest.MonkeyPatch], None], ...] = (
    expired_a_day_early,
    expired_a_day_late,
    recalls_are_ignored,
    a_lifted_recall_still_stands,
    balances_are_not_asked,
    units_are_used_again,
    a_reversal_forgets_the_step_of_the_unit,
    an_outcome_is_not_checked,
    an_entry_is_reversed_twice,
)


def take_the_guards_off(house: House) -> None:
    """So that nothing but the tests can find what is broken."""
    owner = owner_of(house)
    with owner.begin() as connection:
        drop_triggers(connection)
    owner.dispose()


@pytest.mark.tampers
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutant", FOUND_BY_THE_MODEL, ids=lambda mutant: mutant.__name__)
def test_control_a_broken_program_is_found_by_the_model(
    clinic: Clinic, house: House, mutant: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    take_the_guards_off(house)
    mutant(monkeypatch)
    with pytest.raises(Exception) as found:
        go(clinic, 400, 30, shrink=False)  # it stops where it finds
    assert found.type.__name__ != "Unsatisfiable"


# what the model finds too rarely by chance has examples of its own


def an_opening_on_which_a_use_rests_is_not_reversed(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17")
    session = clinic.open_session(procedure="any")
    opened = clinic.scan(session, kit)
    clinic.use(session, kit)
    answer = correcting.reverse_entry(clinic.act(), str(opened.body["entry"]), "wrong-lot")
    assert codes(answer) == ["later-rests-on-it"]


def what_is_restocked_of_a_recalled_lot_goes_to_quarantine(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A18")
    session = clinic.open_session(procedure="any")
    clinic.scan(session, kit)
    clinic.recall("A18")
    clinic.restock(session, kit)
    assert codes(clinic.move("TO-OR1", "TO-QUARANTINE", kit)) == ["not-here"]


def a_recalled_kit_is_not_opened(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A19")
    clinic.recall("A19")
    assert codes(clinic.scan(clinic.open_session(procedure="any"), kit)) == ["lot-recalled"]


EXAMPLES = (
    (an_opening_on_which_a_use_rests_is_not_reversed, anything_is_reversed),
    (what_is_restocked_of_a_recalled_lot_goes_to_quarantine, restocked_goes_back_though_unfit),
    (a_recalled_kit_is_not_opened, recalls_are_ignored),
)


@pytest.mark.tampers
@pytest.mark.parametrize(("example", "mutant"), EXAMPLES, ids=lambda part: part.__name__)
def test_an_example_holds_and_fails_on_the_program_that_is_broken_for_it(
    clinic: Clinic,
    house: House,
    example: Callable[[Clinic], None],
    mutant: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    example(clinic)
    take_the_guards_off(house)
    mutant(monkeypatch)
    clinic.now += timedelta(days=1)
    again = build_again(clinic)
    with pytest.raises((AssertionError, DBAPIError)):
        example(again)


def build_again(clinic: Clinic) -> Clinic:
    """The same clinic whose lots have other numbers, for the same example once more."""
    other = Clinic(clinic.kit, clinic.saline, clinic.now)
    receive, recall = other.receive_kits, other.recall
    other.receive_kits = lambda lot: receive(f"{lot}B")  # type: ignore[method-assign,misc,assignment]
    other.recall = lambda lot: recall(f"{lot}B")  # type: ignore[method-assign,misc,assignment]
    return other
