"""Looking at who a patient is: recorded first, and only then shown."""

from collections.abc import Sequence

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind
from inventory.domain.places import Site
from inventory.domain.problem import Problem, say
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.store import patient_sessions, patients
from inventory.store.patients import Identity

PURPOSES = ("care", "recall", "correction")


def look(
    act: Act, site: Site, about: str, codes: Sequence[str], purpose: str
) -> dict[str, Identity]:
    """Record that a person looks at patients' identities, commit, and only then give them.

    Args:
        act: Who looks, when.
        site: Whose chain keeps the look.
        about: Code of the session or recall on account of which.
        codes: The patients' pseudonyms.
        purpose: One of `PURPOSES`.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"no purpose: {purpose}")
    facts: dict[str, Json] = {"patients": [*sorted(codes)], "purpose": purpose}
    with store.transaction(site.id) as connection:
        post(connection, act, site, Draft(EntryKind.LOOK, about, (), facts))
    with store.reading() as connection:
        return patients.identities(connection, sorted(codes))


def look_at_session(act: Act, code: str) -> Identity:
    """Who the patient of a session is.

    Raises:
        NotFound: There is no such session.
    """
    with store.reading() as connection:
        found = patient_sessions.get_session(connection, code)
    return look(act, patient_sessions.site_of(code), code, [found.patient], "care")[found.patient]


def name_patient(act: Act, code: str, name: str, birth_date: str) -> Answer:
    """Write name and birth date of a session's patient, of whom only the number was known.

    Returns:
        `{patient, entry}`; refused with `name-missing`.
    """
    site = patient_sessions.site_of(code)

    def story(connection: sa.Connection) -> Answer:
        if not name.strip():
            problem = Problem("name-missing", say("Type family and given name."))
            return Answer({"accepted": False}, (problem,), refused=True)
        found = patient_sessions.get_session(connection, code)
        patient = patients.find_patient_by_code(connection, found.patient)
        if patient is None:  # pragma: no cover - its session names it
            raise LookupError(found.patient)
        patients.set_name(connection, patient, name.strip(), birth_date)
        facts: dict[str, Json] = {"patients": [patient.code], "purpose": "correction"}
        posted = post(connection, act, site, Draft(EntryKind.LOOK, code, (), facts))
        return Answer({"patient": patient.code, "entry": posted.reference})

    content: Json = [code, patients.record_index(name + birth_date)]
    return act_once(act, site, "name-patient", content, story)
