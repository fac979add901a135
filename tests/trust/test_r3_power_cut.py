"""R3: what was acknowledged survives a power cut: every sync counts, and none is missing.

The shipped server runs with a recorder beneath it that notes each write and each sync. Then the
power fails at moments drawn at random: a disk is laid out that has what was synced, and half of
the rest, and KitTrace is opened on it. `kill -9` cannot show this: the kernel keeps what it has.
"""

import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from inventory import create_app, store
from inventory.operations import cataloguing, checkpointing
from inventory.operations.verifying import verify_ledger
from tests.auditing import audit, audit_and_leave
from tests.clinic import Clinic
from tests.conftest import settings_for, share_compiled
from tests.trust.conftest import how_often, ready_house
from tests.trust.judging import openings
from tests.trust.power.disk import Call, Disk, calls_of
from tests.trust.serving import Client, at_work, server_of
from tests.trust.test_r2_shipped_server import CLIENTS, load
from tests.trust.workers import House, Scan, Told

pytestmark = pytest.mark.skipif(
    shutil.which("cc") is None, reason="there is no C compiler (cc) here"
)

SCANS = 250
"""Enough for SQLite to bring its log into the database several times."""


@dataclass
class Watched(Client):
    """A client that remembers when it was told."""

    at: list[int] = field(default_factory=list)

    def _until_told(self, scan: Scan, enough: threading.Event) -> list[Told]:
        told = super()._until_told(scan, enough)
        self.at += [time.monotonic_ns()] * len(told)
        return told


@dataclass(frozen=True)
class Recorded:
    """A server's work.

    Attributes:
        before: The folder as it lay when it began.
        folder: Where it lay meanwhile.
        calls: What it did to its files.
        told: What clients were told, and when.
    """

    before: Path
    folder: Path
    calls: Sequence[Call]
    told: Sequence[tuple[int, Told]]


@pytest.fixture(scope="module")
def recorded(
    sqlite_clinic: tuple[Path, Clinic], tmp_path_factory: pytest.TempPathFactory
) -> Recorded:
    """Some hundred scans at the shipped server, with all that it wrote and synced."""
    template, built = sqlite_clinic
    folder = (tmp_path_factory.mktemp("served") / "data").resolve()
    shutil.copytree(template, folder)
    url = f"sqlite:///{folder / 'instance' / 'kittrace.db'}"
    app = create_app(settings_for(url, folder), web=False)
    clinic = replace(built, units={}, draw=random.Random(2))
    with app.app_context():
        recorded = record(clinic, ready_house(clinic, url, folder), tmp_path_factory)
    audit_and_leave(app)
    return recorded


def record(clinic: Clinic, house: House, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    aside = tmp_path_factory.mktemp("record")
    library, record = aside / "recorder.so", aside / "record"
    source = Path(__file__).parent / "power" / "recorder.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
    queues = [load(clinic, number) for number in range(CLIENTS)]
    folder = house.folder
    with server_of(house) as server:
        store.db.engine.dispose()
        shutil.copytree(folder, aside / "before")
        beneath = {"LD_PRELOAD": library, "RECORD_FOLDER": folder, "RECORD_TO": record}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in beneath.items():
                patch.setenv(name, str(value))
            server.start()
        clients = [Watched(server, queue) for queue in queues]
        with at_work(clients):
            while sum(len(client.told) for client in clients) < SCANS:
                time.sleep(0.01)
        server.kill()
    told = [pair for client in clients for pair in zip(client.at, client.told, strict=True)]
    return Recorded(aside / "before", folder, tuple(calls_of(record)), told)


def cuts(
    recorded: Recorded, how_many: int, draw: random.Random, to: Path, **disk: object
) -> Iterator[tuple[Path, list[Told]]]:
    """What is left by power cuts at random moments, and what had been told until then."""
    moments = set(draw.sample(range(len(recorded.calls)), how_many))
    disk = Disk(recorded.before, recorded.folder, **disk)
    for number, call in enumerate(recorded.calls):
        disk.take(call)
        if number in moments:
            disk.cut(to / str(number), draw)
            yield to / str(number), [told for at, told in recorded.told if at <= call.ns]


def faults_after(folder: Path, told: Sequence[Told]) -> list[str]:
    """What is wrong with an installation that lost power, opened again and worked with."""
    url = f"sqlite:///{folder / 'instance' / 'kittrace.db'}"
    app = create_app(settings_for(url, folder), web=False)
    with app.app_context():
        share_compiled(store.db.engine)
        try:
            with store.reading() as connection:
                sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
                faults = audit(connection) + ([] if sound == "ok" else [str(sound)])
            faults += [fault.what for fault in verify_ledger().faults]
            there = openings()
            lost = [each for each in told if each.entry not in there.get(each.scan.key, ())]
            faults += [f"{len(lost)} scans lost"] * bool(lost)
            checkpointing.checkpoint_now(cataloguing.home_site(), Clinic().now)
            return faults + [f"later: {fault.what}" for fault in verify_ledger().faults]
        except sa.exc.DatabaseError as broken:
            return [str(broken.orig)]
        finally:
            store.db.engine.dispose()


def test_no_acknowledged_scan_is_lost_by_a_power_cut(
    recorded: Recorded, tmp_path: Path, seed: int
) -> None:
    how_many, faults, told = how_often("KITTRACE_CUTS", 12), {}, 0
    for left, acknowledged in cuts(recorded, how_many, random.Random(seed), tmp_path / "cuts"):
        told = len(acknowledged)
        if found := faults_after(left, acknowledged):
            faults[left.name] = found
        shutil.rmtree(left)
    print(f"{how_many} cuts, {len(recorded.calls)} calls, {told} scans acknowledged at the last")
    assert faults == {}


def test_control_a_disk_that_does_not_sync_the_log_loses_scans(
    recorded: Recorded, tmp_path: Path, seed: int
) -> None:
    """As with `synchronous=NORMAL`, which syncs the log only to bring it into the database."""
    lost = 0
    lazy = cuts(
        recorded, 6, random.Random(seed), tmp_path / "cuts",
        obeys=lambda path: not path.endswith("-wal"),
    )  # fmt: skip
    for left, acknowledged in lazy:
        lost += any("lost" in fault for fault in faults_after(left, acknowledged))
    print(f"scans lost in {lost} of 6 cuts")
    assert lost > 3
