"""`flask demo`: the demonstration clinic."""

from importlib import import_module

import pytest

from inventory import store
from inventory.operations import demonstrating
from inventory.operations.demonstration_data import PASSWORD, PEOPLE
from inventory.store.people import list_people
from tests.auditing import audit_and_leave
from tests.web.conftest import make_app

demo = import_module("inventory.cli.demo")  # the package names the group of commands so


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    made = make_app(tmp_path_factory.mktemp("demo"))
    yield made
    audit_and_leave(made)


@pytest.fixture(autouse=True)
def short_story(monkeypatch):
    story = demonstrating.load_demonstration
    monkeypatch.setattr(demo, "load_demonstration", lambda *said: story(*said, weeks=6))


def test_the_demonstration_is_loaded_once_and_says_how_to_sign_in(app):
    run = app.test_cli_runner().invoke
    refused = run(args=["demo", "load", "--until", "2999-01-01"])
    assert (refused.exit_code, refused.output) == (
        1,
        "Error: The demonstration cannot end in the future.\n",
    )
    answer = run(args=["demo", "load", "--seed", "5", "--until", "2026-10-30"])
    assert answer.exit_code == 0, answer.output
    assert PASSWORD in answer.output
    with app.app_context(), store.reading() as connection:
        there = {(person.username, person.roles) for person in list_people(connection)}
    assert there == {(name, (role,)) for name, role in PEOPLE}
    again = run(args=["demo", "load"])
    assert again.exit_code == 1
    assert again.output.startswith("Error: This database holds entries or sites already.")


def test_starting_the_server_loads_it_into_an_empty_database_only(tmp_path, capsys):
    fresh = make_app(tmp_path)
    with fresh.app_context():
        demo.load_if_empty()
        assert "it now holds a demonstration clinic" in capsys.readouterr().out
        demo.load_if_empty()
        assert capsys.readouterr().out == ""
    audit_and_leave(fresh)
