"""R6: once a recall is in a chain, nothing of its lots is opened after it; the chain judges."""

import json
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from inventory import store
from inventory.operations import scanning
from inventory.operations.identifying import check_lot
from inventory.store import writer
from tests.clinic import Clinic, codes
from tests.trust.conftest import how_often
from tests.trust.workers import House, Scan, Told, scan_once

SCANNERS = 4


def opened_after_recall(lot: str) -> list[str]:
    """Openings of a lot that stand after the recall of it in the chain of their site."""
    with store.reading() as connection:
        rows: Any = connection.exec_driver_sql(
            "SELECT site_id, number, kind, text FROM entry"
            " WHERE kind IN ('OPEN', 'OPEN_RECALL') ORDER BY site_id, number"
        ).all()
    recalled: dict[int, int] = {}
    late = []
    for site, number, kind, text in rows:
        said = json.loads(text)
        if kind == "OPEN_RECALL":
            if any(lot in (line["lots"] or ()) for line in said["facts"]["scope"]):
                recalled[site] = number
        elif site in recalled and any(move["lot"] == lot for move in said["movements"]):
            late.append(f"{said['site']}-{number}")
    return late


def race_with_recall(
    app: Flask, clinic: Clinic, house: House, lot: str, after: int
) -> tuple[list[Told], str]:
    """Four scanners at two sites work through a lot; after some scans it is recalled."""
    queues = []
    for number in range(SCANNERS):
        room = ("TO-OR1", "CN-OR1")[number % 2]
        session = clinic.open_session(f"MRN {number}", location=room, procedure="any")
        units = clinic.receive_kits(lot, 6, location=room)
        queues.append([Scan(session, unit) for unit in units])
    told: list[Told] = []
    soon = threading.Event()
    if after == 0:
        soon.set()

    def scanner(queue: list[Scan]) -> None:
        with app.app_context():
            for scan in queue:
                told.append(scan_once(house, scan))
                if len(told) >= after:
                    soon.set()

    threads = [threading.Thread(target=scanner, args=(queue,)) for queue in queues]
    for thread in threads:
        thread.start()
    soon.wait()
    code = clinic.recall(lot)
    for thread in threads:
        thread.join()
    return told, code


def test_no_unit_of_a_lot_is_opened_after_its_recall_at_either_of_two_sites(
    app: Flask, clinic: Clinic, house: House, seed: int
) -> None:
    draw = random.Random(seed)
    rounds = how_often("KITTRACE_ROUNDS", 10)
    opened = 0
    for turn in range(rounds):
        lot = f"A{turn}"
        told, _ = race_with_recall(app, clinic, house, lot, draw.randrange(20))
        assert not any(each.failed for each in told)
        assert opened_after_recall(lot) == []
        assert {each.refused for each in told if not each.entry} <= {("lot-recalled",)}
        opened += sum(bool(each.entry) for each in told)
    print(f"{rounds} recalls among {opened} openings and {rounds * 24 - opened} refusals")


def test_what_is_received_of_a_recalled_lot_goes_to_quarantine_at_every_site_and_is_not_opened(
    clinic: Clinic, house: House
) -> None:
    clinic.recall("A17")
    for site in ("TO", "CN"):
        answer = clinic.receive(clinic.label("A17"), location=f"{site}-OR1")
        (line,) = answer.body["lines"]
        assert line["location"] == f"{site}-QUARANTINE"
        session = clinic.open_session(location=f"{site}-OR1", procedure="any")
        assert "lot-recalled" in codes(clinic.scan(session, line["units"][0]))
        assert "lot-recalled" in codes(clinic.scan(session, clinic.label("A17")))
        back = clinic.move(f"{site}-QUARANTINE", f"{site}-OR1", line["units"][0])
        assert "lot-recalled" in codes(back)


def test_a_scan_queued_before_the_recall_is_judged_when_it_arrives(
    clinic: Clinic, house: House
) -> None:
    (kit,) = clinic.receive_kits("A17")
    session = clinic.open_session(procedure="any")
    queued = Scan(session, kit, "made-before-the-recall")
    clinic.recall("A17")
    assert scan_once(house, queued).refused == ("lot-recalled",)


def while_it_scans(
    app: Flask, house: House, scan: Scan, meanwhile: Callable[[], object], looked: threading.Event
) -> Told:
    """Do something when a scan has looked at the recalls and has not yet written."""
    told: list[Told] = []

    def scanner() -> None:
        with app.app_context():
            told.append(scan_once(house, scan))

    thread = threading.Thread(target=scanner)
    thread.start()
    assert looked.wait(60), "the scan never looked"
    meanwhile()
    thread.join()
    return told[0]


def test_control_a_scan_that_looks_at_recalls_before_it_takes_the_lock_lets_one_through(
    app: Flask, clinic: Clinic, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kit,) = clinic.receive_kits("A17")
    session = clinic.open_session(procedure="any")
    looked, recalled = threading.Event(), threading.Event()
    act_once = scanning.act_once

    def look_then_lock(*arguments: Any, **named: Any) -> Any:
        looked.set()  # it has looked and found no recall
        recalled.wait()
        return act_once(*arguments, **named)

    monkeypatch.setattr(scanning, "act_once", look_then_lock)
    monkeypatch.setattr(scanning, "check_lot", lambda *_: [])  # what it found then

    def recall() -> None:
        clinic.recall("A17")
        recalled.set()

    told = while_it_scans(app, house, Scan(session, kit), recall, looked)
    assert opened_after_recall("A17") == [told.entry]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("locked", [True, False])
def test_control_without_the_ledger_lock_a_recall_commits_between_look_and_write(
    app: Flask,
    clinic: Clinic,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool,
) -> None:
    """With the lock the recall waits, seen waiting by the database; without, it slips in."""
    (kit,) = clinic.receive_kits("A17")
    session = clinic.open_session(procedure="any")
    looked, go_on = threading.Event(), threading.Event()

    def look_and_wait(*arguments: Any) -> Any:
        found = check_lot(*arguments)
        looked.set()
        go_on.wait()
        return found

    monkeypatch.setattr(scanning, "check_lot", look_and_wait)
    if not locked:
        monkeypatch.setattr(writer, "read_ahead", lambda *_, **__: None)  # with it go the locks
        monkeypatch.setattr(scanning, "check_clock", lambda *_: [])  # else it knows the chain's end

    def recall() -> None:
        with app.app_context():
            clinic.recall("A17")

    def meanwhile() -> None:
        recaller = threading.Thread(target=recall)
        recaller.start()
        while recaller.is_alive() and not waits_for_a_lock():
            pass
        assert recaller.is_alive() is locked
        go_on.set()
        recaller.join()

    told = while_it_scans(app, house, Scan(session, kit), meanwhile, looked)
    assert told.entry
    assert opened_after_recall("A17") == ([] if locked else [told.entry])


def waits_for_a_lock() -> bool:
    """Whether some backend waits for an advisory lock."""
    with store.db.engine.connect() as connection:
        query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(connection.exec_driver_sql(query).scalar_one())
