"""Opening a session: a wristband or a record number is a patient's, any other label is not."""

import random
from typing import Any

import pytest

from inventory import store
from inventory.domain.codes import new_code
from inventory.operations import looking, opening
from inventory.operations.posting import Answer
from inventory.store import patient_sessions
from tests.clinic import KIT, SALINE, Clinic, codes
from tests.operations.label_prints import entries


def open_for(clinic: Clinic, patient: str) -> Answer:
    request = opening.SessionRequest(patient, "short", "TO-OR1")
    return opening.open_session(clinic.act(), request, 30)


def told(clinic: Clinic, patient: str, name: str = "", born: str = "") -> Answer:
    request = opening.SessionRequest(patient, "short", "TO-OR1", name, born)
    return opening.open_session(clinic.act(), request, 30)


def test_a_known_number_with_another_name_or_birth_date_opens_no_session(clinic: Clinic) -> None:
    first = told(clinic, "MRN 100", "Rossi D'Anna", "1960-01-01")
    pseudonym = str(first.body["patient"])
    for number, name, born in (
        ("MRN 10-0", "Bianchi Luca", ""),
        (pseudonym, "Rossi D'Anna", "1980-02-02"),
        ("mrn100", "", "1980-02-02"),
    ):
        answer = told(clinic, number, name, born)
        assert codes(answer) == ["patient-differs"]
        said = str(answer.problems[0].message)
        assert "Compare the wristband" in said
        assert "Rossi" not in said
    refusal: Any = entries("REFUSAL")[0]
    assert refusal["facts"]["patients"] == [pseudonym]
    for name, born in (("", ""), ("d'anna  ROSSI", "1960-01-01"), ("Róssi Danna", "")):
        assert told(clinic, "MRN 100", name, born).body["patient"] == pseudonym
    assert entries("LOOK") == []  # nobody was shown anything, and nothing was written
    for word in ("Rossi", "Bianchi", "1980"):
        assert word not in clinic.all_entry_texts()


def test_opening_fills_what_is_not_written_down_yet_and_says_so_in_an_entry(clinic: Clinic) -> None:
    told(clinic, "MRN 100")
    second = told(clinic, "MRN 100", "Rossi Anna")
    assert codes(told(clinic, "MRN 100", "Rossi Carla", "1960-01-01")) == ["patient-differs"]
    third = told(clinic, "MRN 100", "rossi anna", "1960-01-01")
    looks: Any = entries("LOOK")
    written = [(each["about"], each["facts"]["fields"]) for each in looks]
    assert written == [(third.body["code"], ["birth_date"]), (second.body["code"], ["name"])]
    seen = looking.look_at_session(clinic.act(), str(third.body["code"]))
    assert (seen.name, seen.birth_date, seen.corrections) == ("Rossi Anna", "1960-01-01", ())


def patients_known() -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM patient").scalar_one())


def assert_refused(clinic: Clinic, scanned: str, word: str) -> None:
    before = patients_known()
    answer = open_for(clinic, scanned)
    assert codes(answer) == ["not-a-patient"], scanned
    said = str(answer.problems[0].message)
    assert word in said
    assert "Scan the wristband" in said
    assert patients_known() == before


@pytest.mark.parametrize(
    ("kind", "word"), [("KT", "pack"), ("PS", "session"), ("PL", "place"), ("SB", "staff")]
)
def test_a_label_of_ours_that_is_no_patients_opens_no_session(
    clinic: Clinic, kind: str, word: str
) -> None:
    code = new_code(kind, random.Random(3))
    assert_refused(clinic, code, word)
    assert_refused(clinic, f"]d2{code.lower()}\r", word)


def test_the_label_of_a_kit_and_of_a_session_open_none(clinic: Clinic) -> None:
    (kit,) = clinic.receive_kits("A17")
    assert_refused(clinic, kit, "pack")
    assert_refused(clinic, clinic.open_session(), "session")


@pytest.mark.parametrize(
    "barcode",
    [
        f"]d201{KIT}1729022810Q1",
        f"01{KIT}10Q1",
        f"(01){KIT}(10)Q1",
        KIT,
        SALINE[1:],
        f"01{KIT}",
        "]C110A17",
        "1729022810A17",
        "+A123BJC5D6E71G",
        "=/A9999XYZ100T0944",
    ],
)
def test_a_barcode_of_a_pack_opens_no_session(clinic: Clinic, barcode: str) -> None:
    assert_refused(clinic, barcode, "pack")


def test_a_badge_with_a_providers_number_opens_no_session(clinic: Clinic) -> None:
    assert_refused(clinic, "8017952123454321012341", "staff")


@pytest.mark.parametrize(
    "scanned",
    [
        "8018952123454321012342",
        "]C18018952123454321012342\r",
        " (8018)952123454321012342",
        "]d28018952123454321012342\x1d80191\x1d7253ROSSI",
        "8017952123454321012342",
    ],
)
def test_a_wristband_that_fails_its_check_digit_opens_no_session_and_is_not_kept(
    clinic: Clinic, scanned: str
) -> None:
    before = patients_known()
    answer = open_for(clinic, scanned)
    assert codes(answer) == ["check-digit-wrong"]
    said = str(answer.problems[0].message)
    assert "Scan it again, or type the record number" in said
    assert patients_known() == before
    (refusal,) = entries("REFUSAL")
    assert refusal["reason"] == "check-digit-wrong"
    assert not any(part in f"{refusal}{answer}" for part in ("952123454321", "ROSSI"))


def test_the_number_of_a_misprinted_wristband_is_typed_as_a_record_number(clinic: Clinic) -> None:
    assert not open_for(clinic, "952123454321012342").refused


def test_a_pseudonym_with_one_wrong_character_opens_no_session(clinic: Clinic) -> None:
    assert_refused(clinic, "PT2A1P4MQC8", "one character is wrong")
    assert_refused(clinic, "pt2aip4mqc9", "one character is wrong")  # an I for the 1
    assert_refused(clinic, new_code("RC", random.Random(4)), "of no patient")


def test_a_record_number_that_looks_like_our_codes_is_typed_with_a_blank(clinic: Clinic) -> None:
    assert not open_for(clinic, "RE CORD12345").refused


@pytest.mark.parametrize(
    "number",
    [
        *("MRN 1", "1234567", "RM/2024-17", "]C0MRN 777", "RSSMRA80A01H501U", "PT123456789"),
        *("12345678", "12345670", "123456789012", "2100456", "1012345678", "2012103456"),
        "8018952123454321012341",
    ],
)
def test_a_wristband_or_a_record_number_opens_a_session_for_the_same_patient_again(
    clinic: Clinic, number: str
) -> None:
    first, again = open_for(clinic, number), open_for(clinic, number)
    assert not first.refused, first.problems
    assert again.body["patient"] == first.body["patient"]


def test_a_number_is_one_patients_whether_it_was_scanned_or_typed(clinic: Clinic) -> None:
    scanned = clinic.open_session("]C0MRN 777")
    clinic.use_all_and_close(scanned)
    typed = clinic.open_session("MRN 777")
    with store.reading() as connection:
        first, second = (patient_sessions.get_session(connection, c) for c in (scanned, typed))
    assert first.patient == second.patient
