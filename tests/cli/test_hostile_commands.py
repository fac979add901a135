"""Whatever is written behind any command: taken as it is, or refused in a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from inventory import store
from tests.auditing import holdings
from tests.clinic import Clinic
from tests.hostile_values import HOSTILE, LONG, TOO_MUCH

VALUES = ("", " ", HOSTILE, LONG, "-1", "a\udcffb", "two\nlines", "nobody")
"""Formulas, markup and what is foreign are in one of them; `\\udcff` is a byte that is no text. NUL
never comes through a shell.
"""

GOOD = {
    "code": "RC00000000",
    "name": "anna",
    "address": "Via Po 1",
    "site": "TO",
    "seed": "1",
    "until": "2026-10-30",
    "kept": "paper.txt",
    "reference": "TO-1",
    "role": "kittrace_app",
    "days": "30",
    "movements": "3000",
    "exposed": "5",
    "roles": "nurse",
    "out": "report.pdf",
}
"""What is written for the other words of a command; one that is not here is a new one."""

PASSWORD = "correct horse battery\n"


def is_ours(found: click.Command) -> bool:
    """Whether it is a noun of ours with its commands, and no library's."""
    each = found.commands.values() if isinstance(found, click.Group) else ()
    return any(str(getattr(x.callback, "__module__", "")).startswith("inventory.") for x in each)


def commands(group: click.Group, *way: str) -> Iterator[tuple[list[str], click.Command]]:
    for name, found in group.commands.items():
        if isinstance(found, click.Group):
            yield from commands(found, *way, name)
        elif way:
            yield [*way, name], found


def words(command: click.Command, chosen: click.Parameter, value: str) -> list[str]:
    """The words of a command with one value, and what is needed besides."""
    said, behind = [], []
    for each in command.params:
        given = value if each is chosen else GOOD[str(each.name)] if each.required else None
        if given is None:
            continue
        if isinstance(each, click.Option):
            said.append(f"{each.opts[0]}={given}")
        else:
            behind.append(given)
    return [*said, "--", *behind]


def fault_in(done: Any) -> str:
    """What is wrong with how a command ended; empty for nothing."""
    if done.exception and not isinstance(done.exception, SystemExit):
        return repr(done.exception)[:200]
    if "Traceback" in done.output:
        return "a stack trace"
    said = done.output.strip()
    return "" if done.exit_code == 0 or len(said) > 20 else f"no sentence: {said!r}"


@pytest.fixture
def held(app: Flask) -> Any:
    def look() -> Any:
        with store.reading() as connection:
            return holdings(connection)

    return look


def test_whatever_is_written_behind_a_command_is_taken_or_answered(
    app: Flask, clinic: Clinic, held: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each entry that this leaves is summed and verified by the fixture."""
    clinic.receive_kits("A17")
    (tmp_path / "paper.txt").write_text("no checkpoint", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run, faults, tried = app.test_cli_runner().invoke, [], set()
    ours = {name: found for name, found in app.cli.commands.items() if is_ours(found)}
    for way, command in commands(click.Group(commands=ours)):
        tried.add(way[0])
        for param in command.params:
            if getattr(param, "is_flag", False) or param.name == "help":
                continue
            for value in VALUES:
                before = held()
                done = run(args=[*way, *words(command, param, value)], input=PASSWORD)
                fault = fault_in(done)
                if not fault and done.exit_code and held() != before:
                    fault = "refused, and something changed"
                if fault:
                    faults.append(f"{' '.join(way)} {param.name}={value!r:.30}: {fault}")
    assert tried == {*ours}
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_password_that_is_no_text_is_refused_in_a_sentence(app: Flask) -> None:
    """No database ever sees it."""
    for typed in (b"\xff\xfe horse battery\n", b"correct\0horse battery\n", b"\n", b"", TOO_MUCH):
        done = app.test_cli_runner().invoke(
            args=["people", "add", "anna", "--role", "nurse"], input=typed
        )
        assert (done.exit_code, fault_in(done)) == (1, ""), typed[:20]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_line_of_anything_is_read_as_a_label_or_said_to_be_none(app: Flask) -> None:
    """No database is asked."""
    lines = [
        json.dumps([HOSTILE]).encode(),
        json.dumps(["a\0b", ""]).encode(),
        json.dumps([f"]d2{HOSTILE}", "\ud800"]).encode(),
        TOO_MUCH,
        b'["' + TOO_MUCH + b'"]',
    ]
    done = app.test_cli_runner().invoke(args=["udi", "read"], input=b"\n".join(lines))
    answers = [json.loads(line) for line in done.output.splitlines()]
    assert [each["status"] for each in answers] == ["unreadable"] * len(lines)
    assert all(len(each["problems"][0]["message"]) > 20 for each in answers)
