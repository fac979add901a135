"""R4 for every act there is: sent twice with one key it is done once, and answered alike."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Tried:
    """An act that was done once with a key.

    Attributes:
        ready: How it is done, and what its key might be used for else.
        act: Who did it, when and with which key.
        first: What was answered.
    """

    ready: Replay
    act: Act
    first: Answer


def try_once(clinic: Clinic, name: str, patch: pytest.MonkeyPatch) -> Tried:
    """Get an act ready and do it."""
    ready = REPLAYS[name](clinic)
    act = replace(clinic.act(), key="k1")
    with patch.context() as watching:
        seen = names_seen(watching)
        first = ready.do(act)
    assert name in seen, seen
    assert not first.refused, first.problems
    assert not first.replayed
    ready.meanwhile()
    return Tried(ready, act, first)


def is_done_once(clinic: Clinic, tried: Tried) -> None:
    """Sent again it is answered as before, and nothing is added."""
    before = clinic.all_entry_texts()
    again = tried.ready.do(replace(tried.act, at=clinic.act().at))
    assert again.replayed
    first = tried.first
    assert (again.body, again.problems, again.refused) == (first.body, first.problems, False)
    assert clinic.all_entry_texts() == before


def its_key_is_for_nothing_else(clinic: Clinic, tried: Tried) -> None:
    """Neither for something else, nor for somebody else."""
    before, ready, act = clinic.all_entry_texts(), tried.ready, tried.act
    assert conflict_of(lambda: ready.other(replace(act, at=clinic.act().at))) == "key-conflict"
    assert conflict_of(lambda: ready.do(replace(act, by="luca"))) == "key-conflict"
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
    """And so it is not with a program that does not look at keys, or not at what was asked."""
    tried = try_once(clinic, name, monkeypatch)
    is_done_once(clinic, tried)
    its_key_is_for_nothing_else(clinic, tried)
    with monkeypatch.context() as broken:
        what_was_asked_is_not_looked_at(broken)
        is_done_once(clinic, tried)
        with pytest.raises(AssertionError):
            its_key_is_for_nothing_else(clinic, tried)
    with monkeypatch.context() as broken:
        keys_are_not_looked_at(broken)
        with pytest.raises((AssertionError, Conflict)):
            is_done_once(clinic, tried)


def keys_are_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any) -> None:
        return None

    patch.setattr(answers, "find_answer", nothing)
    patch.setattr(answers, "add_answer", nothing)


def what_was_asked_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    answer = once._kept_answer
    patch.setattr(once, "_kept_answer", lambda kept, _: answer(kept, kept.content))
