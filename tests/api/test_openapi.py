"""The description: whole, precise, and true of what the calls do."""

import re
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator

from tests.api.calling import Caller
from tests.clinic import SALINE

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

VERBS = {"get", "post"}


def described(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


def test_every_route_is_described_and_nothing_else(app: Flask) -> None:
    doc = described(app)
    told = {(verb, path) for path, item in doc["paths"].items() for verb in VERBS & item.keys()}
    routes = {
        (verb.lower(), re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
        for verb in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert told == routes
    assert len(routes) == 29


def test_the_description_holds_together(app: Flask) -> None:
    doc = described(app)
    assert doc["openapi"] == "3.1.0"
    assert doc["security"] == [{"token": []}]
    assert doc["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for schema in doc["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for reference in re.findall(r"#/components/(\w+)/(\w+)", str(doc)):
        assert reference[1] in doc["components"][reference[0]]


def test_every_post_takes_a_key_and_refuses_fields_it_does_not_know(app: Flask) -> None:
    doc = described(app)
    for item in doc["paths"].values():
        if "post" not in item:
            continue
        post = item["post"]
        assert [each["name"] for each in post["parameters"]] == ["Idempotency-Key"]
        name = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        assert doc["components"]["schemas"][name]["additionalProperties"] is False
        assert {"400", "401", "403", "404", "409", "413", "415", "422"} <= post["responses"].keys()


def test_answers_are_as_described(app: Flask, caller: Caller) -> None:
    doc = described(app)
    (unit,) = caller.receive_kits("A17")
    caller.receive(caller.clinic.label("S1", SALINE))
    session = caller.open_session()
    scanned = caller.scan(session, unit).json
    undone = caller.undo(session, scanned["entry"]).json
    caller.scan(session, unit)
    caller.scan(session, "nonsense")
    recall = caller.recall("A17")
    for name, answer in (
        ("ProblemAnswer", caller.scan(session, caller.clinic.label("NEVER-HERE")).json),
        ("ScanAnswer", scanned),
        ("ReversedAnswer", undone),
        ("SessionAnswer", caller.get(f"/patient-sessions/{session}").json),
        ("SessionsAnswer", caller.get("/patient-sessions", state="open").json),
        ("RecallOpened", recall),
        ("RecallAnswer", caller.get(f"/recalls/{recall['code']}").json),
        ("RecallsAnswer", caller.get("/recalls").json),
        ("StockAnswer", caller.get("/stock").json),
        ("LotsAnswer", caller.get("/lots").json),
        ("TraceAnswer", caller.get("/lots/1/trace").json),
        ("ItemsAnswer", caller.get("/items").json),
        ("ItemAnswer", caller.get(f"/items/{caller.clinic.kit}").json),
        ("EntriesAnswer", caller.get("/entries", about=session).json),
        ("ProblemAnswer", caller.get("/items/nothing").json),
    ):
        schema = {**doc, "$ref": f"#/components/schemas/{name}", "unevaluatedProperties": False}
        validator = Draft202012Validator(schema)
        assert [error.message for error in validator.iter_errors(answer)] == [], name
