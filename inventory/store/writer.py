"""The connection on which acts are done: one act at a time on SQLite, always on the same one.

A connection to SQLite forgets the pages it has read and deciphered as soon as another one writes.
If all acts use one connection nobody else writes, and it forgets nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from inventory.store.fair_lock import FairLock

_queue: Final = FairLock()
"""Of all writers of this process; SQLite's own waiting is a lottery under load."""


class Writer:
    """Lends a connection for an act."""

    def __init__(self, engine: sa.Engine) -> None:
        """Of a database; disposing of its engine closes what is kept here too."""
        self._engine: Final = engine
        self._kept: sa.Connection | None = None
        event.listen(engine, "engine_disposed", self._close)

    @contextmanager
    def lend(self) -> Iterator[sa.Connection]:
        """A connection for one act; on SQLite to whoever has waited longest, and to nobody else."""
        if self._engine.dialect.name != "sqlite":
            with self._engine.connect() as connection:
                yield connection
            return
        with _queue.hold():
            if self._kept is None:
                fresh = self._engine.connect()
                self._kept = fresh.execution_options(sqlite_begin="IMMEDIATE")
            try:
                yield self._kept
            except BaseException:
                self._give_back()
                raise

    def _give_back(self) -> None:
        """To the pool, which puts it in order: what failed may have left it in any state."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def _close(self, _engine: sa.Engine) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.detach()
            kept.close()
