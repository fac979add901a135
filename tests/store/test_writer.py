"""The connections of acts, kept, and the commits that brief acts share."""

import threading
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, current_app

from inventory import store
from inventory.store import ledger, writer
from inventory.store.writer import MOST, Line, Writer
from inventory.web.errors import is_unavailable
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


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_server_that_dies_before_the_first_statement_is_one_that_does_not_answer(
    clinic: Clinic,
) -> None:
    store.db.engine.dispose()
    killed = []

    def kill(driver: Any, *_: object) -> None:
        if not killed:
            killed.append(driver.info.backend_pid)
            with store.db.engine.connect() as other:
                end = "SELECT pg_terminate_backend(%s, 5000)"
                assert other.exec_driver_sql(end, (killed[0],)).scalar_one()

    sa.event.listen(store.db.engine, "checkout", kill)
    try:
        with pytest.raises(sa.exc.DBAPIError) as failed, store.transaction(1, brief=True):
            pytest.fail("there is no server")
    finally:
        sa.event.remove(store.db.engine, "checkout", kill)
    assert is_unavailable(failed.value)
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


class Crowd:
    """Acts that wait for each other, each in a thread of its own, done in the order of asking."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.queue = app.extensions["kittrace.writer"].line()._queue
        self.threads: list[threading.Thread] = []
        self.ended: dict[str, BaseException | None] = {}

    def do(self, name: str, *statements: str, brief: bool = True) -> None:
        """Have an act begun, and wait until it stands in the queue."""

        def act() -> None:
            try:
                with self.app.app_context(), store.transaction(brief=brief) as connection:
                    for statement in statements:
                        connection.exec_driver_sql(statement)
            except sa.exc.SQLAlchemyError as error:
                self.ended[name] = error
            else:
                self.ended[name] = None

        before = self.queue.waiting
        self.threads.append(threading.Thread(target=act))
        self.threads[-1].start()
        while self.queue.waiting == before:
            pass

    def end(self) -> dict[str, str]:
        """What became of each: `failed`, or nothing."""
        for thread in self.threads:
            thread.join()
        return {name: "failed" if e else "" for name, e in sorted(self.ended.items())}


def add_site(code: str) -> str:
    return f"INSERT INTO site (code, name, address) VALUES ('{code}', 'x', 'x')"


def sites() -> list[str]:
    with store.reading() as connection:
        return list(connection.exec_driver_sql("SELECT code FROM site ORDER BY id").scalars())


@pytest.fixture
def said(app: Flask) -> list[str]:
    """What the engine's connections are told, from here on, without the values."""
    texts: list[str] = []
    sa.event.listen(
        store.db.engine, "before_cursor_execute", lambda c, r, text, *_: texts.append(text[:12])
    )
    sa.event.listen(store.db.engine, "commit", lambda c: texts.append("COMMIT"))
    return texts


def test_brief_acts_that_wait_for_each_other_share_a_commit(app: Flask, said: list[str]) -> None:
    crowd = Crowd(app)
    with crowd.queue.hold():
        for code in "ABC":
            crowd.do(code, add_site(code))
        said.clear()
    assert crowd.end() == {"A": "", "B": "", "C": ""}
    assert said.count("COMMIT") == 1
    assert sites() == ["A", "B", "C"]


def test_an_act_that_fails_takes_nobody_with_it(app: Flask) -> None:
    crowd = Crowd(app)
    with crowd.queue.hold():
        crowd.do("1", add_site("A"))
        crowd.do("2", add_site("B"), "SELECT nothing FROM nowhere")
        crowd.do("3", add_site("C"))
        crowd.do("4", add_site("D"), "SELECT nothing FROM nowhere")
    assert crowd.end() == {"1": "", "2": "failed", "3": "", "4": "failed"}
    assert sites() == ["A", "C"]


def test_when_the_database_gives_up_the_transaction_everybody_in_it_is_told(app: Flask) -> None:
    crowd = Crowd(app)
    with crowd.queue.hold():
        crowd.do("1", add_site("A"))
        crowd.do("2", add_site("B"), "ROLLBACK", "SELECT nothing FROM nowhere")
        crowd.do("3", add_site("C"))
    assert crowd.end() == {"1": "failed", "2": "failed", "3": ""}
    assert sites() == ["C"]


