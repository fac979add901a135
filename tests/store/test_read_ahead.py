"""What an act will ask is read together with its lock, answered once, and never stale."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg import Connection, Cursor
from psycopg.pq import PipelineStatus

from inventory import store
from inventory.store import answers
from inventory.store.prepared import Prepared, Question, made_ahead, run_together
from inventory.store.tables.ledger import answer
from inventory.store.tables.places import site
from tests.clinic import Clinic
from tests.store.test_prepared import ADD_ANSWER, kept
from tests.store.test_writer import add_site

NAME = Prepared(sa.select(site.c.name).where(site.c.code == sa.bindparam("of")))
KEYS = Prepared(sa.select(answer.c.key).where(answer.c.site_id == sa.bindparam("of")))


@pytest.fixture
def said(app: Flask) -> list[str]:
    """What the engine's connections are told, from here on, without the values."""
    texts: list[str] = []
    sa.event.listen(
        store.db.engine, "before_cursor_execute", lambda c, r, text, *_: texts.append(text)
    )
    return texts


def named() -> list[Question]:
    return [NAME.of(of="TO"), NAME.of(of="nowhere")]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_each_question_is_answered_once_without_another_trip(
    clinic: Clinic, said: list[str]
) -> None:
    with store.transaction(1, ahead=named) as connection:
        told = len(said)
        assert NAME.run(connection, of="TO") == [("Torino",)]
        assert NAME.run(connection, of="nowhere") == []
        assert len(said) == told
        assert NAME.run(connection, of="TO") == [("Torino",)]
        assert len(said) == told + 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_lock_is_taken_before_anything_is_read(clinic: Clinic, said: list[str]) -> None:
    with store.transaction(1, brief=True, ahead=named):
        pass
    assert "pg_advisory_xact_lock" in said[0]
    assert len(said) == 3


@pytest.mark.parametrize("brief", [True, False])
def test_what_one_act_read_ahead_no_other_act_is_answered(clinic: Clinic, brief: bool) -> None:
    def names() -> list[tuple[str]]:
        with store.transaction(1, brief=brief) as connection:
            return NAME.run(connection, of="nowhere")

    with store.transaction(1, brief=brief, ahead=named):
        pass
    with store.transaction() as connection:
        connection.exec_driver_sql(add_site("nowhere"))
    assert names() == [("x",)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_a_statement_costs_no_trip_nothing_is_read_ahead(
    clinic: Clinic, said: list[str]
) -> None:
    with store.transaction(1, ahead=named) as connection:
        assert made_ahead(connection.dialect, named) == ()
    assert said == ["BEGIN IMMEDIATE"]


def test_statements_run_together_give_their_rows_in_order(clinic: Clinic) -> None:
    with store.transaction(1) as connection:
        found = run_together(
            connection, [ADD_ANSWER.of(**kept("a key of this test")), KEYS.of(of=1), *named()]
        )
    assert found[0] == []
    assert ("a key of this test",) in found[1]
    assert found[2:] == [[("Torino",)], []]


def failing(asked: list[Question]) -> Callable[[], None]:
    def act() -> None:
        with store.transaction(1) as connection:
            run_together(connection, asked)

    return act


def test_one_that_fails_among_others_is_told_as_sqlalchemy_tells_it(clinic: Clinic) -> None:
    twice = [ADD_ANSWER.of(**kept("twice")), ADD_ANSWER.of(**kept("twice")), NAME.of(of="TO")]
    with pytest.raises(sa.exc.IntegrityError):
        failing(twice)()
    with store.reading() as connection:
        assert answers.find_answer(connection, 1, "twice") is None
    assert clinic.receive_kits("A17")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_scan_takes_few_round_trips(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock and what is known beforehand; what hangs on the lot; the entry; the answer; commit.

    The driver waits for the answer to its BEGIN besides.
    """
    (kit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    with store.transaction(1, brief=True):
        pass  # the connection of the line is there
    trips = 0
    execute, pipeline, commit = Cursor.execute, Connection.pipeline, Connection.commit

    def executed(self: Cursor[Any], *arguments: Any, **more: Any) -> Any:
        nonlocal trips
        trips += self.connection.info.pipeline_status is PipelineStatus.OFF
        return execute(self, *arguments, **more)

    @contextmanager
    def piped(self: Connection[Any]) -> Iterator[object]:
        nonlocal trips
        trips += 1
        with pipeline(self) as several:
            yield several

    def committed(self: Connection[Any]) -> None:
        nonlocal trips
        trips += 1
        commit(self)

    monkeypatch.setattr(Cursor, "execute", executed)
    monkeypatch.setattr(Connection, "pipeline", piped)
    monkeypatch.setattr(Connection, "commit", committed)
    assert clinic.scan(session, kit, key="k0").body["accepted"]
    assert trips == 1 + 5  # and once, where the session is
    assert clinic.scan(session, kit, key="k1").body["again"]
    assert trips == 1 + 5 + 4
