"""What acts answered, kept for retries: the only rows of the ledger that go, after their time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from inventory.store.prepared import Prepared
from inventory.store.tables.ledger import answer


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What an act answered, kept for a retry.

    Attributes:
        content: HMAC-SHA-256 of what was asked, hexadecimal.
        body: The answer as JSON text.
    """

    content: str
    body: str


_ANSWER: Final = Prepared(
    sa.select(answer.c.content, answer.c.body).where(
        answer.c.site_id == sa.bindparam("site"), answer.c.key == sa.bindparam("asked")
    )
)
_ADD_ANSWER: Final = Prepared(sa.insert(answer), answer.c.keys())


def find_answer(connection: sa.Connection, site_id: int, key: str) -> KeptAnswer | None:
    """What an act with this key answered, or None."""
    row = _ANSWER.first(connection, site=site_id, asked=key)
    return None if row is None else KeptAnswer(*row)


def add_answer(
    connection: sa.Connection, site_id: int, key: str, kept: KeptAnswer, at: datetime
) -> None:
    """Keep an answer for retries."""
    _ADD_ANSWER.run(
        connection, site_id=site_id, key=key, content=kept.content, body=kept.body, at=at
    )


def purge_answers(connection: sa.Connection, before: datetime) -> int:
    """Forget answers that no retry will ask for; the only rows of the ledger that go."""
    return connection.execute(sa.delete(answer).where(answer.c.at < before)).rowcount