def test_when_the_commit_fails_everybody_in_it_is_told(app: Flask) -> None:
    crowd = Crowd(app)

    commits = []

    def fail(connection: sa.Connection) -> None:
        commits.append(connection)
        if len(commits) == 1:
            raise sa.exc.OperationalError("COMMIT", None, OSError("disk full"))

    sa.event.listen(store.db.engine, "commit", fail)
    with crowd.queue.hold():
        crowd.do("1", add_site("A"))
        crowd.do("2", add_site("B"))
    assert crowd.end() == {"1": "failed", "2": "failed"}
    with store.transaction() as connection:
        connection.exec_driver_sql(add_site("C"))
    assert sites() == ["C"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_long_act_keeps_none_of_the_brief_ones_waiting(app: Flask, said: list[str]) -> None:
    crowd = Crowd(app)
    with crowd.queue.hold():
        crowd.do("1", add_site("A"))
        crowd.do("2", add_site("B"), brief=False)
        crowd.do("3", add_site("C"))
        said.clear()
    assert crowd.end() == {"1": "", "2": "", "3": ""}
    assert said.count("COMMIT") == 3


HOLDS_LOCK = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND granted"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_act_that_fails_leaves_the_ledger_lock_with_those_before_it(clinic: Clinic) -> None:
    line = clinic_line(1)
    held: list[int] = []

    def fail() -> None:
        with store.transaction(1, brief=True) as connection:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")

    def look() -> None:
        with store.transaction(1, brief=True) as connection:
            held.append(int(connection.exec_driver_sql(HOLDS_LOCK).scalar_one()))

    threads = in_line(line, look, fail, look)
    assert held == [1, 1]
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_brief_acts_of_one_site_do_not_wait_for_another_sites(clinic: Clinic) -> None:
    with store.transaction(1, brief=True), store.transaction(2, brief=True) as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_brief_act_waits_for_a_long_one_of_its_site(clinic: Clinic) -> None:
    ended: list[str] = []

    def brief() -> None:
        with store.transaction(1, brief=True):
            ended.append("brief")

    with store.transaction(1) as connection:
        (thread,) = in_line(None, brief)
        while (
            connection.exec_driver_sql(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            ).scalar_one()
            == 0
        ):
            pass
        ended.append("long")
    thread.join()
    assert ended == ["long", "brief"]


def test_the_end_of_the_chain_is_known_to_the_next_act_of_a_commit_and_not_after_a_failure(
    clinic: Clinic, said: list[str]
) -> None:
    clinic.receive_kits("A17")
    line = clinic_line(1)
    numbers: list[int] = []

    def look() -> None:
        with store.transaction(1, brief=True) as connection:
            numbers.append(ledger.head(connection, 1).number)

    def fail() -> None:
        with store.transaction(1, brief=True) as connection:
            ledger.head(connection, 1)
            raise sa.exc.SQLAlchemyError

    said.clear()
    in_line(line, look, look, fail, look)
    assert len(set(numbers)) == 1
    assert sum("SELECT entry" in text for text in said) == 2


def test_an_act_that_fails_before_it_began_undoes_nobody_elses(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where what it would read ahead cannot be made: its savepoint was never set."""
    begun = writer.read_ahead

    def fails_once(connection: sa.Connection, questions: Any, after: Any) -> None:
        if threading.current_thread().name == "fails":
            raise LookupError
        begun(connection, questions, after)

    monkeypatch.setattr(writer, "read_ahead", fails_once)
    told: list[str] = []

    def add(code: str) -> Callable[[], None]:
        def act() -> None:
            with store.transaction(1, brief=True) as connection:
                connection.exec_driver_sql(add_site(code))
            told.append(code)

        return act

    def fail() -> None:
        threading.current_thread().name = "fails"
        with suppress(LookupError), store.transaction(1, brief=True):
            pass

    in_line(clinic_line(1), add("AA"), add("BB"), fail, add("DD"))
    assert sites()[2:] == told


def test_acts_that_fail_keep_nobody_waiting_for_a_commit(clinic: Clinic) -> None:
    line = clinic_line(1)
    added: list[int] = []
    committed: list[int] = []
    failed: list[int] = []

    @sa.event.listens_for(store.db.engine, "commit")
    def note(_connection: sa.Connection) -> None:
        committed.extend(len(failed) for _ in added)

    def add() -> None:
        with store.transaction(1, brief=True) as connection:
            connection.exec_driver_sql(add_site("AA"))
            added.append(1)

    def fail() -> None:
        with suppress(LookupError), store.transaction(1, brief=True):
            failed.append(1)
            raise LookupError

    in_line(line, add, *[fail] * 20)
    assert committed[0] < MOST
    assert sites()[2:] == ["AA"]


def test_a_commit_of_what_failed_is_refused(clinic: Clinic) -> None:
    """PostgreSQL would answer such a COMMIT with a rollback, and say nothing."""

    def act() -> None:
        with store.transaction(1) as connection:
            connection.exec_driver_sql(add_site("AA"))
            with suppress(sa.exc.SQLAlchemyError):
                connection.exec_driver_sql("SELECT nothing FROM nowhere")

    if store.db.engine.dialect.name == "sqlite":
        act()
        assert sites()[2:] == ["AA"]
    else:
        with pytest.raises(sa.exc.InvalidRequestError):
            act()
        assert sites()[2:] == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_waited_behind_a_lock_that_was_not_to_be_had_does_not_wait_for_it_again(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "LONGEST_WAIT", 0.0)
    with pytest.raises(sa.exc.TimeoutError), store.transaction(1, brief=True):
        pass
    monkeypatch.undo()
    assert clinic.receive_kits("A17")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_brief_act_looks_its_rows_up_and_a_long_one_may_read_whole_tables(clinic: Clinic) -> None:
    for brief, wanted in ((True, "off"), (False, "on"), (True, "off")):
        with store.transaction(1, brief=brief) as connection:
            for way in ("enable_hashjoin", "enable_mergejoin"):
                assert connection.exec_driver_sql(f"SHOW {way}").scalar_one() == wanted


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_no_ledger_lock_is_taken_outside_an_act(clinic: Clinic) -> None:
    with store.reading() as connection, pytest.raises(RuntimeError):
        store.lock_site(connection, 1)


def clinic_line(site: int) -> Line:
    of_app: Writer = current_app.extensions["kittrace.writer"]
    return of_app.line(site)


def in_line(line: Line | None, *acts: Callable[[], None]) -> list[threading.Thread]:
    """Acts begun one after the other while their line is held, each in a thread of its own."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    threads = []

    def run(act: Callable[[], None]) -> None:
        with app.app_context(), suppress(sa.exc.SQLAlchemyError):
            act()

    with line._queue.hold() if line else nullcontext():
        for number, act in enumerate(acts, start=1):
            threads.append(threading.Thread(target=run, args=(act,)))
            threads[-1].start()
            while line and line.waiting < number:
                pass
    if line:
        for thread in threads:
            thread.join()
    return threads
