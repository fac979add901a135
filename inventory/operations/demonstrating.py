"""The demonstration clinic: three months of two sites, played through the acts that people do.

Reproducible: with one seed and one last day every code, lot and serial comes out the same. Only
the patients' keys are drawn anew, as they always are.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from inventory import store
from inventory.domain.problem import say
from inventory.operations import cataloguing, holding, looking, recalling, shipped
from inventory.operations.demonstration_data import (
    BY_KEY,
    EPISODES,
    PLACES,
    RECALLED,
    SESSIONS,
    SITES,
    WARES,
)
from inventory.operations.demonstration_sessions import leave_open, play_session
from inventory.operations.demonstration_stock import (
    Cartons,
    Stage,
    carry,
    clear,
    deliver,
    fill,
    passed,
)
from inventory.store import ledger, patient_sessions, places
from inventory.store.errors import Conflict

WEEKS: Final = 13
_FROM_TORINO: Final = ("kit", "loop", "harvest", "infiltration", "electrode", "disc")
"""What Cuneo gets from Torino; the rest is delivered there."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was made.

    Attributes:
        sessions: How many patient sessions.
        open_session: Code of the one that is going on.
        recall: Code of the recall that stands.
    """

    sessions: int
    open_session: str
    recall: str


def load_demonstration(
    seed: int, until: datetime, zone: ZoneInfo, retention_years: int, weeks: int = WEEKS
) -> Demonstration:
    """Fill an empty database with the demonstration clinic.

    Args:
        seed: Of all chance.
        until: The moment at which the story stops; its last acts are of the half hour before.
        zone: The clinic's.
        retention_years: How long records of sessions are kept.
        weeks: How many weeks before that it begins, 6 or more.

    Raises:
        Conflict: The database holds entries or sites (`not-empty`).
    """
    with store.reading() as connection:
        if not ledger.is_empty(connection) or places.list_sites(connection):
            raise Conflict(
                say(
                    "This database holds entries or sites already. The demonstration goes into"
                    " an empty one only: set DATABASE_URL to a new database."
                ),
                "not-empty",
            )
    last = until.astimezone(zone).date()
    monday = last - timedelta(days=last.weekday())
    begin = datetime(1970, 1, 1, tzinfo=zone)
    stage = Stage(random.Random(seed), zone, begin, retention_years)  # noqa: S311 - a story
    stage.go_to(monday - timedelta(days=7 * weeks + 3), 9)
    _set_up(stage)
    _stock_up(stage, monday)
    story = _Story(stage, weeks, monday, last)
    story.play()
    stage.now = max(stage.now, until - timedelta(minutes=45))
    fill(stage, "paolo", "TO-PHARMACY", "TO-OR1")
    return Demonstration(story.sessions + 1, leave_open(stage, "TO-OR1", "maria"), story.recall)


def _set_up(stage: Stage) -> None:
    for code, name, address in SITES:
        cataloguing.add_site(code, name, address)
    for site, code, name in PLACES:
        cataloguing.add_store(stage.act("admin"), site, code, name)
    for ware in WARES:
        answer = cataloguing.add_item(
            stage.act("paolo"),
            name=ware.name,
            reference=ware.reference,
            manufacturer=ware.maker,
            kind=ware.kind,
            tracking=ware.tracking,
            single_use=True,
            packaging=ware.packaging,
        )
        stage.items[ware.key] = str(passed(answer).body["code"])
    cataloguing.add_procedure(shipped.DISC)


def _stock_up(stage: Stage, monday: date) -> None:
    """The first deliveries, and a lot of drapes in Cuneo that will outlive its date."""
    for maker in dict.fromkeys(ware.maker for ware in WARES):
        _order(stage, "paolo", "TO", maker, 3)
    for maker in (BY_KEY["gauze"].maker, BY_KEY["ringer"].maker):
        _order(stage, "chiara", "CN", maker, 2)
    drape: Cartons = ("drape", "2508D", monday - timedelta(days=24), 1)
    deliver(stage, "chiara", "CN", _note(stage), [drape])
    fill(stage, "paolo", "TO-PHARMACY", "CN-PHARMACY", _FROM_TORINO)


def _note(stage: Stage) -> str:
    return f"DDT {stage.chance.randint(200, 9800)}/{stage.today.year}"


def _order(stage: Stage, by: str, site: str, maker: str, times: int) -> None:
    """A maker's cartons come, as many as bring the pharmacy up to some times the rooms' stock."""
    lines: list[Cartons] = []
    for ware in (ware for ware in WARES if ware.maker == maker):
        if site == "CN" and ware.key in _FROM_TORINO:
            continue
        lacking = ware.par * times - stage.held(f"{site}-PHARMACY", ware.key)
        if lacking > 0:
            lines.append((ware.key, *stage.new_lot(ware), -(-lacking // ware.carton)))
    if lines:
        deliver(stage, by, site, _note(stage), lines)


class _Story:
    """Week after week: deliveries, restocking, sessions, two recalls."""

    def __init__(self, stage: Stage, weeks: int, monday: date, last: date) -> None:
        self.stage = stage
        self.weeks = weeks
        self.monday = monday
        self.last = last
        self.sessions = 0
        self.recall = ""
        self._lifted = ""

    def play(self) -> None:
        """Play every working day before the last one."""
        for weeks_ago in range(self.weeks, -1, -1):
            for day in range(5):
                today = self.monday + timedelta(days=day - 7 * weeks_ago)
                if today < self.last:
                    self._day(weeks_ago, day, today)
        self._open_recall()

    def _day(self, weeks_ago: int, day: int, today: date) -> None:
        self.stage.go_to(today, 7, 40)
        self._restock(weeks_ago, day, today)
        for on, room, hour, minute in SESSIONS:
            if on == day:
                self.stage.go_to(today, hour, minute)
                nurse = "elena" if room == "CN-OR1" else ("maria", "luca")[weeks_ago % 2]
                episode = EPISODES.get((weeks_ago, room, day), "")
                play_session(self.stage, room, nurse, episode)
                self.sessions += 1
        self.stage.go_to(today, 13, 30)
        self._deliveries(weeks_ago, day)
        if day == 1 and weeks_ago == 9:
            self._needles(today)
        if day == 3 and weeks_ago == 8:
            self._lift()
        if not self.recall and today >= self.last - timedelta(days=3):
            self._open_recall()

    def _restock(self, weeks_ago: int, day: int, today: date) -> None:
        stage = self.stage
        if day in (0, 4):
            fill(stage, "paolo", "TO-PHARMACY", "TO-OR1")
        if day == 2:
            fill(stage, "paolo", "TO-PHARMACY", "TO-OR2")
            if weeks_ago == 4:
                self._single_kit()
        if day == 1:
            fill(stage, "paolo", "TO-PHARMACY", "CN-PHARMACY", _FROM_TORINO)
            stage.go_to(today, 11)
            if weeks_ago == 2 and (expired := stage.expired("CN-OR1")):
                clear(stage, "chiara", "CN-OR1", expired)
                clear(stage, "chiara", "CN-PHARMACY", stage.expired("CN-PHARMACY"))
            fill(stage, "chiara", "CN-PHARMACY", "CN-OR1")
        if weeks_ago == 5 and day == 4:
            self._bring_recalled()

    def _deliveries(self, weeks_ago: int, day: int) -> None:
        stage = self.stage
        makers = list(dict.fromkeys(ware.maker for ware in WARES))
        if day == 3:
            for maker in makers[weeks_ago % 2 :: 2]:
                _order(stage, "paolo", "TO", maker, 3)
        if day == 2 and weeks_ago % 2:
            for maker in (BY_KEY["gauze"].maker, BY_KEY["ringer"].maker):
                _order(stage, "chiara", "CN", maker, 2)
        if day == 3 and weeks_ago == 1:
            self._short_dated()

    def _bring_recalled(self) -> None:
        """Two cartons of the lot that a notice will be about, and where they go."""
        stage = self.stage
        key, lot = RECALLED
        stage.blocked.add(RECALLED)
        expires_on = stage.today + timedelta(days=510)
        deliver(stage, "paolo", "TO", _note(stage), [(key, lot, expires_on, 2)])
        pile = next(p for p in stage.shelves["TO-PHARMACY", key] if p.lot == lot)
        for room, count in (("TO-OR1", 4), ("CN-OR1", 3)):
            carry(stage, "paolo", "TO-PHARMACY", room, [stage.take(pile, count)])

    def _single_kit(self) -> None:
        """One piece of a lot of its own comes to a room: it can be told without its label."""
        stage = self.stage
        lot, expires_on = stage.new_lot(BY_KEY["kit"])
        deliver(stage, "paolo", "TO", _note(stage), [("kit", lot, expires_on, 1)])
        pile = next(p for p in stage.shelves["TO-PHARMACY", "kit"] if p.lot == lot)
        carry(stage, "paolo", "TO-PHARMACY", "TO-OR2", [stage.take(pile, 1)])

    def _short_dated(self) -> None:
        """Offers of what expires soon, and a carton whose wrapping is torn."""
        stage = self.stage
        for key, days, cartons in (("swab", 24, 1), ("lidocaine", 68, 2), ("loop", 83, 1)):
            lot, _ = stage.new_lot(BY_KEY[key])
            expires_on = self.last + timedelta(days=days)
            deliver(stage, "paolo", "TO", _note(stage), [(key, lot, expires_on, cartons)])
        lot, expires_on = stage.new_lot(BY_KEY["gauze"])
        deliver(stage, "paolo", "TO", _note(stage), [("gauze", lot, expires_on, 1)])
        stage.blocked.add(("gauze", lot))
        passed(holding.hold_lot(stage.act("giulia"), stage.lots["gauze", lot], "damaged-delivery"))

    def _needles(self, today: date) -> None:
        """The earlier recall: a lot of needles, with fresh ones brought to every room."""
        stage = self.stage
        stage.go_to(today, 15, 30)
        lot = stage.usable("TO-PHARMACY", "needle")[0].lot
        request = recalling.RecallRequest(
            "LG-FSN-26-04",
            BY_KEY["needle"].maker,
            "Cap of some needles hard to remove. Stop use until samples are tested.",
            [(stage.items["needle"], [lot])],
        )
        answer = passed(recalling.open_recall(stage.act("giulia"), request))
        self._lifted = str(answer.body["code"])
        stage.blocked.add(("needle", lot))
        for site in ("TO", "CN"):
            _order(stage, "paolo", site, request.manufacturer, 3)
            fill(stage, "paolo", f"{site}-PHARMACY", f"{site}-OR1", ["needle"])
        fill(stage, "paolo", "TO-PHARMACY", "TO-OR2", ["needle"])

    def _lift(self) -> None:
        if self._lifted:
            self.stage.go_to(self.stage.today, 16)
            why = "The maker's second letter: samples of this lot are within specification."
            passed(recalling.lift_recall(self.stage.act("giulia"), self._lifted, why))
            self.stage.blocked = {each for each in self.stage.blocked if each[0] != "needle"}

    def _open_recall(self) -> None:
        """The notice on a lot of kits: blocked, patients looked up, the pharmacy's pieces moved."""
        if self.recall:
            return
        stage = self.stage
        key, lot = RECALLED
        stage.go_to(stage.today, 15, 40)
        request = recalling.RecallRequest(
            "SVB-FSN-2026-011",
            BY_KEY[key].maker,
            "Seal of the inner tray may be incomplete; sterility not assured."
            " Stop use, set aside all pieces and send back the reply form.",
            [(stage.items[key], [lot])],
        )
        answer = passed(recalling.open_recall(stage.act("giulia"), request))
        self.recall = str(answer.body["code"])
        self._look(self.recall)
        piles = [p for p in stage.shelves["TO-PHARMACY", key] if p.lot == lot and p.count]
        clear(stage, "paolo", "TO-PHARMACY", piles)

    def _look(self, recall: str) -> None:
        act = self.stage.act("giulia")
        rings = recalling.recall_report(recall, act.by, act.at).rings
        exposed = sorted({each.session.code for each in rings.exposed})
        with store.reading() as connection:
            patients = [patient_sessions.get_session(connection, code).patient for code in exposed]
        looking.look(act, cataloguing.home_site(), recall, patients, "recall")
