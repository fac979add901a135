"""Connections for one prepared SELECT each, which by itself sees one state of the database.

The API asks at every call whose token it was sent. Fetching a connection from the pool and giving
it back costs twice what that question does; these are kept as they are, outside any transaction.
"""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from inventory.store.engine import close_kept, is_heard, throw_away


class Glances:
    """Lends connections that are in no transaction, the one used last first."""

    def __init__(self, engine: sa.Engine) -> None:
        """Of a database; disposing of its engine closes what is kept here too."""
        self._engine: Final = engine
        self._kept: Final[deque[tuple[sa.Connection, float]]] = deque()
        event.listen(engine, "engine_disposed", self._close)

    @contextmanager
    def lend(self) -> Iterator[sa.Connection]:
        """A connection for prepared SELECTs; one on which something failed is not lent again."""
        connection = self._heard() or self._fresh()
        try:
            yield connection
        except BaseException:
            throw_away(connection)
            raise
        if connection.in_transaction():  # what it sees would never change
            throw_away(connection)
        else:
            self._kept.append((connection, time.monotonic()))

    def _heard(self) -> sa.Connection | None:
        """A kept connection that still has its server, or None."""
        while self._kept:
            try:
                connection, since = self._kept.pop()
            except IndexError:  # another thread took it
                return None
            if is_heard(self._engine, connection.connection.dbapi_connection, since):
                return connection
            throw_away(connection)
        return None

    def _fresh(self) -> sa.Connection:
        connection = self._engine.connect()
        if self._engine.dialect.name != "sqlite":  # there nothing begins unless it is told to
            connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection

    def _close(self, _engine: sa.Engine) -> None:
        while self._kept:
            close_kept(self._kept.pop()[0])
