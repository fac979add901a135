"""Connections for one question each: kept, never lent broken, and in no transaction."""

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.store import engine
from inventory.store.prepared import Prepared
from inventory.store.tables.places import site
from tests.clinic import Clinic

CODES = Prepared(sa.select(site.c.code).order_by(site.c.id))


def driver_of(connection: sa.Connection) -> object:
    return connection.connection.dbapi_connection


def test_one_after_another_asks_on_the_same_connection(app: Flask, clinic: Clinic) -> None:
    with store.glancing() as first:
        driver = driver_of(first)
        assert CODES.run(first) == [("TO",), ("CN",)]
    with store.glancing() as second, store.glancing() as third:
        assert driver_of(second) is driver
        assert driver_of(third) is not driver


def test_each_question_sees_what_was_committed_before_it(app: Flask, clinic: Clinic) -> None:
    with store.glancing() as connection:
        before = CODES.run(connection)
        with store.transaction() as act:
            act.exec_driver_sql("INSERT INTO site (code, name, address) VALUES ('GE', 'x', 'x')")
        assert CODES.run(connection) == [*before, ("GE",)]


def test_one_on_which_something_failed_is_not_lent_again(app: Flask, clinic: Clinic) -> None:
    def fail() -> None:
        with store.glancing() as connection:
            drivers.append(driver_of(connection))
            raise LookupError

    drivers: list[object] = []
    with pytest.raises(LookupError):
        fail()
    with store.glancing() as connection:
        assert driver_of(connection) is not drivers[0]
        assert CODES.run(connection)


@pytest.fixture
def never_at_ease(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every connection has rested long enough to be asked whether its server hears it."""
    monkeypatch.setattr(engine, "RESTED", 0.0)
    return


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("never_at_ease")
def test_one_whose_server_has_gone_is_given_up_and_nobody_notices(
    app: Flask, clinic: Clinic
) -> None:
    with store.glancing() as connection, store.transaction(1, brief=True):
        assert CODES.run(connection)
    with store.transaction() as act:
        act.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with store.glancing() as connection:
        assert CODES.run(connection)
    with store.reading() as connection:
        assert CODES.run(connection)
    with store.transaction(1, brief=True) as connection:
        assert CODES.run(connection)


def test_disposing_of_the_engine_closes_them(app: Flask, clinic: Clinic) -> None:
    with store.glancing() as kept:
        pass
    store.db.engine.dispose()
    assert kept.closed
    with store.glancing() as connection:
        assert CODES.run(connection)


def test_many_at_once_each_have_their_own(app: Flask, clinic: Clinic) -> None:
    barrier, drivers = threading.Barrier(6), set()

    def ask() -> None:
        with app.app_context(), store.glancing() as connection:
            barrier.wait()
            drivers.add(id(driver_of(connection)))
            assert CODES.run(connection)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drivers) == 6
