"""What no integration should send: refused with a sentence, or kept exactly; never a 500."""

import re
from typing import Any

from tests.api.calling import Caller
from tests.clinic import SALINE

NASTY = (
    "=<script>alert(1)</script>'; DROP TABLE entry; --",
    "\u202eabc\u2066 مرحبا שלום",
    "%s %(lot)s {0} 𝔘𝔫𝔦",
    "line one\nline two\ttab",
    "e\u0301 👩🏽‍⚕️",
)
"""Formula, markup, SQL; direction marks, right to left; templates, beyond the BMP; control; NFD."""


def posts(caller: Caller) -> list[str]:
    """The address of every call that does something."""
    rules = caller.client.application.url_map.iter_rules()
    paths = [
        rule.rule for rule in rules if rule.rule.startswith("/api/") and "POST" in rule.methods
    ]
    return [re.sub("<.*>", "1", path.removeprefix("/api/v1")) for path in paths]


def raw(caller: Caller, path: str, data: bytes, kind: str = "application/json") -> tuple[int, Any]:
    answer = caller.post(path, data=data, headers={"Content-Type": kind})
    assert answer.content_type == "application/problem+json", answer.data
    assert answer.json["detail"]
    return answer.status_code, answer.json


def nfc(text: str) -> str:
    return text.replace("e\u0301", "é")


def test_what_is_no_json_object_is_refused_everywhere(shared: Caller) -> None:
    for path in posts(shared):
        for data, status in (
            (b"{", 400),
            (b"", 400),
            (b"\xff\xfe", 400),
            (b"[" * 100_000, 413 if "receipts" not in path else 400),
            (b"[" * 20_000, 400),
            (b'{"a": ' + b"9" * 5000 + b"}", 400),
            (b"[]", 422),
            (b"null", 422),
            (b'"text"', 422),
            (b'{"reason": "a\\u0000b"}', 400),
            (b'{"reason": "a\\ud800b"}', 400),
            (b'{"reason": "a\xed\xa0\x80b"}', 400),
            (b'{"no such field": 1}', 422),
            (b"x" * 10_000_000, 413),
        ):
            if not data and path.endswith("/close"):
                status = 404  # it needs no body
            assert raw(shared, path, data)[0] == status, (path, data[:40])
        assert raw(shared, path, b"<a/>", "application/xml")[0] == 415
        assert raw(shared, path, b"a=b", "application/x-www-form-urlencoded")[0] == 415


def test_a_field_of_the_wrong_kind_is_named(shared: Caller) -> None:
    scans = "/patient-sessions/PS00000000A/scans"
    line = {"item": "MT1", "lot": "A"}
    delivery = {"location": "TO-OR1", "supplier": "Acme"}
    item = {"name": "n", "reference": "r", "manufacturer": "m", "kind": "fluid", "tracking": "lot"}
    for path, body, field in (
        (scans, {"quantity": 1.5}, "quantity"),
        (scans, {"quantity": True}, "quantity"),
        (scans, {"quantity": "1"}, "quantity"),
        (scans, {"quantity": 10**30}, "quantity"),
        (scans, {"quantity": 0}, "quantity"),
        (scans, {"barcodes": "text"}, "barcodes"),
        (scans, {"barcodes": [1]}, "barcodes.0"),
        (scans, {"barcodes": [""]}, "barcodes.0"),
        (scans, {"occurred_at": "2026-11-02T10:00:00"}, "occurred_at"),
        (scans, {"occurred_at": "yesterday"}, "occurred_at"),
        (scans, {"override": {"codes": [7], "reason": "x"}}, "override.codes.0"),
        (scans, {"override": {"codes": ["carton-code"]}}, "override.reason"),
        ("/receipts", {**delivery, "lines": []}, "lines"),
        ("/receipts", {**delivery, "lines": [{**line, "packs": -1}]}, "lines.0.packs"),
        (
            "/receipts",
            {**delivery, "lines": [{**line, "expires_on": "20280229"}]},
            "lines.0.expires_on",
        ),
        ("/items", {**item, "kind": "toy"}, "kind"),
        ("/items", {**item, "single_use": "yes"}, "single_use"),
        ("/items", {**item, "name": None}, "name"),
        ("/items", {**item, "name": "x" * 201}, "name"),
        ("/patient-sessions/PS00000000A/outcomes", {"outcome": "eaten"}, "outcome"),
        ("/entries/TO-1/reverse", {"reason": "because"}, "reason"),
        ("/patient-sessions/PS00000000A/undo", {"reason": "wrong-lot"}, "entry"),
        ("/patient-sessions/PS00000000A/undo", {"entry": "TO-1", "reason": ""}, "reason"),
    ):
        answer = shared.post(path, body)
        assert answer.status_code == 422, (path, body, answer.json)
        assert field in answer.json["detail"]
        assert field.split(".")[0] in answer.json["errors"]


