"""The stage of the demonstration: a clock that only goes on, one source of chance, the shelves.

The shelves are remembered here, so that whoever plays pharmacy or nurse knows what to pick up; the
ledger is told by acts like anybody's, and every act that is not meant to be refused must pass.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inventory.domain.catalogue import Tracking
from inventory.operations import labelling, receiving, transferring
from inventory.operations.demonstration_data import BY_KEY, Ware
from inventory.operations.identifying import Asked
from inventory.operations.posting import Act, Answer


@dataclass
class Pile:
    """What lies of one lot in one place.

    Attributes:
        ware: Of which item.
        lot: The lot number.
        expires_on: Last day of use.
        count: Units of use.
        units: Codes of the labels, for what is tracked by unit.
    """

    ware: Ware
    lot: str
    expires_on: date
    count: int
    units: list[str] = field(default_factory=list)

    def asked(self, unit: str = "") -> Asked:
        """What the scanner sends: our label of a piece, or the maker's code."""
        return Asked((unit or self.ware.label(self.lot, self.expires_on),))


@dataclass
class Stage:
    """Where it is played.

    Attributes:
        chance: All chance, that of codes included.
        zone: The clinic's time zone.
        now: The clock.
        retention_years: For records of sessions.
        items: Key of a ware to the code of its item.
        lots: Key of a ware and lot number to the lot's id.
        shelves: Place and key of a ware to what lies there.
        blocked: Lots that nobody picks up: recalled, on hold, or kept for the story.
        spent: Labels of kits that were used.
    """

    chance: random.Random
    zone: ZoneInfo
    now: datetime
    retention_years: int
    items: dict[str, str] = field(default_factory=dict)
    lots: dict[tuple[str, str], int] = field(default_factory=dict)
    shelves: dict[tuple[str, str], list[Pile]] = field(default_factory=dict)
    blocked: set[tuple[str, str]] = field(default_factory=set)
    spent: list[str] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day in the clinic."""
        return self.now.astimezone(self.zone).date()

    def go_to(self, day: date, hour: int, minute: int = 0) -> None:
        """Let the clock go on to a time of a day in the clinic; it never goes back."""
        at = datetime.combine(day, time(hour, minute), self.zone)
        self.now = max(self.now, at)

    def act(self, by: str, workstation: str = "") -> Act:
        """An act of a person, some seconds after the one before."""
        self.now += timedelta(seconds=self.chance.randint(15, 70))
        return Act(by, self.now, self.zone, workstation=workstation, draw=self.chance)

    def new_lot(self, ware: Ware) -> tuple[str, date]:
        """A lot as its maker would number it, with its expiry."""
        lot = ""
        while not lot or (ware.key, lot) in self.lots:
            lot = "".join(str(self.chance.randint(1, 9)) if c == "#" else c for c in ware.lots)
        return lot, self.today + timedelta(days=self.chance.randint(*ware.life_days))

    def usable(self, place: str, key: str) -> list[Pile]:
        """What may be taken of a ware in a place, first expired first."""
        piles = self.shelves.get((place, key), [])
        fit = [
            pile
            for pile in piles
            if pile.count and pile.expires_on >= self.today and (key, pile.lot) not in self.blocked
        ]
        return sorted(fit, key=lambda pile: (pile.expires_on, pile.lot))

    def held(self, place: str, key: str) -> int:
        """Units of use of a ware that may be taken in a place."""
        return sum(pile.count for pile in self.usable(place, key))

    def put(self, place: str, pile: Pile) -> None:
        """Something came to a place."""
        piles = self.shelves.setdefault((place, pile.ware.key), [])
        same = next((each for each in piles if each.lot == pile.lot), None)
        if same is None:
            piles.append(pile)
        else:
            same.count += pile.count
            same.units += pile.units

    def take(self, pile: Pile, count: int) -> Pile:
        """Something left a place; what it was."""
        pile.count -= count
        units = [pile.units.pop(0) for _ in range(count)] if pile.units else []
        return Pile(pile.ware, pile.lot, pile.expires_on, count, units)

    def expired(self, place: str) -> list[Pile]:
        """What lies expired in a place."""
        return [
            pile
            for (where, _), piles in self.shelves.items()
            for pile in piles
            if where == place and pile.count and pile.expires_on < self.today
        ]


def passed(answer: Answer) -> Answer:
    """The answer of an act that must not be refused.

    Raises:
        RuntimeError: It was.
    """
    if answer.refused:
        raise RuntimeError(" ".join(str(problem.message) for problem in answer.problems))
    return answer


Cartons = tuple[str, str, date, int]
"""Key of the ware, lot, expiry, cartons."""


def deliver(stage: Stage, by: str, site: str, document: str, lines: Sequence[Cartons]) -> None:
    """A delivery of one maker's cartons comes to a site's pharmacy, and labels are printed."""
    wares = [BY_KEY[key] for key, *_ in lines]
    asked = [
        receiving.ReceiptLine(Asked((ware.label(lot, expires_on, carton=True),)), cartons)
        for ware, (_, lot, expires_on, cartons) in zip(wares, lines, strict=True)
    ]
    request = receiving.ReceiptRequest(f"{site}-PHARMACY", wares[0].maker, document, asked)
    answer = passed(receiving.receive(stage.act(by), request))
    for ware, (_, lot, expires_on, _), said in zip(wares, lines, answer.body["lines"], strict=True):
        stage.lots[ware.key, lot] = said["lot_id"]
        units = list(said["units"])
        stage.put(said["location"], Pile(ware, lot, expires_on, said["quantity"], units))
    code = str(answer.body["code"])
    if labels := labelling.units_of_receipt(code):
        labelling.record_print(stage.act(by), code, labels, "unit-50x25")


def carry(stage: Stage, by: str, source: str, destination: str, picks: Sequence[Pile]) -> None:
    """Bring what was picked from a place to another; to another site by way of transit."""
    lines = [line for pile in picks for line in _lines(pile)]
    if not lines:
        return
    first = passed(transferring.transfer(stage.act(by), source, destination, lines))
    if first.body["destination"] != destination:
        stage.now += timedelta(minutes=95)
        transit = str(first.body["destination"])
        passed(transferring.transfer(stage.act("chiara"), transit, destination, lines))
    for pile in picks:
        stage.put(destination, pile)


def _lines(pile: Pile) -> Iterator[transferring.TransferLine]:
    if pile.ware.tracking is Tracking.UNIT:
        for unit in pile.units:
            yield transferring.TransferLine(pile.asked(unit))
    else:
        yield transferring.TransferLine(pile.asked(), pile.count)


def pick(stage: Stage, place: str, wanted: Mapping[str, int]) -> list[Pile]:
    """Take what is wanted from a place, first expired first; less where there is less."""
    picks = []
    for key, count in wanted.items():
        left = count
        for pile in stage.usable(place, key):
            if left:
                picks.append(stage.take(pile, min(left, pile.count)))
                left -= picks[-1].count
    return picks


def fill(stage: Stage, by: str, source: str, room: str, keys: Sequence[str] = ()) -> None:
    """Bring a room, or another site's pharmacy, up to what it should hold."""
    wanted = {key: max(0, BY_KEY[key].par - stage.held(room, key)) for key in keys or tuple(BY_KEY)}
    carry(stage, by, source, room, pick(stage, source, wanted))


def clear(stage: Stage, by: str, place: str, piles: Sequence[Pile]) -> None:
    """Bring all of some piles of a place to the quarantine of its site."""
    picks = [stage.take(pile, pile.count) for pile in piles]
    carry(stage, by, place, f"{place[:2]}-QUARANTINE", picks)
