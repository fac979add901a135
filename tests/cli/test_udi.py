import json
from datetime import date

import pytest
from flask import Flask

from inventory.cli.udi import answers, udi

TODAY = date(2026, 8, 1)
GTIN = "09521234543213"


@pytest.fixture
def runner():
    app = Flask(__name__)
    app.cli.add_command(udi)
    return app.test_cli_runner()


def test_a_label_is_answered_with_its_fields():
    (answer,) = answers([json.dumps([f"01{GTIN}", "1728020010LC-24A"]).encode()], TODAY)
    assert answer == {
        "status": "read",
        "issuer": "gs1",
        "gtin": GTIN,
        "di": GTIN,
        "lot": "LC-24A",
        "expires_on": "2028-02-29",
        "expires_precision": "month",
        "expires_printed": "280200",
        "elements": [["01", GTIN], ["17", "280200"], ["10", "LC-24A"]],
        "problems": [],
    }


def test_each_date_is_answered_with_what_it_tells():
    lines = [["(01)09521234543213(11)260200(15)280131"], ["(01)09521234543213(11)260214(15)2801"]]
    whole, half = answers([json.dumps(line).encode() for line in lines], TODAY)
    assert (whole["manufactured_on"], whole["manufactured_precision"]) == ("2026-02-28", "month")
    assert (whole["best_before_on"], whole["best_before_precision"]) == ("2028-01-31", "day")
    assert half["status"] == "unreadable"
    (none,) = answers([b'["0109521234543213"]'], TODAY)
    assert not {"manufactured_precision", "best_before_precision"} & none.keys()


def test_a_wrong_check_digit_is_answered_as_refused_with_its_fields():
    (answer,) = answers([b'["0109521234543214"]'], TODAY)
    assert (answer["status"], answer["gtin"]) == ("refused", "09521234543214")
    assert [(p["code"], p["blocking"]) for p in answer["problems"]] == [("check-digit-wrong", True)]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"{}",
        b"[1]",
        b'"x"',
        b"[",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[" + b"9" * 5000,
        b"[]",
    ],
)
def test_a_line_that_is_no_array_of_texts_is_answered_as_unreadable(line):
    (answer,) = answers([line], TODAY)
    assert answer["status"] == "unreadable"


def test_every_line_is_answered_in_order(runner):
    lines = [f'["01{GTIN}"]', "", "rubbish", '["+A999KT00312"]', '["\\ud800"]']
    result = runner.invoke(args=["udi", "read"], input="\n".join(lines))
    answered = [json.loads(line) for line in result.output.splitlines()]
    assert [a["status"] for a in answered] == [
        "read",
        "unreadable",
        "unreadable",
        "read",
        "unreadable",
    ]
    assert answered[3]["di"] == "A999KT0031"
