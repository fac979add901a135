"""Made-up recall reports of any size, always the same, for measuring and for looking at pages."""

import base64
import hashlib
from datetime import UTC, date, datetime, timedelta

from inventory.domain.chain import Checkpoint, note_body, signed_note
from inventory.domain.ledger import EntryKind, LocationKind, Reconciliation
from inventory.domain.problem import say
from inventory.domain.recall import (
    Exposure,
    Judged,
    Opening,
    RecallCase,
    Rings,
    Scope,
    SessionFacts,
    TracedMovement,
    Why,
)
from inventory.domain.recall_report import CoveredItem, RecallReport, Refusal, Whereabouts

START = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOTS = ("A17", "A18", "LX-2026/0047", "20 CHARS LOT-0O1I-99")
ROOMS = ("OR1", "OR2", "ENDO")


def a_code(kind: str, number: int) -> str:
    """A code that looks like ours: two letters and nine characters."""
    digest = hashlib.sha256(f"{kind}{number}".encode()).digest()
    return kind + "".join(ALPHABET[byte % 32] for byte in digest[:9])


def a_session(number: int) -> SessionFacts:
    """The session of a number, three hours after the one before."""
    opened_at = START + timedelta(hours=3 * number)
    return SessionFacts(
        code=a_code("PS", number),
        site="TO",
        location=ROOMS[number % 3],
        patient=a_code("PT", number % 700),
        opened_at=opened_at,
        began_at=opened_at,
        closed_at=opened_at + timedelta(hours=2),
        first_closed_at=opened_at + timedelta(hours=2),
        cancelled=False,
        without_lot=frozenset(),
    )


def an_exposure(number: int, item: str) -> Exposure:
    """A piece that was opened in the session of the same number."""
    session = a_session(number)
    return Exposure(
        session=session,
        item=item,
        lot=LOTS[number % 4],
        unit=a_code("KT", number) if number % 4 else "",
        quantity=1 + number % 3,
        outcome="in use" if number % 97 == 5 else "used",
        openings=(
            Opening(
                f"TO-{1000 + 3 * number}",
                session.opened_at + timedelta(minutes=10),
                "nurse.bianchi",
            ),
        ),
    )


def a_movement(line: Exposure) -> TracedMovement:
    """How the piece of an exposure came into its session."""
    return TracedMovement(
        entry=line.entry,
        kind=EntryKind.OPEN,
        at=line.at,
        occurred_at=line.at,
        by=line.by,
        reason="",
        reversed_by="",
        item=line.item,
        lot=line.lot,
        unit=line.unit,
        quantity=line.quantity,
        source="OR-STORE",
        source_kind=LocationKind.STORE,
        source_site="TO",
        destination=line.session.code,
        destination_kind=LocationKind.SESSION,
        destination_site="TO",
        entered="scanned",
        overridden="",
    )


def in_doubt(number: int, item: str) -> Judged:
    """A session of the second ring, with two reasons."""
    text = "The lot %(lot)s was typed by hand in entry %(entry)s and could be %(asked)s."
    typed = say(text, lot="A1T", entry=f"TO-{number}", asked="A17")
    missing = say("A line of the session that needs this item has no lot.")
    return Judged(
        a_session(number), (Why("lot-typed", item, typed), Why("lot-missing", item, missing))
    )


def cleared(number: int, item: str) -> Judged:
    """A session of the third ring."""
    sentence = say("Only lot %(lot)s was opened, entry %(entry)s.", lot="B20", entry=f"TO-{number}")
    return Judged(a_session(number), (Why("another-lot", item, sentence),))


def a_case(item: str) -> RecallCase:
    """A recall of all made-up lots of an item, not lifted."""
    return RecallCase(
        code=a_code("RC", 1),
        reference="FSN-2026-0311",
        manufacturer="Fatwash Medical GmbH",
        reason="The sterile barrier of some pouches may be open along the seal. "
        "Stop using the lots named below and put them aside.",
        opened_at=START + timedelta(days=200),
        opened_by="quality.rossi",
        lifted_at=None,
        lifted_by="",
        lifted_reason="",
        scope=(Scope(item, frozenset(LOTS)),),
        opened_in=("TO-8990", "CN-411"),
    )


def a_covered_item(item: str) -> CoveredItem:
    """The item, with lots that look like covered ones."""
    return CoveredItem(
        code=item,
        name="Fat washing kit, 240 ml",
        reference="FW-240-S",
        manufacturer="Fatwash Medical GmbH",
        identifiers=("04012345678901", "14012345678908"),
        lots_asked=tuple(sorted(LOTS)),
        lots_seen=tuple((lot, None if " " in lot else date(2027, 5, 31)) for lot in LOTS),
        resembling={"A17": ["a-17"], "LX-2026/0047": ["LX-2026/47"]},
    )


def a_report(exposed: int = 1000, doubtful: int = 60, excluded: int = 200) -> RecallReport:
    """A recall with as many sessions in each ring as asked, and a movement for each exposure."""
    item = a_code("MT", 1)
    lines = tuple(an_exposure(number, item) for number in range(exposed))
    after = exposed + doubtful
    return RecallReport(
        case=a_case(item),
        items=(a_covered_item(item),),
        rings=Rings(
            exposed=lines,
            cannot_be_excluded=tuple(in_doubt(number, item) for number in range(exposed, after)),
            excluded=tuple(cleared(number, item) for number in range(after, after + excluded)),
        ),
        reconciliation=tuple(a_sum(item, lot, lines) for lot in LOTS),
        whereabouts=tuple(
            Whereabouts(item, lot, "", place, kind, quantity)
            for lot in LOTS
            for place, kind, quantity in (
                ("OR-STORE", LocationKind.QUARANTINE, 12),
                ("PHARMACY", LocationKind.WASTED, 2),
            )
        ),
        history=tuple(map(a_movement, lines)),
        refusals=tuple(
            Refusal(
                f"TO-{9000 + n}",
                START + timedelta(days=201, hours=n),
                "nurse.bianchi",
                "lot-recalled",
                a_session(n).code,
            )
            for n in range(3)
        ),
        made_at=START + timedelta(days=202),
        made_by="quality.rossi",
    )


def a_sum(item: str, lot: str, lines: tuple[Exposure, ...]) -> Reconciliation:
    """A line that adds up; the first lot was counted, and one piece was missing."""
    used = sum(line.quantity for line in lines if line.lot == lot)
    counted = 11 if lot == LOTS[0] else None
    return Reconciliation(item, lot, used + 14, 0, 12, 0, used, 2, 0, 0, counted)


def a_checkpoint(site: str = "TO", size: int = 9003) -> Checkpoint:
    """A note of the right form; nobody signed it."""
    origin, root = f"kittrace.example/{site}", hashlib.sha256(site.encode()).digest()
    signature = base64.b64decode("A" * 86 + "==")
    note = signed_note(note_body(origin, size, root), origin, b"\1" * 32, signature)
    return Checkpoint(origin, size, root, note)
