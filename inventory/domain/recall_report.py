"""All that a recall has to say, as one value that page, CSV, JSON and paper lay out.

The one idea: nothing is computed twice, so that no two of them can differ.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from inventory.domain.ledger import ON_HAND, LocationKind, Reconciliation
from inventory.domain.recall import RecallCase, Rings, TracedMovement


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where pieces of a covered lot are now.

    Attributes:
        item: Code of the item.
        lot: The lot number.
        unit: Code of the unit, or empty.
        location: Code of the place; for what was used or wasted, the place it came from.
        kind: What the place means.
        quantity: Units of use.
    """

    item: str
    lot: str
    unit: str
    location: str
    kind: LocationKind
    quantity: int


@dataclass(frozen=True, slots=True)
class CoveredItem:
    """An item of a recall for people.

    Attributes:
        code: Code of the item.
        name: Its name.
        reference: The manufacturer's REF.
        manufacturer: Its manufacturer.
        identifiers: Device identifiers of all packaging levels.
        lots_asked: Lot numbers of the notice, sorted, or None for all.
        lots_seen: Lot numbers that were ever here and are covered, with their expiry.
        resembling: Asked lot to lots of ours that look like it and are NOT covered.
    """

    code: str
    name: str
    reference: str
    manufacturer: str
    identifiers: tuple[str, ...]
    lots_asked: tuple[str, ...] | None
    lots_seen: tuple[tuple[str, date | None], ...]
    resembling: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that a recall stopped.

    Attributes:
        entry: Reference of the entry that records it.
        at: When, UTC.
        by: User name of who tried.
        problems: Codes of all that stood against it, blanks between.
        about: Code of the patient session, or of the place, where it was tried; or empty.
    """

    entry: str
    at: datetime
    by: str
    problems: str
    about: str


@dataclass(frozen=True, slots=True)
class RecallReport:
    """All that a recall report says; page, CSV, JSON and PDF only lay it out.

    Attributes:
        case: The recall.
        items: What it covers.
        rings: Who is concerned.
        reconciliation: One line for each covered lot.
        whereabouts: Where every piece is now.
        history: Every movement of a covered lot, oldest first.
        refusals: Acts refused because of this recall while it stood.
        made_at: When the report was made, UTC.
        made_by: User name of who made it.
    """

    case: RecallCase
    items: tuple[CoveredItem, ...]
    rings: Rings
    reconciliation: tuple[Reconciliation, ...]
    whereabouts: tuple[Whereabouts, ...]
    history: tuple[TracedMovement, ...]
    refusals: tuple[Refusal, ...]
    made_at: datetime
    made_by: str

    @property
    def to_collect(self) -> tuple[tuple[str, int], ...]:
        """Place and units of use of what is on hand outside quarantine, while the recall stands."""
        found: Counter[str] = Counter()
        for place in self.whereabouts:
            if place.kind in ON_HAND and place.kind is not LocationKind.QUARANTINE:
                found[place.location] += place.quantity
        return () if self.case.lifted_at else tuple(sorted(found.items()))
