"""R11: a clock that jumps decides nothing, and the ledger's time never goes back."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from inventory import store
from inventory.operations import closing, correcting, opening, scanning
from inventory.operations.posting import Answer
from inventory.store.tables.ledger import entry
from tests.clinic import SALINE, Clinic, codes
from tests.trust.conftest import how_often
from tests.trust.workers import House

BACK, AHEAD = timedelta(days=-400), timedelta(days=30)
SLACK = timedelta(minutes=5)
EXPIRY = date(2026, 12, 15)


@dataclass
class Theatre:
    """A session in which a piece lies, and a kit of a lot that is good through `EXPIRY`."""

    clinic: Clinic
    session: str
    held: str
    scan: str
    kit: str


@pytest.fixture
def theatre(clinic: Clinic, house: House) -> Theatre:
    """It is noon of the day after the expiry."""
    held, kit = clinic.receive(clinic.label("E1", expiry=f"{EXPIRY:%y%m%d}"), packs=2).body[
        "lines"
    ][0]["units"]
    session = clinic.open_session(procedure="any")
    scan = str(clinic.scan(session, held).body["entry"])
    clinic.now = clinic.now.replace(month=12, day=16, hour=11)
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=100)
    return Theatre(clinic, session, held, scan, kit)


def scan(at: Theatre) -> Answer:
    return at.clinic.scan(at.session, at.kit)


def receive(at: Theatre) -> Answer:
    return at.clinic.receive(at.clinic.label("E1", expiry=f"{EXPIRY:%y%m%d}"))


def move(at: Theatre) -> Answer:
    return at.clinic.move("TO-OR1", "TO-PHARMACY", at.kit)


def use(at: Theatre) -> Answer:
    return at.clinic.use(at.session, at.held)


def restock(at: Theatre) -> Answer:
    return at.clinic.restock(at.session, at.held)


def open_session(at: Theatre) -> Answer:
    request = opening.SessionRequest("MRN 2", "any", "TO-OR1")
    return opening.open_session(at.clinic.act(), request, 30)


def close(at: Theatre) -> Answer:
    return closing.close_session(at.clinic.act(), at.session)


def reverse(at: Theatre) -> Answer:
    return correcting.reverse_entry(at.clinic.act(), at.scan, "wrong-lot")


def times() -> list[datetime]:
    """When the entries of TO were recorded, in their order."""
    with store.reading() as connection:
        query = sa.select(entry.c.at).where(entry.c.site_id == 1).order_by(entry.c.number)
        return [*connection.execute(query).scalars()]


@pytest.mark.parametrize(
    "act",
    [scan, receive, move, use, restock, open_session, close, reverse],
    ids=lambda act: act.__name__,
)
def test_a_clock_set_back_by_four_hundred_days_decides_nothing(
    theatre: Theatre, act: Callable[[Theatre], Answer]
) -> None:
    theatre.clinic.now += BACK
    assert "clock-suspect" in codes(act(theatre))
    assert times() == sorted(times())


def test_a_recall_is_opened_whatever_the_clock_says(theatre: Theatre) -> None:
    """In doubt nothing is used; and what the clock says stands before nothing that was before."""
    theatre.clinic.now += BACK
    theatre.clinic.recall("S1", item=theatre.clinic.saline)
    theatre.clinic.now -= BACK
    label = theatre.clinic.label("S1", gtin=SALINE)
    assert codes(theatre.clinic.scan(theatre.session, label)) == ["lot-recalled"]
    assert times() == sorted(times())


def test_a_clock_set_ahead_by_thirty_days_refuses_what_will_have_expired(theatre: Theatre) -> None:
    label = theatre.clinic.label("E2", expiry=f"{EXPIRY + AHEAD:%y%m%d}")
    (kit,) = theatre.clinic.receive(label).body["lines"][0]["units"]
    theatre.clinic.now += AHEAD
    assert codes(theatre.clinic.scan(theatre.session, kit)) == ["lot-expired"]


def test_a_clock_that_is_some_minutes_slow_stops_nobody(theatre: Theatre) -> None:
    label = theatre.clinic.label("S1", gtin=SALINE)
    theatre.clinic.now -= SLACK - timedelta(seconds=2)
    assert codes(theatre.clinic.scan(theatre.session, label)) == []
    assert times() == sorted(times())


JUMPS = (BACK, timedelta(days=-1), timedelta(minutes=-6), timedelta(0), timedelta(0), AHEAD)


def wander(clinic: Clinic, house: House, seed: int) -> list[str]:
    """Scan under a clock that jumps; what was decided otherwise than by the ledger's own time."""
    draw = random.Random(seed)
    session = clinic.open_session(procedure="any")
    expiries = [clinic.today + timedelta(days=days) for days in range(0, 300, 15)]
    kits = {}
    for number, expiry in enumerate(expiries):
        label = clinic.label(f"W{number}", expiry=f"{expiry:%y%m%d}")
        kits[expiry] = list(clinic.receive(label, packs=20).body["lines"][0]["units"])
    truth, wrong = clinic.now.replace(hour=11), []
    for _ in range(40 * how_often("KITTRACE_ROUNDS", 1)):
        truth += timedelta(hours=draw.randrange(1, 5) * 24)
        clinic.now = truth + draw.choice(JUMPS)
        expiry = draw.choice([each for each in expiries if kits[each]])
        latest = times()[-1]
        suspect = clinic.now + timedelta(seconds=1) < latest - SLACK
        answer = clinic.scan(session, kits[expiry][-1])
        if answer.refused is not (suspect or clinic.today > expiry):
            wrong.append(f"{clinic.now} after {latest}, expiry {expiry}: {codes(answer)}")
        if not answer.refused:
            kits[expiry].pop()
    assert times() == sorted(times())
    return wrong


def test_under_a_jumping_clock_nothing_expired_is_taken_and_time_never_goes_back(
    clinic: Clinic, house: House, seed: int
) -> None:
    assert wander(clinic, house, seed) == []


@pytest.mark.tampers
def test_control_without_asking_for_the_clock_what_has_expired_is_taken(
    theatre: Theatre, house: House, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(scanning, "check_clock", lambda *_: [])
    theatre.clinic.now += BACK
    assert codes(scan(theatre)) == []
    theatre.clinic.now -= BACK
    assert wander(theatre.clinic, house, seed) != []
