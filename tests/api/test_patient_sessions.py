"""Patient sessions by the API: opened, scanned into, said, closed, read back."""

from tests.api.calling import Caller, Calling, codes
from tests.clinic import SALINE


def test_a_scan_opens_a_kit_and_says_what_is_missing(caller: Caller) -> None:
    (unit,) = caller.receive_kits("A17")
    session = caller.open_session()
    answer = caller.scan(session, unit)
    assert answer.status_code == 201
    said = answer.json
    assert {name: said[name] for name in ("accepted", "item", "lot", "unit", "missing")} == {
        "accepted": True,
        "item": caller.clinic.kit,
        "lot": "A17",
        "unit": unit,
        "missing": [],
    }


def test_a_known_number_with_another_persons_name_opens_no_session(caller: Caller) -> None:
    body = {"patient": "MRN 9", "procedure": "short", "location": "TO-OR1"}
    assert caller.post("/patient-sessions", body | {"name": "Rossi Anna"}).status_code == 201
    answer = caller.post("/patient-sessions", body | {"name": "Bianchi Luca"})
    assert (answer.status_code, codes(answer)) == (409, ["patient-differs"])
    assert "Rossi" not in answer.get_data(as_text=True)


def test_a_retry_of_the_same_key_is_answered_again_and_moves_nothing(caller: Caller) -> None:
    caller.receive(caller.clinic.label("S1", SALINE), packs=3)
    session = caller.open_session()
    first = caller.scan(session, caller.clinic.label("S1", SALINE), key="k-1")
    again = caller.scan(session, caller.clinic.label("S1", SALINE), key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert caller.get(f"/patient-sessions/{session}").json["lines"][0]["in_session"] == 1


def test_a_replayed_refusal_is_a_refusal(caller: Caller) -> None:
    session = caller.open_session()
    answers = [caller.scan(session, "nonsense", key="k-1") for _ in range(2)]
    assert [codes(answer) for answer in answers] == [["unreadable"], ["unreadable"]]
    assert len(caller.get(f"/patient-sessions/{session}").json["refusals"]) == 1


def test_a_key_stands_for_one_content_only(caller: Caller) -> None:
    units = caller.receive_kits("A17", 2)
    session = caller.open_session()
    caller.scan(session, units[0], key="k-1")
    assert codes(caller.scan(session, units[1], key="k-1")) == ["key-conflict"]


def test_a_unit_scanned_again_in_its_session_moves_nothing(caller: Caller) -> None:
    (unit,) = caller.receive_kits("A17")
    session = caller.open_session()
    caller.scan(session, unit)
    answer = caller.scan(session, unit)
    assert (answer.status_code, answer.json["again"]) == (200, True)


def test_a_session_closes_once_everything_is_said(caller: Caller) -> None:
    (unit,) = caller.receive_kits("A17")
    session = caller.open_session()
    assert codes(caller.close(session)) == ["required-missing"]
    caller.scan(session, unit)
    assert codes(caller.close(session)) == ["outcome-missing"]
    assert caller.say(session, "used", unit=unit).status_code == 201
    assert caller.close(session).status_code == 200
    assert "patient-session-closed" in codes(caller.scan(session, unit))


def test_a_nurse_undoes_the_scans_of_her_open_session_and_no_others(calling: Calling) -> None:
    nurse = calling("nurse")
    pharmacist = calling("pharmacist")
    one, two = pharmacist.receive_kits("A17", 2)
    session, other = nurse.open_session(), nurse.open_session("MRN 2")
    opened = nurse.scan(session, one).json["entry"]
    elsewhere = nurse.scan(other, two).json["entry"]
    delivered = pharmacist.get("/entries", kind="RECEIVE").json["entries"][0]["entry"]
    for entry in (elsewhere, delivered, "TO-9999"):
        assert nurse.undo(session, entry).status_code == 404
    assert pharmacist.undo(session, opened).status_code == 403
    first = nurse.undo(session, opened.lower(), key="u-1")
    again = nurse.undo(session, opened, key="u-1")
    assert (first.status_code, first.json["reversed"], again.status_code) == (201, opened, 200)
    assert again.json == first.json
    assert codes(nurse.undo(session, opened)) == ["reversed-already"]
    assert codes(nurse.undo(other, elsewhere, key="u-1")) == ["key-conflict"]
    nurse.say(other, "used", unit=two)
    assert codes(nurse.undo(other, elsewhere)) == ["later-rests-on-it"]
    assert nurse.close(other).status_code == 200
    assert "patient-session-closed" in codes(nurse.undo(other, elsewhere))


def test_the_procedure_that_ships_does_not_take_every_kind(calling: Calling) -> None:
    """A card that admits every kind of item would never say that one is wrong."""
    caller, nurse = calling("admin"), calling("nurse")
    item = {"name": "Retractor", "reference": "r", "manufacturer": "m", "kind": "instrument"}
    code = caller.made("/items", {**item, "tracking": "lot"})["code"]
    line = {"item": code, "lot": "A1", "expires_on": "2030-01-31"}
    caller.made("/receipts", {"location": "TO-OR1", "supplier": "Acme", "lines": [line]})
    session = caller.open_session(procedure="disc-fat-prf")
    body = {"item": code, "lot": "A1"}
    refused = nurse.post(f"/patient-sessions/{session}/scans", body)
    assert codes(refused) == ["not-in-procedure"]
    override = {"codes": ["not-in-procedure"], "reason": "bleeding"}
    nurse.made(f"/patient-sessions/{session}/scans", {**body, "override": override})


def test_a_key_that_opened_a_session_stands_for_its_patient_by_name_too(caller: Caller) -> None:
    body = {"patient": "MRN 1", "procedure": "short", "location": "TO-OR1", "name": "Rossi Ada"}
    first = caller.post("/patient-sessions", body, key="k1")
    again = caller.post("/patient-sessions", body, key="k1")
    other = caller.post("/patient-sessions", {**body, "name": "Bianchi Eva"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert codes(other) == ["key-conflict"]


def test_the_label_of_a_pack_is_no_patient(caller: Caller) -> None:
    (unit,) = caller.receive_kits("A17")
    body = {"procedure": "short", "location": "TO-OR1"}
    for label in (unit, caller.clinic.label("A17")):
        answer = caller.post("/patient-sessions", {**body, "patient": label})
        assert codes(answer) == ["not-a-patient"]
        assert "label of a pack, not of a patient" in answer.json["detail"]