def test_faults_are_said_in_the_readers_language(shared: Caller) -> None:
    shared.sent["Accept-Language"] = "it"
    answer = shared.post("/patient-sessions/PS00000000A/close", {})
    assert answer.headers["Content-Language"] == "it"
    assert answer.json["title"] != "There is nothing here"


def test_a_key_that_is_none_and_things_named_twice(shared: Caller) -> None:
    body = {"patient": "MRN 1", "procedure": "short", "location": "TO-OR1"}
    for key in ("", "two words", "k" * 81, "é"):
        answer = shared.post("/patient-sessions", body, headers={"Idempotency-Key": key})
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["Idempotency-Key"])
    session = shared.open_session()
    twice = shared.scan(session, "x", item=shared.clinic.kit, lot="A17")
    assert twice.json["problems"][0]["code"] == "named-twice"
    scope = [{"item": shared.clinic.kit, "lots": ["A"], "all": True}]
    notice = {"reference": "r", "manufacturer": "m", "reason": "r", "scope": scope}
    assert shared.post("/recalls", notice).json["problems"][0]["code"] == "scope-unclear"


def test_a_program_is_not_told_of_pages_and_buttons(shared: Caller) -> None:
    session = shared.open_session()
    body = {"patient": "MRN 1", "procedure": "short", "location": "TO-OR1"}
    shared.post("/patient-sessions", body, key="k1")
    conflict = shared.post("/patient-sessions", {**body, "patient": "MRN 2"}, key="k1")
    method = shared.client.delete(f"/api/v1/patient-sessions/{session}")
    assert set(method.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    large = shared.post("/items", data=b"x" * 100_000, headers={"Content-Type": "text/plain"})
    for answer, status, word in (
        (conflict, 409, "Make a key of its own for every act"),
        (method, 405, "Send one of those that the header Allow names"),
        (large, 413, "larger than a call takes"),
    ):
        assert answer.status_code == status
        assert word in answer.json["detail"]
        assert "page" not in answer.json["detail"]
        assert answer.json["problems"][0]["message"] == answer.json["detail"]


def test_free_texts_are_kept_exactly_or_refused(shared: Caller) -> None:
    clinic = shared.clinic
    for text in NASTY:
        item = {"reference": text, "manufacturer": text, "kind": "fluid", "tracking": "lot"}
        code = shared.made("/items", {**item, "name": text})["code"]
        seen = shared.get(f"/items/{code}").json
        assert (seen["name"], seen["reference"], seen["manufacturer"]) == (nfc(text),) * 3
        line = {"item": code, "lot": text[:20], "expires_on": "2030-01-31", "packs": 2}
        delivery = {"location": "TO-OR1", "supplier": text, "document": text, "lines": [line]}
        shared.made("/receipts", delivery)
        stock = shared.get("/stock", item=code).json["lines"]
        assert [each["lot"] for each in stock] == [nfc(text[:20])]
        notice = {"reference": text, "manufacturer": text, "reason": text}
        scope = [{"item": code, "lots": [text[:20], text[:20]]}, {"item": code, "lots": ["Z"]}]
        recall = shared.made("/recalls", {**notice, "scope": scope})
        seen = shared.get(f"/recalls/{recall['code']}").json
        assert (seen["reference"], seen["reason"], recall["on_hand"]) == (nfc(text),) * 2 + (2,)
        for kind in ("pdf", "csv"):
            assert shared.get(f"/recalls/{recall['code']}.{kind}").status_code == 200
        shared.made(f"/recalls/{recall['code']}/lift", {"reason": text})
        patient = {"patient": f"{text} MRN 7", "name": f"{text} Rossi", "procedure": "short"}
        shared.made("/patient-sessions", {**patient, "location": "TO-OR1"})
        for path in (f"/items/{text}", f"/patient-sessions/{text}", f"/recalls/{text}"):
            assert shared.get(path).status_code == 404
        assert shared.get("/entries", about=text).json["total"] == 0
    with shared.client.application.app_context():
        text = clinic.all_entry_texts()
    assert not any(word in text for word in ("MRN 7", "Rossi"))
    assert "alert" not in "".join(line for line in text.splitlines() if "LIFT" in line)


def test_a_scan_of_anything_is_refused_with_a_sentence(shared: Caller) -> None:
    session = shared.open_session()
    for text in (*NASTY, "]d2", "\x1d", "(01)", "01" * 2000, " ", "+" * 40, "https://id.gs1.org/"):
        answer = shared.scan(session, text)
        assert answer.status_code == 409, (text, answer.json)
        assert answer.json["problems"][0]["message"]
    for when in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        answer = shared.scan(session, shared.clinic.label("S", SALINE), occurred_at=when)
        assert "occurred-at-wrong" in [each["code"] for each in answer.json["problems"]]
