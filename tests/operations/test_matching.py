"""The label of a session and a wristband are held against the session they are scanned into."""

import hashlib
import json
import random

import pytest

from inventory import store
from inventory.domain.codes import new_code
from inventory.operations.identifying import Asked
from inventory.operations.scanning import ScanRequest
from inventory.store import answers, patient_sessions
from inventory.store.lists import list_entries
from tests.clinic import SALINE, Clinic, codes

WRISTBAND, OTHER_WRISTBAND = "8018952123454321012341", "8018952123454321012358"
BADGE = new_code("SB", random.Random(1))


def matches(clinic: Clinic) -> list[dict[str, object]]:
    with store.reading() as connection:
        return [json.loads(each.text) for each in list_entries(connection, kind="MATCH")[0]]


@pytest.fixture
def session(clinic: Clinic) -> str:
    return clinic.open_session(WRISTBAND)


def test_the_syringes_label_and_the_wristband_match_their_session_and_that_is_kept(
    clinic: Clinic, session: str
) -> None:
    for scanned, kind in ((session, "session"), (f"]d2{WRISTBAND}", "patient")):
        answer = clinic.scan(session, scanned)
        assert not answer.refused
        assert answer.body["match"] == kind
        assert [problem.code for problem in answer.problems] == [f"{kind}-matches"]
    entries = matches(clinic)
    assert [entry["about"] for entry in entries] == [session, session]
    assert "9521234543210" not in json.dumps(entries)


def test_the_patients_pseudonym_matches_too(clinic: Clinic, session: str) -> None:
    with store.reading() as connection:
        patient = patient_sessions.get_session(connection, session).patient
    assert clinic.scan(session, patient).body["match"] == "patient"


def test_the_label_of_another_session_stops(clinic: Clinic, session: str) -> None:
    other = clinic.open_session("MRN 2")
    answer = clinic.scan(session, other)
    assert (answer.refused, codes(answer)) == (True, ["other-session"])
    assert other in str(answer.problems[0].message)
    assert matches(clinic) == []


def test_the_wristband_of_another_patient_stops_and_one_unknown_cannot_be_compared(
    clinic: Clinic, session: str
) -> None:
    assert codes(clinic.scan(session, OTHER_WRISTBAND)) == ["patient-unknown"]
    clinic.open_session(OTHER_WRISTBAND)
    answer = clinic.scan(session, OTHER_WRISTBAND)
    assert (answer.refused, codes(answer)) == (True, ["other-patient"])


@pytest.mark.parametrize("scanned", ["MRN 777", "]C0MRN 777", "mrn777\r"])
def test_a_wristband_with_a_plain_record_number_is_compared(clinic: Clinic, scanned: str) -> None:
    mine, other = clinic.open_session("MRN 777"), clinic.open_session("MRN 778")
    assert clinic.scan(mine, scanned).body["match"] == "patient"
    assert codes(clinic.scan(other, scanned)) == ["other-patient"]


LIKE_PACKS = ["12345678", "12345670", "123456789012", "2100456", "1012345678"]
"""Record numbers that read as a GTIN, right or misread, or as a serial or lot of GS1."""


@pytest.mark.parametrize("number", LIKE_PACKS)
def test_a_record_number_that_looks_like_the_code_of_a_pack_is_compared(
    clinic: Clinic, number: str
) -> None:
    mine, other = clinic.open_session(number), clinic.open_session("MRN 778")
    assert clinic.scan(mine, number).body["match"] == "patient"
    assert codes(clinic.scan(other, f"]C0{number}\r")) == ["other-patient"]


def test_the_code_of_an_item_here_is_a_pack_whatever_numbers_patients_have(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", SALINE))
    session = clinic.open_session(f"{SALINE[1:4]} {SALINE[4:]}")  # typed: a scan would be refused
    assert codes(clinic.scan(session, SALINE[1:])) == ["lot-missing"]


@pytest.mark.parametrize("number", LIKE_PACKS)
def test_of_a_number_that_nobody_here_has_nothing_is_kept(
    clinic: Clinic, session: str, number: str
) -> None:
    assert clinic.scan(session, number).refused
    assert clinic.receive(number).refused
    with store.reading() as connection:
        refusals, total = list_entries(connection, kind="REFUSAL")
    assert total == 2
    assert not any(number in entry.text or number[2:] in entry.text for entry in refusals)


def test_who_holds_the_database_alone_cannot_try_which_number_was_scanned(
    clinic: Clinic, session: str
) -> None:
    clinic.scan(session, "MRN 1234", key="k")
    asked = ScanRequest(Asked(("MRN 1234",))).as_content()
    tried = json.dumps(["scan", "maria", {"session": session, **asked}], sort_keys=True)
    with store.reading() as connection:
        kept = answers.find_answer(connection, 1, "k")
    assert kept
    assert kept.content != hashlib.sha256(tried.encode()).hexdigest()


def test_the_answer_kept_for_a_retry_tells_no_number_to_who_holds_the_database(
    clinic: Clinic, session: str
) -> None:
    number = "4012345678901"  # of a patient, and like a GTIN
    said = clinic.scan(session, number, key="k").problems
    with store.reading() as connection:
        (kept,) = connection.exec_driver_sql("SELECT body FROM answer WHERE key = 'k'").scalars()
    assert number not in kept
    assert "template" not in kept
    assert said[0].code not in kept
    assert clinic.scan(session, number, key="k").problems == said


def test_a_closed_session_can_still_be_compared(clinic: Clinic, session: str) -> None:
    clinic.use_all_and_close(session)
    assert clinic.scan(session, session).body["match"] == "session"


def test_a_retry_of_a_match_is_one_entry(clinic: Clinic, session: str) -> None:
    first, again = (clinic.scan(session, session, key="k") for _ in range(2))
    assert again.body == first.body
    assert len(matches(clinic)) == 1


@pytest.mark.parametrize(
    ("scanned", "word"),
    [("8017952123454321012341", "badge"), (BADGE, "badge"), ("PL", "place")],
)
def test_a_badge_or_a_place_says_what_it_is(
    clinic: Clinic, session: str, scanned: str, word: str
) -> None:
    code = new_code("PL", random.Random(2)) if scanned == "PL" else scanned
    answer = clinic.scan(session, code)
    assert codes(answer) == ["unreadable"]
    assert word in str(answer.problems[0].message)


@pytest.mark.parametrize("scanned", ["session", WRISTBAND, BADGE])
def test_in_a_delivery_none_of_them_is_a_pack(clinic: Clinic, session: str, scanned: str) -> None:
    text = session if scanned == "session" else scanned
    answer = clinic.receive(text)
    assert "unreadable" in codes(answer)
    assert "not of a pack" in str(answer.problems[0].message) or "not a pack" in str(
        answer.problems[0].message
    )
