"""Calls as an integration makes them: a token, JSON, an idempotency key where one is wanted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from inventory.operations import enrolling
from inventory.store.people import ROLES
from tests.clinic import Clinic

NO_PASSWORD = "!"


def enrol_everybody(clinic: Clinic) -> dict[str, str]:
    """A person of each role, `nurse1` and so on; their tokens by role."""
    tokens = {}
    for role in ROLES:
        enrolling.enrol(clinic.act(), f"{role}1", NO_PASSWORD, [role])
        tokens[role] = enrolling.issue_token(clinic.act(), f"{role}1")
    return tokens


@dataclass
class Caller:
    """One integration; each call gives the answer as it came."""

    client: FlaskClient
    token: str
    clinic: Clinic
    sent: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", query_string=query, headers=self.headers())

    def post(self, path: str, body: Any = None, *, key: str = "", **more: Any) -> TestResponse:
        headers = self.headers() | ({"Idempotency-Key": key} if key else {})
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        return self.client.post(f"/api/v1{path}", headers=headers, **more)

    def made(self, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of an answer that must be 201."""
        answer = self.post(path, body, **more)
        assert answer.status_code == 201, answer.json
        return answer.json

    def receive(self, *labels: str, packs: int = 1, location: str = "TO-OR1") -> Any:
        lines = [{"barcodes": [label], "packs": packs} for label in labels]
        body = {"location": location, "supplier": "Acme", "document": "DDT 7", "lines": lines}
        return self.made("/receipts", body)

    def receive_kits(self, lot: str, count: int = 1, location: str = "TO-OR1") -> list[str]:
        said = self.receive(self.clinic.label(lot), packs=count, location=location)
        return list(said["lines"][0]["units"])

    def open_session(self, patient: str = "MRN 1", procedure: str = "short") -> str:
        body = {"patient": patient, "procedure": procedure, "location": "TO-OR1"}
        return str(self.made("/patient-sessions", body)["code"])

    def scan(self, session: str, *barcodes: str, key: str = "", **more: Any) -> TestResponse:
        body = {"barcodes": list(barcodes), **more}
        return self.post(f"/patient-sessions/{session}/scans", body, key=key)

    def say(self, session: str, outcome: str, **more: Any) -> TestResponse:
        return self.post(f"/patient-sessions/{session}/outcomes", {"outcome": outcome, **more})

    def undo(self, session: str, entry: str, *, key: str = "") -> TestResponse:
        body = {"entry": entry, "reason": "wrong-lot"}
        return self.post(f"/patient-sessions/{session}/undo", body, key=key)

    def close(self, session: str, **more: Any) -> TestResponse:
        return self.post(f"/patient-sessions/{session}/close", more or None)

    def recall(self, *lots: str) -> Any:
        scope = [{"item": self.clinic.kit, "lots": list(lots)}]
        body = {"reference": "FSN 1", "manufacturer": "Acme", "reason": "sterility"}
        return self.made("/recalls", {**body, "scope": scope})

    def headers(self) -> dict[str, str]:
        """What every call brings."""
        return {"Authorization": f"Bearer {self.token}", **self.sent}


Calling = Callable[[str], Caller]


def callers(app: Flask, clinic: Clinic) -> Calling:
    """Gives an integration of a role."""
    tokens = enrol_everybody(clinic)
    return lambda role: Caller(app.test_client(), tokens[role], clinic)


def codes(answer: TestResponse, status: int = 409) -> list[str]:
    """The codes of a refusal's problems."""
    assert answer.status_code == status, (answer.status_code, answer.json)
    assert answer.content_type == "application/problem+json"
    assert all(each["message"] for each in answer.json["problems"])
    return [each["code"] for each in answer.json["problems"] if each["blocking"]]
