"""The pages of patient sessions: opened, shown, closed; names only where they are asked for."""

import re

import pytest

from inventory import store
from inventory.operations import opening
from inventory.operations.opening import SessionRequest
from inventory.store.lists import list_entries
from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("sessions")) as working:
        yield working


def opened(work, patient="MRN 1", **more) -> str:
    fields = {"patient": patient, "location": "TO-OR1", "procedure": "short", **more}
    answer = work.as_role("nurse").send("/sessions/new", **fields)
    return re.search(r"/sessions/(PS\w{9})/scans", answer.text).group(1)


def entries(work, **asked):
    with work.app.app_context(), store.reading() as connection:
        return list_entries(connection, **asked)[0]


def test_a_nurse_opens_a_session_and_stands_at_its_screen(work):
    answer = work.as_role("nurse").send(
        "/sessions/new", patient="MRN 77", location="TO-OR1", procedure="short"
    )
    assert answer.status_code == 200
    assert 'id="scan"' in answer.text
    assert "MRN 77" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_rooms_of_ones_own_site_come_first_and_pharmacies_after_them(tmp_path):
    with working_clinic(tmp_path) as work:
        for room, by in (("TO-OR1", "maria"), ("CN-OR1", "nurse1")):
            request = SessionRequest(f"MRN {room}", "short", room)
            with work.app.app_context():
                opening.open_session(work.clinic.act(by=by), request, 30)
        page = work.as_role("nurse").get("/sessions/new").text
    choices = re.search(r'<select[^>]*id="location".*?</select>', page, re.DOTALL)[0]
    rooms = re.findall(r'<option[^>]* value="([^"]+)"', choices)
    assert rooms == ["CN-OR1", "CN-PHARMACY", "TO-OR1", "TO-PHARMACY"]


def test_the_room_of_the_last_session_stands_there_already(work):
    opened(work)
    page = work.as_role("nurse").get("/sessions/new").text
    assert '<option selected value="TO-OR1">' in page


def test_a_session_without_a_patient_is_not_opened_and_the_field_says_why(work):
    answer = work.as_role("nurse").send("/sessions/new", patient="", location="TO-OR1")
    assert answer.status_code == 422
    assert "Scan the wristband, or type the record number." in answer.text
    blank = work.as_role("nurse").send(
        "/sessions/new", patient="...", location="TO-OR1", procedure="short"
    )
    assert blank.status_code == 409


def test_the_label_of_a_pack_opens_no_session_and_the_field_says_why(work):
    (unit,) = work.clinic.receive_kits("PATIENT")
    answer = work.as_role("nurse").send(
        "/sessions/new", patient=unit, location="TO-OR1", procedure="short"
    )
    assert answer.status_code == 409
    assert "This is the label of a pack, not of a patient." in answer.text


def test_a_form_sent_twice_opens_one_session(work):
    fields = {"patient": "MRN twice", "location": "TO-OR1", "procedure": "short"}
    pages = [work.as_role("nurse").send("/sessions/new", key="k-1", **fields) for _ in range(2)]
    codes = {re.search(r"/sessions/(PS\w{9})/scans", page.text).group(1) for page in pages}
    assert len(codes) == 1


def test_a_patient_with_an_open_session_is_told_of_it(work):
    first = opened(work, "MRN again")
    answer = work.as_role("nurse").send(
        "/sessions/new", patient="MRN again", location="TO-OR1", procedure="short"
    )
    assert f"This patient has an open session already: {first}" in answer.text


def test_the_list_shows_open_sessions_first_and_finds_one_by_its_code(work):
    code = opened(work, "MRN list")
    page = work.as_role("pharmacist").get(f"/sessions/?search={code.lower()}").text
    assert "Open now" in page
    assert page.count(f"/sessions/{code}") == 1
    assert "No session found" in work.as_role("nurse").get("/sessions/?search=PSNOBODY").text
    assert code not in work.as_role("nurse").get("/sessions/?place=CN-OR1").text


def test_closing_is_refused_with_all_that_is_missing_and_then_done(work):
    nurse, code = work.as_role("nurse"), opened(work, "MRN close")
    (unit,) = work.clinic.receive_kits("CLOSE")
    page = nurse.send(f"/sessions/{code}/close").text
    assert "Kit: 1 missing. Scan what was opened." in page
    nurse.scan(code, unit)
    page = nurse.send(f"/sessions/{code}/close").text
    assert "1 of Lipo kit, lot CLOSE (KT" in page
    assert "All used" in nurse.send(f"/sessions/{code}/use-all").text
    assert "Closed." in nurse.send(f"/sessions/{code}/close").text
    record = nurse.get(f"/sessions/{code}").text
    assert "Every lot of this session" in record
    assert "DDT 7" in record


