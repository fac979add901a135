"""What the documents say of codes is what the program uses."""

import re

from config import PROJECT
from inventory.domain.problem import OVERRULABLE
from inventory.reports.wording import WORDS as ON_PAPER
from inventory.web.scanning import WORDS as ON_SCREEN
from labels.port9100 import Fate

ARCHITECTURE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
TABLE = re.findall(
    r"^\| `([a-z-]+)`( \*)? \|", ARCHITECTURE.partition("## Problem codes")[2], re.MULTILINE
)
BEFORE_ANY_LOT = {"other-session", "other-patient", "patient-unknown", "key-conflict"}
WHEN_CLOSING = {"outcome-missing", "required-missing", "used-in-cancelled"}


def test_the_table_of_problem_codes_has_every_code_that_a_scan_is_refused_with() -> None:
    assert set(ON_SCREEN) <= {code for code, _ in TABLE}


def test_the_tables_of_problem_codes_have_what_becomes_of_labels_on_a_printer() -> None:
    assert {f"printer-{fate}" for fate in Fate if fate is not Fate.SENT} <= {
        code for code, _ in TABLE
    }


def test_the_table_marks_what_can_be_overruled() -> None:
    assert {code for code, mark in TABLE if mark} == OVERRULABLE


def test_what_may_stand_beside_a_recalled_lot_has_words_on_paper() -> None:
    assert {code for code, _ in TABLE} - BEFORE_ANY_LOT - WHEN_CLOSING <= set(ON_PAPER)


EVIDENCE = (PROJECT / "docs" / "evidence.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
HOW_OFTEN = re.compile(r'how_often\("(KITTRACE_[A-Z]+)", (.*?)\)')
ROW = re.compile(
    r"^\| `(KITTRACE_[A-Z]+)` \| `(test_\w+\.py)` \|.*\| (.*) \| (.*) \|$", re.MULTILINE
)


def test_the_evidence_says_how_often_ci_and_a_night_try_each_promise() -> None:
    rows = ROW.findall(EVIDENCE)
    night = dict(re.findall(r"(KITTRACE_[A-Z]+)=(\d+)", MAKEFILE))
    used: dict[tuple[str, str], list[str]] = {}
    for path in (PROJECT / "tests" / "trust").glob("test_*.py"):
        for name, usually in HOW_OFTEN.findall(path.read_text(encoding="utf-8")):
            used.setdefault((name, path.name), []).extend(re.findall(r"\d+", usually))
    assert {(name, test): re.findall(r"\d+", ci) for name, test, ci, _ in rows} == used
    assert {name for name, *_ in rows} == set(night)
    assert all(set(re.findall(r"\d+", at_night)) <= {night[name]} for name, _, _, at_night in rows)
