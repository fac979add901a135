"""Commands answer what is not there in a sentence, never with a trace."""

import pytest
from flask import Flask

from tests.clinic import Clinic


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["recall", "report", "RC00000000", "--out", "x.pdf"], "There is no recall RC00000000"),
        (["ledger", "show", "TO-99999"], "There is no entry TO-99999"),
        (["clinic", "add-place", "ZZ", "ZZ-OR1", "Room"], "There is no site ZZ"),
    ],
)
def test_a_wrong_code_is_answered_in_a_sentence(
    app: Flask, clinic: Clinic, command: list[str], sentence: str
) -> None:
    done = app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_a_report_that_cannot_be_written_says_which_file(app: Flask, clinic: Clinic) -> None:
    clinic.receive_kits("A17")
    command = ["recall", "report", clinic.recall("A17"), "--out", "/nowhere/at/all/r.pdf"]
    done = app.test_cli_runner().invoke(args=command)
    assert done.exit_code == 1
    assert "/nowhere/at/all/r.pdf" in done.output