def test_a_session_that_did_not_take_place_is_closed_so(work):
    code = opened(work, "MRN cancelled")
    page = work.as_role("nurse").send(f"/sessions/{code}/close", cancelled="yes").text
    assert "did not take place" in page


def test_a_session_that_was_broken_off_says_so_and_what_it_lacks(work):
    nurse, code = work.as_role("nurse"), opened(work, "MRN broken off")
    (unit,) = work.clinic.receive_kits("BROKEN")
    nurse.scan(code, unit)
    nurse.send(f"/sessions/{code}/use-all")
    page = nurse.send(f"/sessions/{code}/close", cancelled="yes").text
    assert "or close it as broken off" in page
    page = nurse.send(f"/sessions/{code}/close", broken_off="yes").text
    assert re.search(r"State</dt>\s*<dd[^>]*>broken off", page)
    assert "broken off" in nurse.get("/sessions/").text


def test_outcomes_are_said_of_a_part(work):
    nurse, code = work.as_role("nurse"), opened(work, "MRN part")
    label = work.clinic.label("S1", "09521234000013")
    work.clinic.receive(label, packs=5)
    nurse.scan(code, label, quantity=3)
    which = {"item": work.clinic.saline, "lot": "S1"}
    nurse.send(f"/sessions/{code}/outcomes", outcome="used", quantity="1", **which)
    nurse.send(f"/sessions/{code}/outcomes", outcome="restocked", quantity="1", **which)
    page = nurse.send(f"/sessions/{code}/outcomes", outcome="wasted", reason="dropped", **which)
    (line,) = work.clinic.lines(code)
    assert (line.used, line.restocked, line.wasted, line.in_session) == (1, 1, 1, 0)
    assert "1 line with its outcome" in page.text


def test_wasted_needs_its_reason(work):
    nurse, code = work.as_role("nurse"), opened(work, "MRN waste")
    (unit,) = work.clinic.receive_kits("WASTE")
    nurse.scan(code, unit)
    page = nurse.send(f"/sessions/{code}/outcomes", outcome="wasted", unit=unit).text
    assert "Say why it was wasted" in page


def test_a_scan_is_undone_with_a_reason(work):
    nurse, code = work.as_role("nurse"), opened(work, "MRN undo")
    (unit,) = work.clinic.receive_kits("UNDO")
    nurse.scan(code, unit)
    (line,) = work.clinic.lines(code)
    page = nurse.send(f"/sessions/{code}/undo", entry=line.entry, reason="never-happened").text
    assert "Undone." in page
    assert work.clinic.lines(code) == []


def test_the_fragment_holds_what_is_open_and_what_is_missing(work):
    nurse, code = work.as_role("nurse"), opened(work, "MRN fragment")
    page = nurse.get(f"/sessions/{code}/contents").text
    assert "<html" not in page
    assert "Still missing" in page


def test_a_pharmacist_reads_the_record_and_does_not_scan(work):
    code = opened(work, "MRN pharmacist")
    page = work.as_role("pharmacist").get(f"/sessions/{code}").text
    assert 'id="scan"' not in page
    assert work.as_role("pharmacist").scan(code, "x").status_code == 403


def test_an_unknown_session_is_not_there(work):
    assert work.as_role("nurse").get("/sessions/PS00000000A").status_code == 404
    assert work.as_role("nurse").get("/sessions/PS00000000A/contents").status_code == 404


def test_who_it_is_is_shown_on_request_and_each_look_is_an_entry(work):
    code = opened(work, "MRN 4711", name="Rossi Maria", birth_date="1961-04-30")
    nurse = work.as_role("nurse")
    for path in (f"/sessions/{code}", f"/sessions/{code}/record", "/sessions/", "/"):
        page = nurse.get(path).text
        assert "MRN 4711" not in page
        assert "Rossi" not in page
    before = len(entries(work, kind="LOOK", about=code))
    answer = nurse.send(f"/sessions/{code}/patient")
    assert "Rossi Maria" in answer.text
    assert "MRN 4711" in answer.text
    assert "1961-04-30" in answer.text
    assert "Rossi" not in re.search(r"<title>.*</title>", answer.text).group(0)
    assert answer.headers["Cache-Control"] == "no-store"
    looks = entries(work, kind="LOOK", about=code)
    assert len(looks) == before + 1
    assert looks[0].by == "nurse1"
    assert "Rossi" not in work.clinic.all_entry_texts()


def test_nothing_is_shown_where_the_look_cannot_be_recorded(work, monkeypatch):
    code = opened(work, "MRN shut", name="Bianchi Luca")

    def fail(*_, **__):
        raise OSError("no room on the disk")

    monkeypatch.setattr("inventory.operations.looking.post", fail)
    work.app.testing = False
    try:
        answer = work.as_role("nurse").send(f"/sessions/{code}/patient")
    finally:
        work.app.testing = True
    assert answer.status_code == 500
    assert "Bianchi" not in answer.text


