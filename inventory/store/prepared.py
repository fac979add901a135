"""Statements of the scan's path, compiled once and run by the driver itself.

SQLAlchemy compiles, binds and wraps anew at every execution: of a dozen small statements that is
most of the time. Here a statement is written as everywhere, compiled once for a dialect, and then
only run: the same SQL, the same types in and out, in the caller's transaction.

On PostgreSQL a round trip costs ten times what the server needs for such a statement. Those that do
not need each other's answers go together, in one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple, TypeAlias, cast

import sqlalchemy as sa

from inventory.store.held import held_by

ONE: Final[sa.ColumnElement[int]] = sa.literal_column("1", sa.Integer)
"""For `.limit(ONE)`: SQLite compiles a statement anew each time whose limit is a parameter."""

Convert: TypeAlias = Callable[[Any], Any]
Rows: TypeAlias = list[tuple[Any, ...]]
Questions: TypeAlias = Callable[[], Sequence["Question"]]
"""What an act will ask, made only where it is read ahead."""

Statement: TypeAlias = (
    sa.Select[*tuple[Any, ...]] | sa.CompoundSelect[Any] | sa.Insert | sa.TextClause
)


class _Compiled(NamedTuple):
    """A statement as one dialect takes it.

    Attributes:
        sql: For the driver.
        positions: Names of the parameters in their order; None where the driver takes them by name.
        defaults: Values that the statement itself holds.
        binds: How a parameter is converted, by its name; only those that are.
        results: How a column is converted, by its position; only those that are.
        answers: Whether it gives rows.
    """

    sql: str
    positions: tuple[str, ...] | None
    defaults: Mapping[str, Any]
    binds: tuple[tuple[str, Convert], ...]
    results: tuple[tuple[int, Convert], ...]
    answers: bool

    def bound(self, values: Mapping[str, Any]) -> Any:
        """Values as the driver takes them: in order, or by name."""
        given = {**self.defaults, **values}
        for name, convert in self.binds:
            given[name] = convert(given[name])
        order = self.positions
        return given if order is None else tuple([given[name] for name in order])

    def read(self, rows: Rows) -> Rows:
        """The driver's rows, their columns converted."""
        return [_converted(row, self.results) for row in rows] if self.results else rows


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

    def of(self, **values: Any) -> "Question":
        """It and what it is asked with, for `run_together` and `read_ahead`."""
        return Question(self, values)

    def run(self, connection: sa.Connection, **values: Any) -> Rows:
        """Run it, and give all rows.

        Args:
            connection: In a transaction.
            **values: A value for each parameter of the statement.

        Raises:
            DBAPIError: As SQLAlchemy raises it for the driver's own.
        """
        held = held_by(connection)
        if held and held.ahead:
            read = held.ahead.pop((self, frozenset(values.items())), None)
            if read is not None:
                return read
        compiled = self._of(connection.dialect)
        bound = compiled.bound(values)
        return compiled.read(run_text(connection, compiled.sql, bound, compiled.answers))

    def _of(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        return compiled

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        if compiled.literal_execute_params or compiled.post_compile_params:
            raise TypeError("a prepared statement has the same text whatever its values")
        binds = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiled.bind_names.items()
        }
        kinds = [column.type for column in getattr(self._statement, "exported_columns", ())]
        results = [kind.dialect_impl(dialect).result_processor(dialect, None) for kind in kinds]
        return _Compiled(
            compiled.string,
            None if compiled.positiontup is None else tuple(compiled.positiontup),
            {name: value for name, value in compiled.params.items() if value is not None},
            tuple((name, convert) for name, convert in binds.items() if convert),
            tuple((at, convert) for at, convert in enumerate(results) if convert),
            bool(kinds),
        )


class Question(NamedTuple):
    """A prepared statement, and the values that it is to be run with."""

    statement: Prepared
    values: Mapping[str, Any]


def run_together(connection: sa.Connection, questions: Sequence[Question]) -> list[Rows]:
    """Run statements in their order, on PostgreSQL in one round trip, and give the rows of each.

    Args:
        connection: In a transaction.
        questions: None of them needs what another one answers.

    Raises:
        DBAPIError: Of the first that failed; what came after it was not done.
    """
    if connection.dialect.name == "sqlite" or len(questions) < 2:
        return [asked.run(connection, **values) for asked, values in questions]
    compiled = [asked._of(connection.dialect) for asked, _ in questions]
    bound = [c.bound(values) for c, (_, values) in zip(compiled, questions, strict=True)]
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            cursors = []
            for statement, values in zip(compiled, bound, strict=True):
                cursor = driver.cursor()
                _tell(connection, cursor, statement.sql, values)
                cursors.append(cursor.execute(statement.sql, values))
        rows = [c.fetchall() if of.answers else [] for of, c in zip(compiled, cursors, strict=True)]
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_sqlalchemy(connection, error, ";\n".join(c.sql for c in compiled)) from error
    return [statement.read(read) for statement, read in zip(compiled, rows, strict=True)]


def read_ahead(
    connection: sa.Connection, questions: Sequence[Question], after: Sequence[Question] = ()
) -> None:
    """Read at once what an act will ask for; each is then answered once, without a round trip.

    Args:
        connection: Of an act. Between this and the question nothing is written that it is about.
        questions: SELECTs; see `made_ahead`.
        after: What is run before them.

    Raises:
        DBAPIError: As `run_together` raises it.
    """
    answers = run_together(connection, [*after, *questions])[len(after) :]
    held = held_by(connection)
    for (asked, values), rows in zip(questions, answers, strict=True):
        if held:
            held.ahead[asked, frozenset(values.items())] = rows


def made_ahead(dialect: sa.Dialect, ahead: Questions) -> Sequence[Question]:
    """What is to be read ahead: nothing where a statement costs no round trip."""
    return () if dialect.name == "sqlite" else ahead()


def _tell(connection: sa.Connection, cursor: Any, sql: str, values: Any) -> None:
    """Let those know who watch what the engine's connections are told."""
    for watch in connection.dispatch.before_cursor_execute:
        watch(connection, cursor, sql, values, None, False)


def run_text(connection: sa.Connection, sql: str, values: Any = (), answers: bool = False) -> Rows:
    """Have the driver run a statement as it stands, and give all rows.

    Args:
        connection: In a transaction, or beginning one.
        sql: In the driver's own words.
        values: In its order, or by name, as the driver takes them.
        answers: Whether it gives rows.

    Raises:
        DBAPIError: As SQLAlchemy raises it for the driver's own.
    """
    try:
        with closing(connection.connection.cursor()) as cursor:
            _tell(connection, cursor, sql, values)
            cursor.execute(sql, values)
            return cast(Rows, cursor.fetchall() if answers else [])
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_sqlalchemy(connection, error, sql) from error


def as_sqlalchemy(connection: sa.Connection, error: Exception, sql: str) -> BaseException:
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
