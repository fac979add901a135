"""A ledger to be written line by line, for the rings of a recall; every act has its word."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.recall import RefusedScan, Scope, SessionFacts, TracedMovement
from inventory.domain.rings import rings

A17 = (Scope("KIT", frozenset({"A17"})),)


KINDS = {
    "SUPPLIER": LocationKind.SUPPLIER,
    "STORE": LocationKind.STORE,
    "SHELF": LocationKind.STORE,
    "QUARANTINE": LocationKind.QUARANTINE,
    "PACKED": LocationKind.KIT,
    "TRANSIT": LocationKind.TRANSIT,
    "STERILISER": LocationKind.REPROCESSING,
    "USED": LocationKind.USED,
    "WASTED": LocationKind.WASTED,
    "RETURNED": LocationKind.RETURNED,
    "VARIANCE": LocationKind.VARIANCE,
}


def hour(hours: float) -> datetime:
    """Hours after the morning of the first day; 24 and more are later days."""
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hours)


NOW = hour(1000)


def a_session(
    code="PS1",
    opened=9.0,
    closed=11.0,
    first_closed=None,
    site="TO",
    cancelled=False,
    without_lot=(),
    began=None,
    refused=(),
):
    closed_at = None if closed is None else hour(closed)
    return SessionFacts(
        code=code,
        site=site,
        location=f"{site}-OR1",
        patient=f"PT-{code}",
        opened_at=hour(opened),
        began_at=hour(opened if began is None else began),
        closed_at=closed_at,
        first_closed_at=closed_at if first_closed is None else hour(first_closed),
        cancelled=cancelled,
        without_lot=frozenset(without_lot),
        refused=tuple(refused),
    )


def refused(at=9.4, lot="A17", unit="", item="KIT", problems="lot-recalled"):
    return RefusedScan("TO-99", hour(at), problems, item, lot, unit)


@dataclass
class Book:
    """A ledger under construction; places are `SITE-NAME`, sessions are known by their code."""

    sessions: dict[str, SessionFacts] = field(default_factory=dict)
    movements: list[TracedMovement] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def session(self, **facts):
        session = a_session(**facts)
        self.sessions[session.code] = session
        return session

    def place(self, name):
        if name in self.sessions:
            return name, LocationKind.SESSION, self.sessions[name].site
        site, _, what = name.rpartition("-")
        return name, KINDS[what], site

    def act(
        self,
        kind,
        source,
        destination,
        at,
        late=None,
        lot="A17",
        quantity=1,
        unit="",
        reason="",
        entered="scanned",
        overridden="",
        item="KIT",
    ):
        """Post one movement; `late` is when it happened, where that was earlier."""
        source_code, source_kind, source_site = self.place(source)
        destination_code, destination_kind, destination_site = self.place(destination)
        site = destination_site or source_site
        self.numbers[site] = self.numbers.get(site, 0) + 1
        movement = TracedMovement(
            entry=f"{site}-{self.numbers[site]}",
            kind=kind,
            at=hour(at),
            occurred_at=hour(at if late is None else late),
            by="anna",
            reason=reason,
            reversed_by="",
            item=item,
            lot=lot,
            unit=unit,
            quantity=quantity,
            source=source_code,
            source_kind=source_kind,
            source_site=source_site,
            destination=destination_code,
            destination_kind=destination_kind,
            destination_site=destination_site,
            entered=entered,
            overridden=overridden,
        )
        self.movements.append(movement)
        return movement.entry

    def receive(self, at=1.0, to="TO-STORE", **more):
        return self.act(EntryKind.RECEIVE, "SUPPLIER", to, at, **more)

    def open(self, session="PS1", at=9.5, source="TO-STORE", **more):
        return self.act(EntryKind.OPEN, source, session, at, **more)

    def use(self, session="PS1", at=10.0, to="TO-USED", **more):
        return self.act(EntryKind.USE, session, to, at, **more)

    def waste(self, session="PS1", at=10.0, reason="dropped", **more):
        return self.act(EntryKind.WASTE, session, "TO-WASTED", at, reason=reason, **more)

    def restock(self, session="PS1", at=10.0, to="TO-STORE", **more):
        return self.act(EntryKind.RESTOCK, session, to, at, **more)

    def reverse(self, entry, at=10.5, reason="never-happened"):
        place = next(n for n, m in enumerate(self.movements) if m.entry == entry)
        wrong = self.movements[place]
        mirror = self.act(
            EntryKind.REVERSE,
            wrong.destination,
            wrong.source,
            at,
            lot=wrong.lot,
            quantity=wrong.quantity,
            unit=wrong.unit,
            reason=reason,
            entered="derived",
            item=wrong.item,
        )
        self.movements[place] = replace(wrong, reversed_by=mirror)
        return mirror

    def rings(self, scopes=A17, now=NOW):
        return rings(scopes, self.sessions, self.movements, now)

    def told(self, scopes=A17, now=NOW):
        """Session to ring and reasons, for short assertions."""
        found = self.rings(scopes, now)
        told = {line.session.code: ["exposed"] for line in found.exposed}
        for name, ring in (("doubt", found.cannot_be_excluded), ("excluded", found.excluded)):
            for judged in ring:
                assert judged.session.code not in told
                told[judged.session.code] = [name, *(why.code for why in judged.why)]
        return told


def a_book(**facts):
    """Ten of the recalled lot A17 and ten of B02 on the shelf since one o'clock, one session."""
    book = Book()
    book.session(**facts)
    book.receive(quantity=10)
    book.receive(quantity=10, lot="B02")
    return book


def another_lot(book, session="PS1", **opening):
    book.open(session, lot="B02", **opening)
    book.use(session, lot="B02")


def one_piece(at=1.0, **more):
    book = Book()
    book.session(opened=2, closed=6)
    book.receive(at=at, **more)
    return book
