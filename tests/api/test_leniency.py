"""What an integration may write in more than one way, and what a refusal tells it."""

import http.client
import json
import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from inventory.web.input import DRAINED_BYTES
from tests.api.calling import Caller, Calling, codes
from tests.clinic import KIT, SALINE, Clinic


def lines(*each: object) -> dict[str, object]:
    return {"location": " to-or1", "supplier": "Acme", "lines": list(each)}


def test_codes_are_taken_in_small_letters_and_with_blanks_around(
    caller: Caller, clinic: Clinic
) -> None:
    kit, saline = f" {clinic.kit.lower()} ", clinic.saline.lower()
    pieces = caller.made("/receipts", lines({"item": kit, "lot": "A17", "packs": 2}))
    caller.made("/receipts", lines({"item": saline, "lot": "B02", "packs": 3}))
    unit = pieces["lines"][0]["units"][0].lower()
    away = {"source": "to-or1", "destination": "To-Pharmacy", "lines": [{"unit": unit}]}
    back = {**away, "source": "to-pharmacy ", "destination": "TO-OR1"}
    caller.made("/transfers", away)
    caller.made("/transfers", back)
    body = {"patient": "MRN 1", "procedure": " SHORT", "location": "to-or1"}
    opened = caller.made("/patient-sessions", body)
    assert (opened["procedure"], opened["location"]) == ("short", "TO-OR1")
    session = opened["code"].lower()
    caller.made(f"/patient-sessions/{session}/scans", {"item": saline, "lot": "B02"})
    assert caller.say(session, "used", item=saline, lot="B02").status_code == 201
    assert caller.get("/stock", location="to-or1", item=kit).json["total"] == 1
    assert caller.get("/stock", location="to").json["total"] == 2
    assert caller.get("/lots", lot="A17", item=kit).json["total"] == 1
    assert caller.get("/patient-sessions", place="to-or1 ").json["total"] == 1
    assert caller.get("/patient-sessions", place="nowhere").status_code == 404


def test_each_refused_field_is_a_problem_with_its_sentence(shared: Caller) -> None:
    line = {"item": "MT1", "lot": "A", "packs": 0}
    answer = shared.post("/receipts", {"supplier": "Acme", "lines": [line], "more": 1})
    assert answer.status_code == 422
    said = {each["message"] for each in answer.json["problems"]}
    assert {each["code"] for each in answer.json["problems"]} == {"field-wrong"}
    assert said == {
        "location: This field is missing.",
        "lines.0.packs: This must be 1 to 10000.",
        "more: This field is not known here.",
    }
    whole = shared.post("/receipts", data=b"[]", headers={"Content-Type": "application/json"})
    assert whole.json["problems"][0]["message"].startswith("content: ")
    torn = shared.post("/receipts", data=b"{", headers={"Content-Type": "application/json"})
    assert "JSON" in torn.json["detail"]


@pytest.mark.parametrize(
    "path", ["lots", "stock", "entries", "recalls", "patient-sessions", "locations", "items"]
)
def test_what_is_left_empty_in_an_address_was_not_asked_for(shared: Caller, path: str) -> None:
    shared.receive_kits("A17")
    described = shared.get("/openapi.json").json["paths"][f"/api/v1/{path}"]["get"]
    asked = [each for each in described["parameters"] if each["in"] == "query"]
    assert all(each["allowEmptyValue"] for each in asked)
    names = [each["name"] for each in asked]
    answer = shared.get(f"/{path}", **dict.fromkeys(names, ""))
    assert names
    assert (answer.status_code, answer.json) == (200, shared.get(f"/{path}").json)
    assert shared.get(f"/{path}", no_such_name="").status_code == 422


def test_a_whole_number_in_an_address_may_be_written_with_a_nought(shared: Caller) -> None:
    assert len(shared.get("/items", size="1.0").json["items"]) == 1
    for size in ("1.5", "1.", ".0", "-1", "\u0661", "1\n"):
        assert shared.get("/items", size=size).status_code == 422


