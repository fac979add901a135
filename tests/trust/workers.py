"""Processes of their own that act on a database, forked from one that has imported everything.

What they are given is plain: an address, a folder with keys, codes. What they answer goes through a
pipe, so that whatever was read from it was acknowledged, also of a process that is dead since.
"""

import multiprocessing
import os
import random
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from inventory import create_app, store
from inventory.operations import scanning
from inventory.operations.identifying import Asked
from inventory.operations.posting import Act
from inventory.web.errors import is_unavailable
from tests.clinic import ROME
from tests.conftest import settings_for

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.trust.workers"])


@dataclass(frozen=True)
class House:
    """Where a process finds its database.

    Attributes:
        url: Address of the database.
        folder: Where keys and data lie.
        at: The instant of every act.
    """

    url: str
    folder: Path
    at: datetime

    def app(self) -> Flask:
        """The application of this process."""
        return create_app(settings_for(self.url, self.folder), web=False)

    def act(self, key: str = "") -> Act:
        """An act of this process."""
        return Act("maria", self.at, ROME, key, "OR1-PC")


@dataclass(frozen=True)
class Scan:
    """One request of a client: what it scans into which session, with which key."""

    session: str
    barcode: str
    key: str = ""


@dataclass(frozen=True)
class Told:
    """What a client was told.

    Attributes:
        scan: What it asked.
        entry: Reference of the entry, or empty.
        refused: Codes of the problems, if it was refused.
        replayed: It was the kept answer.
        failed: The server answered that it could not; nothing is known.
    """

    scan: Scan
    entry: str = ""
    refused: tuple[str, ...] = ()
    replayed: bool = False
    failed: bool = False


def scan_once(house: House, scan: Scan) -> Told:
    """One scan, as the server does it."""
    request = scanning.ScanRequest(Asked((scan.barcode,)))
    try:
        answer = scanning.scan_into_session(house.act(scan.key), scan.session, request)
    except sa.exc.DBAPIError as error:
        if not is_unavailable(error):
            raise
        return Told(scan, failed=True)
    if answer.refused:
        refused = tuple(problem.code for problem in answer.problems if problem.blocking)
        return Told(scan, refused=refused)
    return Told(scan, str(answer.body.get("entry", "")), replayed=answer.replayed)


def scan_until_told(house: House, scan: Scan) -> Told:
    """Ask again with the same key as long as the server cannot, as a client does."""
    told = scan_once(house, scan)
    while told.failed:
        told = scan_once(house, scan)
    return told


def race(house: House, scans: Sequence[Scan], seed: int, start: Barrier, told: Connection) -> None:
    """Do all the scans in an order of one's own, each until it is answered; tell the answers.

    Several processes on SQLite wait by lottery: one may be told that the database is locked.
    """
    order = list(scans)
    random.Random(seed).shuffle(order)
    app = house.app()
    with app.app_context():
        start.wait()
        told.send([scan_until_told(house, scan) for scan in order])
        store.db.engine.dispose()


def race_naively(
    house: House, scans: Sequence[Scan], seed: int, start: Barrier, told: Connection
) -> None:
    """The same without lock and guards: look whether the unit is free, then write that it is not.

    All look before anybody writes, as happens when several workstations scan at one time.
    """
    app = house.app()
    acknowledged = []
    with app.app_context():
        start.wait()
        for scan in scans:
            with store.db.engine.begin() as connection:
                query = sa.text("SELECT count(*) FROM naive_opening WHERE unit = :unit")
                taken = connection.execute(query, {"unit": scan.barcode}).scalar_one()
            start.wait()
            if taken:
                acknowledged.append(Told(scan, refused=("unit-already-used",)))
                continue
            with store.db.engine.connect() as connection:
                connection = connection.execution_options(sqlite_begin="IMMEDIATE")
                with connection.begin():
                    values = {"unit": scan.barcode, "session": scan.session}
                    connection.execute(
                        sa.text("INSERT INTO naive_opening VALUES (:unit, :session)"), values
                    )
            acknowledged.append(Told(scan, scan.barcode))
            start.wait()
        told.send(acknowledged)
        store.db.engine.dispose()


def serve(house: House, clients: Sequence[Connection]) -> None:
    """A server: a thread for each client, which answers scan by scan until it is killed."""
    app = house.app()

    def attend(client: Connection) -> None:
        with app.app_context():
            client.send("ready")
            while True:
                try:
                    scan = client.recv()
                except EOFError:
                    return
                client.send(scan_once(house, scan))

    threads = [threading.Thread(target=attend, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def count_of(work: Callable[..., None], *given: Any) -> int | None:
    """The count that work in a process of its own tells through a pipe; None if it was killed."""
    mine, theirs = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=work, args=(*given, theirs))
    process.start()
    theirs.close()
    try:
        return int(mine.recv())
    except EOFError:
        return None
    finally:
        process.join()
        mine.close()


def die_at(house: House, scan: Scan, point: int, told: Connection) -> None:
    """Do one scan and be killed before the statement of this number; 0 is after the commit.

    Tells how many statements the act has, if it lives so long.
    """
    app = house.app()
    count = 0

    def before(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        sa.event.listen(store.db.engine, "before_cursor_execute", before)
        sa.event.listen(store.db.engine, "commit", before)
        scan_once(house, scan)
        if point == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        told.send(count)
        store.db.engine.dispose()
