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
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from inventory.store.engine import close_kept, is_heard, throw_away
from inventory.store.fair_lock import FairLock
from inventory.store.held import HELD, Held, held_by
from inventory.store.prepared import Prepared, Question, Questions, read_ahead, run_text

MOST: Final = 8
"""Acts in one commit, at most: so many threads serve."""


LEDGER_LOCK: Final = 0x4B54
"""First half of the key of PostgreSQL's advisory locks; the second half is the site's id."""

_LOCK: Final = Prepared(
    sa.select(sa.func.pg_advisory_xact_lock(LEDGER_LOCK, sa.bindparam("site", type_=sa.Integer)))
)
_SAVEPOINT: Final = Prepared(sa.text("SAVEPOINT act"))


def ledger_locks(connection: sa.Connection, sites: Iterable[int]) -> list[Question]:
    """What takes the ledger locks of some sites, in ascending order; less those that are held.

    On SQLite there is nothing to take: one act at a time writes.
    """
    held = held_by(connection)
    if held is None or connection.dialect.name == "sqlite":
        return []
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
        acts: How many are done.
        outcome: Of the commit; for all of them.
    """

    connection: sa.Connection
    transaction: sa.RootTransaction
    held: Held
    acts: int = 0
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
        if brief or self._engine.dialect.name == "sqlite":
            with self.line(*sites).lend(brief, ahead) as connection:
                yield connection
            return
        with self._engine.connect() as connection, connection.begin():
            info = connection.info  # held here, for a connection that breaks has none any more
            info[HELD] = Held()
            try:
                read_ahead(connection, ahead, after=ledger_locks(connection, sites))
                yield connection
            finally:
                del info[HELD]


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
    def lend(self, brief: bool, ahead: Questions) -> Iterator[sa.Connection]:
        """See `Writer.lend`."""
        with self._queue.hold():
            if self._batch and not brief:
                self._commit(self._batch)
            batch = self._batch or self._begin()
            try:
                begin = [_SAVEPOINT.of()] if batch.acts else []
                locks = ledger_locks(batch.connection, self._sites)
                read_ahead(batch.connection, ahead, after=[*begin, *locks])
                yield batch.connection
            except BaseException as error:
                self._undo(batch, error)
                raise
            batch.acts += 1
            batch.held.ahead.clear()
            if not (brief and self._queue.waiting and batch.acts < MOST):
                self._commit(batch)
        batch.outcome.result()

    def _begin(self) -> _Batch:
        kept = self._connected()
        held = Held()
        try:
            self._batch = _Batch(kept, kept.begin(), held)
            kept.info[HELD] = held
        except BaseException:
            self._throw_away()
            raise
        return self._batch

    def _connected(self) -> sa.Connection:
        """The kept connection; another one where its server has gone away meanwhile."""
        if self._kept is not None:
            driver = self._kept.connection.dbapi_connection
            if not is_heard(self._engine, driver, self._rests_since):
                self._throw_away()
        if self._kept is None:
            self._kept = self._engine.connect().execution_options(sqlite_begin="IMMEDIATE")
        return self._kept

    def _undo(self, batch: _Batch, error: BaseException) -> None:
        """An act failed and is undone; those before it are not, unless the database did so."""
        if not (batch.acts and _rolled_back(batch.connection)):
            self._end(batch, sa.exc.OperationalError("COMMIT", None, error))
            return
        batch.held.heads.clear()
        batch.held.ahead.clear()
        batch.held.locked.intersection_update(self._sites)  # others were given back
        if not self._queue.waiting:
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
        self._throw_away()
        batch.outcome.set_exception(error)

    def _throw_away(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            throw_away(kept)

    def _close(self, _engine: sa.Engine) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            close_kept(kept)


def _rolled_back(connection: sa.Connection) -> bool:
    """Whether the latest act could be undone alone; an error may have ended the transaction."""
    try:
        run_text(connection, "ROLLBACK TO act")
    except sa.exc.SQLAlchemyError:
        return False
    return True
