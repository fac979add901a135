"""A recall report as plain values: what the API gives, and what the hash on the paper covers.

The one idea: page, CSV and PDF show these facts and no others, so one hash over their canonical
text names them all. Who made the report and when stays outside: the same facts have the same hash.
"""

import hashlib
import json
import unicodedata
from contextlib import suppress
from datetime import datetime

from inventory.domain.chain import Json, canonical, instant
from inventory.domain.ledger import Reconciliation
from inventory.domain.recall import Exposure, Judged, SessionFacts, TracedMovement
from inventory.domain.recall_report import CoveredItem, RecallReport, Whereabouts
from inventory.reports.wording import Texts, said


def why(judged: Judged, texts: Texts = str) -> str:
    """Every reason for a session's ring, its sentences joined by a blank."""
    return " ".join(said(reason.sentence, texts) for reason in judged.why)


def data_hash(report: RecallReport) -> str:
    """SHA-256 over the canonical JSON of the report without who made it when, 64 hex digits."""
    facts = as_json(report)
    del facts["made_at"], facts["made_by"]
    return hashlib.sha256(_canonical(facts)).hexdigest()


def _canonical(facts: dict[str, Json]) -> bytes:
    """The same text as `canonical`, in a fifth of the time, which counts in a report of thousands.

    With ASCII keys, whole numbers and texts in NFC, RFC 8785 is what `json` writes without blanks
    and in order of keys. A text that may need more (NUL, lone surrogates, other forms) goes the
    long way.
    """
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        with suppress(UnicodeEncodeError):
            encoded = text.encode()
            if b"\\u0000" not in encoded:
                return encoded
    return canonical(facts).encode()


def as_json(report: RecallReport) -> dict[str, Json]:
    """The report as JSON values: instants as ISO 8601 in UTC with Z, dates as ISO dates.

    Each text stands exactly as it was recorded; `lots` of a scope is null for all lots.
    """
    case = report.case
    return {
        "code": case.code,
        "reference": case.reference,
        "manufacturer": case.manufacturer,
        "reason": case.reason,
        "opened_at": instant(case.opened_at),
        "opened_by": case.opened_by,
        "lifted_at": _instant(case.lifted_at),
        "lifted_by": case.lifted_by,
        "lifted_reason": case.lifted_reason,
        "opened_in": list(case.opened_in),
        "lifted_in": list(case.lifted_in),
        "scope": [_scope(item) for item in report.items],
        "resembling": [
            {"item": item.code, "asked": asked, "lots": list(lots)}
            for item in report.items
            for asked, lots in sorted(item.resembling.items())
        ],
        "rings": _rings(report),
        "reconciliation": [_reconciliation(line) for line in report.reconciliation],
        "locations": [_place(place) for place in report.whereabouts],
        "history": [_movement(movement) for movement in report.history],
        "refusals": [
            {
                "entry": each.entry,
                "at": instant(each.at),
                "by": each.by,
                "problems": each.problems,
                "about": each.about,
            }
            for each in report.refusals
        ],
        "made_at": instant(report.made_at),
        "made_by": report.made_by,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _scope(item: CoveredItem) -> Json:
    return {
        "item": item.code,
        "item_name": item.name,
        "reference": item.reference,
        "manufacturer": item.manufacturer,
        "identifiers": list(item.identifiers),
        "lots": None if item.lots_asked is None else list(item.lots_asked),
        "lots_seen": [
            {"lot": lot, "expires_on": expires_on.isoformat() if expires_on else None}
            for lot, expires_on in item.lots_seen
        ],
    }


def _rings(report: RecallReport) -> Json:
    names = {item.code: item.name for item in report.items}
    return {
        "exposed": [_exposure(line, names) for line in report.rings.exposed],
        "cannot_be_excluded": [_judged(one) for one in report.rings.cannot_be_excluded],
        "excluded": [_judged(one) for one in report.rings.excluded],
    }


def _place(place: Whereabouts) -> Json:
    return {
        "item": place.item,
        "lot": place.lot,
        "unit": place.unit,
        "location": place.location,
        "kind": str(place.kind),
        "quantity": place.quantity,
    }


def _session(session: SessionFacts) -> dict[str, Json]:
    return {
        "session": session.code,
        "opened_at": instant(session.opened_at),
        "site": session.site,
        "location": session.location,
        "patient": session.patient,
    }


def _exposure(line: Exposure, names: dict[str, str]) -> Json:
    return _session(line.session) | {
        "item": line.item,
        "item_name": names.get(line.item, ""),
        "lot": line.lot,
        "unit": line.unit,
        "quantity": line.quantity,
        "outcome": line.outcome,
        "at": instant(line.at),
        "by": line.by,
        "entry": line.entry,
        "openings": [
            {"entry": each.entry, "at": instant(each.at), "by": each.by} for each in line.openings
        ],
    }


def _judged(judged: Judged) -> Json:
    return _session(judged.session) | {
        "why": why(judged),
        "reasons": [
            {"code": reason.code, "item": reason.item, "message": said(reason.sentence)}
            for reason in judged.why
        ],
    }


def _reconciliation(line: Reconciliation) -> Json:
    return {
        "item": line.item,
        "lot": line.lot,
        "received": line.received,
        "found": line.found,
        "on_hand": line.on_hand,
        "in_use": line.in_use,
        "used": line.used,
        "wasted": line.wasted,
        "returned": line.returned,
        "lost": line.lost,
        "unexplained": line.unexplained,
        "counted": line.counted,
        "variance": line.variance,
    }


def _movement(movement: TracedMovement) -> Json:
    return {
        "entry": movement.entry,
        "kind": str(movement.kind),
        "at": instant(movement.at),
        "occurred_at": instant(movement.occurred_at),
        "by": movement.by,
        "reason": movement.reason,
        "reversed_by": movement.reversed_by,
        "item": movement.item,
        "lot": movement.lot,
        "unit": movement.unit,
        "quantity": movement.quantity,
        "source": movement.source,
        "source_kind": str(movement.source_kind),
        "source_site": movement.source_site,
        "destination": movement.destination,
        "destination_kind": str(movement.destination_kind),
        "destination_site": movement.destination_site,
        "entered": movement.entered,
        "overridden": movement.overridden,
    }
