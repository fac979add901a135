"""The connection on which acts are done: one act at a time on SQLite, always on the same one.

A connection to SQLite forgets the pages it has read and deciphered as soon as another one writes.
If all acts use one connection nobody else writes, and it forgets nothing.

Short acts that wait for each other share a commit: it is the dearest step of each, and most pages
that it writes are the same. Nobody is answered before the commit that holds his act is through.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from inventory.store.fair_lock import FairLock
from inventory.store.prepared import run_text

MOST: Final = 8
"""Acts in one commit, at most: so many threads serve."""


@dataclass(slots=True)
class _Batch:
    """Acts that are committed together.

    Attributes:
        connection: On which they are done.
        transaction: What they are done in.
        acts: How many are done.
        outcome: Of the commit; for all of them.
    """

    connection: sa.Connection
    transaction: sa.RootTransaction
    acts: int = 0
    outcome: Future[None] = field(default_factory=Future)


class Writer:
    """Lends a connection in a transaction for an act, and commits what was done on it."""

    def __init__(self, engine: sa.Engine) -> None:
        """Of a database; disposing of its engine closes what is kept here too."""
        self._engine: Final = engine
        self._queue: Final = FairLock()
        self._kept: sa.Connection | None = None
        self._batch: _Batch | None = None
        event.listen(engine, "engine_disposed", self._close)

    @contextmanager
    def lend(self, brief: bool = False) -> Iterator[sa.Connection]:
        """A connection in a transaction, for one act; committed when this is left.

        On SQLite to whoever has waited longest, and to nobody else.

        Args:
            brief: The act takes milliseconds: it may share its commit with others like it.

        Raises:
            DBAPIError: The commit failed; nothing was done.
        """
        if self._engine.dialect.name != "sqlite":
            with self._engine.connect() as connection, connection.begin():
                yield connection
            return
        with self._queue.hold():
            if self._batch and not brief:
                self._commit(self._batch)
            batch = self._batch or self._begin()
            try:
                if batch.acts:
                    run_text(batch.connection, "SAVEPOINT act")
                yield batch.connection
                if batch.acts:
                    run_text(batch.connection, "RELEASE act")
            except BaseException as error:
                self._undo(batch, error)
                raise
            batch.acts += 1
            if not (brief and self._queue.awaited and batch.acts < MOST):
                self._commit(batch)
        batch.outcome.result()

    def _begin(self) -> _Batch:
        if self._kept is None:
            fresh = self._engine.connect()
            self._kept = fresh.execution_options(sqlite_begin="IMMEDIATE")
        try:
            self._batch = _Batch(self._kept, self._kept.begin())
        except BaseException:
            self._throw_away()
            raise
        return self._batch

    def _undo(self, batch: _Batch, error: BaseException) -> None:
        """An act failed and is undone; those before it are not, unless the database did so."""
        if not (batch.acts and _rolled_back(batch.connection)):
            self._end(batch, sa.exc.OperationalError("COMMIT", None, error))
        elif not self._queue.awaited:
            self._commit(batch)

    def _commit(self, batch: _Batch) -> None:
        try:
            batch.transaction.commit()
        except BaseException as error:  # noqa: BLE001 - whatever it was, all of them must be told
            self._end(batch, error)
        else:
            self._batch = None
            batch.outcome.set_result(None)

    def _end(self, batch: _Batch, error: BaseException) -> None:
        """Nothing of a batch was done, and its connection may be in any state."""
        self._batch = None
        self._throw_away()
        batch.outcome.set_exception(error)

    def _throw_away(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.invalidate()
            kept.close()

    def _close(self, _engine: sa.Engine) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.detach()
            kept.close()


def _rolled_back(connection: sa.Connection) -> bool:
    """Whether the latest act could be undone alone; an error may have ended the transaction."""
    try:
        run_text(connection, "ROLLBACK TO act")
    except sa.exc.SQLAlchemyError:
        return False
    return True
