import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.recall_reports import a_code, a_report, a_session
from inventory.domain.chain import instant
from inventory.domain.recall_report import RecallReport
from inventory.reports.recall_csv import COLUMNS, guarded, rings_csv, unguarded


def rows(report: RecallReport) -> list[dict[str, str]]:
    text = rings_csv(report)
    assert text.startswith("\ufeffring,session,")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_each_session_has_a_row_in_its_ring() -> None:
    report = a_report(5, 3, 2)
    found = [(row["ring"], row["session"]) for row in rows(report)]
    assert found == [
        *(("exposed", line.session.code) for line in report.rings.exposed),
        *(("cannot_be_excluded", one.session.code) for one in report.rings.cannot_be_excluded),
        *(("excluded", one.session.code) for one in report.rings.excluded),
    ]


def test_a_row_tells_all_of_an_exposure() -> None:
    session = a_session(0)
    assert rows(a_report(1, 0, 0)) == [
        {
            "ring": "exposed",
            "session": session.code,
            "opened_at": instant(session.opened_at),
            "site": "TO",
            "location": "OR1",
            "patient": session.patient,
            "item": a_code("MT", 1),
            "item_name": "Fat washing kit, 240 ml",
            "lot": "A17",
            "unit": "",
            "quantity": "1",
            "outcome": "used",
            "at": "2026-03-02T07:40:00.000000Z",
            "entry": "TO-1000",
            "why": "A covered lot reached the patient.",
            "entries": "TO-1000",
        }
    ]


def test_a_session_in_doubt_tells_every_reason() -> None:
    (row,) = rows(a_report(0, 1, 0))
    assert row["why"] == (
        "The lot A1T was typed by hand in entry TO-0 and could be A17. "
        "A line of the session that needs this item has no lot."
    )


def test_the_reasons_are_told_in_the_readers_language() -> None:
    text = rings_csv(a_report(1, 0, 0), lambda text: f"IT {text}")
    assert "IT A covered lot reached the patient." in text


def test_an_empty_report_is_a_head_alone() -> None:
    assert rings_csv(a_report(0, 0, 0)) == "\ufeff" + ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize("lot", ["=1+1", "+A", "-A", "@A", "\tA", "\rA", "'A", '"A', "A,B", "0017"])
def test_a_lot_that_looks_like_a_formula_is_disarmed_and_read_back(lot: str) -> None:
    report = a_report(1, 0, 0)
    line = replace(report.rings.exposed[0], lot=lot)
    (row,) = rows(replace(report, rings=replace(report.rings, exposed=(line,))))
    assert not row["lot"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguarded(row["lot"]) == lot


@given(st.text())
def test_what_is_guarded_comes_back(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
