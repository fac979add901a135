"""How a connection is opened, and what must not be trusted with a ledger."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from inventory import create_app, store
from inventory.store import engine
from inventory.store.engine import UnfitDatabase, check_engine, is_fixed
from tests.auditing import audit_and_leave
from tests.clinic import build_clinic
from tests.conftest import settings_for


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ("3.40.1", False),
        ("3.50.4", False),
        ("3.50.6", False),
        ("3.50.7", True),
        ("3.50.12", True),
        ("3.51.0", False),
        ("3.51.2", False),
        ("3.51.3", True),
        ("3.53.4", True),
        ("4.0.0", True),
    ],
)
def test_versions_that_can_lose_a_write_ahead_log_are_known(version: str, fixed: bool) -> None:
    assert is_fixed(version) is fixed


def test_the_database_that_we_open_is_fit(app: Flask) -> None:
    with store.db.engine.connect() as connection:
        check_engine(connection)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_write_ahead_log_on_a_bad_version_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "is_fixed", lambda _: False)
    with store.db.engine.connect() as connection, pytest.raises(UnfitDatabase, match=r"3\.51\.3"):
        check_engine(connection)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value"), [("synchronous", "NORMAL"), ("foreign_keys", "OFF"), ("busy_timeout", "1")]
)
def test_a_setting_that_is_not_as_set_is_refused(app: Flask, name: str, value: str) -> None:
    with store.db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.set_authorizer(None)
        driver.rollback()
        driver.execute(f"PRAGMA {name}={value}")
        with pytest.raises(UnfitDatabase, match=name):
            check_engine(connection)
        connection.invalidate()


class Told:
    """A PostgreSQL that answers what it is told to: a server cannot be started unsafe for a test,
    as fsync is set for all databases of it."""

    class dialect:  # noqa: N801 - stands for SQLAlchemy's attribute
        name = "postgresql"

    def __init__(self, off: str) -> None:
        self.off = off

    def exec_driver_sql(self, statement: str) -> Any:
        answer = "off" if statement == f"SHOW {self.off}" else "on"
        return sa.engine.result.IteratorResult(
            sa.engine.result.SimpleResultMetaData(["value"]), iter([(answer,)])
        )


@pytest.mark.parametrize(
    "name", ["fsync", "full_page_writes", "data_checksums", "synchronous_commit"]
)
def test_a_postgresql_that_may_lose_what_it_committed_is_refused(name: str) -> None:
    with pytest.raises(UnfitDatabase, match=name):
        check_engine(Told(name))  # type: ignore[arg-type]
    check_engine(Told("nothing"))  # type: ignore[arg-type]


def test_the_file_is_encrypted_with_its_key(tmp_path: Path, sqlite_template: Path) -> None:
    content = (sqlite_template / "instance" / "kittrace.db").read_bytes()
    assert not content.startswith(b"SQLite format 3")
    assert b"CREATE TABLE" not in content


def test_with_the_standard_library_a_kit_goes_from_delivery_to_a_closed_session(
    tmp_path: Path,
) -> None:
    (tmp_path / "instance").mkdir()
    url = f"sqlite:///{tmp_path / 'instance' / 'plain.db'}"
    app = create_app(settings_for(url, tmp_path, sqlite_driver="stdlib"))
    with app.app_context():
        upgrade()
        clinic = build_clinic()
        (kit,) = clinic.receive_kits("A17")
        session = clinic.open_session()
        assert clinic.scan(session, kit).body["accepted"] is True
        assert clinic.use_all_and_close(session).body["closed"] is True
        with store.db.engine.connect() as connection:
            check_engine(connection)
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        assert journal == ("wal" if is_fixed(sqlite3.sqlite_version) else "delete")
    audit_and_leave(app)
