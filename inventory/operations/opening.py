"""Opening a patient session: a patient, a procedure, a room; from then on only its code is said."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import Json, instant, plain_text
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.places import Location
from inventory.domain.problem import Problem, say
from inventory.domain.scan import PatientScan, read
from inventory.domain.udi.wedge import barcode
from inventory.operations import naming
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import check_clock, refuse
from inventory.operations.wristbands import check_patient
from inventory.store import patient_sessions, patients, places, procedures
from inventory.store.errors import no_such
from inventory.store.patients import NOTHING, Named, Patient

_DIFFERS: Final = Problem(
    "patient-differs",
    say(
        "This record number is known, with another name or birth date. Compare the wristband with"
        " the number. If the number is right, open the session without name and birth date; quality"
        " corrects them on the patient's page."
    ),
)

LONGEST_NUMBER = 80
"""Characters of a record number."""


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """A session to be opened.

    Attributes:
        patient: Record number, wristband code, or the pseudonym.
        procedure: Code of the procedure definition.
        location: Code of the room.
        name: Family and given name, or empty: kept of a patient who is new or has none yet, and
            compared with that of a patient who is known.
        birth_date: ISO date, or empty; the same.
    """

    patient: str
    procedure: str
    location: str
    name: str = ""
    birth_date: str = ""


def open_session(act: Act, request: SessionRequest, retention_years: int) -> Answer:
    """Open a patient session.

    A name or birth date that is told of a known patient is compared with the one that is written
    down: a record number may be misread or misheard, and two people would become one. What is not
    written down yet is filled, in an entry of its own behind that of the opening. That the two were
    compared is no look: nobody was shown anything. Where they fit, no entry says so; where they
    differ, the refusal is the entry, with the pseudonym and neither name.

    Args:
        act: Who, when, with which key.
        request: Patient, procedure, room.
        retention_years: How long the record must be kept at least.

    Returns:
        `{code, patient, location, procedure, retain_until, entry, mac}`; refused with
        `patient-missing`, `not-a-patient`, `check-digit-wrong`, `not-a-room`, `clock-suspect`,
        `patient-differs`.
        That the patient has an open session already is told as `patient-has-open-session` and does
        not stop.

    Raises:
        NotFound: There is no such procedure or room.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        room = places.get_location(connection, request.location)
        procedures.get_procedure(connection, request.procedure)

    def story(connection: sa.Connection) -> Answer:
        problems = [
            *check_clock(connection, act, room.site),
            *_check(connection, act, request, room),
        ]
        if problems:
            return refuse(connection, act, room.site, "", problems, {"location": room.code})
        told = Named(plain_text(request.name.strip()), request.birth_date.strip())
        number, known = _find(connection, act, request)
        kept = patients.kept_name(connection, known) if known else told
        if known and naming.differs(kept, told):
            tried: dict[str, Json] = {"location": room.code, "patients": [known.code]}
            return refuse(connection, act, room.site, "", [_DIFFERS], tried)
        patient = known or patients.add_patient(
            connection, new_code("PT", act.draw), number, told.name, told.birth_date, act.at
        )
        problems = _check_twice(connection, patient)
        code = new_code("PS", act.draw)
        place = places.add_location(connection, room.site, code, LocationKind.SESSION, "", None)
        procedure_id, procedure = procedures.get_procedure(connection, request.procedure)
        retain_until = _later(act.today, retention_years)
        patient_sessions.add_session(
            connection,
            code=code,
            site_id=room.site.id,
            location_id=room.id,
            place_id=place.id,
            procedure_id=procedure_id,
            patient_id=patient.id,
            opened_at=act.at,
            retain_until=retain_until,
        )
        facts: dict[str, Json] = {
            "patient_commit": patients.commitment(connection, patient),
            "location": room.code,
            "procedure": procedure.code,
            "opened_at": instant(act.at),
            "retain_until": retain_until.isoformat(),
        }
        posted = post(connection, act, room.site, Draft(EntryKind.OPEN_SESSION, code, (), facts))
        filled = naming.missing(kept, told)
        if filled != NOTHING:
            naming.write(connection, act, room.site, code, patient, filled)
        body = {
            "code": code,
            "patient": patient.code,
            "location": room.code,
            "procedure": procedure.code,
            "retain_until": retain_until.isoformat(),
            "entry": posted.reference,
            "mac": posted.mac,
        }
        return Answer(body, tuple(problems))

    index = patients.record_index(request.patient)
    content: list[Json] = [index, request.procedure, request.location]
    if told := f"{request.name}{request.birth_date}":  # hashed with a key, as the number is
        content.append(patients.record_index(told))
    return act_once(act, room.site, "open-session", content, story)


def _check(
    connection: sa.Connection, act: Act, request: SessionRequest, room: Location
) -> list[Problem]:
    problems = []
    number = request.patient.strip()
    if not any(letter.isalnum() for letter in number) or len(number) > LONGEST_NUMBER:
        message = say(
            "Scan the patient's wristband, or type the record number (1 to %(most)s characters).",
            most=LONGEST_NUMBER,
        )
        problems.append(Problem("patient-missing", message))
    else:
        problems += check_patient(connection, request.patient, act.today)
    if room.kind is not LocationKind.STORE:
        message = say("%(place)s is no room. Choose a room.", place=room.code)
        problems.append(Problem("not-a-room", message))
    return problems


def _check_twice(connection: sa.Connection, patient: Patient) -> list[Problem]:
    codes = patient_sessions.open_sessions_of(connection, patient.id)
    if not codes:
        return []
    message = say(
        "This patient has an open session already: %(codes)s. Scan into the right one.",
        codes=", ".join(codes),
    )
    return [Problem("patient-has-open-session", message, blocking=False)]


def _find(
    connection: sa.Connection, act: Act, request: SessionRequest
) -> tuple[str, Patient | None]:
    """The record number that was told, and whose it is; None for nobody known."""
    scan = read([request.patient], act.today)
    as_sent = plain_text(request.patient.strip())
    number = plain_text(barcode(request.patient).body.strip())  # typed and scanned are one
    if isinstance(scan, PatientScan):
        if scan.code:
            known = patients.find_patient_by_code(connection, scan.code)
            if known is None:
                raise no_such("patient", scan.code)
            return scan.code, known
        number = scan.gsrn or number
    known = patients.find_patient(connection, number) or patients.find_patient(connection, as_sent)
    return number, known


def _later(today: date, years: int) -> date:
    """The same day some years on; the 28th for a 29 February that is not."""
    try:
        return today.replace(year=today.year + years)
    except ValueError:
        return today.replace(year=today.year + years, day=28)
