"""A PostgreSQL that takes what it is sent and answers nothing is given up on."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import create_app, store
from inventory.store import patience
from inventory.store.engine import RESTED, engine_options
from inventory.store.prepared import Prepared, run_together
from tests.auditing import audit_and_leave
from tests.conftest import settings_for
from tests.web.conftest import enrol, sign_in

pytestmark = [
    pytest.mark.parametrize("database", ["postgresql"], indirect=True),
    pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="that server is not ours to stop"),
]

ONE = Prepared(sa.select(sa.literal_column("1", sa.Integer)))


@pytest.fixture
def serving(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with its pages; no context is kept open, which requests would share."""
    app = create_app(settings_for(database, tmp_path))
    app.testing = True
    yield app
    audit_and_leave(app)


@contextmanager
def frozen() -> Iterator[None]:
    """Every process of the server is stopped: the kernel alone goes on taking what is sent."""
    with store.reading() as connection:
        backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    postmaster = _parent(backend)
    family = [postmaster, *(pid for pid in _processes() if _parent(pid) == postmaster)]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in family:
            os.kill(pid, signal.SIGCONT)


def _processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it has ended meanwhile
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def test_a_page_says_within_fifteen_seconds_that_the_database_does_not_answer(
    serving: Flask,
) -> None:
    enrol(serving, "nurse1", "nurse")
    browser = serving.test_client()
    sign_in(browser, "nurse1")
    assert browser.get("/stock/").status_code == 200
    with serving.app_context(), frozen():
        time.sleep(1.5 * RESTED)
        began = time.monotonic()
        answer = browser.get("/stock/")
        took = time.monotonic() - began
    print(f"given up after {took:.1f} s")
    assert answer.status_code == 503
    assert "The database does not answer" in answer.text
    assert took < 15
    assert browser.get("/stock/").status_code == 200


@pytest.mark.parametrize("statements", [1, 2])
def test_statements_that_are_never_answered_are_given_up(
    app: Flask, monkeypatch: pytest.MonkeyPatch, statements: int
) -> None:
    monkeypatch.setattr(patience.PatientConnection, "seconds", 0.5)
    monkeypatch.setattr(patience, "LONGER_SECONDS", 1.0)
    with store.db.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with frozen():
            began = time.monotonic()
            with pytest.raises(sa.exc.OperationalError, match="no answer") as failed:
                run_together(connection, [ONE.of()] * statements)
            assert time.monotonic() - began < 5
    assert failed.value.connection_invalidated
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_a_commit_that_is_never_answered_is_given_up(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LONGER_SECONDS", 0.5)
    monkeypatch.setattr(patience.PatientConnection, "seconds", 0.2)
    with store.db.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with frozen(), pytest.raises(sa.exc.OperationalError, match=r"within 0\.5 s"):
            connection.commit()


def test_what_takes_long_and_gives_signs_of_life_is_not_cut(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience.PatientConnection, "seconds", 0.6)
    rows = "SELECT repeat('x', 9000), pg_sleep(0.2) FROM generate_series(1, 8)"
    with store.reading() as connection:
        assert len(connection.exec_driver_sql(rows).all()) == 8


def test_the_server_ends_a_statement_before_it_would_be_given_up(app: Flask) -> None:
    with store.reading() as connection:
        driver = connection.connection.driver_connection
        allowed = connection.exec_driver_sql("SHOW statement_timeout").scalar_one()
    assert allowed == "10s"
    assert isinstance(driver, patience.PatientConnection)
    assert driver.seconds > 10


def test_what_the_address_of_the_database_says_itself_counts(app: Flask) -> None:
    url = sa.make_url("postgresql+psycopg://u@h/d?connect_timeout=3")
    options = engine_options(url, "sqlcipher")["connect_args"]
    assert "connect_timeout" not in options
    assert options["tcp_user_timeout"] == 10_000
