"""An application on a fresh encrypted SQLite file, and people of every role."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_security import hash_password

from config import Settings
from inventory import create_app
from inventory.operations import enrolling
from inventory.operations.posting import Act
from inventory.store.people import ROLES
from tests.auditing import audit_and_leave

PASSWORD = "correct horse battery"


def make_app(folder: Path, **changes: object) -> Flask:
    """An application of its own, without people."""
    settings = Settings.from_environment(
        {"INSTANCE_DIR": str(folder / "instance"), "KEY_DIR": str(folder / "keys")}
    )
    app = create_app(replace(settings, **{"rate_limit": False, **changes}))
    app.testing = True
    with app.app_context():
        upgrade()
    return app


def an_act() -> Act:
    """An act of whoever sets up the tests, now."""
    return Act("setup", datetime.now(UTC), ZoneInfo("Europe/Rome"))


def enrol(app: Flask, username: str, *roles: str) -> None:
    """Add somebody with the password that all have here."""
    with app.app_context():
        enrolling.enrol(an_act(), username, hash_password(PASSWORD), roles)


def beside(field: str, page: str) -> str:
    """What a page says is wrong, beside a field of this id; empty for nothing."""
    said = re.search(f'id="{field}-error">.*?</svg>(.*?)</div>', page, re.DOTALL)
    return unescape(said[1]).strip() if said else ""


def token_in(page: str) -> str:
    """The anti-forgery token of a page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found, "the page has no token"
    return found.group(1)


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD) -> object:
    """Sign in through the form, as a browser does; gives the answer."""
    token = token_in(client.get("/sign-in").text)
    return client.post(
        "/sign-in", data={"csrf_token": token, "username": username, "password": password}
    )


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for the tests that share people: `nurse1`, `admin1` and so on."""
    app = make_app(tmp_path_factory.mktemp("web"))
    for role in ROLES:
        enrol(app, f"{role}1", role)
    yield app
    audit_and_leave(app)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes an application for one test alone; afterwards its ledger is summed and verified."""
    made: list[Flask] = []

    def make(**changes: object) -> Flask:
        made.append(make_app(tmp_path, **changes))
        return made[-1]

    yield make
    for app in made:
        audit_and_leave(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def as_role(app: Flask) -> Callable[[str], FlaskClient]:
    """Gives a browser in which somebody of a role is signed in."""
    cookies: dict[str, str] = {}

    def browser(role: str) -> FlaskClient:
        client = app.test_client()
        if role not in cookies:
            sign_in(client, f"{role}1")
            cookies[role] = client.get_cookie("kittrace").value
        client.set_cookie("kittrace", cookies[role])
        return client

    return browser


@pytest.fixture(scope="session")
def token_of(app: Flask) -> Callable[[str], str]:
    """Gives an API token of somebody of a role."""
    tokens: dict[str, str] = {}

    def token(role: str) -> str:
        if role not in tokens:
            with app.app_context():
                tokens[role] = enrolling.issue_token(an_act(), f"{role}1")
        return tokens[role]

    return token
