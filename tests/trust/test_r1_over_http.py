"""R1 once more, from outside: fifty HTTP clients scan the same units at the shipped server.

Its control is that of R2 at the shipped server.
"""

import random
from collections.abc import Sequence

from inventory import store
from tests.clinic import Clinic
from tests.trust.conftest import how_often
from tests.trust.judging import doubled, opened_units
from tests.trust.serving import Client, at_work, server_of
from tests.trust.workers import House, Scan, Told

CLIENTS = 50


def race(clinic: Clinic, house: House, units: Sequence[str], seed: int) -> list[Told]:
    """What fifty clients were told, each of which scans all the units into its own session."""
    queues = []
    for number in range(CLIENTS):
        session = clinic.open_session(f"MRN {number}", procedure="any")
        scans = [Scan(session, unit, f"{session}-{unit}") for unit in units]
        random.Random(seed + number).shuffle(scans)
        queues.append(iter(scans))
    with server_of(house) as server:
        store.db.engine.dispose()
        server.start()
        clients = [Client(server, queue) for queue in queues]
        with at_work(clients, all_of_it=True):
            pass
    return [each for client in clients for each in client.told]


def test_fifty_http_clients_scan_the_same_units_and_each_goes_to_one_session(
    clinic: Clinic, house: House, seed: int
) -> None:
    units = clinic.receive_kits("A17", 4 * how_often("KITTRACE_ROUNDS", 1))
    told = race(clinic, house, units, seed)
    assert doubled(told) == []
    assert sorted(each.scan.barcode for each in told if each.entry) == sorted(units)
    assert {each.refused for each in told if not each.entry} == {("unit-already-used",)}
    assert opened_units() == dict.fromkeys(units, 1)
