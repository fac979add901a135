"""Patients: known by a pseudonym, looked at on the record."""

import json

import pytest

from inventory import store
from inventory.operations import holding, looking, opening
from inventory.operations.posting import Answer
from inventory.store import ledger, patient_sessions, patients
from inventory.store.lists import list_entries
from tests.clinic import Clinic, codes


def test_the_same_record_number_is_the_same_patient_however_it_is_typed(clinic: Clinic) -> None:
    first, second = clinic.open_session("MRN 12-3"), clinic.open_session("mrn123")
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM patient").scalar_one()
    assert rows == 1
    assert first != second


def test_a_pseudonym_scanned_finds_the_patient_again(clinic: Clinic) -> None:
    session = clinic.open_session("MRN 1")
    with store.reading() as connection:
        code = patient_sessions.get_session(connection, session).patient
    again = opening.open_session(clinic.act(), opening.SessionRequest(code, "short", "TO-OR1"), 30)
    assert again.body["patient"] == code
    assert [p.code for p in again.problems] == ["patient-has-open-session"]


def test_a_look_at_a_name_is_an_entry_before_it_is_shown(clinic: Clinic) -> None:
    session = clinic.open_session("MRN 1", name="Rossi Anna", birth_date="1970-01-31")
    seen = looking.look_at_session(clinic.act(by="giulia"), session)
    assert (seen.record_number, seen.name, seen.birth_date) == ("MRN 1", "Rossi Anna", "1970-01-31")
    with store.reading() as connection:
        entries, _ = list_entries(connection, kind="LOOK")
    assert [(entry.by, entry.about) for entry in entries] == [("giulia", session)]


def test_when_the_look_cannot_be_recorded_nothing_is_shown(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = clinic.open_session("MRN 1", name="Rossi Anna")

    def full(*_: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr(ledger, "append", full)
    monkeypatch.setattr(
        patients, "identities", lambda *_: pytest.fail("shown without being recorded")
    )
    with pytest.raises(OSError, match="disk full"):
        looking.look_at_session(clinic.act(), session)


def test_no_identity_stands_in_any_entry_or_in_clear_in_any_table(clinic: Clinic) -> None:
    session = clinic.open_session("MRN 777", name="Rossi Anna", birth_date="1970-01-31")
    looking.look_at_session(clinic.act(), session)
    texts = clinic.all_entry_texts()
    with store.reading() as connection:
        row = connection.exec_driver_sql("SELECT record_number, name FROM patient").one()
    for word in ("MRN 777", "Rossi", "1970-01-31"):
        assert word not in texts
        assert word.encode() not in bytes(row[0]) + bytes(row[1])


def test_each_session_keeps_its_record_thirty_years(clinic: Clinic) -> None:
    entries = json.loads(clinic.all_entry_texts().split("\n")[-1])
    session = clinic.open_session()
    with store.reading() as connection:
        found = patient_sessions.get_session(connection, session)
    assert found.retain_until.isoformat() == "2056-11-02"
    assert entries["v"] == 1


@pytest.mark.parametrize("number", ["", "   ", "---", "x" * 81])
def test_a_session_without_a_patient_is_refused(clinic: Clinic, number: str) -> None:
    answer = opening.open_session(
        clinic.act(), opening.SessionRequest(number, "short", "TO-OR1"), 30
    )
    assert codes(answer) == ["patient-missing"]


def test_a_session_opens_in_a_room_only(clinic: Clinic) -> None:
    answer = opening.open_session(
        clinic.act(), opening.SessionRequest("MRN 1", "short", "TO-USED"), 30
    )
    assert codes(answer) == ["not-a-room"]


def test_a_name_is_added_later_and_that_is_recorded(clinic: Clinic) -> None:
    session = clinic.open_session("MRN 1")
    assert codes(looking.name_patient(clinic.act(), session, " ", "")) == ["name-missing"]
    looking.name_patient(clinic.act(), session, "Verdi Ugo", "")
    assert looking.look_at_session(clinic.act(), session).name == "Verdi Ugo"


def look(clinic: Clinic, session: str) -> patients.Identity:
    return looking.look_at_session(clinic.act(), session)


def named(clinic: Clinic, session: str, name: str, born: str = "", **more: bool) -> Answer:
    return looking.name_patient(clinic.act(), session, name, born, **more)


def test_what_is_missing_is_filled_and_what_is_written_down_is_corrected_by_quality_alone(
    clinic: Clinic,
) -> None:
    session = clinic.open_session("MRN 1")
    assert named(clinic, session, "Verdi Ugo").body["corrected"] is False
    assert named(clinic, session, "UGO  verdi", "1950-05-05").body["corrected"] is False
    for name, born in (("Verdi Ugo", "1950-05-06"), ("Bianchi Luca", "1950-05-05")):
        answer = named(clinic, session, name, born)
        assert codes(answer) == ["name-known"]
        assert "quality" in str(answer.problems[0].message)
    seen = look(clinic, session)
    assert (seen.name, seen.birth_date, seen.corrections) == ("Verdi Ugo", "1950-05-05", ())
    before = clinic.all_entry_texts()
    assert named(clinic, session, "Verdì Ugo", corrects=True).body["corrected"] is True
    done = named(clinic, session, "Verdì Ugo", "1951-05-05", corrects=True)
    seen = look(clinic, session)
    assert (seen.name, seen.birth_date) == ("Verdì Ugo", "1951-05-05")
    assert [each.former for each in seen.corrections] == [
        patients.Named("Verdi Ugo", "1950-05-05"),
        patients.Named("Verdì Ugo", "1950-05-05"),
    ]
    assert seen.corrections[1].entry == done.body["entry"]
    said = json.loads(clinic.all_entry_texts().removeprefix(before).split("\n")[2])["facts"]
    assert said["fields"] == ["birth_date"]
    assert len(said["former"]) == 64
    for word in ("Verd", "1950-05-05", "Bianchi"):
        assert word not in clinic.all_entry_texts()


def test_a_former_name_stays_sealed_in_the_vault_and_is_never_changed(clinic: Clinic) -> None:
    session = clinic.open_session("MRN 1", name="Rossi Anna", birth_date="1970-01-31")
    named(clinic, session, "Rossi Carla", corrects=True)
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT name, birth_date FROM patient_former").all()
    assert len(rows) == 1
    assert b"Rossi" not in bytes(rows[0][0])
    assert b"1970" not in bytes(rows[0][1])
    for statement in ("UPDATE patient_former SET name = NULL", "DELETE FROM patient_former"):
        with pytest.raises(Exception, match="append-only"), store.transaction() as connection:
            connection.exec_driver_sql(statement)


def test_a_held_lot_is_refused_until_the_hold_is_lifted(clinic: Clinic) -> None:
    receipt = clinic.receive(clinic.label("A17"))
    lot, kit = receipt.body["lines"][0]["lot_id"], receipt.body["lines"][0]["units"][0]
    session = clinic.open_session()
    assert codes(holding.hold_lot(clinic.act(), lot, "mood")) == ["reason-missing"]
    holding.hold_lot(clinic.act(), lot, "incident")
    assert codes(holding.hold_lot(clinic.act(), lot, "incident")) == ["held-already"]
    assert codes(clinic.scan(session, kit)) == ["on-hold"]
    holding.hold_lot(clinic.act(), lot, "incident", lift=True)
    assert codes(holding.hold_lot(clinic.act(), lot, "incident", lift=True)) == ["not-held"]
    assert clinic.scan(session, kit).body["accepted"] is True
