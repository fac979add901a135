"""Programs that are broken on purpose: each must be found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from inventory.domain import catalogue
from inventory.domain.ledger import LocationKind
from inventory.operations import (
    correcting,
    identifying,
    recalling,
    receiving,
    scanning,
    transferring,
    using,
)
from inventory.operations.posting import Act
from inventory.store import ledger, places


def expired_a_day_early(patch: pytest.MonkeyPatch) -> None:
    check = catalogue.check_expiry
    for module in (identifying, using):
        patch.setattr(
            module, "check_expiry", lambda lot, today: check(lot, today + timedelta(days=1))
        )


def expired_a_day_late(patch: pytest.MonkeyPatch) -> None:
    check = catalogue.check_expiry
    for module in (identifying, using):
        patch.setattr(
            module, "check_expiry", lambda lot, today: check(lot, today - timedelta(days=1))
        )


def recalls_are_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(identifying.recalls, "standing_recall", lambda *_: None)


def a_lifted_recall_still_stands(patch: pytest.MonkeyPatch) -> None:
    lift = recalling.lift_recall
    patch.setattr(recalling, "lift_recall", lambda act, code, reason: lift(act, code, ""))


def balances_are_not_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "balance", lambda *_: 10**6)


def units_are_used_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scanning, "find_piece", _any_piece)


def _any_piece(connection: Any, found: Any, theatre: Any, quantity: int) -> Any:
    piece = _FIND_PIECE(connection, found, theatre, quantity)
    if "unit-already-used" not in [problem.code for problem in piece.problems]:
        return piece
    return replace(piece, problems=())


_FIND_PIECE = scanning.find_piece


def a_reversal_forgets_the_step_of_the_unit(patch: pytest.MonkeyPatch) -> None:
    mirror = correcting._mirror

    def of_the_lot_only(*arguments: Any) -> Any:
        return replace(mirror(*arguments), unit=None)

    patch.setattr(correcting, "_mirror", of_the_lot_only)


def an_outcome_is_not_checked(patch: pytest.MonkeyPatch) -> None:
    check = using._check
    patch.setattr(using, "_check", lambda *a: [p for p in check(*a) if p.code != "not-in-session"])


def anything_is_reversed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(correcting, "_check_mirror", lambda *_: [])


def an_entry_is_reversed_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "reversal_of", lambda *_: None)


def restocked_goes_back_though_unfit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(using, "_destination", _straight_back)


def _straight_back(
    connection: Any, act: Any, theatre: Any, outcome: Any, lot: Any, site: Any
) -> Any:
    if outcome.outcome == "restocked":
        return theatre.here, []
    return _DESTINATION(connection, act, theatre, outcome, lot, site)


_DESTINATION = using._destination


def what_is_sent_is_there_at_once(patch: pytest.MonkeyPatch) -> None:
    meaning = places.meaning

    def no_transit(connection: Any, site: Any, kind: LocationKind) -> Any:
        if kind is LocationKind.TRANSIT:
            return places.get_location(connection, f"{site.code}-OR1")
        return meaning(connection, site, kind)

    patch.setattr(transferring.places, "meaning", no_transit)


def what_was_sent_is_reversed_in_the_wrong_chain(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(correcting, "_home", lambda *_: None)


def a_carton_is_one_piece(patch: pytest.MonkeyPatch) -> None:
    read = receiving.read_line

    def packs_only(connection: Any, line: Any, *more: Any) -> Any:
        return replace(read(connection, line, *more), quantity=line.packs)

    patch.setattr(receiving, "read_line", packs_only)


def what_is_recorded_late_is_judged_by_today(patch: pytest.MonkeyPatch) -> None:
    def today(act: Act, _: datetime | None) -> date:
        return act.at.astimezone(act.zone).date()

    patch.setattr(Act, "day_of", today)


def things_are_opened_before_they_came(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scanning, "check_came", lambda *_: [])


FOUND_BY_THE_MODEL: tuple[Callable[[pytest.MonkeyPatch], None], ...] = (
    expired_a_day_early,
    expired_a_day_late,
    recalls_are_ignored,
    a_lifted_recall_still_stands,
    balances_are_not_asked,
    units_are_used_again,
    a_reversal_forgets_the_step_of_the_unit,
    an_outcome_is_not_checked,
    an_entry_is_reversed_twice,
    what_is_sent_is_there_at_once,
    a_carton_is_one_piece,
    things_are_opened_before_they_came,
)
