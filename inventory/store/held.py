"""What the transaction of an act holds and knows, while it lasts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

if TYPE_CHECKING:
    from inventory.store.ledger import Head


@dataclass(slots=True)
class Held:
    """What the transaction of an act, or of several, holds and knows.

    Attributes:
        locked: Ids of the sites whose ledger locks it has taken.
        heads: The ends of their chains, as it has read or made them.
        ahead: Rows that it has read before they are asked for, by statement and values.
        calls: What the act that is being done wants done once it is through.
    """

    locked: set[int] = field(default_factory=set)
    heads: "dict[int, Head]" = field(default_factory=dict)
    ahead: dict[Any, list[tuple[Any, ...]]] = field(default_factory=dict)
    calls: list[Callable[[], None]] = field(default_factory=list)


# By the connection as SQLAlchemy lends it: what the pool keeps of a connection that breaks goes to
# somebody else at once.
_HELD: Final[WeakKeyDictionary[sa.Connection, Held]] = WeakKeyDictionary()


def held_by(connection: sa.Connection) -> Held | None:
    """What an act's transaction holds; None on a connection that only reads."""
    return _HELD.get(connection)


@contextmanager
def holding(connection: sa.Connection, held: Held) -> Iterator[None]:
    """Have it known what a connection's transaction holds."""
    _HELD[connection] = held
    try:
        yield
    finally:
        del _HELD[connection]
