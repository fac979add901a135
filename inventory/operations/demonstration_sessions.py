"""A patient session of the demonstration, by the book or with something that went otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from inventory.domain.udi import gs1
from inventory.operations import closing, correcting, looking, opening, scanning, using
from inventory.operations.demonstration_data import BY_KEY, FAMILY, GIVEN, PLAN, RECALLED
from inventory.operations.demonstration_stock import Pile, Stage, fill, passed
from inventory.operations.identifying import Asked
from inventory.operations.posting import Act, Answer
from inventory.operations.refusing import Override


@dataclass
class Play:
    """One session being played.

    Attributes:
        stage: Where.
        room: Code of the room.
        nurse: Who scans.
        code: Of the session.
    """

    stage: Stage
    room: str
    nurse: str
    code: str = ""

    def act(self) -> Act:
        """An act of the nurse at the room's workstation."""
        return self.stage.act(self.nurse, f"{self.room}-PC")

    def send(
        self,
        asked: Asked,
        count: int = 1,
        codes: tuple[str, ...] = (),
        why: str = "",
        late_by: int = 0,
    ) -> Answer:
        """A scan, accepted or not."""
        act = self.act()
        occurred_at = act.at - timedelta(minutes=late_by) if late_by else None
        request = scanning.ScanRequest(asked, count, occurred_at, Override(frozenset(codes), why))
        return scanning.scan_into_session(act, self.code, request)

    def open(
        self,
        pile: Pile,
        count: int = 1,
        codes: tuple[str, ...] = (),
        why: str = "",
        late_by: int = 0,
    ) -> Pile:
        """Open something for the patient; what it was."""
        taken = self.stage.take(pile, count)
        unit = taken.units[0] if taken.units else ""
        passed(self.send(taken.asked(unit), count, codes, why, late_by))
        return taken

    def first(self, key: str, count: int = 1) -> Pile:
        """What a nurse picks up: the first to expire of which there is enough; else it is brought.

        Raises:
            RuntimeError: There is not enough of one lot in the pharmacy either.
        """
        for _ in range(2):
            for pile in self.stage.usable(self.room, key):
                if pile.count >= count:
                    return pile
            by = "chiara" if self.room.startswith("CN") else "paolo"
            fill(self.stage, by, f"{self.room[:2]}-PHARMACY", self.room, [key])
        raise RuntimeError(f"no {key} in {self.room} on {self.stage.today}")

    def end(self, taken: Pile, outcome: str, reason: str = "") -> None:
        """Say what became of something, and put back what was restocked."""
        unit = taken.units[0] if taken.units else ""
        item, lot = self.stage.items[taken.ware.key], taken.lot
        said = using.Outcome(outcome, unit, item, lot, taken.count, reason)
        passed(using.say_outcome(self.act(), self.code, said))
        if outcome == "restocked":
            self.stage.put(self.room, taken)

    def recalled(self) -> Pile:
        """The pile of the lot that a notice will be about."""
        piles = self.stage.shelves[self.room, RECALLED[0]]
        return next(pile for pile in piles if pile.lot == RECALLED[1] and pile.count)


def play_session(stage: Stage, room: str, nurse: str, episode: str = "") -> str:
    """Play a session from the time out to its closing, with one episode or none; its code."""
    play = begin(stage, room, nurse)
    if episode == "cancelled":
        _cancelled(play)
        return play.code
    for key, count in PLAN:
        step = _EPISODES.get((episode, key))
        if step:
            step(play)
        elif key == "kit":
            _kit(play)
        else:
            play.open(play.first(key, count), count)
        stage.now += timedelta(minutes=stage.chance.randint(0, 5))
    passed(using.use_all(play.act(), play.code))
    passed(closing.close_session(play.act(), play.code))
    return play.code


def begin(stage: Stage, room: str, nurse: str) -> Play:
    """Open a session for a patient, who is most often new here."""
    play = Play(stage, room, nurse)
    chance = stage.chance
    record = f"{room[:2]}{chance.randint(100000, 999999)}"
    name = f"{chance.choice(FAMILY)} {chance.choice(GIVEN)}"
    born = date(chance.randint(1948, 1994), chance.randint(1, 12), chance.randint(1, 28))
    request = opening.SessionRequest(record, "disc-fat-prf", room, name, born.isoformat())
    answer = passed(opening.open_session(play.act(), request, stage.retention_years))
    play.code = str(answer.body["code"])
    if chance.random() < 0.2:
        looking.look_at_session(play.act(), play.code)
    return play


def _kit(play: Play) -> None:
    """The kit of one maker or the other, as the operator likes it."""
    both = [key for key in ("kit", "loop") if play.stage.held(play.room, key)]
    key = "kit" if play.stage.chance.random() < 0.7 and "kit" in both else both[-1]
    taken = play.open(play.first(key))
    play.stage.spent.append(taken.units[0])


def _recalled_kit(play: Play) -> None:
    play.open(play.recalled())


