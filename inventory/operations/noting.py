"""Notes in people's own words: sealed and apart, for free text is where names leak."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from inventory import store
from inventory.domain.chain import Json, plain_text
from inventory.domain.problem import Problem, say
from inventory.operations.posting import Act
from inventory.store import ledger, patients

LONGEST: Final = 2000
"""Characters of a note."""

KEYED: Final = "hmac:"
"""Begins a digest that has a key; notes of older versions have one without."""


def check_note(text: str) -> list[Problem]:
    """A note is kept whole, so it has its bounds.

    Errors: `too-long`.
    """
    if len(plain_text(text)) <= LONGEST:
        return []
    message = say("The reason is too long: at most %(most)s characters.", most=LONGEST)
    return [Problem("too-long", message)]


def keep_note(connection: sa.Connection, act: Act, text: str) -> dict[str, Json]:
    """Keep a note and give what the entry says of it: its code and a digest, no word of it."""
    text = plain_text(text)
    code = f"{act.draw.getrandbits(128):032x}"
    ledger.add_note(connection, code, patients.seal_note(code, text))
    return {"note": code, "note_digest": _keyed_digest(code, text)}


def keep_photo(connection: sa.Connection, act: Act, photo: bytes) -> dict[str, Json]:
    """Keep a photo as a note is kept, and give what the entry says of it: code and digest."""
    code = f"{act.draw.getrandbits(128):032x}"
    text = b64encode(photo).decode()
    ledger.add_note(connection, code, patients.seal_note(code, text))
    return {"photo": code, "photo_digest": _keyed_digest(code, text)}


def read_photo(connection: sa.Connection, code: str) -> bytes:
    """A photo that was kept, or nothing if there is none."""
    return b64decode(read_note(connection, code))


def is_as_kept(connection: sa.Connection, code: str, wanted: str) -> bool:
    """Whether a note or photo is there, and is that of which the entry holds a digest."""
    made = _keyed_digest if wanted.startswith(KEYED) else digest
    try:
        return made(code, read_note(connection, code)) == wanted
    except InvalidTag:
        return False


def _keyed_digest(code: str, text: str) -> str:
    """What ties a note to its entry: whoever reads the entry, which names the code, cannot guess.

    A short note, "dropped", is found in no time where the digest has no key.
    """
    told = f"{code}|{text}".encode()
    return KEYED + hmac.new(store.keyring().note_digests, told, hashlib.sha256).hexdigest()


def digest(code: str, text: str) -> str:
    """What ties words that are no secret to their entry: SHA-256 over code and text, hexadecimal.

    A notice's and a delivery's words stand open in the tables beside the ledger.
    """
    return hashlib.sha256(f"{code}|{text}".encode()).hexdigest()


def read_note(connection: sa.Connection, code: str) -> str:
    """A note in clear, or an empty text if there is none."""
    sealed = ledger.find_note(connection, code)
    return patients.unseal_note(code, sealed) if sealed else ""
