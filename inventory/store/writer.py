"""The connections on which acts are done, and the commits that brief acts share.

A connection to SQLite forgets the pages it has read and deciphered as soon as another one writes.
If all acts use one connection nobody else writes, and it forgets nothing. On PostgreSQL one that is
kept for the brief acts of a site never plans their statements again.

Brief acts that wait for each other share a commit: it is the dearest step of each, and most pages
that it writes are the same. Nobody is answered before the commit that holds his act is through.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from inventory.store.engine import close_kept, is_heard, throw_away
from inventory.store.fair_lock import FairLock
from inventory.store.held import Held, held_by, holding
from inventory.store.prepared import (
    Prepared,
    Question,
    Questions,
    as_sqlalchemy,
    made_ahead,
    read_ahead,
    run_text,
)

MOST: Final = 8
"""Acts in one commit, at most: so many threads serve."""

LONGEST_WAIT: Final = 3.0
"""Seconds that an act waits in line behind others that wait for PostgreSQL's `lock_timeout`."""


LEDGER_LOCK: Final = 0x4B54
"""First half of the key of PostgreSQL's advisory locks; the second half is the site's id."""

_LOCK: Final = Prepared(
    sa.select(sa.func.pg_advisory_xact_lock(LEDGER_LOCK, sa.bindparam("site", type_=sa.Integer)))
)
_SAVEPOINTS: Final = [Prepared(sa.text(f"SAVEPOINT act_{number}")) for number in range(MOST)]
"""Each act of a batch has its own: going back to one that was never set must fail."""


def ledger_locks(connection: sa.Connection, sites: Iterable[int]) -> list[Question]:
    """What takes the ledger locks of some sites, in ascending order; less those that are held.

    On SQLite there is nothing to take: one act at a time writes.
    """
    if connection.dialect.name == "sqlite":
        return []
    held = held_by(connection)
    if held is None:
        raise RuntimeError("a ledger lock is taken outside an act")
    taken = sorted({*sites} - held.locked)
    held.locked.update(taken)
    for site in taken:
        held.heads.pop(site, None)
    return [_LOCK.of(site=site) for site in taken]


@dataclass(slots=True)
class _Batch:
    """Acts that are committed together.

    Attributes:
        connection: On which they are done.
        transaction: What they are done in.
        held: What it holds.
        begun: How many were begun in it, done or not.
        done: How many are done.
        outcome: Of the commit; for all of them.
    """

    connection: sa.Connection
    transaction: sa.RootTransaction
    held: Held = field(default_factory=Held)
    begun: int = 0
    done: int = 0
    outcome: Future[None] = field(default_factory=Future)


class Writer:
    """Lends a connection in a transaction for an act, and commits what was done on it."""

    def __init__(self, engine: sa.Engine) -> None:
        """Of a database; disposing of its engine closes what is kept here too."""
        self._engine: Final = engine
        self._guard: Final = threading.Lock()
        self._lines: Final[dict[tuple[int, ...], Line]] = {}

    def line(self, *sites: int) -> "Line":
        """Where the brief acts of some sites stand in line; on SQLite all acts of all sites."""
        key = () if self._engine.dialect.name == "sqlite" else sites
        with self._guard:
            if key not in self._lines:
                self._lines[key] = Line(self._engine, key)
            return self._lines[key]

    @contextmanager
    def lend(
        self, *sites: int, brief: bool = False, ahead: Questions = tuple
    ) -> Iterator[sa.Connection]:
        """A connection in a transaction that holds ledger locks, for one act.

        What was done on it is committed when this is left. On SQLite it goes to whoever has waited
        longest, and to nobody else; on PostgreSQL the ledger locks see to that.

        Args:
            *sites: Ids of the sites whose ledger locks it takes, in ascending order.
            brief: The act takes milliseconds: it may share its commit with others like it.
            ahead: What the act will ask for first; read together with the locks.

        Raises:
            DBAPIError: A lock was not to be had, or the commit failed; nothing was done.
        """
        questions = made_ahead(self._engine.dialect, ahead)
        if brief or self._engine.dialect.name == "sqlite":
            with self.line(*sites).lend(brief, questions) as connection:
                yield connection
            return
        with (
            self._engine.connect() as connection,
            connection.begin(),
            holding(connection, Held()),
        ):
            read_ahead(connection, questions, after=ledger_locks(connection, sites))
            yield connection


