"""A clinic at work behind pages: what the tests of session, recall, lot and ledger pages share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.store.people import ROLES
from tests.auditing import audit_and_leave
from tests.clinic import Clinic, build_clinic
from tests.web.conftest import enrol, make_app, sign_in, token_in


@dataclass
class Browser:
    """Somebody signed in, who sends forms as a page of ours does."""

    client: FlaskClient
    token: str

    def get(self, path: str) -> TestResponse:
        """A page."""
        return self.client.get(path)

    def send(self, path: str, key: str = "", **fields: str) -> TestResponse:
        """A form; the answer is the page it leads to."""
        data = {"csrf_token": self.token, "key": key, **fields}
        return self.client.post(path, data=data, follow_redirects=True)

    def scan(self, session: str, *barcodes: str, key: str = "", **more: object) -> TestResponse:
        """A scan, as the screen's script sends it."""
        headers = {"X-CSRFToken": self.token, "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        body = {"barcodes": [*barcodes], **more}
        return self.client.post(f"/sessions/{session}/scans", json=body, headers=headers)


class Acting:
    """The words of a clinic, each said in an application context of its own.

    A context that stayed open would be shared by the requests, which keep in it who is signed in.
    """

    def __init__(self, app: Flask, clinic: Clinic) -> None:
        self._app, self._clinic = app, clinic

    def __getattr__(self, name: str) -> Any:
        """A word of the clinic."""
        found = getattr(self._clinic, name)
        if not callable(found):
            return found

        def said(*given: Any, **named: Any) -> Any:
            self._clinic.now = datetime.now(UTC) - timedelta(seconds=2)  # pages have the real clock
            with self._app.app_context():
                return found(*given, **named)

        return said


@dataclass
class Working:
    """An application with a clinic in it, and a browser for each role."""

    app: Flask
    clinic: Acting
    browsers: dict[str, Browser] = field(default_factory=dict)

    def as_role(self, role: str) -> Browser:
        """The browser of somebody of a role."""
        if role not in self.browsers:
            client = self.app.test_client()
            sign_in(client, f"{role}1")
            self.browsers[role] = Browser(client, token_in(client.get("/").text))
        return self.browsers[role]


@contextmanager
def working_clinic(folder: Path) -> Iterator[Working]:
    """The clinic of `tests.clinic`, a month old; its ledger is audited and verified at the end."""
    app = make_app(folder)
    for role in ROLES:
        enrol(app, f"{role}1", role)
    began = datetime.now(UTC) - timedelta(days=30)
    with app.app_context(), mock.patch("tests.clinic.Clinic", partial(Clinic, now=began)):
        clinic = build_clinic()
    yield Working(app, Acting(app, clinic))
    audit_and_leave(app)
