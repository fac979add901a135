"""What the transaction of an act holds and knows; kept with its connection while it lasts."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from inventory.store.ledger import Head

HELD: Final = "kittrace.held"
"""Under this name it stands among what a connection is told to remember."""


@dataclass(slots=True)
class Held:
    """What the transaction of an act, or of several, holds and knows.

    Attributes:
        locked: Ids of the sites whose ledger locks it has taken.
        heads: The ends of their chains, as it has read or made them.
        ahead: Rows that it has read before they are asked for, by statement and values.
    """

    locked: set[int] = field(default_factory=set)
    heads: "dict[int, Head]" = field(default_factory=dict)
    ahead: dict[tuple[Any, ...], list[tuple[Any, ...]]] = field(default_factory=dict)


def held_by(connection: sa.Connection) -> Held | None:
    """What an act's transaction holds; None on a connection that only reads."""
    found: Held | None = connection.info.get(HELD)
    return found
