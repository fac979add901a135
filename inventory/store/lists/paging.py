"""Searching and paging, alike in every list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import sqlalchemy as sa

from inventory.store import AnyRow, reading

PAGE: Final = 50
"""Lines of a page."""

BATCH: Final = 1000
"""Lines that are read at once where a whole list is taken away."""

Line = TypeVar("Line")


def matches(search: str, *columns: "sa.ColumnElement[str]") -> sa.ColumnElement[bool]:
    """Whether one of the columns holds a text, case not minded, wildcards taken literally."""
    return sa.or_(*(column.icontains(search, autoescape=True) for column in columns))


@dataclass(frozen=True, slots=True)
class Found(Generic[Line]):
    """What a list found, not yet read: a page of it, or all of it line by line.

    Attributes:
        query: In the order of the list.
        read: Makes a line of a row.
        key: What rises with every line that is added, where the list begins with the latest and
            lines are only ever added; else None.
    """

    query: "sa.Select[Any]"
    read: Callable[[AnyRow], Line]
    key: "sa.Column[int] | None" = None

    def page(
        self, connection: sa.Connection, number: int = 1, size: int | None = None
    ) -> tuple[list[Line], int]:
        """One page of the lines, from 1, and how many lines there are in all."""
        rows, total = page_of(connection, self.query, number, size or PAGE)
        return [self.read(row) for row in rows], total

    def all(self, connection: sa.Connection) -> list[Line]:
        """Every line, in the caller's transaction."""
        return [self.read(row) for row in connection.execute(self.query)]

    def each(self, batch: int = BATCH) -> Iterator[Line]:
        """Every line, for whoever takes them slowly: no transaction waits for that.

        What has a key is read a batch at a time, each in a transaction of its own; what was read is
        as it was all the same. Any other list is read at once.
        """
        if self.key is None:
            with reading() as connection:
                lines = self.all(connection)
            yield from lines
            return
        query = self.query.add_columns(self.key.label("key")).limit(batch)
        found: Sequence[AnyRow] | None = None
        while found is None or len(found) == batch:
            older = query if found is None else query.where(self.key < found[-1].key)
            with reading() as connection:
                found = connection.execute(older).all()
            yield from map(self.read, found)


def page_of(
    connection: sa.Connection, query: "sa.Select[Any]", page: int, size: int
) -> tuple[list[Any], int]:
    """One page of a query's rows, and how many rows there are in all; the query groups nothing."""
    counted = query.order_by(None).with_only_columns(sa.func.count(), maintain_column_froms=True)
    total = int(connection.execute(counted).scalar_one())
    start = (max(page, 1) - 1) * size
    return list(connection.execute(query.limit(size).offset(start))), total
