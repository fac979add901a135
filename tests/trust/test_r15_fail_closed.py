"""R15: in doubt a scan is refused: whatever the database does, none is green without its entry.

Every statement of a scan fails once, from the look at who asks to the commit, in each of several
ways. The answer says that it was not done, or is the answer of what was; never is there a green one
without an entry, and the same scan, sent again, is done once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from inventory import store
from inventory.operations import scanning
from inventory.operations.posting import Posted, post
from tests.api.calling import Caller, callers
from tests.clinic import SALINE, Clinic
from tests.trust.judging import openings

Fault = Callable[[sa.Connection], BaseException]


def of_the_driver(connection: sa.Connection) -> BaseException:
    return connection.dialect.loaded_dbapi.OperationalError("disk I/O error")


def of_the_program(connection: sa.Connection) -> BaseException:
    return RuntimeError("this should never happen")


@pytest.fixture
def web() -> bool:
    return True


@pytest.fixture
def nurse(app: Flask, clinic: Clinic) -> Caller:
    app.testing = False  # a fault is answered, as the server does it
    return callers(app, clinic)("nurse")


@contextmanager
def failing(point: int, fault: Fault) -> Iterator[list[int]]:
    """Let the statement of this number fail, the commit counted as one; -1 lets all be done."""
    count = [0]

    def step(connection: sa.Connection, *_: Any) -> None:
        count[0] += 1
        if count[0] == point:
            raise fault(connection)

    engine = store.db.engine
    sa.event.listen(engine, "before_cursor_execute", step)
    sa.event.listen(engine, "commit", step)
    try:
        yield count
    finally:
        sa.event.remove(engine, "before_cursor_execute", step)
        sa.event.remove(engine, "commit", step)


@dataclass(frozen=True)
class Tried:
    """A scan of which one statement failed, and the same scan sent once more.

    Attributes:
        point: Number of the statement.
        answer: What was said when it failed.
        entries: What the ledger had of it then.
        again: What was said the second time.
        in_all: What the ledger had of it after that.
    """

    point: int
    answer: TestResponse
    entries: list[str]
    again: TestResponse
    in_all: list[str]

    @property
    def is_green_without_entry(self) -> bool:
        return self.answer.status_code == 201 and not self.entries


def try_all(nurse: Caller, clinic: Clinic, fault: Fault) -> list[Tried]:
    saline = clinic.label("S1", gtin=SALINE)
    clinic.receive(saline, packs=200)
    session = clinic.open_session()
    with failing(-1, fault) as count:
        assert nurse.scan(session, saline, key="count").status_code == 201
    tried = []
    for point in range(1, count[0] + 1):
        key = f"k{point}"
        with failing(point, fault):
            answer = nurse.scan(session, saline, key=key)
        entries = openings().get(key, [])
        again = nurse.scan(session, saline, key=key)
        tried.append(Tried(point, answer, entries, again, openings().get(key, [])))
    return tried


@pytest.mark.parametrize("fault", [of_the_driver, of_the_program])
def test_no_scan_is_green_without_its_entry_whichever_statement_fails(
    nurse: Caller, clinic: Clinic, fault: Fault
) -> None:
    tried = try_all(nurse, clinic, fault)
    assert len(tried) > 8
    for each in tried:
        assert (each.answer.status_code == 201) == bool(each.entries), each
        if not each.entries:
            assert each.answer.status_code in (500, 503), each
            assert each.answer.json["detail"], each
        assert each.again.status_code in (200, 201), each.again.json
        assert len(each.in_all) == 1, each


@pytest.mark.tampers
def test_control_a_program_that_swallows_a_fault_is_green_without_an_entry(
    nurse: Caller, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swallowing(*given: Any) -> Posted:
        try:
            return post(*given)
        except RuntimeError:
            return Posted("TO-0", 0, "", clinic.now)

    monkeypatch.setattr(scanning, "post", swallowing)
    assert any(each.is_green_without_entry for each in try_all(nurse, clinic, of_the_program))
