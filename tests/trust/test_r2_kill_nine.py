"""R2: what was acknowledged survives `kill -9` at any moment, and is there once."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import pytest
import sqlalchemy as sa

from inventory import store
from tests.clinic import SALINE, Clinic
from tests.trust.conftest import how_often
from tests.trust.judging import NOTHING_WRONG, judge, openings
from tests.trust.killing import kill_backend
from tests.trust.workers import (
    CONTEXT,
    House,
    Scan,
    Told,
    count_of,
    die_at,
    scan_once,
    scan_until_told,
    serve,
)

CLIENTS = 3


@dataclass
class Server:
    """A server process that is started again whenever it was killed."""

    house: House
    pipes: list[Connection] = field(default_factory=list)

    def start(self) -> None:
        """Start it, with a new pipe for each client."""
        both = [CONTEXT.Pipe() for _ in range(CLIENTS)]
        self.process = CONTEXT.Process(target=serve, args=(self.house, [b for _, b in both]))
        self.process.start()
        for _, theirs in both:
            theirs.close()
        self.pipes = [mine for mine, _ in both]
        for pipe in self.pipes:
            pipe.recv()  # it serves

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.join()


def work(pipe: Connection, left: list[Scan], told: list[Told]) -> None:
    """Send one scan after the other until the server is gone; the unanswered one stays first.

    A client knows nothing of a scan that it got no answer to, so it asks again.
    """
    while left:
        try:
            pipe.send(left[0])
            answer = pipe.recv()
        except (EOFError, OSError):
            return
        if answer.failed:
            continue
        told.append(answer)
        left.pop(0)


def load(clinic: Clinic, count: int) -> list[list[Scan]]:
    """For each client its scans: half single units, half saline tracked by lot."""
    saline = clinic.label("S1", gtin=SALINE)
    queues = []
    for client in range(CLIENTS):
        assert not clinic.receive(saline, packs=count).refused
        session = clinic.open_session(f"MRN {client}", procedure="any")
        units = clinic.receive_kits(f"A{client}", count // 2)
        codes = [code for unit in units for code in (unit, saline)]
        queues.append([Scan(session, code, f"k{client}-{n}") for n, code in enumerate(codes)])
    return queues


def storm(
    house: House, queues: Sequence[list[Scan]], kills: int, draw: random.Random, database: bool
) -> tuple[list[Told], int]:
    """Let clients work while the server, or the database behind it, is killed again and again."""
    told: list[Told] = []
    server = Server(house)
    done = 0
    while any(queues):
        server.start()
        threads = [
            threading.Thread(target=work, args=(pipe, queue, told))
            for pipe, queue in zip(server.pipes, queues, strict=True)
        ]
        for thread in threads:
            thread.start()
        while done < kills and any(thread.is_alive() for thread in threads):
            time.sleep(draw.uniform(0.05, 0.5))  # the moment of the kill is what is tried
            done += 1
            if database:
                kill_backend(house, draw)
            else:
                server.kill()
                break
        for thread in threads:
            thread.join()
        for pipe in server.pipes:
            pipe.close()
        server.kill()
    return told, done


def test_no_acknowledged_scan_is_lost_or_doubled_when_the_server_is_killed(
    clinic: Clinic, house: House, seed: int
) -> None:
    kills = how_often("KITTRACE_KILLS", 10)
    queues = load(clinic, 12 * kills)
    scans = [scan for queue in queues for scan in queue]
    told, done = storm(house, queues, kills, random.Random(seed), database=False)
    print(f"{done} kills, {len(told)} scans acknowledged")
    assert judge(told, scans) == NOTHING_WRONG


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_acknowledged_scan_is_lost_or_doubled_when_postgresql_is_killed(
    clinic: Clinic, house: House, seed: int
) -> None:
    kills = how_often("KITTRACE_KILLS", 12) // 3
    store.db.engine.dispose()
    queues = load(clinic, 20 * kills)
    scans = [scan for queue in queues for scan in queue]
    store.db.engine.dispose()
    told, done = storm(house, queues, kills, random.Random(seed), database=True)
    print(f"{done} backends killed, {len(told)} scans acknowledged")
    assert judge(told, scans) == NOTHING_WRONG


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_control_a_postgresql_that_commits_before_it_has_written_loses_scans(
    clinic: Clinic, house: House, seed: int
) -> None:
    """`synchronous_commit=off`, with which KitTrace does not serve: the log follows later."""
    scans = [scan for queue in load(clinic, 30) for scan in queue]
    with store.db.engine.begin() as connection:
        name = sa.make_url(house.url).database
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    store.db.engine.dispose()
    told = []
    for number, scan in enumerate(scans, 1):
        told.append(scan_until_told(house, scan))
        if number % 40 == 0:
            kill_backend(house, random.Random(seed))
    assert judge(told, scans)["lost"] > 0


def die(house: House, scan: Scan, point: int) -> int | None:
    """Kill a process at a statement of a scan; None if it died, else how many statements it has."""
    return count_of(die_at, house, scan, point)


def test_a_kill_before_any_statement_of_a_scan_leaves_all_of_it_or_nothing(
    clinic: Clinic, house: House
) -> None:
    session = clinic.open_session(procedure="any")
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=100)
    saline = clinic.label("S1", gtin=SALINE)
    statements = die(house, Scan(session, saline, "count"), -1)
    assert statements is not None
    assert statements > 10
    for point in range(statements + 1):
        scan = Scan(session, saline, f"k{point}")
        assert die(house, scan, point) is None
        assert len(openings().get(scan.key, ())) == (1 if point == 0 else 0)
        told = scan_once(house, scan)
        assert told.entry
        assert told.replayed is (point == 0)
        assert len(openings().get(scan.key, ())) == 1


def test_control_without_keys_the_retry_of_a_scan_that_was_done_doubles_it(
    clinic: Clinic, house: House
) -> None:
    session = clinic.open_session(procedure="any")
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=10)
    scan = Scan(session, clinic.label("S1", gtin=SALINE))
    assert die(house, scan, 0) is None
    told = scan_once(house, scan)
    assert judge([told], [scan]) == {**NOTHING_WRONG, "doubled": 1}


def test_control_without_keys_a_nurse_is_told_that_her_own_kit_is_used_already(
    clinic: Clinic, house: House
) -> None:
    session, (kit,) = clinic.open_session(procedure="any"), clinic.receive_kits("A17")
    scan = Scan(session, kit)
    assert die(house, scan, 0) is None
    clinic.use(session, kit)
    assert scan_once(house, scan).refused == ("unit-already-used",)
