"""When a recalled lot was in reach at a site: the spans of time in which a hand could take one.

The one idea: the balance is never guessed too low. What came counts from the earlier of the two
instants told for it, what went counts until the later. What a count found had always been there,
what it lost may still lie there, what was taken before it was booked in had come by then, and a
departure that was reversed never was one.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Final

from inventory.domain.ledger import ON_HAND, EntryKind, LocationKind
from inventory.domain.recall import TracedMovement

Span = tuple[datetime, datetime]
"""Begin and end, both inclusive."""

ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
FOREVER: Final = datetime.max.replace(tzinfo=UTC)

IN_REACH: Final = ON_HAND | {LocationKind.SESSION}
"""On hand, or opened for a patient of the site and neither used nor wasted."""


@dataclass(frozen=True, slots=True)
class Presence:
    """When covered lots were in reach.

    Attributes:
        spans: Site and item to spans that neither touch nor overlap, oldest first.
    """

    spans: Mapping[tuple[str, str], Sequence[Span]]

    def meets(self, site: str, item: str, begin: datetime, end: datetime) -> bool:
        """Whether a covered lot was in reach at any moment of a window, its ends included."""
        spans = self.spans.get((site, item), ())
        begun = bisect_right(spans, end, key=itemgetter(0))
        return begun > 0 and spans[begun - 1][1] >= begin


def presence(covered: Sequence[TracedMovement]) -> Presence:
    """When a covered lot was in reach, for every site and item.

    Args:
        covered: Every movement of every covered lot, reversed and reversing ones too, in ledger
            order.
    """
    reach = _Reach(covered)
    for movement in covered:
        reach.add(movement)
    spans: defaultdict[tuple[str, str], list[Span]] = defaultdict(list)
    for place in reach.steps.keys() | reach.left.keys():
        held = _above_zero(reach.steps[place])
        spans[place[:2]] += [*held, *_unexplained(held, reach.left[place])]
    return Presence({place: _merged(found) for place, found in spans.items()})


def earliest(movement: TracedMovement) -> datetime:
    """The earlier of the instants told for a movement."""
    return min(movement.at, movement.occurred_at)


def latest(movement: TracedMovement) -> datetime:
    """The later of the instants told for a movement."""
    return max(movement.at, movement.occurred_at)


class _Reach:
    """What each site holds in reach of each lot, as steps, and when some of it was seen to leave.

    Both are gathered in ledger order; a step is an instant and by how many units it changes.
    """

    def __init__(self, covered: Sequence[TracedMovement]) -> None:
        self.steps: defaultdict[tuple[str, str, str], list[tuple[datetime, int]]] = defaultdict(
            list
        )
        self.left: defaultdict[tuple[str, str, str], list[datetime]] = defaultdict(list)
        self._undoing = {movement.reversed_by for movement in covered} - {""}
        self._undoing_a_find = {
            movement.reversed_by
            for movement in covered
            if movement.source_kind is LocationKind.VARIANCE
            and movement.kind is not EntryKind.REVERSE
        } - {""}
        self._lost: Counter[tuple[str, str, str]] = Counter()
        self._sent: dict[tuple[str, str, str], tuple[int, datetime]] = {}

    def add(self, movement: TracedMovement) -> None:
        # A reversed departure and the entry that mirrors it are both passed over: if the reversal
        # says true, the piece never left. A reversed arrival stays, from posting to reversal.
        leaves = movement.source_kind in IN_REACH
        comes = movement.destination_kind in IN_REACH
        since = self._sent_at(movement)
        if leaves and movement.kind is not EntryKind.REVERSE:
            place = (movement.source_site, movement.item, movement.lot)
            self.left[place].append(earliest(movement))
        if leaves and comes and movement.source_site == movement.destination_site:
            return
        if leaves and not movement.reversed_by:
            self._leave(movement)
        if comes and movement.entry not in self._undoing:
            self._come(movement, since)

    def _leave(self, movement: TracedMovement) -> None:
        place = (movement.source_site, movement.item, movement.lot)
        to_variance = movement.destination_kind is LocationKind.VARIANCE
        if to_variance and movement.entry not in self._undoing_a_find:
            self._lost[place] += movement.quantity
        else:
            self.steps[place].append((latest(movement), -movement.quantity))

    def _come(self, movement: TracedMovement, since: datetime) -> None:
        place = (movement.destination_site, movement.item, movement.lot)
        if movement.source_kind is not LocationKind.VARIANCE:
            self.steps[place].append((since, movement.quantity))
            return
        # What was lost here and is found again was never taken off; only what is more is new.
        again = 0 if movement.reversed_by else min(movement.quantity, self._lost[place])
        self._lost[place] -= again
        if movement.quantity > again:
            self.steps[place].append((ALWAYS, movement.quantity - again))

    def _sent_at(self, movement: TracedMovement) -> datetime:
        # A parcel may have arrived at any time since it was sent, whenever it was booked in.
        since = earliest(movement)
        if movement.source_kind is LocationKind.TRANSIT:
            parcel = (movement.item, movement.lot, movement.source)
            held, sent = self._sent.get(parcel, (0, since))
            self._sent[parcel] = (held - movement.quantity, sent)
            since = min(since, sent)
        if movement.destination_kind is LocationKind.TRANSIT:
            parcel = (movement.item, movement.lot, movement.destination)
            held, sent = self._sent.get(parcel, (0, since))
            sent = min(sent, since) if held > 0 else since
            self._sent[parcel] = (held + movement.quantity, sent)
        return since


def _above_zero(steps: Iterable[tuple[datetime, int]]) -> list[Span]:
    spans: list[Span] = []
    held, begin = 0, ALWAYS
    for instant, change in sorted(steps, key=lambda step: (step[0], -step[1])):
        if held == 0 and change > 0:
            begin = instant
        elif 0 < held <= -change:
            spans.append((begin, instant))
        held = max(0, held + change)
    return [*spans, (begin, FOREVER)] if held else spans


def _unexplained(held: Sequence[Span], left: Iterable[datetime]) -> Iterator[Span]:
    # What was taken before it was booked in had come by then, and may not have come alone.
    for instant in left:
        begun = bisect_right(held, instant, key=itemgetter(0))
        if not begun or held[begun - 1][1] < instant:
            yield instant, held[begun][0] if begun < len(held) else instant


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged
