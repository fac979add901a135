"""Holding a lot for investigation, at all sites at one instant, and letting it go."""

from typing import Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.ledger import EntryKind
from inventory.domain.problem import Problem, say
from inventory.operations.identifying import lot_name
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import refuse
from inventory.store import catalogue, places, recalls

HOLD_REASONS: Final = ("incident", "complaint", "damaged-delivery", "temperature", "other")


def hold_lot(act: Act, lot_id: int, reason: str, lift: bool = False) -> Answer:
    """Hold a lot, so that no scan takes it, or lift the hold.

    Returns:
        `{held, entries}`; refused with `reason-missing`, `held-already`, `not-held`.

    Raises:
        NotFound: There is no such lot.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        sites = places.list_sites(connection)
        lot = catalogue.get_lot(connection, lot_id)
    about = lot_name(lot.item, lot.number)

    def story(connection: sa.Connection) -> Answer:
        held = recalls.is_held(connection, about)
        problems = []
        if reason not in HOLD_REASONS:
            message = say("Say why: one of %(all)s.", all=", ".join(HOLD_REASONS))
            problems.append(Problem("reason-missing", message))
        if held and not lift:
            problems.append(
                Problem(
                    "held-already", say("This lot is on hold already. There is nothing left to do.")
                )
            )
        if lift and not held:
            problems.append(
                Problem("not-held", say("This lot is not on hold. There is nothing to lift."))
            )
        if problems:
            return refuse(connection, act, sites[0], about, problems, {})
        kind = EntryKind.LIFT_HOLD if lift else EntryKind.HOLD
        draft = Draft(kind, about, reason=reason)
        entries = [post(connection, act, site, draft).reference for site in sites]
        return Answer({"held": not lift, "entries": entries})

    return act_once(act, sites[0], "hold", [lot_id, reason, lift], story, *sites[1:])
