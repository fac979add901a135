"""The server as it is shipped, in a process group of its own, and clients that speak HTTP to it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

from config import PROJECT
from inventory.operations import enrolling
from inventory.operations.posting import Act
from tests.clinic import ROME
from tests.trust.workers import House, Scan, Told

SHIPPED = ("wsgi.py",)
HASTY = ("-m", "tests.trust.hasty")
"""The same application behind a server that is broken on purpose."""

PATIENCE = 1000
"""How often a client asks again when the others have ended."""

UNREACHED = (OSError, http.client.HTTPException)
"""What a client sees of a server that is killed, or not there yet."""


@dataclass
class Server:
    """A server that can be killed and started again at the same address.

    Attributes:
        house: Whose database it serves.
        program: What Python is given.
        token: Of a nurse.
        port: Free when the server was made.
    """

    house: House
    program: Sequence[str]
    token: str
    port: int
    log: IO[bytes]
    process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it; it does not answer yet."""
        folder = self.house.folder
        environ = {
            "DATABASE_URL": self.house.url,
            "KEY_DIR": str(folder / "keys"),
            "INSTANCE_DIR": str(folder / "instance"),
            "PORT": str(self.port),
            "RATELIMIT": "off",
        }
        self.process = subprocess.Popen(
            [sys.executable, *self.program],
            cwd=PROJECT,
            env={**os.environ, **environ},
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.begin()
        while not self.answers():
            if self.process is None or self.process.poll() is not None:
                self.log.seek(0)
                raise RuntimeError(self.log.read().decode()[-2000:])
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it serves."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as line:
            try:
                line.request("GET", "/healthz")
                return line.getresponse().status == 200
            except UNREACHED:
                return False

    def faults(self) -> str:
        """What the server logged of answers with 500."""
        self.log.seek(0)
        lines = self.log.read().decode().splitlines()
        return "\n".join(line for line in lines if '"status": 500' in line)

    def kill(self) -> None:
        """SIGKILL to all its processes, and wait until they are gone."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def server_of(house: House, program: Sequence[str] = SHIPPED) -> Iterator[Server]:
    """A server that is not running yet; whatever happens, none outlives it."""
    now = datetime.now(UTC)  # noqa: TID251 - a token counts from now, and so does the server
    act = Act("admin1", now, ROME)
    enrolling.enrol(act, "nurse1", "!", ["nurse"])
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as log:
        server = Server(house, program, enrolling.issue_token(act, "nurse1"), port, log)
        try:
            yield server
        finally:
            server.kill()
            print(server.faults())


@dataclass
class Client:
    """One workstation: it asks again with the same key until it is told.

    Attributes:
        server: Whom it asks.
        left: What it has still to scan.
        asked: What it has begun to ask.
        told: What it was told.
    """

    server: Server
    left: Iterator[Scan]
    asked: list[Scan] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def work(self, enough: threading.Event) -> None:
        """Scan one after the other, until it is enough or there is nothing left."""
        for scan in self.left:
            self.asked.append(scan)
            self.told += self._until_told(scan, enough)
            if enough.is_set():
                return

    def _until_told(self, scan: Scan, enough: threading.Event) -> list[Told]:
        """Its answer; none if the server is there no more at the end."""
        patience = PATIENCE
        while patience:
            with closing(http.client.HTTPConnection("127.0.0.1", self.server.port)) as line:
                try:
                    told = ask(line, self.server.token, scan)
                except UNREACHED:
                    told = Told(scan, failed=True)
            if not told.failed:
                return [told]
            patience -= enough.is_set()
            time.sleep(0.05)
        return []


def ask(line: http.client.HTTPConnection, token: str, scan: Scan) -> Told:
    """Ask for a scan once; 503 is no answer yet, anything but a scan or its refusal is wrong."""
    request(line, token, scan)
    answer = line.getresponse()
    said: dict[str, Any] = json.loads(answer.read())
    if answer.status in (200, 201):
        return Told(scan, said["entry"], replayed=answer.status == 200)
    if answer.status == 503:
        return Told(scan, failed=True)
    codes = [problem["code"] for problem in said["problems"] if problem["blocking"]]
    return Told(scan, refused=tuple(codes))


def request(line: http.client.HTTPConnection, token: str, scan: Scan) -> None:
    """Send a scan."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if scan.key:
        headers["Idempotency-Key"] = scan.key
    body = json.dumps({"barcodes": [scan.barcode]})
    line.request("POST", f"/api/v1/patient-sessions/{scan.session}/scans", body, headers)


@contextmanager
def at_work(clients: Sequence[Client], *, all_of_it: bool = False) -> Iterator[None]:
    """Let clients work, each in a thread; at the end each is told what it asked last, or all."""
    enough = threading.Event()
    threads = [threading.Thread(target=client.work, args=(enough,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        if not all_of_it:
            enough.set()
        for thread in threads:
            thread.join()
