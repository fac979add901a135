"""Writing very many rows past SQLAlchemy's unit of work, but never past constraints and triggers.

Only for ledgers made to measure with. Entries and movements go in turn, as the guards demand; what
saves the time is the driver's own statement and, on PostgreSQL, its pipeline.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inventory.store.tables.catalogue import lot, unit
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import patient_session, receipt
from inventory.store.tables.places import location

TABLES = {
    table.name: table for table in (entry, movement, lot, unit, location, receipt, patient_session)
}
"""What may be written so; each with the id given by the writer."""

Row = Sequence[Any]


class Bulk:
    """Writes rows in the order of their table's columns, through the driver of a transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._lite = connection.dialect.name == "sqlite"
        self._cursor = connection.connection.cursor()
        self._statements = {name: self._statement(table) for name, table in TABLES.items()}

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Append rows of one table."""
        if rows:
            self._cursor.executemany(self._statements[table], rows)

    def append(self, entries: Iterable[tuple[Row, Sequence[Row]]]) -> None:
        """Append entries, each with its movements before the next."""
        write = self._cursor.execute
        of_entry, of_movement = self._statements["entry"], self._statements["movement"]
        for values, movements in entries:
            write(of_entry, values)
            for movement_values in movements:
                write(of_movement, movement_values)

    def instant(self, at: datetime) -> object:
        """An instant, UTC, as the driver keeps it."""
        return at.isoformat(" ", "microseconds")[:26] if self._lite else at

    def _statement(self, table: sa.Table) -> str:
        mark = "?" if self._lite else "%s"
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        marks = ", ".join(mark for _ in table.columns)
        return f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names


@contextmanager
def pipeline(connection: sa.Connection) -> Iterator[None]:
    """Send statements to PostgreSQL without waiting for each; SQLite has nobody to wait for."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        yield
        return
    with driver.pipeline():
        yield


def next_ids(connection: sa.Connection) -> dict[str, int]:
    """The id that the next row of each table may get."""
    highest = {
        name: connection.execute(sa.select(sa.func.max(table.c.id))).scalar()
        for name, table in TABLES.items()
    }
    return {name: (key or 0) + 1 for name, key in highest.items()}


def settle_ids(connection: sa.Connection) -> None:
    """Let PostgreSQL's sequences go on behind the ids that were given."""
    if connection.dialect.name == "sqlite":
        return
    for name in TABLES:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"  # noqa: S608
        )
