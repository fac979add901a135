"""The one transaction of an act: all of it or nothing, and the truth about a lost connection."""

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.store import ledger
from tests.clinic import Clinic


def how_many(table: str) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_an_act_that_fails_leaves_nothing_behind(clinic: Clinic) -> None:
    before = how_many("site")
    with pytest.raises(LookupError), store.transaction() as connection:  # noqa: PT012 - an act
        connection.exec_driver_sql("INSERT INTO site (code, name, address) VALUES ('X', 'X', 'X')")
        raise LookupError
    assert how_many("site") == before


def test_what_waits_for_the_commit_is_not_done_when_the_act_fails(clinic: Clinic) -> None:
    done = []
    with pytest.raises(LookupError), store.transaction() as connection:  # noqa: PT012 - an act
        store.after_commit(connection, lambda: done.append("failed"))
        raise LookupError
    with store.transaction() as connection:
        store.after_commit(connection, lambda: done.append("through"))
        assert done == []
    assert done == ["through"]


def test_an_act_reads_the_end_of_its_chain_once_and_forgets_it(clinic: Clinic) -> None:
    with store.transaction(1) as connection:
        first = ledger.head(connection, 1)
        assert ledger.head(connection, 1) is first
    clinic.receive_kits("A17")
    with store.transaction(1) as connection:
        assert ledger.head(connection, 1).number == first.number + 1
    with store.reading() as connection:
        assert ledger.head(connection, 1) is not ledger.head(connection, 1)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_act_on_the_embedded_database_begins_immediate_and_reading_does_not(
    app: Flask, clinic: Clinic
) -> None:
    said: list[str] = []
    sa.event.listen(
        store.db.engine, "before_cursor_execute", lambda c, r, text, *_: said.append(text)
    )
    with store.transaction():
        pass
    with store.reading():
        pass
    assert said == ["BEGIN IMMEDIATE", "BEGIN DEFERRED"]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_act_takes_the_locks_of_its_sites_first_in_ascending_order(
    app: Flask, clinic: Clinic
) -> None:
    said: list[tuple[str, object]] = []
    sa.event.listen(
        store.db.engine,
        "before_cursor_execute",
        lambda c, r, text, values, *_: said.append((text, values)),
    )
    with store.transaction(2, 1, 2) as connection:
        level = connection.exec_driver_sql("SHOW transaction_isolation").scalar_one()
        store.lock_site(connection, 2)  # held already
        store.lock_site(connection, 3)
    assert level == "read committed"
    assert ["pg_advisory_xact_lock" in text for text, _ in said] == [True, True, False, True]
    assert [values["site"] for _, values in said if values] == [1, 2, 3]  # type: ignore[index]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_reading_sees_one_state_of_the_database(clinic: Clinic) -> None:
    with store.reading() as connection:
        count = "SELECT count(*) FROM entry"
        before = connection.exec_driver_sql(count).scalar_one()
        clinic.receive_kits("A17")
        assert connection.exec_driver_sql(count).scalar_one() == before


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_lost_in_an_act_is_told_as_a_lost_connection(clinic: Clinic) -> None:
    def lose_it() -> None:
        with store.reading() as other, store.transaction(1) as connection:
            backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            other.exec_driver_sql(f"SELECT pg_terminate_backend({backend})")
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(sa.exc.OperationalError):
        lose_it()
    assert clinic.receive_kits("A17")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_connections_give_up_waiting_and_do_not_hold_a_lock_while_idle(app: Flask) -> None:
    with store.reading() as connection:
        for name, wanted in (
            ("lock_timeout", "3s"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("statement_timeout", "10s"),
        ):
            assert connection.exec_driver_sql(f"SHOW {name}").scalar_one() == wanted
