"""A clinic with a little stock, and a browser for each role, for the tests of pharmacy's pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from inventory.store.people import ROLES
from tests.auditing import audit_and_leave
from tests.clinic import Clinic, build_clinic
from tests.web.conftest import enrol, make_app, sign_in, token_in


@dataclass
class Pharmacy:
    """An application with a clinic, and who is signed in where."""

    app: Flask
    clinic: Clinic
    browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def get(self, address: str, role: str = "pharmacist", **more: Any) -> Any:
        """A page, as somebody of a role sees it."""
        return self.browser(role).get(address, **more)

    def post(self, address: str, role: str = "pharmacist", **more: Any) -> Any:
        """What a form of a page sends."""
        browser = self.browser(role)
        data = {"csrf_token": self.token(role), **more.pop("data", {})}
        return browser.post(address, data=data, **more)

    def send(self, address: str, json: Any, role: str = "pharmacist", key: str = "") -> Any:
        """What a script of a page sends."""
        headers = {"X-CSRFToken": self.token(role), "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        return self.browser(role).post(address, json=json, headers=headers)

    def browser(self, role: str) -> FlaskClient:
        """The browser of somebody of a role."""
        if role not in self.browsers:
            self.browsers[role] = self.app.test_client()
            sign_in(self.browsers[role], f"{role}1")
        return self.browsers[role]

    def token(self, role: str) -> str:
        """The proof that a page of ours sends something."""
        return token_in(self.browser(role).get("/").text)


@contextmanager
def opened(folder: Path) -> Iterator[Pharmacy]:
    """A pharmacy on a database of its own; its ledger is summed and verified at the end."""
    app = make_app(folder)
    for role in ROLES:
        enrol(app, f"{role}1", role)
    with app.app_context():
        clinic = build_clinic()
    yield Pharmacy(app, clinic)
    audit_and_leave(app)
