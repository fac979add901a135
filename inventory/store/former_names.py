"""Names and birth dates that were overwritten: kept as they were sealed, and held by a digest.

They stay under the key of their patient: who destroys it, destroys them too.
"""

import hashlib

import sqlalchemy as sa

from inventory.domain.chain import canonical
from inventory.store.patients import Patient
from inventory.store.tables.ledger import entry
from inventory.store.tables.patients import patient, patient_former
from inventory.store.tables.places import site


def name_digest(connection: sa.Connection, of: Patient) -> str:
    """What an entry says of a patient's name and birth date before it overwrites one of them.

    A digest of what is sealed, not of what it says: nobody can try a name on it, and it fits still
    when the patient's key is gone.
    """
    sealed = connection.execute(
        sa.select(patient.c.name, patient.c.birth_date).where(patient.c.id == of.id)
    ).one()
    return _digest(of.code, *sealed)


def keep_former(connection: sa.Connection, of: Patient, entry_id: int) -> None:
    """Keep name and birth date of a patient as they stand, before an entry overwrites them."""
    now = sa.select(sa.literal(entry_id), patient.c.id, patient.c.name, patient.c.birth_date).where(
        patient.c.id == of.id
    )
    names = ["entry_id", "patient_id", "name", "birth_date"]
    connection.execute(sa.insert(patient_former).from_select(names, now))


def formers_as_kept(connection: sa.Connection) -> dict[str, str]:
    """By reference of the entry, `-` where there is none: the digest of what it overwrote."""
    rows = connection.execute(
        sa.select(
            site.c.code,
            entry.c.number,
            patient.c.code,
            patient_former.c.name,
            patient_former.c.birth_date,
        )
        .select_from(patient_former)
        .outerjoin(entry, entry.c.id == patient_former.c.entry_id)
        .outerjoin(site, site.c.id == entry.c.site_id)
        .outerjoin(patient, patient.c.id == patient_former.c.patient_id)
    )
    return {
        f"{at_site or ''}-{number or ''}": _digest(code or "", name, born)
        for at_site, number, code, name, born in rows
    }


def _digest(code: str, name: bytes | None, birth_date: bytes | None) -> str:
    said = {
        "code": code,
        "name": (name or b"").hex(),
        "birth_date": (birth_date or b"").hex(),
    }
    return hashlib.sha256(canonical(dict(said)).encode()).hexdigest()