def _contaminated_kit(play: Play) -> None:
    first = play.open(play.recalled())
    play.end(first, "wasted", "contaminated")
    play.open(
        play.first("loop"),
        1,
        ("more-than-planned",),
        "The tray of the first kit was touched; a second kit of the other maker.",
    )


def _dropped_kit(play: Play) -> None:
    first = play.open(play.first("loop"))
    play.end(first, "wasted", "dropped")
    play.open(
        play.first("kit"),
        1,
        ("more-than-planned",),
        "The first kit fell on the floor while it was unwrapped.",
    )


def _restocked_kit(play: Play) -> None:
    first = play.open(play.recalled())
    play.end(first, "restocked")
    play.open(play.first("kit"))


def _typed_kit(play: Play) -> None:
    """The label would not scan: the only piece of its lot here, typed by hand."""
    stage = play.stage
    pile = next(p for p in stage.usable(play.room, "kit") if p.count == 1)
    taken = stage.take(pile, 1)
    passed(play.send(Asked(item=stage.items["kit"], lot=taken.lot)))


def _undone_kit(play: Play) -> None:
    """The label of the kit beside it was scanned; undone, then the right one."""
    stage = play.stage
    wrong = play.first("kit")
    taken = stage.take(wrong, 1)
    entry = str(passed(play.send(wrong.asked(taken.units[0]))).body["entry"])
    passed(correcting.undo_opening(play.act(), play.code, entry, "wrong-lot"))
    stage.put(play.room, taken)
    play.open(play.first("loop"))


def _used_twice(play: Play) -> None:
    """The empty box of last time still stood there; the scan is refused."""
    play.send(Asked((play.stage.spent[-1],)))
    _kit(play)


def _unknown_item(play: Play) -> None:
    """A tube from another service's trolley; the scan is refused."""
    elements = [("01", "09521009000019"), ("17", "280630"), ("10", "TB44")]
    play.send(Asked((gs1.build(elements),)))
    play.open(play.first("gauze", 2), 2)


def _other_room(play: Play) -> None:
    """A cannula of the pharmacy, not brought here by the book; the scan is refused."""
    pharmacy = f"{play.room[:2]}-PHARMACY"
    pile = play.stage.usable(pharmacy, "harvest")[0]
    play.send(pile.asked(pile.units[0]))
    play.open(play.first("harvest"))


def _restocked_cannula(play: Play) -> None:
    """Two lay ready, one was needed."""
    second = play.open(play.first("harvest"))
    play.open(play.first("harvest"))
    play.end(second, "restocked")


def _dropped_syringe(play: Play) -> None:
    taken = play.open(play.first("syringe60"))
    play.end(taken, "wasted", "dropped")
    play.open(play.first("syringe60"))


def _expired_drape(play: Play) -> None:
    """An expired drape still lay in the room; the scan is refused."""
    for pile in play.stage.expired(play.room):
        play.send(pile.asked())
    play.open(play.first("drape"))


def _late(play: Play) -> None:
    """Recorded after the hurry, with the time at which it was opened."""
    play.open(play.first("lidocaine", 2), 2, late_by=12)


def _cancelled(play: Play) -> None:
    """The patient was unwell: what was not unwrapped goes back, the vial is lost."""
    cannula = play.open(play.first("infiltration"))
    vial = play.open(play.first("lidocaine"))
    play.end(cannula, "restocked")
    play.end(vial, "wasted", "procedure-cancelled")
    passed(closing.close_session(play.act(), play.code, cancelled=True))


def leave_open(stage: Stage, room: str, nurse: str) -> str:
    """The session that is going on: seven things scanned, a recalled kit refused; its code."""
    play = begin(stage, room, nurse)
    for key, count in PLAN[:8]:
        play.open(play.first(key, count), count)
    left = play.recalled()
    play.send(left.asked(left.units[0]))
    taken = play.open(play.first("kit"))
    play.end(Pile(BY_KEY["kit"], taken.lot, taken.expires_on, 1, taken.units), "used")
    return play.code


_EPISODES: Final[dict[tuple[str, str], Callable[[Play], None]]] = {
    ("recalled-kit", "kit"): _recalled_kit,
    ("contaminated-kit", "kit"): _contaminated_kit,
    ("dropped-kit", "kit"): _dropped_kit,
    ("restocked-kit", "kit"): _restocked_kit,
    ("typed-kit", "kit"): _typed_kit,
    ("undone-kit", "kit"): _undone_kit,
    ("used-twice", "kit"): _used_twice,
    ("unknown-item", "gauze"): _unknown_item,
    ("other-room", "harvest"): _other_room,
    ("restocked-cannula", "harvest"): _restocked_cannula,
    ("dropped-syringe", "syringe60"): _dropped_syringe,
    ("expired-drape", "drape"): _expired_drape,
    ("late", "lidocaine"): _late,
}
"""What happens otherwise, and at which item of the plan."""
