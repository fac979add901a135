"""The whole job through the API: three integrations, and no other way in."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from tests.api.calling import Caller, Calling, callers, codes
from tests.clinic import SALINE, Clinic


@pytest.fixture
def web() -> bool:
    return True


@pytest.fixture
def calling(app: Flask, clinic: Clinic) -> Calling:
    return callers(app, clinic)


@pytest.fixture
def pharmacy(calling: Calling) -> Caller:
    return calling("pharmacist")


@pytest.fixture
def theatre(calling: Calling) -> Caller:
    return calling("nurse")


@pytest.fixture
def quality(calling: Calling) -> Caller:
    return calling("quality")


def use(theatre: Caller, patient: str, *units: str) -> str:
    """A session in which these units are used; closed."""
    session = theatre.open_session(patient)
    for unit in units:
        assert theatre.scan(session, unit).status_code == 201
        assert theatre.say(session, "used", unit=unit).status_code == 201
    assert theatre.close(session).status_code == 200
    return session


def ring(recall: Any, name: str) -> set[str]:
    """The sessions of a ring."""
    return {line["session"] for line in recall["rings"][name]}


def test_from_the_delivery_to_the_recall_paper(
    pharmacy: Caller, theatre: Caller, quality: Caller
) -> None:
    label = pharmacy.clinic.label
    delivery = pharmacy.receive(
        label("A17"), label("B02"), label("S9", SALINE), packs=2, location="TO-PHARMACY"
    )
    a17, b02, _ = (line["units"] for line in delivery["lines"])
    moved = {"source": "TO-PHARMACY", "destination": "TO-OR1"}
    lines: list[dict[str, Any]] = [{"barcodes": [unit]} for unit in (*a17, *b02)]
    lines += [{"item": pharmacy.clinic.saline, "lot": "S9", "quantity": 2}]
    pharmacy.made("/transfers", {**moved, "lines": lines})

    session = theatre.open_session("MRN 1")
    assert codes(theatre.scan(session, "nonsense")) == ["unreadable"]
    assert codes(theatre.scan(session, label("A17"))) == ["unit-label-needed"]
    assert theatre.scan(session, a17[0]).status_code == 201
    assert theatre.scan(session, label("S9", SALINE), quantity=2).status_code == 201
    assert codes(theatre.close(session)) == ["outcome-missing", "outcome-missing"]
    theatre.say(session, "used", unit=a17[0])
    saline = {"item": pharmacy.clinic.saline, "lot": "S9"}
    assert codes(theatre.say(session, "wasted", **saline, quantity=1)) == ["reason-missing"]
    theatre.say(session, "wasted", **saline, quantity=1, reason="dropped")
    theatre.say(session, "restocked", **saline)
    assert theatre.close(session).status_code == 200
    other = use(theatre, "MRN 2", b02[0])

    opened = quality.recall("A17")
    assert (opened["exposed"], opened["cannot_be_excluded"], opened["on_hand"]) == (1, 0, 1)
    recall = quality.get(f"/recalls/{opened['code']}").json
    assert (ring(recall, "exposed"), ring(recall, "excluded")) == ({session}, {other})
    (sums,) = recall["reconciliation"]
    assert {name: sums[name] for name in ("received", "on_hand", "used", "unexplained")} == {
        "received": 2,
        "on_hand": 1,
        "used": 1,
        "unexplained": 0,
    }
    paper = quality.get(f"/recalls/{opened['code']}.pdf").data
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)
    assert session in text
    assert a17[1] in text
    table = quality.get(f"/recalls/{opened['code']}.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["ring"], row["session"], row["lot"]) for row in rows] == [
        ("exposed", session, "A17"),
        ("excluded", other, ""),
    ]


def test_a_recall_that_arrives_while_a_session_is_open(
    pharmacy: Caller, theatre: Caller, quality: Caller
) -> None:
    first, second, good = (
        *pharmacy.receive_kits("A17", 2),
        *pharmacy.receive_kits("B02"),
    )
    session = theatre.open_session()
    theatre.scan(session, first)
    opened = quality.recall("A17")
    assert (opened["exposed"], opened["on_hand"]) == (1, 1)
    assert "lot-recalled" in codes(theatre.scan(session, second))
    back = theatre.say(session, "restocked", unit=first)
    assert [problem["code"] for problem in back.json["problems"]] == ["to-quarantine"]
    assert theatre.scan(session, good).status_code == 201
    theatre.say(session, "used", unit=good)
    assert theatre.close(session).status_code == 200
    recall = quality.get(f"/recalls/{opened['code']}").json
    assert (ring(recall, "exposed"), ring(recall, "cannot_be_excluded")) == (set(), {session})
    assert {(line["unit"], line["location"]) for line in recall["locations"]} == {
        (first, "TO-QUARANTINE"),
        (second, "TO-OR1"),
    }
    assert [line["problems"] for line in recall["refusals"]] == ["lot-recalled more-than-planned"]


def test_a_lot_used_up_before_its_recall(
    pharmacy: Caller, theatre: Caller, quality: Caller
) -> None:
    sessions = {use(theatre, f"MRN {unit}", unit) for unit in pharmacy.receive_kits("A17", 2)}
    (lot,) = quality.get("/lots", lot="A17").json["lots"]
    opened = quality.recall("A17")
    assert (opened["exposed"], opened["on_hand"]) == (2, 0)
    assert ring(quality.get(f"/recalls/{opened['code']}").json, "exposed") == sessions
    trace = quality.get(f"/lots/{lot['id']}/trace").json
    assert {line["session"] for line in trace["sessions"]} == sessions
    assert (trace["recall"], trace["reconciliation"]["unexplained"]) == (opened["code"], 0)


def test_a_mis_scan_is_put_right(pharmacy: Caller, theatre: Caller, quality: Caller) -> None:
    wrong, right = *pharmacy.receive_kits("A17"), *pharmacy.receive_kits("B02")
    session = theatre.open_session()
    entry = theatre.scan(session, wrong).json["entry"]
    assert theatre.post(f"/entries/{entry}/reverse", {"reason": "wrong-lot"}).status_code == 403
    undone = theatre.undo(session, entry)
    assert (undone.status_code, undone.json["reversed"]) == (201, entry)
    theatre.scan(session, right)
    said = theatre.say(session, "wasted", unit=right, reason="dropped").json["entry"]
    undone = pharmacy.post(f"/entries/{said}/reverse", {"reason": "wrong-lot"})
    assert (undone.status_code, undone.json["reversed"]) == (201, said)
    theatre.say(session, "used", unit=right)
    assert theatre.close(session).status_code == 200
    seen = quality.get(f"/patient-sessions/{session}").json
    assert [(line["lot"], line["used"]) for line in seen["lines"]] == [("B02", 1)]
    recall = quality.get(f"/recalls/{quality.recall('A17')['code']}").json
    assert ring(recall, "cannot_be_excluded") == {session}
    (stock,) = quality.get("/stock", location="TO-OR1").json["lines"]
    assert (stock["lot"], stock["quantity"]) == ("A17", 1)


def test_the_same_kit_for_a_second_patient(pharmacy: Caller, theatre: Caller) -> None:
    (kit,) = pharmacy.receive_kits("A17")
    first = use(theatre, "MRN 1", kit)
    second = theatre.open_session("MRN 2")
    answer = theatre.scan(second, kit)
    assert codes(answer) == ["unit-already-used"]
    assert first in answer.json["detail"]
    seen = theatre.get(f"/patient-sessions/{second}").json
    assert (seen["lines"], [line["problems"] for line in seen["refusals"]]) == (
        [],
        [["unit-already-used"]],
    )
