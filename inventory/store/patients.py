"""The vault: patients' identities, sealed field by field with a key per patient.

The ledger never sees any of this. A patient is found again by a keyed hash of the record number
only; the hash says nothing without the key, and name and birth date have none.
"""

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from inventory.domain.chain import canonical
from inventory.store import keyring, row_id
from inventory.store.errors import no_such
from inventory.store.tables.ledger import entry
from inventory.store.tables.patients import patient, patient_former, patient_key
from inventory.store.tables.places import site

KEY_ID: Final = "k1"
"""Names the wrapping key, so that it can be changed."""


@dataclass(frozen=True, slots=True)
class Patient:
    """What may be said of a patient in the open.

    Attributes:
        id: Key in the store.
        code: The pseudonym, `PT...`.
    """

    id: int
    code: str


@dataclass(frozen=True, slots=True)
class Named:
    """What may be written of a patient beside the record number.

    Attributes:
        name: Family and given name, or empty.
        birth_date: ISO date, or empty.
    """

    name: str
    birth_date: str


NOTHING: Final = Named("", "")


@dataclass(frozen=True, slots=True)
class Correction:
    """A name or birth date that was overwritten.

    Attributes:
        entry: Reference of the entry that says so, `TO-901`.
        at: When.
        by: User name of who did it.
        former: What stood there before.
    """

    entry: str
    at: datetime
    by: str
    former: Named


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a patient is. Only for those who must know; each look is an entry.

    Attributes:
        code: The pseudonym.
        record_number: The clinic's number, as first typed or scanned.
        name: Family and given name, or empty.
        birth_date: ISO date, or empty.
        corrections: How name and birth date were corrected, the oldest first.
    """

    code: str
    record_number: str
    name: str
    birth_date: str
    corrections: tuple[Correction, ...] = ()


def record_index(record_number: str) -> str:
    """The blind index of a record number: 128 bits, hexadecimal.

    Upper and lower case, blanks and separators do not matter.
    """
    plain = unicodedata.normalize("NFKC", record_number).upper()
    plain = "".join(letter for letter in plain if letter.isalnum())
    return hmac.new(keyring().index, plain.encode(), hashlib.sha256).hexdigest()[:32]


def _seal(key: bytes, code: str, field: str, value: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, value.encode(), f"patient|{code}|{field}|1".encode())


def _unseal(key: bytes, code: str, field: str, sealed: bytes | None) -> str:
    if not sealed:
        return ""
    associated = f"patient|{code}|{field}|1".encode()
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], associated).decode()


def find_patient(connection: sa.Connection, record_number: str) -> Patient | None:
    """The patient of a record number, or None."""
    row = connection.execute(
        sa.select(patient.c.id, patient.c.code).where(
            patient.c.record_index == record_index(record_number)
        )
    ).first()
    return None if row is None else Patient(*row)


def find_patient_by_code(connection: sa.Connection, code: str) -> Patient | None:
    """The patient of a pseudonym, or None."""
    row = connection.execute(
        sa.select(patient.c.id, patient.c.code).where(patient.c.code == code)
    ).first()
    return None if row is None else Patient(*row)


def add_patient(
    connection: sa.Connection,
    code: str,
    record_number: str,
    name: str,
    birth_date: str,
    at: datetime,
) -> Patient:
    """A patient never seen before, with a key of his own."""
    key = os.urandom(32)
    values = {
        "code": code,
        "record_index": record_index(record_number),
        "record_number": _seal(key, code, "record_number", record_number),
        "name": _seal(key, code, "name", name) if name else None,
        "birth_date": _seal(key, code, "birth_date", birth_date) if birth_date else None,
        "made_at": at,
    }
    patient_id = row_id(connection.execute(sa.insert(patient), values))
    wrapped = aes_key_wrap(keyring().wrapping, key)
    connection.execute(
        sa.insert(patient_key), {"patient_id": patient_id, "key_id": KEY_ID, "wrapped": wrapped}
    )
    return Patient(patient_id, code)


def _key(connection: sa.Connection, patient_id: int) -> bytes:
    wrapped = connection.execute(
        sa.select(patient_key.c.wrapped).where(patient_key.c.patient_id == patient_id)
    ).scalar()
    if wrapped is None:
        raise no_such("key of patient", str(patient_id))
    return aes_key_unwrap(keyring().wrapping, wrapped)


def kept_name(connection: sa.Connection, of: Patient) -> Named:
    """Name and birth date as they are written, for an act that compares or writes them.

    Nobody is shown them, and until the act ends no act of another site writes them.
    """
    key = _key(connection, of.id)
    name, born = connection.execute(
        sa.select(patient.c.name, patient.c.birth_date)
        .where(patient.c.id == of.id)
        .with_for_update(key_share=True)
    ).one()
    return Named(_unseal(key, of.code, "name", name), _unseal(key, of.code, "birth_date", born))


def set_name(connection: sa.Connection, of: Patient, told: Named) -> None:
    """Write name, birth date or both of a patient; what is empty stays as it is."""
    key = _key(connection, of.id)
    fields = {"name": told.name, "birth_date": told.birth_date}
    sealed = {field: _seal(key, of.code, field, text) for field, text in fields.items() if text}
    if sealed:
        connection.execute(sa.update(patient).where(patient.c.id == of.id).values(**sealed))


def commitment(connection: sa.Connection, of: Patient) -> str:
    """What ties a patient session to this patient and says nothing: 64 hexadecimal digits.

    HMAC under the patient's own key over pseudonym and record number: whoever points a session at
    another patient is found while the key lives; once it is gone it means nothing.
    """
    key = _key(connection, of.id)
    sealed = connection.execute(
        sa.select(patient.c.record_number).where(patient.c.id == of.id)
    ).scalar_one()
    said = canonical({"code": of.code, "record": _unseal(key, of.code, "record_number", sealed)})
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def identities(connection: sa.Connection, codes: list[str]) -> dict[str, Identity]:
    """Who patients are, by pseudonym. The look is recorded by the caller, before."""
    rows = connection.execute(
        sa.select(
            patient.c.code,
            patient.c.record_number,
            patient.c.name,
            patient.c.birth_date,
            patient_key.c.wrapped,
        )
        .join(patient_key, patient_key.c.patient_id == patient.c.id)
        .where(patient.c.code.in_(codes))
    )
    found = {}
    for code, record, name, born, wrapped in rows:
        key = aes_key_unwrap(keyring().wrapping, wrapped)
        found[code] = Identity(
            code,
            _unseal(key, code, "record_number", record),
            _unseal(key, code, "name", name),
            _unseal(key, code, "birth_date", born),
            tuple(_corrections(connection, code, key)),
        )
    return found


def _corrections(connection: sa.Connection, code: str, key: bytes) -> Iterator[Correction]:
    rows = connection.execute(
        sa.select(
            site.c.code,
            entry.c.number,
            entry.c.at,
            entry.c.by,
            patient_former.c.name,
            patient_former.c.birth_date,
        )
        .join(entry, entry.c.id == patient_former.c.entry_id)
        .join(site, site.c.id == entry.c.site_id)
        .join(patient, patient.c.id == patient_former.c.patient_id)
        .where(patient.c.code == code)
        .order_by(entry.c.id)
    )
    for at_site, number, at, by, name, born in rows:
        former = Named(_unseal(key, code, "name", name), _unseal(key, code, "birth_date", born))
        yield Correction(f"{at_site}-{number}", at, by, former)


def seal_note(code: str, text: str) -> bytes:
    """Seal a note in a person's own words."""
    nonce = os.urandom(12)
    return nonce + AESGCM(keyring().notes).encrypt(nonce, text.encode(), f"note|{code}".encode())


def unseal_note(code: str, sealed: bytes) -> str:
    """A note in clear."""
    return (
        AESGCM(keyring().notes).decrypt(sealed[:12], sealed[12:], f"note|{code}".encode()).decode()
    )
