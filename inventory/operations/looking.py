"""Looking at who a patient is: recorded first, and only then shown."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import Json, plain_text
from inventory.domain.ledger import EntryKind
from inventory.domain.places import Site
from inventory.domain.problem import Problem, say
from inventory.operations import naming
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import refuse
from inventory.store import patient_sessions, patients
from inventory.store.patients import Identity, Named

PURPOSES = ("care", "recall", "correction")

ONLY_QUALITY: Final = say(
    "A name or a birth date that is written down is corrected by quality alone. Tell quality, with"
    " the code of this session."
)


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


def name_patient(
    act: Act, code: str, name: str, birth_date: str, *, corrects: bool = False
) -> Answer:
    """Write down name and birth date of a session's patient, or correct them.

    What is not known yet is filled. Another name or birth date than the one that is written down is
    for those alone who correct; the former one is kept sealed. An empty birth date leaves the kept
    one.

    Args:
        act: Who writes.
        code: Of the session.
        name: Family and given name.
        birth_date: ISO date, or empty.
        corrects: Whether this person may overwrite what is written down.

    Returns:
        `{patient, corrected, entry}`; refused with `name-missing`, `name-known`.
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
        told = Named(plain_text(name.strip()), birth_date.strip())
        kept = patients.kept_name(connection, patient)
        if not corrects and naming.differs(kept, told):
            tried: dict[str, Json] = {"patients": [patient.code]}
            return refuse(connection, act, site, code, [Problem("name-known", ONLY_QUALITY)], tried)
        new = told if corrects else naming.missing(kept, told)
        posted = naming.write(connection, act, site, code, patient, new)
        corrected = naming.overwrites(kept, new)
        body = {"patient": patient.code, "corrected": corrected, "entry": posted.reference}
        return Answer(body)

    content: Json = [code, patients.record_index(name + birth_date)]
    return act_once(act, site, "name-patient", content, story)
