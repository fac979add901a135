import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bench.recall_reports import START, a_code, a_report, a_session
from inventory.domain.chain import NotCanonical, canonical
from inventory.domain.recall_report import RecallReport
from inventory.reports.recall_json import _canonical, as_json, data_hash


def reasoned(reason: str) -> RecallReport:
    report = a_report(1, 1, 1)
    return replace(report, case=replace(report.case, reason=reason))


def test_a_report_is_plain_json() -> None:
    report = a_report(2, 1, 1)
    facts = as_json(report)
    assert json.loads(json.dumps(facts)) == facts
    assert set(facts) == {
        "code", "reference", "manufacturer", "reason", "opened_at", "opened_by", "lifted_at",
        "lifted_by", "lifted_reason", "scope", "resembling", "rings", "reconciliation",
        "locations", "history", "refusals", "made_at", "made_by", "opened_in", "lifted_in",
    }  # fmt: skip


def test_the_rings_say_who_and_why() -> None:
    rings = as_json(a_report(1, 1, 0))["rings"]
    exposed, doubtful = a_session(0), a_session(1)
    item = a_code("MT", 1)
    typed = "The lot A1T was typed by hand in entry TO-1 and could be A17."
    missing = "A line of the session that needs this item has no lot."
    assert rings == {
        "exposed": [
            {
                "session": exposed.code,
                "opened_at": "2026-03-02T07:30:00.000000Z",
                "site": "TO",
                "location": "OR1",
                "patient": exposed.patient,
                "item": item,
                "item_name": "Fat washing kit, 240 ml",
                "lot": "A17",
                "unit": "",
                "quantity": 1,
                "outcome": "used",
                "at": "2026-03-02T07:40:00.000000Z",
                "by": "nurse.bianchi",
                "entry": "TO-1000",
                "openings": [
                    {"entry": "TO-1000", "at": "2026-03-02T07:40:00.000000Z", "by": "nurse.bianchi"}
                ],
            }
        ],
        "cannot_be_excluded": [
            {
                "session": doubtful.code,
                "opened_at": "2026-03-02T10:30:00.000000Z",
                "site": "TO",
                "location": "OR2",
                "patient": doubtful.patient,
                "why": f"{typed} {missing}",
                "reasons": [
                    {"code": "lot-typed", "item": item, "message": typed},
                    {"code": "lot-missing", "item": item, "message": missing},
                ],
            }
        ],
        "excluded": [],
    }


def test_the_same_facts_have_the_same_hash_whoever_asks_and_when() -> None:
    report = a_report(3, 2, 1)
    later = replace(report, made_at=START + timedelta(days=999), made_by="somebody.else")
    assert data_hash(later) == data_hash(report)
    assert data_hash(reasoned("one")) != data_hash(reasoned("two"))


@pytest.mark.parametrize(
    "text", ["plain", "è 🧪 שלום", "e\u0301 not in NFC", 'quo"te \\ / \b\x1f\x7f\u2028', "\\u0000"]
)
def test_the_quick_text_is_the_canonical_one(text: str) -> None:
    facts = as_json(reasoned(text))
    assert _canonical(facts) == canonical(facts).encode()


@pytest.mark.parametrize("text", ["NUL\0", "lone \ud800"])
def test_what_has_no_canonical_text_has_no_hash(text: str) -> None:
    with pytest.raises(NotCanonical):
        data_hash(reasoned(text))