def test_a_lot_is_found_by_its_item_where_the_number_is_left_empty(shared: Caller) -> None:
    shared.receive_kits("A17")
    shared.receive(shared.clinic.label("S1", SALINE))
    (lot,) = shared.get("/lots", lot="", item=shared.clinic.kit).json["lots"]
    assert lot["lot"] == "A17"


def test_a_noun_that_is_not_there_is_said_in_italian_too(shared: Caller) -> None:
    shared.sent["Accept-Language"] = "it"
    answer = shared.get("/items/MT00000000X")
    assert answer.json["detail"].startswith("Non esiste: articolo MT00000000X.")


def test_overruling_what_cannot_be_overruled_changes_nothing(calling: Calling) -> None:
    nurse, pharmacy = calling("nurse"), calling("pharmacist")
    pharmacy.receive(nurse.clinic.label("OLD", gtin=SALINE, expiry="200131"))
    session = nurse.open_session()
    override = {"codes": ["lot-expired", "no-such-code"], "reason": "because"}
    label = nurse.clinic.label("OLD", gtin=SALINE, expiry="200131")
    assert "lot-expired" in codes(nurse.scan(session, label, override=override))


def test_a_misprinted_check_digit_can_be_overruled_and_says_what_it_is_taken_for(
    calling: Calling,
) -> None:
    nurse, pharmacy = calling("nurse"), calling("pharmacist")
    [unit] = pharmacy.receive_kits("A17")
    session = nurse.open_session()
    misprinted = f"01{KIT[:-1]}{(int(KIT[-1]) + 1) % 10}1729022810A17"
    refused = nurse.scan(session, misprinted)
    assert codes(refused) == ["check-digit-wrong"]
    assert "Lipo kit" in refused.json["detail"]
    override = {"codes": ["check-digit-wrong"], "reason": "misprinted box"}
    taken = nurse.scan(session, misprinted, override=override)
    assert (taken.status_code, taken.json["unit"]) == (201, unit)
    seen = nurse.get(f"/patient-sessions/{session}").json["lines"]
    assert [line["overridden"] for line in seen] == [["check-digit-wrong"]]


def test_a_time_that_cannot_be_is_refused_for_that_alone(shared: Caller) -> None:
    shared.receive(shared.clinic.label("A17", gtin=SALINE))
    session = shared.open_session()
    label = shared.clinic.label("A17", gtin=SALINE)
    answer = shared.scan(session, label, occurred_at="2099-01-01T00:00:00Z")
    assert codes(answer) == ["occurred-at-wrong"]


def test_gtins_of_8_12_and_13_digits_are_kept_with_14(shared: Caller) -> None:
    item = {"name": "n", "reference": "r", "manufacturer": "m", "kind": "fluid", "tracking": "lot"}
    for short in ("96385074", "614141000036", "9521234000105"):
        code = shared.made("/items", {**item, "packaging": [{"di": short}]})["code"]
        assert shared.get(f"/items/{code}").json["packaging"][0]["di"] == short.zfill(14)
    again = shared.post("/items", {**item, "packaging": [{"di": "96385074"}]})
    assert codes(again) == ["packaging-twice"]
    assert "00000096385074" in again.json["detail"]
    wrong = shared.post("/items", {**item, "packaging": [{"di": "96385075"}]})
    assert codes(wrong) == ["identifier-wrong"]


def test_a_nurse_may_trace_a_lot_as_she_may_on_the_page(sharing: Calling) -> None:
    lot = sharing("pharmacist").receive(sharing("nurse").clinic.label("A17"))["lines"][0]["lot_id"]
    assert sharing("nurse").get(f"/lots/{lot}/trace").status_code == 200


@pytest.fixture
def port(shared: Caller) -> Iterator[int]:
    """A real server, since only there a body that nobody reads breaks the connection."""
    server = make_server("127.0.0.1", 0, shared.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_a_body_of_10_mb_is_answered_and_not_cut_off(shared: Caller, port: int, kind: str) -> None:
    headers = {"Authorization": f"Bearer {shared.token}", "Content-Type": kind}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/api/v1/items", b"x" * 10_000_000, headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    assert answer.status == 413
    assert body["problems"][0]["message"]
    assert DRAINED_BYTES > 10_000_000
