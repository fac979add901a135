"""What acts answered, kept for retries: the only rows of the ledger that go, after their time.

An answer repeats what was scanned or typed, where it could not be used: a name, once, or the number
of a patient. So it is kept sealed.
"""

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from inventory.store import keyring
from inventory.store.prepared import Prepared, Question
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


def answer_question(site_id: int, key: str) -> Question:
    """What `find_answer` will ask."""
    return _ANSWER.of(site=site_id, asked=key)


def find_answer(connection: sa.Connection, site_id: int, key: str) -> KeptAnswer | None:
    """What an act with this key answered, or None."""
    row = _ANSWER.first(connection, site=site_id, asked=key)
    return None if row is None else KeptAnswer(row[0], _unsealed(site_id, key, row[1]))


def add_answer(
    connection: sa.Connection, site_id: int, key: str, kept: KeptAnswer, at: datetime
) -> None:
    """Keep an answer for retries."""
    body = _sealed(site_id, key, kept.body)
    _ADD_ANSWER.run(connection, site_id=site_id, key=key, content=kept.content, body=body, at=at)


SEALED: Final = "sealed:"
"""Begins a sealed answer; those of older versions are JSON in clear until they go."""


def _sealed(site_id: int, key: str, body: str) -> str:
    nonce = os.urandom(12)
    sealed = AESGCM(keyring().answers).encrypt(nonce, body.encode(), f"{site_id}|{key}".encode())
    return SEALED + b64encode(nonce + sealed).decode()


def _unsealed(site_id: int, key: str, kept: str) -> str:
    if not kept.startswith(SEALED):
        return kept
    sealed = b64decode(kept.removeprefix(SEALED))
    associated = f"{site_id}|{key}".encode()
    return AESGCM(keyring().answers).decrypt(sealed[:12], sealed[12:], associated).decode()


def may_purge(connection: sa.Connection) -> bool:
    """Whether our role may forget answers; on PostgreSQL only the owner of the tables may."""
    if connection.dialect.name == "sqlite":
        return True
    asked = "SELECT has_table_privilege('answer', 'DELETE')"
    return bool(connection.exec_driver_sql(asked).scalar_one())


def purge_answers(connection: sa.Connection, before: datetime) -> int:
    """Forget answers that no retry will ask for; the only rows of the ledger that go."""
    return connection.execute(sa.delete(answer).where(answer.c.at < before)).rowcount
