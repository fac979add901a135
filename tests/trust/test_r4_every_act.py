"""R4 for every act there is: sent twice with one key it is done once, and answered alike."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from inventory.operations import once
from inventory.operations.posting import Act, Answer
from inventory.store import answers
from inventory.store.errors import Conflict
from tests.clinic import Clinic
from tests.trust.named_acts import names_in, names_of_acts
from tests.trust.replays import REPLAYS, Replay


def test_every_act_of_the_program_is_tried_here() -> None:
    assert names_of_acts() == set(REPLAYS)


def test_control_an_act_that_nobody_tries_is_seen() -> None:
    text = """
def lend(act, to):
    return act_once(act, site, "lend", to, story)
def _change(act, code, reason):
    return once.act_once(act, site, f"thing-{reason}", code, story)
def burn(act, code):
    return _change(act, code, "burnt")
"""
    assert set(names_in(text)) == {"lend", "thing-burnt"}
    with pytest.raises(AssertionError):
        set(names_in("def lend(act):\n    return act_once(act, site, name, to, story)"))


def try_twice(clinic: Clinic, name: str, patch: pytest.MonkeyPatch) -> None:
    """Do an act, do it again with its key, and do something else with that key."""
    ready = REPLAYS[name](clinic)
    act = replace(clinic.act(), key="k1")
    seen = names_seen(patch)
    first = ready.do(act)
    assert name in seen, seen
    assert not first.refused, first.problems
    assert not first.replayed
    is_answered_again(clinic, ready, first, act)
    before = clinic.all_entry_texts()
    assert conflict_of(lambda: ready.other(replace(act, at=clinic.act().at))) == "key-conflict"
    assert conflict_of(lambda: ready.do(replace(act, by="luca"))) == "key-conflict"
    assert clinic.all_entry_texts() == before


def is_answered_again(clinic: Clinic, ready: Replay, first: Answer, act: Act) -> None:
    ready.meanwhile()
    before = clinic.all_entry_texts()
    again = ready.do(replace(act, at=clinic.act().at))
    assert again.replayed
    assert (again.body, again.problems, again.refused) == (first.body, first.problems, False)
    assert clinic.all_entry_texts() == before


def names_seen(patch: pytest.MonkeyPatch) -> list[str]:
    """The names under which acts are done from now on."""
    seen: list[str] = []
    digest = once._digest

    def noting(asked: str) -> str:
        seen.append(json.loads(asked)[0])
        return digest(asked)

    patch.setattr(once, "_digest", noting)
    return seen


def conflict_of(do: Callable[[], Answer]) -> str:
    """The code of the conflict that an act ends in, or empty."""
    try:
        do()
    except Conflict as conflict:
        return conflict.code
    return ""


@pytest.mark.parametrize("name", REPLAYS)
def test_an_act_sent_twice_is_done_once_and_its_key_is_for_nothing_else(
    clinic: Clinic, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_twice(clinic, name, monkeypatch)


def keys_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> None:
        return None

    patch.setattr(answers, "find_answer", nothing)
    patch.setattr(answers, "add_answer", nothing)


def what_was_asked_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(once, "_digest", lambda _: "0" * 64)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mutant", [keys_are_not_looked_at, what_was_asked_is_not_looked_at])
@pytest.mark.parametrize("name", REPLAYS)
def test_control_a_program_that_does_not_look_at_keys_is_found_by_every_act(
    clinic: Clinic,
    name: str,
    mutant: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mutant(monkeypatch)
    with pytest.raises((AssertionError, Conflict)):
        try_twice(clinic, name, monkeypatch)
