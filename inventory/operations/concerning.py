"""Whom a recall concerns: the sessions it has to judge, and the figures told when it is opened."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from inventory.domain.catalogue import Item
from inventory.domain.ledger import reconcile
from inventory.domain.patient_session import SessionLine, taken
from inventory.domain.procedure import missing
from inventory.domain.recall import Judged, Rings, Scope, SessionFacts, Why
from inventory.domain.rings import covered_flows, rings
from inventory.store import catalogue, concerned, patient_sessions, procedures, tracing


def sessions_concerned(connection: sa.Connection, items: Sequence[Item]) -> dict[str, SessionFacts]:
    """Sessions that held one of the items, or refused one, or left a required line for it empty."""
    codes = [item.code for item in items]
    refused = concerned.refused_scans(connection, codes)
    sessions = concerned.sessions_of(connection, refused)
    sessions |= concerned.sessions_that_held(connection, codes)
    for found, place_id, facts in concerned.sessions_unfinished(connection):
        definition = procedures.get_procedure(connection, found.procedure)[1]
        lines = patient_sessions.lines_of_place(connection, place_id, found.site)
        lacking = [line for line, _ in missing(definition, taken(lines))]
        without = frozenset(
            item.code
            for item in items
            if any(line.admits(item.code, item.kind) for line in lacking)
        )
        if without or found.code in sessions:
            cancelled = facts.cancelled and not _was_touched(connection, found.code, lines)
            sessions[found.code] = replace(facts, without_lot=without, cancelled=cancelled)
    return {
        code: replace(facts, refused=refused[code]) if code in refused else facts
        for code, facts in sessions.items()
    }


def _was_touched(connection: sa.Connection, code: str, lines: Sequence[SessionLine]) -> bool:
    """Whether something reached the patient, or may have: then the procedure did take place."""
    if any(line.used or line.in_session for line in lines):
        return True
    wasted = any(line.wasted for line in lines)
    return wasted and concerned.wasted_in_contact(connection, code)


def figures(connection: sa.Connection, scope: Sequence[Scope], at: datetime) -> dict[str, int]:
    """How many patient sessions a recall concerns, and how much still lies on a shelf.

    Args:
        connection: Reading or in an act.
        scope: What is recalled.
        at: The instant of the question.

    Returns:
        `exposed` and `cannot_be_excluded` in patient sessions, `on_hand` in units of use.
    """
    codes = [line.item for line in scope]
    items = [catalogue.get_item(connection, code) for code in codes]
    movements = tracing.movements_of_items(connection, codes)
    found = rings(scope, sessions_concerned(connection, items), movements, at)
    flows = covered_flows(scope, movements)
    return {
        "exposed": len(found.exposed_sessions),
        "cannot_be_excluded": len(found.cannot_be_excluded),
        "on_hand": sum(reconcile(*name, flow).on_hand for name, flow in flows.items()),
    }


def by_name(found: Rings, items: Sequence[Item]) -> Rings:
    """The rings with the names of items in their sentences: nobody knows them by our code."""
    names = {item.code: item.name for item in items}

    def of(why: Why) -> Why:
        if "item" not in why.sentence.values:
            return why
        values = {**why.sentence.values, "item": names[why.item]}
        return replace(why, sentence=replace(why.sentence, values=values))

    def named(ring: Iterable[Judged]) -> tuple[Judged, ...]:
        return tuple(replace(one, why=tuple(map(of, one.why))) for one in ring)

    return replace(
        found,
        cannot_be_excluded=named(found.cannot_be_excluded),
        excluded=named(found.excluded),
    )
