"""How an entry stands in its chain: what a page shows beside its text."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inventory.store.errors import no_such
from inventory.store.tables.ledger import entry


@dataclass(frozen=True, slots=True)
class LinkLine:
    """The link of one entry.

    Attributes:
        occurred_at: When it happened, UTC; the same as its instant unless recorded late.
        reason: Code of the reason, or empty.
        leaf: RFC 6962 leaf hash of its text, hexadecimal.
        mac: Over the leaf and the MAC before it, hexadecimal.
    """

    occurred_at: datetime
    reason: str
    leaf: str
    mac: str


def link_of_entry(connection: sa.Connection, entry_id: int) -> LinkLine:
    """How an entry stands in its chain.

    Raises:
        NotFound: There is no such entry.
    """
    row = connection.execute(
        sa.select(entry.c.occurred_at, entry.c.reason, entry.c.leaf, entry.c.mac).where(
            entry.c.id == entry_id
        )
    ).first()
    if row is None:
        raise no_such("entry", str(entry_id))
    return LinkLine(row[0], row[1], bytes(row[2]).hex(), row[3])
