"""The ledger: what may move from where to where, and what the sums of it mean.

A movement takes a whole number of units of use of one lot, or one unit, from one location to
another. Supplier, used, wasted, returned and variance are locations too, so every lot adds up to
zero over all of them, and a balance is a sum, never a stored figure. An entry is one act with its
movements; neither is ever changed. What was wrong is mirrored by a further entry.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class LocationKind(StrEnum):
    """What a place is; it decides what its balance means."""

    STORE = "STORE"
    QUARANTINE = "QUARANTINE"
    TRANSIT = "TRANSIT"
    KIT = "KIT"
    SESSION = "SESSION"
    REPROCESSING = "REPROCESSING"
    SUPPLIER = "SUPPLIER"
    USED = "USED"
    WASTED = "WASTED"
    RETURNED = "RETURNED"
    VARIANCE = "VARIANCE"


class EntryKind(StrEnum):
    """What an entry records. The first group moves things, the second moves nothing."""

    RECEIVE = "RECEIVE"
    TRANSFER = "TRANSFER"
    ASSEMBLE = "ASSEMBLE"
    DISASSEMBLE = "DISASSEMBLE"
    OPEN = "OPEN"
    USE = "USE"
    RESTOCK = "RESTOCK"
    WASTE = "WASTE"
    RETURN = "RETURN"
    RELEASE = "RELEASE"
    COUNT = "COUNT"
    REVERSE = "REVERSE"

    OPEN_SESSION = "OPEN_SESSION"
    CLOSE_SESSION = "CLOSE_SESSION"
    OPEN_RECALL = "OPEN_RECALL"
    LIFT_RECALL = "LIFT_RECALL"
    HOLD = "HOLD"
    LIFT_HOLD = "LIFT_HOLD"
    REFUSAL = "REFUSAL"
    LOOK = "LOOK"
    MATCH = "MATCH"
    PRINT = "PRINT"
    CATALOGUE = "CATALOGUE"
    CORRECT_EXPIRY = "CORRECT_EXPIRY"
    WORKSTATION = "WORKSTATION"
    PERSON = "PERSON"


_STORE: Final = frozenset({LocationKind.STORE, LocationKind.QUARANTINE})
_KEPT: Final = _STORE | {LocationKind.KIT}

ROUTES: Final[Mapping[EntryKind, frozenset[tuple[LocationKind, LocationKind]]]] = {
    EntryKind.RECEIVE: frozenset((LocationKind.SUPPLIER, to) for to in _STORE),
    EntryKind.TRANSFER: frozenset((frm, to) for frm in _STORE for to in _STORE)
    | {(frm, LocationKind.TRANSIT) for frm in _STORE}
    | {(LocationKind.TRANSIT, to) for to in _STORE},
    EntryKind.ASSEMBLE: frozenset({(LocationKind.STORE, LocationKind.KIT)}),
    EntryKind.DISASSEMBLE: frozenset({(LocationKind.KIT, LocationKind.STORE)}),
    EntryKind.OPEN: frozenset(
        {(LocationKind.STORE, LocationKind.SESSION), (LocationKind.KIT, LocationKind.SESSION)}
    ),
    EntryKind.USE: frozenset(
        {
            (LocationKind.SESSION, LocationKind.USED),
            (LocationKind.SESSION, LocationKind.REPROCESSING),
        }
    ),
    EntryKind.RESTOCK: frozenset((LocationKind.SESSION, to) for to in _STORE),
    EntryKind.WASTE: frozenset((frm, LocationKind.WASTED) for frm in _KEPT)
    | {(LocationKind.SESSION, LocationKind.WASTED)},
    EntryKind.RETURN: frozenset((frm, LocationKind.RETURNED) for frm in _STORE),
    EntryKind.RELEASE: frozenset({(LocationKind.REPROCESSING, LocationKind.STORE)}),
    EntryKind.COUNT: frozenset((frm, LocationKind.VARIANCE) for frm in _STORE)
    | {(LocationKind.VARIANCE, to) for to in _STORE},
}
"""Where each kind of entry may take things from and to. REVERSE mirrors the entry it names."""

ON_HAND: Final = _KEPT | {LocationKind.TRANSIT}
"""Kinds of location whose balance is on hand; TRANSIT is sent and not yet received."""

IN_USE: Final = frozenset({LocationKind.SESSION, LocationKind.REPROCESSING})
"""Kinds of location whose balance is in use: opened, fate not yet said, or on the way back."""

NEVER_BELOW_ZERO: Final = frozenset(LocationKind) - {LocationKind.SUPPLIER, LocationKind.VARIANCE}
"""Kinds of location that cannot give what they do not hold."""


SUMS: Final[Mapping[str, frozenset[LocationKind]]] = {
    "received": frozenset({LocationKind.SUPPLIER}),
    "found": frozenset({LocationKind.VARIANCE}),
    "on_hand": ON_HAND,
    "in_use": IN_USE,
    "used": frozenset({LocationKind.USED}),
    "wasted": frozenset({LocationKind.WASTED}),
    "returned": frozenset({LocationKind.RETURNED}),
    "lost": frozenset({LocationKind.VARIANCE}),
}
"""Over which kinds of location each figure of a `Reconciliation` is summed."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One two-ended movement, in the words that people and the chain use.

    Attributes:
        item: Code of the item.
        lot: The lot number, exactly as printed.
        expires_on: ISO date, or empty where the lot has none.
        unit: Code of the unit, or empty where the item is tracked by lot.
        step: Number of the movement in the unit's life, from 1; 0 without a unit.
        source: Code of the location it leaves.
        destination: Code of the location it comes to.
        quantity: Units of use, 1 or more; exactly 1 for a unit.
        entered: How it was told: `scanned`, `typed` by hand, `chosen` from a list, or `derived`
            from what was recorded before.
        overridden: Problem codes that a person overruled, sorted, joined by blanks.
    """

    item: str
    lot: str
    expires_on: str
    unit: str
    step: int
    source: str
    destination: str
    quantity: int
    entered: str = "derived"
    overridden: str = ""

    def mirrored(self, step: int) -> "Movement":
        """The movement that undoes this one.

        Args:
            step: The unit's next step; 0 without a unit.
        """
        return Movement(
            self.item,
            self.lot,
            self.expires_on,
            self.unit,
            step,
            self.destination,
            self.source,
            self.quantity,
        )


class NoRoute(ValueError):
    """An entry of this kind does not take things from there to here: a bug of the caller."""


def check_route(kind: EntryKind, source: LocationKind, destination: LocationKind) -> None:
    """Hold a movement against `ROUTES`.

    Raises:
        NoRoute: The kind of entry has no such route. REVERSE is not asked: it mirrors.

    Examples:
        >>> check_route(EntryKind.OPEN, LocationKind.STORE, LocationKind.SESSION)
        >>> check_route(EntryKind.USE, LocationKind.STORE, LocationKind.USED)
        Traceback (most recent call last):
        inventory.domain.ledger.NoRoute: USE does not go from STORE to USED
    """
    if kind is not EntryKind.REVERSE and (source, destination) not in ROUTES.get(kind, ()):
        raise NoRoute(f"{kind} does not go from {source} to {destination}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act of the ledger, as read back.

    Attributes:
        site: Code of the site whose chain it stands in.
        number: Its gap-free number there, from 1.
        kind: What it records.
        at: The server's instant, UTC; never before the entry it follows.
        by: User name of the person.
        about: Code of the patient session, recall, receipt or item it is about; or empty.
        text: The canonical JSON of the whole act, movements included.
    """

    site: str
    number: int
    kind: EntryKind
    at: datetime
    by: str
    about: str
    text: str

    @property
    def reference(self) -> str:
        """How people and papers name it: `TO-1204`."""
        return f"{self.site}-{self.number}"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where all of one lot went, in units of use.

    `received + found = on_hand + in_use + used + wasted + returned + lost`, for every lot, always;
    `unexplained` is what is missing from that and must be 0. Balanced is not true: `counted` is
    what people found on the shelf, None until somebody counted.
    """

    item: str
    lot: str
    received: int
    found: int
    on_hand: int
    in_use: int
    used: int
    wasted: int
    returned: int
    lost: int
    counted: int | None = None

    @property
    def unexplained(self) -> int:
        """Received and found less everything accounted for; 0 in a ledger that holds."""
        accounted = self.on_hand + self.in_use + self.used + self.wasted + self.returned + self.lost
        return self.received + self.found - accounted

    @property
    def variance(self) -> int | None:
        """Counted less on hand, or None where nothing was counted."""
        return None if self.counted is None else self.counted - self.on_hand


def balances(
    movements: Iterable[tuple[str, str, int]],
) -> dict[str, int]:
    """What each location holds, from (source, destination, quantity) of one lot.

    Examples:
        >>> balances([("SUPPLIER", "PHARMACY", 10), ("PHARMACY", "OR1", 4)])
        {'SUPPLIER': -10, 'PHARMACY': 6, 'OR1': 4}
    """
    held: dict[str, int] = {}
    for source, destination, quantity in movements:
        held[source] = held.get(source, 0) - quantity
        held[destination] = held.get(destination, 0) + quantity
    return held


def reconcile(
    item: str,
    lot: str,
    flows: Iterable[tuple[LocationKind, LocationKind, int]],
    counted: int | None = None,
) -> Reconciliation:
    """Sum one lot by what its places mean.

    Args:
        item: Code of the item.
        lot: The lot number.
        flows: Kind of source, kind of destination, units of use; every movement of the lot.
        counted: What the latest count found over all stores, or None.

    Examples:
        >>> supplier, store = LocationKind.SUPPLIER, LocationKind.STORE
        >>> done = reconcile("MT1", "A17", [(supplier, store, 10), (store, LocationKind.WASTED, 1)])
        >>> done.received, done.on_hand, done.wasted, done.unexplained
        (10, 9, 1, 0)
    """
    came: Counter[LocationKind] = Counter()
    went: Counter[LocationKind] = Counter()
    for source, destination, quantity in flows:
        went[source] += quantity
        came[destination] += quantity

    def held(*kinds: LocationKind) -> int:
        return sum(came[kind] - went[kind] for kind in kinds)

    variance = held(LocationKind.VARIANCE)
    found_back = went[LocationKind.VARIANCE]
    return Reconciliation(
        item=item,
        lot=lot,
        received=-held(LocationKind.SUPPLIER),
        found=found_back,
        on_hand=held(*ON_HAND),
        in_use=held(*IN_USE),
        used=held(LocationKind.USED),
        wasted=held(LocationKind.WASTED),
        returned=held(LocationKind.RETURNED),
        lost=variance + found_back,
        counted=counted,
    )
