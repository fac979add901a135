"""Statements of the scan's path, compiled once and run by the driver itself.

SQLAlchemy compiles, binds and wraps anew at every execution: of a dozen small statements that is
most of the time. Here a statement is written as everywhere, compiled once for a dialect, and then
only run: the same SQL, the same types in and out, in the caller's transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any, Final, NamedTuple, TypeAlias, cast

import sqlalchemy as sa

ONE: Final[sa.ColumnElement[int]] = sa.literal_column("1", sa.Integer)
"""For `.limit(ONE)`: SQLite compiles a statement anew each time whose limit is a parameter."""

Convert: TypeAlias = Callable[[Any], Any]
Statement: TypeAlias = sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[Any] | sa.Insert


class _Compiled(NamedTuple):
    """A statement as one dialect takes it.

    Attributes:
        sql: For the driver.
        positions: Names of the parameters in their order; None where the driver takes them by name.
        defaults: Values that the statement itself holds.
        binds: How a parameter is converted, by its name; only those that are.
        results: How a column is converted, by its position; only those that are.
    """

    sql: str
    positions: tuple[str, ...] | None
    defaults: Mapping[str, Any]
    binds: tuple[tuple[str, Convert], ...]
    results: tuple[tuple[int, Convert], ...]


class Prepared:
    """A SELECT, or an INSERT, that is run often."""

    def __init__(self, statement: Statement, columns: Iterable[str] = ()) -> None:
        """Keep a statement for its first execution, when it is compiled.

        Args:
            statement: With bound parameters; for an INSERT, perhaps RETURNING something.
            columns: Names of the columns that an INSERT fills.
        """
        self._statement: Final = statement
        self._columns: Final = tuple(columns) or None
        self._compiled: Final[dict[str, _Compiled]] = {}

    def first(self, connection: sa.Connection, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.run(connection, **values)
        return rows[0] if rows else None

    def run(self, connection: sa.Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Run it, and give all rows.

        Args:
            connection: In a transaction.
            **values: A value for each parameter of the statement.

        Raises:
            DBAPIError: As SQLAlchemy raises it for the driver's own.
        """
        name = connection.dialect.name
        compiled = self._compiled.get(name)
        if compiled is None:
            compiled = self._compiled[name] = self._compile(connection.dialect)
        given = {**compiled.defaults, **values}
        for name, convert in compiled.binds:
            given[name] = convert(given[name])
        order = compiled.positions
        bound: Any = given if order is None else tuple([given[name] for name in order])
        rows = run_text(connection, compiled.sql, bound)
        return [_converted(row, compiled.results) for row in rows] if compiled.results else rows

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        if compiled.literal_execute_params or compiled.post_compile_params:
            raise TypeError("a prepared statement has the same text whatever its values")
        binds = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiled.bind_names.items()
        }
        kinds = [column.type for column in self._statement.exported_columns]
        results = [kind.dialect_impl(dialect).result_processor(dialect, None) for kind in kinds]
        return _Compiled(
            compiled.string,
            None if compiled.positiontup is None else tuple(compiled.positiontup),
            {name: value for name, value in compiled.params.items() if value is not None},
            tuple((name, convert) for name, convert in binds.items() if convert),
            tuple((at, convert) for at, convert in enumerate(results) if convert),
        )


def run_text(connection: sa.Connection, sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    """Have the driver run a statement as it stands, and give all rows.

    Args:
        connection: In a transaction, or beginning one.
        sql: In the driver's own words.
        values: In its order, or by name, as the driver takes them.

    Raises:
        DBAPIError: As SQLAlchemy raises it for the driver's own.
    """
    try:
        with closing(connection.connection.cursor()) as cursor:
            for watch in connection.dispatch.before_cursor_execute:
                watch(connection, cursor, sql, values, None, False)
            cursor.execute(sql, values)
            rows = cursor.fetchall() if cursor.description else []
            return cast("list[tuple[Any, ...]]", rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_sqlalchemy(connection, error, sql) from error


def _as_sqlalchemy(connection: sa.Connection, error: Exception, sql: str) -> BaseException:
    """A driver's exception as SQLAlchemy's; a connection that broke is given up."""
    dialect = connection.dialect
    driver = connection.connection.dbapi_connection
    broken = dialect.is_disconnect(cast(Any, error), cast(Any, driver), None)
    if broken:
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    return sa.exc.DBAPIError.instance(
        sql, None, error, base, connection_invalidated=broken, dialect=dialect
    )


def _converted(row: tuple[Any, ...], results: tuple[tuple[int, Convert], ...]) -> tuple[Any, ...]:
    cells = list(row)
    for at, convert in results:
        cells[at] = convert(cells[at])
    return tuple(cells)
