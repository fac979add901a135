"""What the log says of requests: which rule, and how it ended; never who the patient is."""

import io
import json
import logging

import pytest

from inventory import store
from inventory.operations import enrolling
from tests.api.calling import Caller
from tests.web.working import working_clinic

NUMBER, NAME, BORN = "ZXQ-90210", "Quattrocchi Ermenegilda", "1947-03-09"


@pytest.fixture
def work(tmp_path):
    with working_clinic(tmp_path) as working:
        working.app.testing = False  # a testing application writes no line
        yield working


@pytest.fixture
def log():
    text = io.StringIO()
    ours = logging.getLogger("kittrace")
    handler = logging.StreamHandler(text)
    handler.setFormatter(ours.handlers[0].formatter)
    ours.addHandler(handler)
    yield text
    ours.removeHandler(handler)


def test_a_patient_is_met_everywhere_and_stands_in_no_line_of_the_log(work, log, monkeypatch):
    nurse = work.as_role("nurse")
    typed = {"patient": NUMBER, "name": NAME, "birth_date": BORN}
    nurse.send("/sessions/new", procedure="short", location="TO-OR1", **typed)
    session = work.clinic.open_session(NUMBER)
    assert NAME in nurse.send(f"/sessions/{session}/patient").text
    nurse.send(f"/sessions/{session}/patient/name", name=NAME, birth_date="nonsense")
    nurse.scan(session, NUMBER)
    nurse.scan(session, NAME)
    for path in (f"/sessions/{NAME}", f"/sessions/?search={NUMBER}", f"/items/?search={NAME}"):
        nurse.get(path)
    with work.app.app_context():
        token = enrolling.issue_token(work.clinic.act(), "admin1")
    caller = Caller(work.app.test_client(), token, work.clinic)
    caller.open_session(NUMBER)
    caller.scan(session, NUMBER)
    caller.post("/patient-sessions", {"patient": NUMBER, "name": NAME, "procedure": NAME})
    caller.get(f"/patient-sessions/{NAME}")
    caller.get("/entries", about=NUMBER)

    def fails(*_: object) -> None:
        raise ValueError(f"{NUMBER} {NAME} {BORN}")

    monkeypatch.setattr(store, "reading", fails)
    assert nurse.get(f"/sessions/{session}").status_code == 500
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert len(lines) > 12
    assert {200, 404, 422, 500} <= {line.get("status") for line in lines}
    for word in (NUMBER, *NAME.split(), BORN, session):
        assert word not in log.getvalue(), word
