"""The connection of acts: one on SQLite, kept; given back when an act fails."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from tests.clinic import Clinic


def driver_connections(app: Flask, times: int) -> list[int]:
    """Which driver's connection each act is given."""
    found = []
    for _ in range(times):
        with store.transaction() as connection:
            found.append(id(connection.connection.dbapi_connection))
    return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_all_acts_use_one_connection_whatever_is_read_between_them(
    app: Flask, clinic: Clinic
) -> None:
    first = driver_connections(app, 1)
    with store.reading() as one, store.reading() as other:
        assert one.connection.dbapi_connection is not other.connection.dbapi_connection
        assert driver_connections(app, 2) == first * 2


def test_an_act_that_fails_leaves_a_connection_that_works(clinic: Clinic) -> None:
    for _ in range(3):
        with pytest.raises(sa.exc.DBAPIError), store.transaction(1) as connection:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert clinic.receive_kits("A17")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_threads_take_turns_and_each_sees_what_the_one_before_did(app: Flask) -> None:
    def add() -> None:
        with app.app_context(), store.transaction() as connection:
            count = "SELECT count(*) FROM site"
            had = int(connection.exec_driver_sql(count).scalar_one())
            connection.exec_driver_sql(
                f"INSERT INTO site (code, name, address) VALUES ('S{had}', 'x', 'x')"
            )

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        codes = connection.exec_driver_sql("SELECT code FROM site ORDER BY id").scalars()
        assert list(codes) == [f"S{number}" for number in range(8)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_disposing_of_the_engine_closes_it_and_the_next_act_opens_another(
    app: Flask, clinic: Clinic
) -> None:
    with store.transaction() as connection:
        before = connection
    store.db.engine.dispose()
    assert before.closed
    assert clinic.receive_kits("A17")
