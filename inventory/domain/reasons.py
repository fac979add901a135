"""Why a session that is not exposed cannot be excluded from a recall all the same, or why it can.

The one idea: each reason is a question of its own and every one is asked, so that a quality manager
reads all that speaks for the ring a session lies in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from inventory.domain.evidence import Line
from inventory.domain.ledger import LocationKind
from inventory.domain.patient_session import WASTE_REASONS
from inventory.domain.problem import say
from inventory.domain.recall import RefusedScan, SessionFacts, Why

_ORDER: Final = {
    code: place
    for place, code in enumerate(
        (
            "wasted-contact-possible",
            "lot-resembles",
            "scan-refused",
            "lot-missing",
            "corrected-later",
            "check-overruled",
            "lot-typed",
            "another-lot",
            "restocked-unopened",
            "wasted-before-use",
            "never-happened",
            "not-on-hand",
            "cancelled",
        )
    )
}
"""How reasons of one item stand below each other."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A session that is not exposed, as it is judged.

    Attributes:
        session: The session.
        lines: What each lot or unit of the recalled items did there.
        end: Its last instant, UTC; now while it is open.
        in_reach: Items of which a covered lot was in reach while it lasted.
        alike: Item and lot that is not covered, to the recalled lots that it looks like.
        refused: Scans of covered lots, or of lots that look like one, that were refused there and
            not put right.
    """

    session: SessionFacts
    lines: Sequence[Line]
    end: datetime
    in_reach: frozenset[str]
    alike: Mapping[tuple[str, str], str] = field(default_factory=dict)
    refused: Sequence[RefusedScan] = ()


def doubts(seen: Seen) -> tuple[Why, ...]:
    """Every reason why a session cannot be excluded; none where it can."""
    found = [_refused(scan) for scan in seen.refused]
    for line in seen.lines:
        found += _resemblance(seen, line)
        if line.covered:
            found += _contacts(line)
            found += _corrections(line)
        elif line.item in seen.in_reach:
            found += _corrections(line)
            found += _weak_readings(line)
    if not seen.session.cancelled:
        found += (
            Why(
                "lot-missing",
                item,
                say(
                    "A required line has no lot, and a recalled lot of %(item)s was on hand at"
                    " %(site)s.",
                    item=item,
                    site=seen.session.site,
                ),
            )
            for item in seen.session.without_lot & seen.in_reach
        )
    return _in_order(found)


def clearances(seen: Seen) -> tuple[Why, ...]:
    """Every reason why a session without doubts is excluded; none where it is not concerned."""
    found: list[Why] = []
    for line in seen.lines:
        found += _harmless(line) if line.covered else _another(seen, line)
        found += _never_happened(line)
    if seen.session.cancelled:
        found += (
            Why(
                "cancelled",
                item,
                say("The procedure did not take place: no lot of %(item)s is missing.", item=item),
            )
            for item in seen.session.without_lot & seen.in_reach
        )
    return _in_order(found)


def _in_order(found: Iterable[Why]) -> tuple[Why, ...]:
    return tuple(sorted(found, key=lambda why: (why.item, _ORDER[why.code], str(why.sentence))))


def _refused(scan: RefusedScan) -> Why:
    return Why(
        "scan-refused",
        scan.item,
        say(
            "Lot %(lot)s was scanned and refused: %(checks)s; whether it was used all the same is"
            " not known (entry %(entry)s).",
            lot=scan.lot or "?",
            checks=scan.problems,
            entry=scan.entry,
        ),
    )


def _contacts(line: Line) -> Iterator[Why]:
    for waste in line.wastes:
        if WASTE_REASONS.get(waste.reason, True):
            yield Why(
                "wasted-contact-possible",
                line.item,
                say(
                    "Lot %(lot)s was opened and wasted: %(reason)s; it may have touched the patient"
                    " (entry %(entry)s).",
                    lot=line.name,
                    reason=waste.reason or "?",
                    entry=waste.entry,
                ),
            )


def _resemblance(seen: Seen, line: Line) -> Iterator[Why]:
    """A lot that looks like a recalled one may be it, wherever recalled ones lay."""
    asked = seen.alike.get((line.item, line.lot))
    met = line.used or line.in_session or any(_contacts(line)) or any(_corrections(line))
    if asked and met:
        yield Why(
            "lot-resembles",
            line.item,
            say(
                "Lot %(lot)s is not covered, but looks like %(asked)s of the notice: compare them"
                " (entry %(entry)s).",
                lot=line.name,
                asked=asked,
                entry=(line.opens or line.moved)[-1].entry,
            ),
        )


def _corrections(line: Line) -> Iterator[Why]:
    for back in line.taken_back:
        if back.corrected:
            yield Why(
                "corrected-later",
                line.item,
                say(
                    "What was recorded of lot %(lot)s was corrected: %(reason)s (entry %(entry)s,"
                    " reversed by %(reversal)s).",
                    lot=line.name,
                    reason=back.reason or "?",
                    entry=back.movement.entry,
                    reversal=back.movement.reversed_by,
                ),
            )


def _weak_readings(line: Line) -> Iterator[Why]:
    if not (line.used or line.in_session or line.wastes):
        return
    for opening in line.opens:
        if opening.entered == "typed":
            yield Why(
                "lot-typed",
                line.item,
                say(
                    "Lot %(lot)s was typed by hand, not scanned, while a recalled lot was on hand"
                    " (entry %(entry)s).",
                    lot=line.name,
                    entry=opening.entry,
                ),
            )
        if opening.overridden:
            yield Why(
                "check-overruled",
                line.item,
                say(
                    "Lot %(lot)s was taken against a warning, while a recalled lot was on hand:"
                    " %(checks)s (entry %(entry)s).",
                    lot=line.name,
                    checks=opening.overridden,
                    entry=opening.entry,
                ),
            )


def _harmless(line: Line) -> Iterator[Why]:
    for restock in line.restocks:
        yield Why(
            "restocked-unopened",
            line.item,
            say(
                "Lot %(lot)s was put back unopened (entry %(entry)s).",
                lot=line.name,
                entry=restock.entry,
            ),
        )
    for waste in line.wastes:
        yield Why(
            "wasted-before-use",
            line.item,
            say(
                "Lot %(lot)s was wasted before use: %(reason)s (entry %(entry)s).",
                lot=line.name,
                reason=waste.reason,
                entry=waste.entry,
            ),
        )


def _another(seen: Seen, line: Line) -> Iterator[Why]:
    if line.stands:
        yield Why(
            "another-lot",
            line.item,
            say(
                "Lot %(lot)s, which is not recalled, was opened (entry %(entry)s).",
                lot=line.name,
                entry=(line.opens or line.stands)[-1].entry,
            ),
        )
    weak = [*_corrections(line), *_weak_readings(line)]
    if weak and line.item not in seen.in_reach:
        yield Why(
            "not-on-hand",
            line.item,
            say(
                "Lot %(lot)s was typed, overruled or corrected, but no recalled lot was on hand at"
                " %(site)s.",
                lot=line.name,
                site=seen.session.site,
            ),
        )


def _never_happened(line: Line) -> Iterator[Why]:
    if line.stands and not line.covered:
        return
    for back in line.taken_back:
        if not back.corrected and back.movement.destination_kind is LocationKind.SESSION:
            yield Why(
                "never-happened",
                line.item,
                say(
                    "Opening lot %(lot)s was reversed during the session: %(reason)s (entry"
                    " %(entry)s, reversed by %(reversal)s).",
                    lot=line.name,
                    reason=back.reason,
                    entry=back.movement.entry,
                    reversal=back.movement.reversed_by,
                ),
            )
