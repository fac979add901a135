"""Searching and paging, alike in every list."""

from typing import Any

import sqlalchemy as sa

PAGE = 50
"""Lines of a page."""


def matches(search: str, *columns: "sa.Column[str]") -> sa.ColumnElement[bool]:
    """Whether one of the columns holds a text, case not minded, wildcards taken literally."""
    return sa.or_(*(column.icontains(search, autoescape=True) for column in columns))


def page_of(
    connection: sa.Connection, query: "sa.Select[Any]", page: int, size: int
) -> tuple[list[Any], int]:
    """One page of a query's rows, and how many rows there are in all."""
    counted = sa.select(sa.func.count()).select_from(query.order_by(None).subquery())
    total = int(connection.execute(counted).scalar_one())
    start = (max(page, 1) - 1) * size
    return list(connection.execute(query.limit(size).offset(start))), total
