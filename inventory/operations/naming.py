"""Writing who a patient is: what is missing is filled, what stands there is compared or corrected.

Nothing is lost by it: a name or birth date that is overwritten stays in the vault, sealed with the
patient's own key, and the entry that overwrote it holds a digest of what it was.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind
from inventory.domain.names import is_same_name
from inventory.domain.places import Site
from inventory.operations.posting import Act, Draft, Posted, post
from inventory.store import cases, former_names, ledger, patients
from inventory.store.cases import Sound
from inventory.store.patients import Named, Patient


def differs(kept: Named, told: Named) -> bool:
    """Whether a name or birth date was told that is another than the kept one.

    What was not told, and what was never written down, differs from nothing.
    """
    other_name = bool(kept.name and told.name) and not is_same_name(kept.name, told.name)
    other_day = bool(kept.birth_date and told.birth_date) and kept.birth_date != told.birth_date
    return other_name or other_day


def missing(kept: Named, told: Named) -> Named:
    """What was told and is not written down yet."""
    return Named(
        "" if kept.name else told.name,
        "" if kept.birth_date else told.birth_date,
    )


def overwrites(kept: Named, told: Named) -> bool:
    """Whether writing what was told would overwrite something, and be it by a letter."""
    name = bool(kept.name and told.name) and kept.name != told.name
    return name or (
        bool(kept.birth_date and told.birth_date) and kept.birth_date != told.birth_date
    )


def write(
    connection: sa.Connection, act: Act, site: Site, about: str, of: Patient, told: Named
) -> Posted:
    """Write name, birth date or both of a patient, in an entry that says which, and neither.

    What is told empty stays as it is. What is overwritten is kept sealed.

    Args:
        connection: Of the act, which has read what is kept by `patients.kept_name`.
        act: Who writes.
        site: Whose chain keeps that.
        about: Code of the session on account of which.
        of: The patient.
        told: What counts from now on.
    """
    kept = patients.kept_name(connection, of)
    pairs = {
        "birth_date": (kept.birth_date, told.birth_date),
        "name": (kept.name, told.name),
    }
    fields: list[Json] = [field for field, (was, now) in pairs.items() if now and now != was]
    facts: dict[str, Json] = {"patients": [of.code], "purpose": "correction", "fields": fields}
    corrected = overwrites(kept, told)
    if corrected:
        facts["former"] = former_names.name_digest(connection, of)
    posted = post(connection, act, site, Draft(EntryKind.LOOK, about, (), facts))
    if corrected:
        former_names.keep_former(connection, of, ledger.get_entry(connection, posted.reference)[0])
    patients.set_name(connection, of, told)
    return posted


def name_faults(connection: sa.Connection, sound: Sound) -> Iterator[tuple[str, str]]:
    """Former names, held against the entries that overwrote them: entry and what is wrong.

    For the verifier. It needs no patient's key: a name that nobody can read any more still fits.
    """
    kept = former_names.formers_as_kept(connection)
    for reference, _, said in cases.case_entries(connection, EntryKind.LOOK, sound):
        facts = said["facts"]
        if "former" in facts and kept.pop(reference, None) != facts["former"]:
            yield reference, f"the former name of {facts['patients'][0]} is gone or was changed"
    for reference in sorted(kept):
        site, _, number = reference.rpartition("-")
        if not number or int(number) <= sound.get(site, 0):  # what is not sound is told elsewhere
            yield reference, "a former name is kept and no entry says that it was overwritten"
