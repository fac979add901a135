"""R2 once more, from outside: the shipped server killed under HTTP clients, and started again."""

import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from inventory import store
from tests.clinic import SALINE, Clinic
from tests.trust.conftest import how_often
from tests.trust.judging import NOTHING_WRONG, judge
from tests.trust.killing import kill_backend
from tests.trust.serving import HASTY, Client, Server, at_work, server_of
from tests.trust.workers import House, Scan, Told

CLIENTS = 6
UNITS = 100
"""Single units of each client; after them, and between them, it scans what is tracked by lot."""

EVERY_FOURTH = 4
"""Kill that comes while the server starts."""


def load(clinic: Clinic, client: int) -> Iterator[Scan]:
    """Scans without end, each with a key of its own."""
    saline = clinic.label(f"S{client}", gtin=SALINE)
    clinic.receive(saline, packs=10_000)
    units = clinic.receive_kits(f"A{client}", UNITS)
    session = clinic.open_session(f"MRN {client}", procedure="any")
    codes = itertools.chain(*((unit, saline) for unit in units), itertools.repeat(saline))
    return (Scan(session, code, f"k{client}-{n}") for n, code in enumerate(codes))


def storm(server: Server, clients: Sequence[Client], kills: int, draw: random.Random) -> None:
    """Kill the server, again and again; on PostgreSQL the database every other time before."""
    for number in range(1, kills + 1):
        if number % EVERY_FOURTH == 0:
            server.begin()
            time.sleep(draw.uniform(0, 2))
        else:
            server.start()
            let_work(clients, draw)
            if number % 2 and server.house.url.startswith("postgresql"):
                kill_backend(server.house, draw)
                let_work(clients, draw)
        server.kill()
    server.start()


def let_work(clients: Sequence[Client], draw: random.Random, scans: int = 0) -> None:
    """Let some scans be told, and then a moment go by: when the kill comes is what is tried."""
    until = sum(len(client.told) for client in clients) + (scans or draw.randint(5, 40))
    while sum(len(client.told) for client in clients) < until:
        time.sleep(0.005)
    time.sleep(draw.uniform(0, 0.02))


def run(clinic: Clinic, house: House, kills: int, seed: int) -> tuple[list[Told], list[Scan]]:
    """What clients were told, and what they asked, while the server was killed."""
    queues = [load(clinic, number) for number in range(CLIENTS)]
    with server_of(house) as server:
        store.db.engine.dispose()  # nobody but the server has the database open
        clients = [Client(server, queue) for queue in queues]
        with at_work(clients):
            storm(server, clients, kills, random.Random(seed))
    told = [each for client in clients for each in client.told]
    return told, [each for client in clients for each in client.asked]


def test_no_acknowledged_scan_is_lost_or_doubled_when_the_shipped_server_is_killed(
    clinic: Clinic, house: House, seed: int
) -> None:
    kills = how_often("KITTRACE_KILLS", 2)
    told, asked = run(clinic, house, kills, seed)
    again = sum(each.replayed for each in told)
    print(f"{kills} kills, {len(told)} scans acknowledged, {again} of them told again")
    assert judge(told, asked) == NOTHING_WRONG


def test_control_a_server_that_answers_before_it_works_loses_scans_and_gives_a_unit_to_everybody(
    clinic: Clinic, house: House
) -> None:
    """The control of R1 over HTTP too: all clients begin with the same unit."""
    (unit,) = clinic.receive_kits("A17")
    queues = [load(clinic, number) for number in range(CLIENTS)]
    with server_of(house, HASTY) as server:
        store.db.engine.dispose()
        server.start()
        firsts = [[replace(next(queue), barcode=unit)] for queue in queues]
        queues = [itertools.chain(*both) for both in zip(firsts, queues, strict=True)]
        clients = [Client(server, queue) for queue in queues]
        with at_work(clients):
            let_work(clients, random.Random(), 200)
        server.kill()
    told = [each for client in clients for each in client.told]
    assert sum(each.scan.barcode == unit for each in told if each.entry) == CLIENTS
    assert judge(told, [scan for client in clients for scan in client.asked])["lost"] > 0
