"""R9: on a full disk a scan is refused and says so, nothing is lost, and it goes on with more room.

The shipped server is forbidden to write, as on a full disk: every write fails, that of its log too.
"""

import http.client
import json
import os
import resource
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from inventory import store
from tests.clinic import SALINE, Clinic
from tests.trust.judging import NOTHING_WRONG, judge
from tests.trust.serving import Client, Server, at_work, server_of
from tests.trust.test_r2_shipped_server import CLIENTS, load
from tests.trust.workers import House, Scan

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SCANS = 40
"""Told before the disk is full, and after there is room again."""


def processes(server: Server) -> Iterator[int]:
    """All processes of the server's group."""
    assert server.process is not None
    for each in Path("/proc").iterdir():
        if each.name.isdigit() and os.getpgid(int(each.name)) == server.process.pid:
            yield int(each.name)


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """No byte of any file can be written."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in processes(server)}
    for pid, (_, most) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def answer_of(server: Server, scan: Scan) -> tuple[int, str, str]:
    """Status of a scan with a fresh key, when to come again, and what is said."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as line:
        headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
        body = json.dumps({"barcodes": [scan.barcode]})
        line.request("POST", f"/api/v1/patient-sessions/{scan.session}/scans", body, headers)
        answer = line.getresponse()
        said = json.loads(answer.read())
        return answer.status, answer.headers.get("Retry-After", ""), said["detail"]


def wait_for(clients: list[Client], told: int) -> None:
    while sum(len(client.told) for client in clients) < told:
        time.sleep(0.01)


def test_a_full_disk_refuses_scans_loses_none_and_they_go_on_when_there_is_room(
    clinic: Clinic, house: House
) -> None:
    queues = [load(clinic, number) for number in range(CLIENTS)]
    with server_of(house) as server:
        store.db.engine.dispose()
        server.start()
        clients = [Client(server, queue) for queue in queues]
        with at_work(clients):
            wait_for(clients, SCANS)
            saline = Scan(clients[0].asked[0].session, clinic.label("S0", gtin=SALINE))
            with full_disk(server):
                time.sleep(0.5)  # what was on its way is through
                told = sum(len(client.told) for client in clients)
                said = answer_of(server, saline)
                time.sleep(0.5)
                assert sum(len(client.told) for client in clients) == told
            wait_for(clients, told + SCANS)
    status, again, detail = said
    assert (status, bool(again)) == (503, True)
    assert "try again in a moment" in detail
    answers = [each for client in clients for each in client.told]
    asked = [each for client in clients for each in client.asked]
    assert judge(answers, asked) == NOTHING_WRONG
