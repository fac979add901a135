"""`flask people`: who may sign in."""

import json

import pytest

from inventory.operations.enrolling import token_digest
from inventory.store import reading
from inventory.store.people import find_person, find_person_by_token
from tests.auditing import audit_and_leave
from tests.web.conftest import make_app

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    made = make_app(tmp_path_factory.mktemp("people"))
    yield made
    audit_and_leave(made)


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()

    def command(*words: str, typed: str = ""):
        return runner.invoke(args=["people", *words], input=typed)

    return command


def test_a_person_is_added_with_a_password_from_standard_input(app, run):
    answer = run("add", "Anna", "--role", "nurse", typed=PASSWORD + "\n")
    assert (answer.exit_code, answer.output) == (0, "Anna may sign in as nurse.\n")
    with app.app_context(), reading() as connection:
        person = find_person(connection, "ANNA")
    assert (person.username, person.roles, person.active) == ("anna", ("nurse",), True)


def test_a_person_may_have_more_than_one_role(app, run):
    run("add", "boss", "--role", "admin", "--role", "quality", typed=PASSWORD + "\n")
    with app.app_context(), reading() as connection:
        assert find_person(connection, "boss").roles == ("quality", "admin")


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (
            ("add", "bob", "--role", "nurse"),
            "short\n",
            "has 5 characters. Choose one of at least 12",
        ),
        (("add", "bob", "--role", "king"), PASSWORD, "'king' is not one of"),
        (("add", "b b", "--role", "nurse"), PASSWORD, "2 to 64 letters"),
        (("token", "nobody"), "", "There is no person nobody."),
        (("disable", "nobody"), "", "There is no person nobody."),
        (("password", "nobody"), PASSWORD, "There is no person nobody."),
    ],
)
def test_a_refusal_says_why(run, words, typed, said):
    answer = run(*words, typed=typed)
    assert answer.exit_code != 0
    assert said in answer.output


def test_a_name_is_taken_once(run):
    run("add", "carla", "--role", "nurse", typed=PASSWORD)
    answer = run("add", "CARLA", "--role", "admin", typed=PASSWORD)
    assert answer.exit_code == 1
    assert "The user name carla is taken." in answer.output


def test_a_token_is_printed_once_and_kept_as_its_digest(app, run):
    from datetime import UTC, datetime, timedelta

    run("add", "dino", "--role", "pharmacist", typed=PASSWORD)
    token = run("token", "dino", "--days", "1").output.strip()
    assert token.startswith("kt_")
    now = datetime.now(UTC)
    with app.app_context(), reading() as connection:
        found = find_person_by_token(connection, token_digest(token), now)
        late = find_person_by_token(connection, token_digest(token), now + timedelta(days=2))
        as_is = find_person_by_token(connection, token, now)
    assert (found.username, late, as_is) == ("dino", None, None)


def test_whoever_left_has_no_token_and_gets_none(app, run):
    from datetime import UTC, datetime

    run("add", "elio", "--role", "nurse", typed=PASSWORD)
    token = run("token", "elio").output.strip()
    assert run("disable", "elio").exit_code == 0
    with app.app_context(), reading() as connection:
        assert find_person_by_token(connection, token_digest(token), datetime.now(UTC)) is None
    answer = run("token", "elio")
    assert answer.exit_code == 1
    assert "elio has left and gets no token." in answer.output


def test_the_list_is_a_table_or_json(run):
    run("add", "fosca", "--role", "auditor", typed=PASSWORD)
    assert "fosca                    auditor" in run("list").output
    everybody = {person["username"]: person for person in json.loads(run("list", "--json").output)}
    assert everybody["fosca"]["roles"] == ["auditor"]
    assert everybody["fosca"]["active"] is True
    assert not any("password" in person for person in everybody.values())