def test_only_nurse_and_quality_look(work):
    code = opened(work, "MRN roles")
    assert work.as_role("quality").send(f"/sessions/{code}/patient").status_code == 200
    for role in ("pharmacist", "admin", "auditor"):
        assert work.as_role(role).send(f"/sessions/{code}/patient").status_code == 403


def test_a_name_is_written_down_later(work):
    code, nurse = opened(work, "MRN later"), work.as_role("nurse")
    assert nurse.send(f"/sessions/{code}/patient/name", name="").status_code == 422
    fields = {"name": "Verdi Anna", "birth_date": "30/04/61"}
    assert nurse.send(f"/sessions/{code}/patient/name", **fields).status_code == 422
    answer = nurse.send(f"/sessions/{code}/patient/name", name="Verdi Anna")
    assert "The name is written down." in answer.text
    assert "Verdi Anna" not in answer.text
    assert "Verdi Anna" in nurse.send(f"/sessions/{code}/patient").text


def test_a_name_that_is_written_down_is_corrected_by_quality_alone(work):
    code = opened(work, "MRN fix", name="Neri Ada", birth_date="1961-04-30")
    nurse, quality = work.as_role("nurse"), work.as_role("quality")
    sentence = "is corrected by quality alone"
    page = nurse.send(f"/sessions/{code}/patient").text
    assert sentence in page
    assert "/patient/name" not in page
    answer = nurse.send(f"/sessions/{code}/patient/name", name="Neri Eva")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Neri Ada"' in quality.send(f"/sessions/{code}/patient").text
    answer = quality.send(f"/sessions/{code}/patient/name", name="Neri Eva", birth_date="")
    assert "It is corrected." in answer.text
    page = quality.send(f"/sessions/{code}/patient").text
    assert "Neri Eva" in page
    assert "1961-04-30" in page
    assert "Former name" in page
    assert "Neri Ada" in page
    page = nurse.send(f"/sessions/{code}/patient").text
    assert "Neri Eva" in page
    assert "Neri Ada" not in page


def test_a_known_number_with_another_persons_name_is_asked_about(work):
    opened(work, "MRN two", name="Blu Carla")
    nurse = work.as_role("nurse")
    fields = {"patient": "MRN two", "location": "TO-OR1", "procedure": "short"}
    answer = nurse.send("/sessions/new", **fields, name="Viola Pia")
    assert answer.status_code == 409
    assert "known, with another name or birth date" in answer.text
    assert "Viola Pia" in answer.text
    assert "Carla" not in answer.text
    assert nurse.send("/sessions/new", **fields).request.path.startswith("/sessions/PS")


def test_the_start_page_shows_a_nurse_the_open_sessions(work):
    code = opened(work, "MRN start")
    assert f"/sessions/{code}" in work.as_role("nurse").get("/").text


def test_a_line_says_that_its_lot_was_recalled_held_or_expired_since_and_used_is_amber(work):
    nurse, code = work.as_role("nurse"), opened(work, "MRN recalled since")
    (kit,) = work.clinic.receive_kits("SINCE")
    old = work.clinic.label("OLD", "09521234000013")
    work.clinic.receive(old)
    for barcode in (kit, old):
        assert nurse.scan(code, barcode).get_json()["kind"] == "taken"
    assert "kt-stop" not in nurse.get(f"/sessions/{code}/contents").text
    recall = work.clinic.recall("SINCE")
    work.clinic.hold("SINCE")
    work.clinic.correct_expiry("OLD", "2026-01-31", item=work.clinic.saline)
    lists = nurse.get(f"/sessions/{code}/contents").text
    for words in (f"recalled · {recall}", "on hold", "expired"):
        assert f"<span>{words}</span>" in lists
    assert lists.count("Not used yet? Put it back unopened, and tell quality.") == 2
    assert f"/recalls/{recall}" not in lists
    record = work.as_role("quality").get(f"/sessions/{code}/record").text
    assert f'<a href="/recalls/{recall}">' in record
    assert "<span>expired</span>" in record
    headers = {"Accept": "application/json", "X-CSRFToken": nurse.token}
    said = nurse.client.post(
        f"/sessions/{code}/outcomes", data={"outcome": "used", "unit": kit}, headers=headers
    ).get_json()
    assert (said["kind"], said["word"]) == ("look", "Used")
    assert f"is recalled ({recall}): tell quality." in said["sentences"][0]
    done = nurse.get(f"/sessions/{code}/contents").text
    assert f"recalled · {recall}" in done
    assert done.count("Not used yet?") == 1
