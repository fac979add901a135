"""What the ledger tells of one lot or unit in one patient session, net of what was reversed.

The one idea: what was reversed is out of the sums but not out of mind, for a line that had to be
put right may still be wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.domain.ledger import ON_HAND, EntryKind, LocationKind
from inventory.domain.patient_session import REVERSE_REASONS
from inventory.domain.presence import latest
from inventory.domain.recall import SessionFacts, TracedMovement

Piece = tuple[str, str, str]
"""Item, lot, and unit or empty."""

Moved = Sequence[TracedMovement]

_REACHED_THE_PATIENT = frozenset({LocationKind.USED, LocationKind.REPROCESSING})


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A movement of a session that was reversed.

    Attributes:
        movement: The movement, as it was recorded first.
        reason: Code of the reason of the reversal, or empty where it is not known.
        corrected: What stands there instead is to be doubted: by the reason, because the session
            had been closed before, or because the reversal was reversed in its turn.
    """

    movement: TracedMovement
    reason: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What one lot or unit did in one session.

    Attributes:
        item: Code of the item.
        lot: The lot number.
        unit: Code of the unit, or empty.
        covered: A recall covers the lot.
        moved: All that was recorded, reversed or not; without the reversing entries.
        stands: What of it was not reversed.
        opens: What stands of it and came into the session.
        uses: What stands of it and was used there; for a reusable, on its way to reprocessing.
        wastes: What stands of it and was wasted there.
        restocks: What stands of it and was put back.
        taken_back: What does not stand, or has not stood for a while.
    """

    item: str
    lot: str
    unit: str
    covered: bool
    moved: Moved
    stands: Moved
    opens: Moved
    uses: Moved
    wastes: Moved
    restocks: Moved
    taken_back: Sequence[TakenBack]

    @property
    def used(self) -> int:
        """Units of use that were used on the patient."""
        return _units(self.uses)

    @property
    def in_session(self) -> int:
        """Units of use that were opened and whose outcome is not said."""
        gone = self.used + _units(self.wastes) + _units(self.restocks)
        return max(0, _units(self.opens) - gone)

    @property
    def name(self) -> str:
        """The lot for people, with the unit in brackets."""
        return f"{self.lot} ({self.unit})" if self.unit else self.lot


def _units(movements: Moved) -> int:
    return sum(m.quantity for m in movements)


def line_of(
    session: SessionFacts,
    piece: Piece,
    covered: bool,
    moved: Moved,
    reversals: Mapping[str, TracedMovement],
) -> Line:
    """Sum up what one lot or unit did in one session.

    Args:
        session: The session.
        piece: Which lot or unit.
        covered: Whether a recall covers the lot.
        moved: Its movements into and out of the session, in ledger order.
        reversals: Reference to entry, of every REVERSE.
    """
    told = [m for m in moved if m.kind is not EntryKind.REVERSE]
    stands = [m for m in told if _stands(m, reversals)]
    out = [m for m in stands if m.source == session.code]
    return Line(
        *piece,
        covered=covered,
        moved=told,
        stands=stands,
        opens=[m for m in stands if m.destination == session.code],
        uses=[m for m in out if m.destination_kind in _REACHED_THE_PATIENT],
        wastes=[m for m in out if m.destination_kind is LocationKind.WASTED],
        restocks=[m for m in out if m.destination_kind in ON_HAND],
        taken_back=[
            _taken_back(session, m, reversals.get(m.reversed_by)) for m in told if m.reversed_by
        ],
    )


def _stands(movement: TracedMovement, reversals: Mapping[str, TracedMovement]) -> bool:
    stands, by = True, movement.reversed_by
    while by:  # a reversal that was itself reversed puts back what it took
        stands = not stands
        by = reversals[by].reversed_by if by in reversals else ""
    return stands


def _taken_back(
    session: SessionFacts, movement: TracedMovement, reversal: TracedMovement | None
) -> TakenBack:
    if reversal is None:
        return TakenBack(movement, "", corrected=True)
    closed_at = session.first_closed_at or session.closed_at
    corrected = (
        REVERSE_REASONS.get(reversal.reason, True)
        or bool(reversal.reversed_by)
        or (closed_at is not None and latest(reversal) >= closed_at)
    )
    return TakenBack(movement, reversal.reason, corrected)
