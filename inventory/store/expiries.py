"""The last day of use that counts for a lot: as it came in, or as an entry corrected it later.

The row of a lot is never changed, and the chain holds what its movements said of it at their time.
A correction is an entry in the chain of every site and a row for each; the newest row counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from inventory.store.prepared import ONE
from inventory.store.tables.catalogue import item, lot, lot_expiry
from inventory.store.tables.ledger import entry
from inventory.store.tables.places import site


def _newest(column: "sa.Column[Any]") -> "sa.ScalarSelect[Any]":
    return (
        sa.select(column)
        .where(lot_expiry.c.lot_id == lot.c.id)
        .order_by(lot_expiry.c.entry_id.desc())
        .limit(ONE)
        .scalar_subquery()
    )


_IS_CORRECTED: Final = sa.exists().where(lot_expiry.c.lot_id == lot.c.id)


def _counts(name: str) -> "sa.Label[Any]":
    column = sa.case((_IS_CORRECTED, _newest(lot_expiry.c[name])), else_=lot.c[name])
    return column.label(name)


EXPIRES_ON: Final = _counts("expires_on")
"""A column of any query over `lot`: the last day of use, or NULL where the label has none."""

EXPIRES_PRINTED: Final = _counts("expires_printed")
"""The same as the code carried it, or empty."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What an entry made of an expiry.

    Attributes:
        entry: Reference of the entry, `TO-901`.
        at: When it was recorded, UTC.
        by: User name of who did it.
        reason: Code of the reason.
        expires_on: The last day of use from then on, or None.
    """

    entry: str
    at: datetime
    by: str
    reason: str
    expires_on: date | None


def add_correction(
    connection: sa.Connection, entry_id: int, lot_id: int, expires_on: date | None, printed: str
) -> None:
    """From this entry on, a lot expires on another day."""
    values = {
        "entry_id": entry_id,
        "lot_id": lot_id,
        "expires_on": expires_on,
        "expires_printed": printed,
    }
    connection.execute(sa.insert(lot_expiry), values)


def corrections_of(connection: sa.Connection, lot_id: int) -> list[Correction]:
    """How the expiry of a lot was corrected, oldest first; each act once, whatever the sites."""
    rows = connection.execute(
        sa.select(
            site.c.code,
            entry.c.number,
            entry.c.at,
            entry.c.by,
            entry.c.reason,
            lot_expiry.c.expires_on,
        )
        .join(entry, entry.c.id == lot_expiry.c.entry_id)
        .join(site, site.c.id == entry.c.site_id)
        .where(lot_expiry.c.lot_id == lot_id)
        .where(entry.c.site_id == sa.select(sa.func.min(site.c.id)).scalar_subquery())
        .order_by(entry.c.id)
    )
    return [Correction(f"{code}-{number}", *rest) for code, number, *rest in rows]


Steps = Mapping[int, list[tuple[int, date | None]]]
"""By lot: key of each correcting entry and the last day from then on, in order."""


def corrections_by_lot(connection: sa.Connection) -> Steps:
    """Every correction, for the verifier, who asks what counted at the time of a movement."""
    steps: dict[int, list[tuple[int, date | None]]] = {}
    query = sa.select(lot_expiry.c.lot_id, lot_expiry.c.entry_id, lot_expiry.c.expires_on)
    for lot_id, entry_id, expires_on in connection.execute(query.order_by(lot_expiry.c.entry_id)):
        steps.setdefault(lot_id, []).append((entry_id, expires_on))
    return steps


def corrections_as_kept(
    connection: sa.Connection,
) -> dict[str, tuple[str, str, date | None, str]]:
    """By reference of the entry, `-` where there is none.

    Returns:
        The entry's kind, which lot (`MT.../A17`), the last day, and the day as printed.
    """
    rows = connection.execute(
        sa.select(
            site.c.code,
            entry.c.number,
            entry.c.kind,
            item.c.code,
            lot.c.number,
            lot_expiry.c.expires_on,
            lot_expiry.c.expires_printed,
        )
        .select_from(lot_expiry)
        .outerjoin(entry, entry.c.id == lot_expiry.c.entry_id)
        .outerjoin(site, site.c.id == entry.c.site_id)
        .join(lot, lot.c.id == lot_expiry.c.lot_id)
        .join(item, item.c.id == lot.c.item_id)
    )
    return {
        f"{row[0] or ''}-{row[1] or ''}": (row[2], f"{row[3]}/{row[4]}", row[5], row[6])
        for row in rows
    }
