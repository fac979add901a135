"""What a transfer is told of the place it leaves: what is not there, what should go first."""

from datetime import date
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Lot, Unit
from inventory.domain.ledger import LocationKind
from inventory.domain.places import Location
from inventory.domain.problem import Problem, Sentence, say, stamp
from inventory.operations.identifying import lot_name
from inventory.store import recalls
from inventory.store.whereabouts import (
    UnitWhereabouts,
    expiring_earlier,
    where_is_unit,
    where_lies_lot,
)

HOLDING: Final = (LocationKind.STORE, LocationKind.QUARANTINE, LocationKind.TRANSIT)
"""Kinds of place from which and to which stock is moved."""

_GONE: Final = {
    LocationKind.SESSION: say(
        "%(unit)s, lot %(lot)s of %(item)s, was opened in session %(session)s at %(at)s. Say there"
        " what became of it: only what is put back there unopened is stock again."
    ),
    LocationKind.USED: say(
        "%(unit)s, lot %(lot)s of %(item)s, was used in session %(session)s at %(at)s. It does not"
        " go back to stock. Discard it and tell quality."
    ),
    LocationKind.WASTED: say(
        "%(unit)s, lot %(lot)s of %(item)s, was wasted at %(at)s (%(session)s). It does not go back"
        " to stock. Discard it and tell quality."
    ),
    LocationKind.REPROCESSING: say(
        "%(unit)s, lot %(lot)s of %(item)s, was used in session %(session)s at %(at)s and waits to"
        " be reprocessed. It is no stock before that: leave it there."
    ),
    LocationKind.RETURNED: say(
        "%(unit)s, lot %(lot)s of %(item)s, was returned to the supplier at %(at)s. Set it aside"
        " and tell quality."
    ),
    LocationKind.SUPPLIER: say(
        "The delivery of %(unit)s, lot %(lot)s of %(item)s, was reversed. It has to be booked in"
        " again before it is moved."
    ),
}
_ALREADY_USED: Final = frozenset({LocationKind.SESSION, LocationKind.USED, LocationKind.WASTED})


def check_left(connection: sa.Connection, unit: Unit, source: Location | None) -> list[Problem]:
    """Whether a piece lies where it is to be moved from.

    Args:
        connection: Reading or in an act.
        unit: The piece.
        source: Where it is to be moved from, or None where no place was chosen yet.

    Errors: `unit-already-used` of what was opened, used or wasted; `not-here`.
    """
    where = where_is_unit(connection, unit.id)
    if where.kind in _GONE:
        code = "unit-already-used" if where.kind in _ALREADY_USED else "not-here"
        return [Problem(code, _gone(unit, where))]
    if source is None or where.location_id == source.id:
        return []
    message = say(
        "%(unit)s is not in %(source)s but in %(place)s. Move it from there.",
        unit=unit.code,
        source=source.code,
        place=where.location,
    )
    return [Problem("not-here", message)]


def _gone(unit: Unit, where: UnitWhereabouts) -> Sentence:
    return say(
        _GONE[where.kind].template,
        unit=unit.code,
        lot=unit.lot.number,
        item=unit.lot.item.name,
        session=where.session,
        at=stamp(where.at),
    )


def too_few_to_move(
    connection: sa.Connection, lot: Lot, source: Location, held: int, wanted: int
) -> Problem:
    """A place holds less of a lot than is to leave it; where the others lie is named.

    Errors: `not-here`.
    """
    elsewhere = where_lies_lot(connection, lot.id, except_id=source.id)
    places = ", ".join(f"{code} ({count})" for code, count in elsewhere)
    if held and elsewhere:
        template = _SOME_HERE
    elif held:
        template = _ALL_HERE
    else:
        template = _ALL_ELSEWHERE if elsewhere else _NOWHERE
    message = say(
        template.template,
        held=held,
        lot=lot.number,
        item=lot.item.name,
        here=source.code,
        wanted=wanted,
        places=places,
    )
    return Problem("not-here", message)


_SOME_HERE: Final = say(
    "Only %(held)s of lot %(lot)s of %(item)s in %(here)s, %(wanted)s wanted. Others are in"
    " %(places)s: move those from there, or take fewer."
)
_ALL_HERE: Final = say(
    "Only %(held)s of lot %(lot)s of %(item)s in %(here)s, %(wanted)s wanted, and none elsewhere."
    " Take no more than there are; if more lie there, pharmacy has to count them."
)
_ALL_ELSEWHERE: Final = say(
    "Lot %(lot)s of %(item)s is not in %(here)s but in %(places)s. Move it from there."
)
_NOWHERE: Final = say(
    "By the book nothing of lot %(lot)s of %(item)s is left anywhere. Set it aside: pharmacy and"
    " quality have to find out where it comes from."
)


def check_first(
    connection: sa.Connection, lot: Lot, source: Location, to: Location, today: date
) -> list[Problem]:
    """First expired goes first: whether a usable lot of the item beside it expires earlier.

    It is said of a store only, and not of what goes to quarantine.

    Warning: `expires-earlier`.
    """
    if source.kind is not LocationKind.STORE or to.kind is LocationKind.QUARANTINE:
        return []
    item = lot.item
    for number, expires_on, held in expiring_earlier(connection, source.id, lot, today):
        blocked = recalls.standing_recall(connection, item.id, number) or recalls.is_held(
            connection, lot_name(item, number)
        )
        if not blocked:
            message = say(
                "%(count)s of lot %(lot)s expire earlier, %(expires_on)s, and lie here too. Take"
                " those first.",
                count=held,
                lot=number,
                expires_on=expires_on,
            )
            return [Problem("expires-earlier", message, blocking=False)]
    return []
