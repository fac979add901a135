"""R9: on a full disk a scan is refused and says so, nothing is lost, and it goes on with more room.

The shipped server is forbidden to write, as on a full disk: every write fails, that of its log too.
PostgreSQL runs with a library beneath it that refuses what makes a file longer.
"""

import http.client
import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from flask_migrate import upgrade

from inventory import create_app, store
from tests.auditing import audit_and_leave
from tests.clinic import SALINE, Clinic, build_clinic
from tests.conftest import folder_for_postgresql, running_postgresql, settings_for
from tests.trust.conftest import ready_house
from tests.trust.judging import NOTHING_WRONG, judge
from tests.trust.serving import Client, Server, at_work, request, server_of
from tests.trust.test_r2_shipped_server import CLIENTS, load
from tests.trust.workers import House, Scan, Told

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


def wait_for(clients: list[Client], told: int) -> None:
    while sum(len(client.told) for client in clients) < told:
        time.sleep(0.01)


def until_silent(clients: list[Client]) -> None:
    """On a full disk there may be some room left in blocks that files have already."""
    told = -1
    while told != (told := sum(len(client.told) for client in clients)):
        time.sleep(0.5)


def until_refused(client: Client, session: str, barcode: str) -> tuple[int, str, str]:
    """Scan until it is refused: the status, when to come again, and what is said."""
    while True:
        client.asked.append(Scan(session, barcode, f"full-{len(client.asked)}"))
        with closing(http.client.HTTPConnection("127.0.0.1", client.server.port)) as line:
            request(line, client.server.token, client.asked[-1])
            answer = line.getresponse()
            said = json.loads(answer.read())
        if answer.status != 201:
            client.asked.pop()
            return answer.status, answer.headers.get("Retry-After", ""), said["detail"]
        client.told.append(Told(client.asked[-1], said["entry"]))


def scan_on_a_full_disk(
    clinic: Clinic, house: House, full: Callable[[Server], AbstractContextManager[None]]
) -> None:
    queues = [load(clinic, number) for number in range(CLIENTS)]
    with server_of(house) as server:
        store.db.engine.dispose()
        server.start()
        clients, another = [Client(server, queue) for queue in queues], Client(server, iter(()))
        with at_work(clients):
            wait_for(clients, SCANS)
            session, saline = clients[0].asked[0].session, clinic.label("S0", gtin=SALINE)
            with full(server):
                until_silent(clients)
                status, again, detail = until_refused(another, session, saline)
                told = sum(len(client.told) for client in clients)
            wait_for(clients, told + SCANS)
        faults = server.faults()
    assert (status, bool(again), faults) == (503, True, "")
    assert "try again in a moment" in detail
    answers = [each for client in (*clients, another) for each in client.told]
    asked = [each for client in (*clients, another) for each in client.asked]
    print(f"{len(another.told)} scans found room, {len(answers)} acknowledged in all")
    assert judge(answers, asked) == NOTHING_WRONG


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_refuses_scans_loses_none_and_they_go_on_when_there_is_room(
    clinic: Clinic, house: House
) -> None:
    scan_on_a_full_disk(clinic, house, full_disk)


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler (cc) here")
def test_a_full_disk_of_postgresql_refuses_scans_loses_none_and_they_go_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    folder = folder_for_postgresql()
    library, mark = folder / "full.so", folder / "full"
    source = Path(__file__).parent / "power" / "full.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)

    @contextmanager
    def full(_: Server) -> Iterator[None]:
        mark.touch()
        try:
            yield
        finally:
            mark.unlink()

    with running_postgresql(folder, LD_PRELOAD=str(library), FULL_WHILE=str(mark)) as server:
        url = server.render_as_string(hide_password=False)
        app = create_app(settings_for(url, tmp_path), web=False)
        with app.app_context():
            upgrade()
            clinic = build_clinic()
            scan_on_a_full_disk(clinic, ready_house(clinic, url, tmp_path), full)
        audit_and_leave(app)
