"""Items, deliveries, transfers, lots and stock by the API."""

from typing import Any

from tests.api.calling import Caller, codes
from tests.clinic import KIT, SALINE

ITEM = {
    "name": "Cannula 3 mm",
    "reference": "C-3",
    "manufacturer": "Acme",
    "kind": "cannula",
    "tracking": "lot",
    "single_use": True,
    "packaging": [{"di": "09521234000020", "issuer": "gs1", "units": 1}],
}


def test_an_item_is_added_once_and_found_again(caller: Caller) -> None:
    made = caller.made("/items", ITEM, key="i-1")
    again = caller.post("/items", ITEM, key="i-1")
    assert (again.status_code, again.json) == (200, made)
    assert codes(caller.post("/items", {**ITEM, "name": "Other"}, key="i-1")) == ["key-conflict"]
    assert caller.post("/items", ITEM).status_code == 409  # the identifier is another item's
    wrong = {**ITEM, "packaging": [{"di": "09521234000021", "issuer": "gs1", "units": 1}]}
    assert codes(caller.post("/items", wrong)) == ["identifier-wrong"]
    assert '"problems":["identifier-wrong"]' in caller.clinic.all_entry_texts()
    assert codes(caller.post("/items", {**ITEM, "name": "  "})) != []
    seen = caller.get(f"/items/{made['code'].lower()}").json
    assert seen == {**ITEM, "code": made["code"]}
    found = caller.get("/items", search="cannula", kind="cannula").json
    assert ([line["code"] for line in found["items"]], found["total"]) == ([made["code"]], 1)
    assert caller.get("/items", page=2).json["items"] == []
    assert caller.get("/items", page=0).status_code == 422


def test_a_delivery_is_taken_in_whole_or_not_at_all(caller: Caller) -> None:
    label = caller.clinic.label
    typed = {"item": caller.clinic.saline, "lot": "S2", "expires_on": "2030-01-31", "packs": 4}
    body: dict[str, Any] = {"location": "TO-PHARMACY", "supplier": "Acme", "document": "DDT 7"}
    lines = [{"barcodes": [label("A17")], "packs": 2}, typed]
    made = caller.made("/receipts", {**body, "lines": lines}, key="r-1")
    assert [line["quantity"] for line in made["lines"]] == [2, 4]
    assert [len(line["units"]) for line in made["lines"]] == [2, 0]
    assert caller.post("/receipts", {**body, "lines": lines}, key="r-1").json == made
    bad = [{"barcodes": [label("A18")]}, {"barcodes": [label("X", "09521234999997")]}]
    assert codes(caller.post("/receipts", {**body, "lines": bad})) == ["unknown-item"]
    assert caller.get("/lots", lot="A18").json["total"] == 0
    nowhere = {**body, "location": "XX", "lines": lines}
    assert caller.post("/receipts", nowhere).status_code == 404
    meaning = {**body, "location": "TO-USED", "lines": lines}
    assert codes(caller.post("/receipts", meaning)) == ["not-a-store"]
    old = {"barcodes": [label("OLD", expiry="200101")]}
    (line,) = caller.made("/receipts", {**body, "lines": [old]})["lines"]
    assert (line["location"], line["why"]) == ("TO-QUARANTINE", ["lot-expired"])


def test_stock_moves_and_is_seen_where_it_lies(caller: Caller) -> None:
    units = caller.receive_kits("A17", 3, location="TO-PHARMACY")
    caller.receive(caller.clinic.label("S1", SALINE), packs=5, location="TO-PHARMACY")
    way = {"source": "TO-PHARMACY", "destination": "TO-OR1"}
    saline = {"item": caller.clinic.saline, "lot": "S1", "quantity": 2}
    lines = [{"unit": units[0]}, {"barcodes": [units[1]]}, saline]
    made = caller.made("/transfers", {**way, "lines": lines}, key="t-1")
    assert caller.post("/transfers", {**way, "lines": lines}, key="t-1").json == made
    assert codes(caller.post("/transfers", {**way, "lines": [{"unit": units[0]}]})) == ["not-here"]
    by_label = {"barcodes": [caller.clinic.label("A17", KIT)], "quantity": 5}
    assert codes(caller.post("/transfers", {**way, "lines": [by_label]})) == ["unit-label-needed"]
    assert codes(caller.post("/transfers", {**way, "lines": [{}]})) == ["unknown-item"]
    same = {**way, "destination": "TO-PHARMACY", "lines": [saline]}
    assert "same-place" in codes(caller.post("/transfers", same))
    assert caller.post("/transfers", {**way, "source": "XX", "lines": lines}).status_code == 404
    away = caller.made("/transfers", {**way, "destination": "CN-OR1", "lines": [saline]})
    assert away["destination"] == "CN-TRANSIT"
    held = {
        (line["location"], line["lot"]): line["quantity"]
        for line in caller.get("/stock").json["lines"]
    }
    assert held == {
        ("TO-PHARMACY", "A17"): 1,
        ("TO-OR1", "A17"): 2,
        ("TO-PHARMACY", "S1"): 1,
        ("TO-OR1", "S1"): 2,
        ("CN-TRANSIT", "S1"): 2,
    }
    assert caller.get("/stock", location="TO-OR1").json["total"] == 2
    assert caller.get("/stock", location="CN", item=caller.clinic.saline).json["total"] == 1
    assert caller.get("/stock", expires_before="2027-01-01").json["total"] == 0
    assert caller.get("/stock", location="TO-OR9").status_code == 404


def test_a_lot_is_traced_forward(caller: Caller) -> None:
    units = caller.receive_kits("A17", 2)
    session = caller.open_session()
    caller.scan(session, units[0])
    caller.say(session, "used", unit=units[0])
    (lot,) = caller.get("/lots", lot="A17", item=caller.clinic.kit).json["lots"]
    assert caller.get("/lots", lot="a17").json["total"] == 0
    trace = caller.get(f"/lots/{lot['id']}/trace").json
    assert (trace["lot"], trace["recall"]) == (lot, None)
    (line,) = trace["sessions"]
    assert (line["session"], line["unit"], line["used"]) == (session, units[0], 1)
    assert (trace["reconciliation"]["received"], trace["reconciliation"]["on_hand"]) == (2, 1)
    assert {each["location"] for each in trace["locations"]} == {session, "TO-OR1"}
    for key in ("999", "99999999999999999999", "x", "-1"):
        assert caller.get(f"/lots/{key}/trace").status_code == 404