class Line:
    """Acts that wait for one kept connection, in the order of asking."""

    def __init__(self, engine: sa.Engine, sites: Sequence[int]) -> None:
        """Of a database; each act takes the ledger locks of these sites, where there are any."""
        self._engine: Final = engine
        self._sites: Final = sites
        self._queue: Final = FairLock()
        self._kept: sa.Connection | None = None
        self._rests_since = 0.0
        self._batch: _Batch | None = None
        event.listen(engine, "engine_disposed", self._close)

    @property
    def waiting(self) -> int:
        """How many acts wait."""
        return self._queue.waiting

    @contextmanager
    def lend(self, brief: bool, questions: Sequence[Question]) -> Iterator[sa.Connection]:
        """See `Writer.lend`."""
        asked_at = time.monotonic()
        with self._queue.hold():
            if self._batch and not brief:
                self._commit(self._batch)
            batch = self._batch or self._begin(asked_at)
            try:
                with holding(batch.connection, batch.held):
                    self._open(batch, questions)
                    yield batch.connection
            except BaseException as error:
                self._undo(batch, error)
                raise
            batch.done += 1
            batch.held.ahead.clear()
            if not (brief and self._goes_on(batch)):
                self._commit(batch)
        batch.outcome.result()

    def _begin(self, asked_at: float) -> _Batch:
        """Begin a batch for an act; nobody waits twice as long as for a lock."""
        lite = self._engine.dialect.name == "sqlite"
        if not lite and time.monotonic() - asked_at > LONGEST_WAIT:
            raise sa.exc.TimeoutError("the acts before this one waited for the site's lock")
        kept = self._connected()
        try:
            self._batch = _Batch(kept, kept.begin())
        except BaseException:
            self._throw_away()
            raise
        return self._batch

    def _open(self, batch: _Batch, questions: Sequence[Question]) -> None:
        """Set an act's savepoint and take its locks; the first act has the transaction itself."""
        begin = [_SAVEPOINTS[batch.begun].of()] if batch.begun else []
        batch.begun += 1
        locks = ledger_locks(batch.connection, self._sites)
        read_ahead(batch.connection, questions, after=[*begin, *locks])

    def _goes_on(self, batch: _Batch) -> bool:
        """Whether a further act is done in a batch: only if one waits, and never without end."""
        return self._queue.waiting > 0 and batch.begun < MOST

    def _connected(self) -> sa.Connection:
        """The kept connection; another one where its server has gone away meanwhile."""
        if self._kept is not None:
            driver = self._kept.connection.dbapi_connection
            if not is_heard(self._engine, driver, self._rests_since):
                self._throw_away()
        if self._kept is None:
            self._kept = self._engine.connect().execution_options(sqlite_begin="IMMEDIATE")
            if self._engine.dialect.name != "sqlite":
                try:
                    _look_up_only(self._kept)
                except BaseException:
                    self._throw_away()
                    raise
        return self._kept

    def _undo(self, batch: _Batch, error: BaseException) -> None:
        """An act failed and is undone; those before it are not, unless the database did so."""
        if not (batch.done and _rolled_back(batch)):
            self._end(batch, sa.exc.OperationalError("COMMIT", None, error))
            return
        batch.held.heads.clear()
        batch.held.ahead.clear()
        batch.held.locked.intersection_update(self._sites)  # others were given back
        if not self._goes_on(batch):
            self._commit(batch)

    def _commit(self, batch: _Batch) -> None:
        try:
            batch.transaction.commit()
        except BaseException as error:  # noqa: BLE001 - whatever it was, all of them must be told
            self._end(batch, error)
        else:
            self._batch = None
            self._rests_since = time.monotonic()
            batch.outcome.set_result(None)

    def _end(self, batch: _Batch, error: BaseException) -> None:
        """Nothing of a batch was done, and its connection may be in any state."""
        self._batch = None
        try:
            self._throw_away()
        finally:
            batch.outcome.set_exception(error)

    def _throw_away(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            throw_away(kept)

    def _close(self, _engine: sa.Engine) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            close_kept(kept)


def _look_up_only(connection: sa.Connection) -> None:
    """Have PostgreSQL look each row of a brief act up in an index.

    A plan that is kept for a statement is made for the average place, which holds thousands of
    pieces; for a session with a dozen it would read whole tables, and call in further processes.
    """
    ways = ("enable_hashjoin", "enable_mergejoin", "max_parallel_workers_per_gather")
    sql = "; ".join(f"SET {way} = 0" for way in ways)
    driver: Any = connection.connection.driver_connection
    try:
        driver.autocommit = True
        driver.execute(sql)
        driver.autocommit = False
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_sqlalchemy(connection, error, sql) from error


def _rolled_back(batch: _Batch) -> bool:
    """Whether the latest act could be undone alone; an error may have ended the transaction."""
    try:
        run_text(batch.connection, f"ROLLBACK TO act_{batch.begun - 1}")
    except Exception:  # noqa: BLE001 - then nothing of the batch is kept, and all are told
        return False
    return True
