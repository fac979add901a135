"""The three rings of a recall: for every patient session, whether it met a recalled lot, and why.

The one idea: a session's lines say what each lot did there, net of what was reversed; the serious
ring is asked first, and a session comes into a lesser one only when every more serious question is
answered with no. Whatever cannot be told is answered as if it were so.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from inventory.domain.evidence import Line, Moved, Piece, line_of
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.lot_lists import alike_but_not_asked
from inventory.domain.presence import FOREVER, Presence, earliest, presence
from inventory.domain.reasons import Seen, clearances, doubts
from inventory.domain.recall import (
    Exposure,
    Judged,
    Opening,
    RefusedScan,
    Rings,
    Scope,
    SessionFacts,
    TracedMovement,
    covers,
)
from inventory.domain.recall_report import Whereabouts

_NOWHERE = frozenset({LocationKind.SUPPLIER, LocationKind.VARIANCE})
_GONE = frozenset({LocationKind.USED, LocationKind.WASTED})


def rings(
    scopes: Sequence[Scope],
    sessions: Mapping[str, SessionFacts],
    movements: Sequence[TracedMovement],
    now: datetime,
) -> Rings:
    """Put every session that could concern a recall into exactly one ring.

    Args:
        scopes: What the recall covers.
        sessions: By code: all in the movements, all that lack a lot on a line of the item, and
            all in which a scan of it was refused.
        movements: All of every lot of the items in scope, covered or not, reversed and reversing
            ones too; in ledger order, by time across sites.
        now: Until when an open session lasts, UTC.

    Raises:
        KeyError: A session of the movements is not among the sessions: never passed over.
    """
    covered, alike = _covered(scopes, movements), _alike(scopes, movements, sessions)
    first_came, reach = min(map(earliest, covered), default=FOREVER), presence(covered)
    exposed: list[Exposure] = []
    doubtful: list[Judged] = []
    excluded: list[Judged] = []
    for session, lines in _lines(scopes, sessions, movements):
        if found := [exposure for line in lines for exposure in _exposures(session, line)]:
            exposed += found
            continue
        refused = _refused(scopes, alike, session, lines)
        seen = replace(_seen(session, lines, reach, now), alike=alike, refused=refused)
        if why := doubts(seen):
            doubtful.append(Judged(session, why))
        elif seen.end >= first_came and (why := clearances(seen)):
            excluded.append(Judged(session, why))
    return Rings(tuple(exposed), tuple(doubtful), tuple(excluded))


def whereabouts(
    scopes: Sequence[Scope], movements: Sequence[TracedMovement]
) -> tuple[Whereabouts, ...]:
    """Where every piece of every covered lot is now, one unit a row.

    Lot by lot, what is on hand first: that is what has to be collected.
    Over one lot it adds up to what was received and found, less what was lost.
    """
    held: Counter[tuple[str, str, str, str, LocationKind]] = Counter()
    for m in _covered(scopes, movements):
        source = m.destination if m.source_kind in _GONE else m.source
        destination = m.source if m.destination_kind in _GONE else m.destination
        held[m.item, m.lot, m.unit, source, m.source_kind] -= m.quantity
        held[m.item, m.lot, m.unit, destination, m.destination_kind] += m.quantity
    return tuple(
        Whereabouts(*place, quantity)
        for place, quantity in sorted(held.items(), key=lambda row: _what_to_collect_first(row[0]))
        if quantity and place[-1] not in _NOWHERE
    )


def _what_to_collect_first(
    place: tuple[str, str, str, str, LocationKind],
) -> tuple[str, str, int, str, str]:
    item, lot, unit, location, kind = place
    return item, lot, list(LocationKind).index(kind), location, unit


def covered_flows(
    scopes: Sequence[Scope], movements: Sequence[TracedMovement]
) -> dict[tuple[str, str], list[tuple[LocationKind, LocationKind, int]]]:
    """Item and lot, sorted, to the flows of every covered lot, as `ledger.reconcile` sums them."""
    flows: dict[tuple[str, str], list[tuple[LocationKind, LocationKind, int]]] = {}
    for m in _covered(scopes, movements):
        flows.setdefault((m.item, m.lot), []).append(
            (m.source_kind, m.destination_kind, m.quantity)
        )
    return dict(sorted(flows.items()))


def _covered(scopes: Sequence[Scope], movements: Sequence[TracedMovement]) -> list[TracedMovement]:
    lots = {(m.item, m.lot) for m in movements}
    recalled = {pair for pair in lots if covers(scopes, *pair)}
    return [m for m in movements if (m.item, m.lot) in recalled]


def _alike(
    scopes: Sequence[Scope], movements: Moved, sessions: Mapping[str, SessionFacts]
) -> dict[tuple[str, str], str]:
    """Item and lot of what is not covered, to the asked lots that it looks like."""
    seen = {(m.item, m.lot) for m in movements}
    seen |= {(scan.item, scan.lot) for one in sessions.values() for scan in one.refused}
    found: dict[tuple[str, str], list[str]] = {}
    for item in {scope.item for scope in scopes}:
        known = [lot for of, lot in seen if of == item and not covers(scopes, of, lot)]
        asked = {lot for scope in scopes if scope.item == item for lot in scope.lots or ()}
        for lot, ours in alike_but_not_asked(asked, known).items():
            for each in ours:
                found.setdefault((item, each), []).append(lot)
    return {piece: ", ".join(lots) for piece, lots in found.items()}


def _lines(
    scopes: Sequence[Scope], sessions: Mapping[str, SessionFacts], movements: Moved
) -> Iterator[tuple[SessionFacts, list[Line]]]:
    moved: dict[str, dict[Piece, list[TracedMovement]]] = {code: {} for code in sessions}
    reversals = {m.entry: m for m in movements if m.kind is EntryKind.REVERSE}
    recalled = {(m.item, m.lot) for m in _covered(scopes, movements)}
    items = {scope.item for scope in scopes}
    for m in (m for m in movements if m.item in items):
        ends = ((m.source, m.source_kind), (m.destination, m.destination_kind))
        for code in {place for place, kind in ends if kind is LocationKind.SESSION}:
            moved[code].setdefault((m.item, m.lot, m.unit), []).append(m)
    for session in sorted(sessions.values(), key=lambda s: (s.opened_at, s.code)):
        yield (
            session,
            [
                line_of(session, piece, piece[:2] in recalled, found, reversals)
                for piece, found in sorted(moved[session.code].items())
            ],
        )


def _exposures(session: SessionFacts, line: Line) -> Iterator[Exposure]:
    if not line.covered:
        return
    told = sorted(line.opens or line.uses, key=lambda m: m.occurred_at)
    openings = tuple(Opening(m.entry, m.occurred_at, m.by) for m in told)
    for outcome, quantity in (("used", line.used), ("in use", line.in_session)):
        if quantity:
            yield Exposure(session, line.item, line.lot, line.unit, quantity, outcome, openings)


def _seen(session: SessionFacts, lines: Sequence[Line], reach: Presence, now: datetime) -> Seen:
    # A correction in the office weeks later does not make the procedure last any longer.
    happened = [m.occurred_at for line in lines for m in line.moved]
    begin = min([session.began_at, *happened])
    end = max([session.opened_at, session.closed_at or now, *happened])
    items = {line.item for line in lines} | session.without_lot
    met = (item for item in items if reach.meets(session.site, item, begin, end))
    return Seen(session, lines, end, frozenset(met))


def _refused(
    scopes: Sequence[Scope],
    alike: Container[tuple[str, str]],
    session: SessionFacts,
    lines: Sequence[Line],
) -> list[RefusedScan]:
    """Scans of lots that are covered, or look like it, that were refused and not put right."""
    return [
        scan
        for scan in session.refused
        if covers(scopes, scan.item, scan.lot) or (scan.item, scan.lot) in alike
        if not any(_puts_right(line, scan) for line in lines)
    ]


def _puts_right(line: Line, scan: RefusedScan) -> bool:
    """Whether what was refused came into the session later on: then its line tells of it."""
    return (
        line.item == scan.item
        and scan.lot in ("", line.lot)
        and (not scan.unit or line.unit in ("", scan.unit))
        and any(m.kind is EntryKind.OPEN and m.at >= scan.at for m in line.moved)
    )
