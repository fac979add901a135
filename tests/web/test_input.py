"""What comes in: its size, and characters that a database or a paper chokes on."""

import io
import json

import pytest
import sqlalchemy.exc

from inventory.domain.problem import say
from inventory.store.engine import UnfitDatabase
from inventory.store.errors import Conflict, NotFound
from tests.auditing import audit_and_leave
from tests.web.conftest import make_app, sign_in, token_in


@pytest.fixture(scope="module")
def trying(tmp_path_factory):
    """An application with a view that fails as it is told."""
    app = make_app(tmp_path_factory.mktemp("errors"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    faults = {}

    def fail(how: str):
        raise faults[how]

    from inventory.web import permissions

    app.add_url_rule("/api/v1/fail/<how>", "fail_api", fail)
    app.add_url_rule("/fail/<how>", "fail_page", fail)
    lines = dict(permissions.PERMISSIONS)
    permissions.PERMISSIONS |= {"fail_api": permissions.ANYBODY, "fail_page": permissions.ANYBODY}
    yield app.test_client(), faults
    permissions.PERMISSIONS.clear()
    permissions.PERMISSIONS.update(lines)
    audit_and_leave(app)


def test_a_nul_in_an_address_is_refused_by_name(client):
    answer = client.get("/sign-in?next=%00")
    assert answer.status_code == 400
    assert "next holds a NUL character" in answer.text
    assert client.get("/sign-in%00").status_code == 400


def test_a_nul_in_a_form_is_refused_before_anything_reads_it(client):
    token = token_in(client.get("/sign-in").text)
    answer = client.post(
        "/sign-in", data={"csrf_token": token, "username": "nur\0se1", "password": "x"}
    )
    assert answer.status_code == 400
    assert "username holds a NUL character" in answer.text


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('{"barcodes": ["01\\u0000"]}', "barcodes holds a NUL character"),
        ('{"lines": [{"lot": "\\ud800"}]}', "lot holds half of a character"),
        ('{"a\\u0000": 1}', "The name of a field holds a NUL character"),
    ],
)
def test_json_is_searched_to_its_depth(client, body, what):
    answer = client.post("/api/v1/nothing", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert what in answer.json["detail"]


def test_the_refusal_is_said_in_italian_too(client):
    answer = client.get("/sign-in?next=%00", headers={"Accept-Language": "it"})
    assert "carattere NUL" in answer.text


def test_a_deeply_nested_body_does_no_harm(client):
    body = "[" * 5000 + "]" * 5000
    answer = client.post("/api/v1/nothing", data=body, content_type="application/json")
    assert answer.status_code in (400, 401, 404)


def test_a_body_above_64_kilobytes_is_too_large(client):
    token = token_in(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"csrf_token": token, "username": "x" * 70_000})
    assert answer.status_code == 413
    assert "larger than this page takes" in answer.text
    body = json.dumps({"barcodes": ["x" * 70_000]})
    answer = client.post("/api/v1/nothing", data=body, content_type="application/json")
    assert answer.status_code == 413


TOO_LARGE = {"patient": "x" * 70_000}
WITH_NUL = {"patient": "x\0"}


@pytest.mark.parametrize(("sent", "status"), [(TOO_LARGE, 413), (WITH_NUL, 400)])
def test_a_page_that_refuses_what_was_sent_shows_who_is_signed_in(as_role, client, sent, status):
    answer = as_role("nurse").post("/sessions/new", data=sent)
    assert answer.status_code == status
    assert "<strong>nurse1</strong>" in answer.text
    answer = client.post("/sessions/new", data=sent)
    assert answer.status_code == status
    assert "<strong>nurse1</strong>" not in answer.text


def test_a_delivery_may_be_longer(client):
    body = json.dumps({"lines": ["x" * 70_000]})
    answer = client.post("/api/v1/receipts", data=body, content_type="application/json")
    assert answer.status_code in (401, 404)


def test_an_unknown_address_is_answered_in_kind(client):
    page = client.get("/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    problem = client.get("/api/v1/nowhere")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert problem.json["problems"][0]["code"] == "http-404"


def test_the_wrong_verb_is_told_the_right_ones(client):
    answer = client.delete("/sign-in")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (NotFound(say("There is no lot %(lot)s.", lot="A17")), 404),
        (Conflict(say("The lot is there.")), 409),
        (sqlalchemy.exc.OperationalError("select", {}, Exception("database is locked")), 503),
        (sqlalchemy.exc.TimeoutError("QueuePool limit"), 503),
        (UnfitDatabase("old"), 503),
        (sqlalchemy.exc.IntegrityError("insert", {}, Exception("secret Mario Rossi")), 500),
        (ValueError("secret Mario Rossi"), 500),
    ],
)
def test_every_fault_has_its_answer_and_tells_no_secret(trying, fault, status):
    client, faults = trying
    faults["now"] = fault
    page, problem = client.get("/fail/now"), client.get("/api/v1/fail/now")
    assert (page.status_code, problem.status_code) == (status, status)
    assert problem.mimetype == "application/problem+json"
    assert problem.json["request_id"] == problem.headers["X-Request-ID"]
    assert ("Retry-After" in page.headers) == (status == 503)
    for answer in (page, problem):
        assert "Mario" not in answer.text
        assert "Traceback" not in answer.text
    assert page.headers["X-Request-ID"] in page.text


def test_the_log_says_where_and_not_what(trying, capsys):
    from inventory.web.errors import described, fault_of

    client, _ = trying
    try:
        raise ValueError("secret Mario Rossi")
    except ValueError as error:
        with client.application.test_request_context():
            line = json.dumps(described(error, fault_of(error)))
    assert "ValueError" in line
    assert "test_input.py" in line
    assert "Mario" not in line


def test_a_form_posted_by_a_script_is_answered_as_json(app):
    browser = app.test_client()
    sign_in(browser, "nurse1")
    answer = browser.post("/language/it", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize("body", ["5", "[1]", '["ab"]', '{"name": 7, "username": 7, "patient": 7}'])
def test_json_where_a_page_sends_a_form_says_nothing_and_does_no_harm(as_role, body):
    for role, path in (
        ("pharmacist", "/items/new"),
        ("admin", "/people/"),
        ("nurse", "/sessions/new"),
    ):
        browser = as_role(role)
        headers = {"X-CSRFToken": token_in(browser.get("/").text)}
        sent = browser.post(path, data=body, content_type="application/json", headers=headers)
        assert sent.status_code == 422, path


def test_a_file_in_the_place_of_a_text_is_passed_over(as_role):
    for role, path, name, status in (
        ("pharmacist", "/items/new", "name", 422),
        ("admin", "/people/", "username", 422),
        ("nurse", "/sessions/new", "patient", 422),
        ("nurse", "/workstations/here", "code", 302),
    ):
        browser = as_role(role)
        token = token_in(browser.get("/").text)
        sent = {"csrf_token": token, name: (io.BytesIO(b"text"), "text.txt")}
        assert browser.post(path, data=sent).status_code == status, path
