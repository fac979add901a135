"""A recall: which lots it covers, and for every patient session in which ring it lies, and why.

The one idea: the rings are computed from facts alone, the movements of the recalled items and the
sessions that could have met them, by pure functions, so that screen, CSV and paper cannot differ.
In doubt a session is listed: one patient too many costs a telephone call, one too few cannot be
mended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.problem import Sentence


@dataclass(frozen=True, slots=True)
class Scope:
    """One line of a recall: an item and its lots.

    Attributes:
        item: Code of the item.
        lots: The lot numbers exactly as printed, or None for all lots.
    """

    item: str
    lots: frozenset[str] | None


def covers(scopes: Iterable[Scope], item: str, lot: str) -> bool:
    """Whether a recall covers a lot; lot numbers are compared exactly.

    Examples:
        >>> covers([Scope("MT1", frozenset({"A17"}))], "MT1", "A17")
        True
        >>> covers([Scope("MT1", frozenset({"A17"}))], "MT1", "a17")
        False
        >>> covers([Scope("MT1", None)], "MT1", "whatever")
        True
    """
    return any(scope.item == item and (scope.lots is None or lot in scope.lots) for scope in scopes)


@dataclass(frozen=True, slots=True)
class RecallCase:
    """A recall as it was opened.

    Attributes:
        code: Our code, `RC...`.
        reference: The manufacturer's reference of the notice.
        manufacturer: Who recalls.
        reason: Why, in the notice's words.
        opened_at: When it was opened, UTC.
        opened_by: User name of who opened it.
        lifted_at: When it was lifted, or None.
        lifted_by: User name of who lifted it, or empty.
        lifted_reason: Why it was lifted, or empty.
        scope: What it covers.
        opened_in: References of the entries that opened it, one in each site's chain.
        lifted_in: References of the entries that lifted it, or none.
    """

    code: str
    reference: str
    manufacturer: str
    reason: str
    opened_at: datetime
    opened_by: str
    lifted_at: datetime | None
    lifted_by: str
    lifted_reason: str
    scope: tuple[Scope, ...]
    opened_in: tuple[str, ...] = ()
    lifted_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TracedMovement:
    """A movement of a recalled item, with all that the rings ask of it.

    Attributes:
        entry: Reference of its entry, `TO-17`.
        kind: What the entry records.
        at: When it was recorded, UTC.
        occurred_at: When it happened, UTC; the same unless it was recorded late.
        by: User name of who did it.
        reason: Code of the reason of a WASTE or REVERSE, or empty.
        reversed_by: Reference of the entry that reversed it, or empty.
        item: Code of the item.
        lot: The lot number.
        unit: Code of the unit, or empty.
        quantity: Units of use.
        source: Code of the location it left.
        source_kind: Its kind.
        source_site: Code of its site.
        destination: Code of the location it came to; a patient session's own code for SESSION.
        destination_kind: Its kind.
        destination_site: Code of its site.
        entered: How it was told.
        overridden: What was overruled, blanks between the codes.
    """

    entry: str
    kind: EntryKind
    at: datetime
    occurred_at: datetime
    by: str
    reason: str
    reversed_by: str
    item: str
    lot: str
    unit: str
    quantity: int
    source: str
    source_kind: LocationKind
    source_site: str
    destination: str
    destination_kind: LocationKind
    destination_site: str
    entered: str
    overridden: str


@dataclass(frozen=True, slots=True)
class RefusedScan:
    """A scan into a patient session that was refused, for whatever reason.

    Attributes:
        entry: Reference of the entry that records it.
        at: When, UTC.
        problems: Codes of all that stood against it, blanks between.
        item: Code of the item.
        lot: The lot number, or empty where the code said none.
        unit: Code of the unit, or empty.
    """

    entry: str
    at: datetime
    problems: str
    item: str
    lot: str
    unit: str


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A patient session as a recall sees it.

    Attributes:
        code: Its opaque code.
        site: Code of the site.
        location: Code of the room.
        patient: The pseudonym.
        opened_at: When it was opened, UTC.
        began_at: The earliest instant told of anything that was opened in it, or `opened_at`.
        closed_at: When it was closed, or None while it is open.
        first_closed_at: When it was closed for the first time, or None.
        cancelled: It was closed as not taken place, and nothing that was opened in it touched the
            patient or may have.
        without_lot: Recalled items that could stand on a required line which has no lot.
        refused: Scans of recalled items that were refused in it, of any lot, oldest first.
    """

    code: str
    site: str
    location: str
    patient: str
    opened_at: datetime
    began_at: datetime
    closed_at: datetime | None
    first_closed_at: datetime | None
    cancelled: bool
    without_lot: frozenset[str]
    refused: tuple[RefusedScan, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """How a lot or unit came into a session.

    Attributes:
        entry: Reference of the entry.
        at: When it was opened, UTC; earlier than the entry where it was recorded late.
        by: User name of who scanned it.
    """

    entry: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """One covered lot or unit that reached a patient.

    Attributes:
        session: The patient session.
        item: Code of the item.
        lot: The lot number.
        unit: Code of the unit, or empty.
        quantity: Units of use.
        outcome: `used`, or `in use` while its outcome is not said.
        openings: Every entry that opened it and stands, the earliest first; never none.
    """

    session: SessionFacts
    item: str
    lot: str
    unit: str
    quantity: int
    outcome: str
    openings: tuple[Opening, ...]

    @property
    def entry(self) -> str:
        """Reference of the entry that opened it first."""
        return self.openings[0].entry

    @property
    def at(self) -> datetime:
        """When it was first opened, UTC: from then on the patient was exposed."""
        return self.openings[0].at

    @property
    def by(self) -> str:
        """User name of who scanned it first."""
        return self.openings[0].by


@dataclass(frozen=True, slots=True)
class Why:
    """A reason why a session lies in its ring.

    Attributes:
        code: `lot-resembles`, `lot-missing`, `lot-typed`, `check-overruled`, `corrected-later`,
            `wasted-contact-possible`, `scan-refused`; or `another-lot`, `restocked-unopened`,
            `wasted-before-use`, `never-happened`, `not-on-hand`, `cancelled`.
        item: Code of the item.
        sentence: The same for people, with lots, units and entries.
    """

    code: str
    item: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Judged:
    """A session outside the first ring, and every reason for it."""

    session: SessionFacts
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Rings:
    """Every session that could concern a recall, each in exactly one ring.

    Attributes:
        exposed: One line for each covered lot or unit in a session, oldest session first.
        cannot_be_excluded: Sessions that may have met a covered lot.
        excluded: Sessions that used the item since a covered lot first came, and did not meet it.
    """

    exposed: tuple[Exposure, ...]
    cannot_be_excluded: tuple[Judged, ...]
    excluded: tuple[Judged, ...]

    @property
    def exposed_sessions(self) -> tuple[SessionFacts, ...]:
        """The sessions of the first ring, each once."""
        return tuple({line.session.code: line.session for line in self.exposed}.values())
