"""Who may do what: the whole answer on one screen.

A key is an endpoint, or `METHOD endpoint` where one address answers several verbs. What has no
line is refused to everybody, and a test fails that walks all routes.
"""

from collections.abc import Mapping
from typing import Final

NURSE: Final = "nurse"
PHARMACIST: Final = "pharmacist"
QUALITY: Final = "quality"
ADMIN: Final = "admin"
AUDITOR: Final = "auditor"

SIGNED_IN: Final = frozenset({NURSE, PHARMACIST, QUALITY, ADMIN, AUDITOR})
CLINICAL: Final = frozenset({NURSE, PHARMACIST, QUALITY, AUDITOR})
THEATRE: Final = frozenset({NURSE, QUALITY})
TRACING: Final = frozenset({PHARMACIST, QUALITY, AUDITOR})
ANYBODY: Final = SIGNED_IN | {"anybody"}

# Pages keep admin out of clinical work; by the API admin may act, so that one integration with one
# token can run the whole job. Two things hold for admin too: no call shows who a patient is, and
# what stops a scan or a delivery is overruled by somebody who answers for it (`OVERRULERS`), never
# by admin: the same call with an `override` is 403.
SESSION_CALLS: Final = frozenset({NURSE, PHARMACIST, QUALITY, ADMIN})
STOCK_CALLS: Final = frozenset({PHARMACIST, ADMIN})
RECALL_CALLS: Final = frozenset({QUALITY, ADMIN})
TRACING_CALLS: Final = frozenset({PHARMACIST, QUALITY, ADMIN, AUDITOR})

OVERRULERS: Final = frozenset({NURSE, PHARMACIST, QUALITY})
"""Who may overrule a problem of a scan or a delivery with a reason, on pages and by the API."""

CORRECTORS: Final = frozenset({QUALITY})
"""Who may overwrite a patient's name or birth date that is written down already."""

PERMISSIONS: Final[Mapping[str, frozenset[str]]] = {
    # What a browser needs before anybody has signed in.
    "static": ANYBODY,
    "bootstrap.static": ANYBODY,
    "security.static": ANYBODY,
    "web.start.favicon": ANYBODY,
    "web.health.healthz": ANYBODY,
    "web.health.readyz": ANYBODY,
    "web.languages.choose": ANYBODY,
    "security.login": ANYBODY,
    # One's own sign-in.
    "security.logout": SIGNED_IN,
    "security.verify": SIGNED_IN,
    "web.people.password": SIGNED_IN,
    "web.start.show": SIGNED_IN,
    # Patient sessions.
    "web.sessions.list": CLINICAL,
    "web.sessions.csv": CLINICAL,
    "web.sessions.show": CLINICAL,
    "web.sessions.contents": CLINICAL,
    "web.sessions.record": CLINICAL,
    "web.sessions.open": frozenset({NURSE}),
    "web.sessions.add": frozenset({NURSE}),
    "web.scanning.scan": THEATRE,
    "web.finding.book_in": THEATRE,
    "web.finding.scan": THEATRE,
    "web.finding.photo": frozenset({NURSE, PHARMACIST, QUALITY}),
    "web.provisional.add": frozenset({NURSE, PHARMACIST, QUALITY}),
    "web.provisional.list": frozenset({PHARMACIST, QUALITY}),
    "web.provisional.csv": frozenset({PHARMACIST, QUALITY}),
    "web.provisional.complete": frozenset({PHARMACIST, QUALITY}),
    "web.camera.read_frame": frozenset({NURSE, PHARMACIST, QUALITY, ADMIN}),
    "web.outcomes.say": THEATRE,
    "web.outcomes.use_all": THEATRE,
    "web.outcomes.close": THEATRE,
    "web.outcomes.undo": THEATRE,
    "web.patients.look": THEATRE,
    "web.patients.name": THEATRE,  # what is empty; what is written down is for CORRECTORS
    # Pharmacy. Everybody may read; an item may come from whoever writes the recall that names it.
    "web.items.list": SIGNED_IN,
    "web.items.csv": SIGNED_IN,
    "web.items.show": SIGNED_IN,
    "web.items.new": frozenset({PHARMACIST, QUALITY, ADMIN}),
    "web.items.add_packaging": frozenset({PHARMACIST, QUALITY, ADMIN}),
    "web.items.read": frozenset({PHARMACIST, QUALITY, ADMIN}),
    "web.receiving.list": SIGNED_IN,
    "web.receiving.csv": SIGNED_IN,
    "web.receiving.show": SIGNED_IN,
    "web.receiving.photo": frozenset({NURSE, PHARMACIST, QUALITY}),
    "web.receiving.new": frozenset({PHARMACIST, ADMIN}),
    "web.receiving.read": frozenset({PHARMACIST, ADMIN}),
    "web.receiving.book": frozenset({PHARMACIST, ADMIN}),
    "web.stock.list": SIGNED_IN,
    "web.stock.csv": SIGNED_IN,
    "web.places.list": SIGNED_IN,
    "web.places.csv": SIGNED_IN,
    "web.places.read": frozenset({PHARMACIST, NURSE}),
    "web.places.move": frozenset({PHARMACIST, NURSE}),
    "web.labels.list": SIGNED_IN,
    "web.labels.csv": SIGNED_IN,
    "web.labels.preview": SIGNED_IN,
    "web.labels.sheet": frozenset({PHARMACIST, NURSE, ADMIN}),
    # Workstations and printing. A printer's address is set by pharmacy or an administrator only.
    "web.workstations.here": SIGNED_IN,
    "web.workstations.choose": SIGNED_IN,
    "web.workstations.list": frozenset({PHARMACIST, ADMIN}),
    "web.workstations.csv": frozenset({PHARMACIST, ADMIN}),
    "web.workstations.enrol": frozenset({PHARMACIST, ADMIN}),
    "web.workstations.show": frozenset({PHARMACIST, ADMIN}),
    "web.workstations.rename": frozenset({PHARMACIST, ADMIN}),
    "web.workstations.set_keyboard": frozenset({PHARMACIST, ADMIN}),
    "web.workstations.set_printer": frozenset({PHARMACIST, ADMIN}),
    "web.workstations.test": frozenset({NURSE, PHARMACIST, ADMIN}),
    "web.scanner_check.show": SIGNED_IN,
    "web.scanner_check.paper": SIGNED_IN,
    "web.scanner_check.read": SIGNED_IN,
    "web.scanner_check.keep": frozenset({NURSE, PHARMACIST, QUALITY, ADMIN}),
    "web.printing.stock": frozenset({NURSE, PHARMACIST, ADMIN}),
    "web.printing.stock_preview": frozenset({NURSE, PHARMACIST, ADMIN}),
    "web.printing.print_stock": frozenset({NURSE, PHARMACIST, ADMIN}),
    "web.printing.session": frozenset({NURSE, PHARMACIST}),
    "web.printing.session_preview": frozenset({NURSE, PHARMACIST}),
    "web.printing.print_session": frozenset({NURSE, PHARMACIST}),
    "web.printing.badge": frozenset({ADMIN}),
    "web.printing.badge_preview": frozenset({ADMIN}),
    "web.printing.print_badge": frozenset({ADMIN}),
    # Tracing.
    "web.lots.list": CLINICAL,
    "web.lots.csv": CLINICAL,
    "web.lots.show": CLINICAL,
    "web.lots.sessions": CLINICAL,
    "web.lots.hold": frozenset({QUALITY}),
    "web.lots.lift_hold": frozenset({QUALITY}),
    "web.redating.show": frozenset({PHARMACIST, QUALITY}),
    "web.redating.correct": frozenset({PHARMACIST, QUALITY}),
    "web.recalls.list": TRACING,
    "web.recalls.table": TRACING,
    "web.recalls.show": TRACING,
    "web.recalls.ring": TRACING,
    "web.recalls.pdf": TRACING,
    "web.recalls.csv": TRACING,
    "web.recalls.identified": frozenset({QUALITY}),
    "web.recalls.lift": frozenset({QUALITY}),
    "web.recall_drafts.new": frozenset({QUALITY}),
    "web.recall_drafts.draft": frozenset({QUALITY}),
    "web.recall_drafts.items": frozenset({QUALITY}),
    "web.recall_drafts.add": frozenset({QUALITY}),
    "web.ledger.list": TRACING,
    "web.ledger.csv": TRACING,
    "web.ledger.show": TRACING,
    "web.ledger.reverse": frozenset({PHARMACIST, QUALITY}),
    "web.ledger.proof": TRACING,
    "web.ledger.verify": frozenset({QUALITY, AUDITOR}),
    # People.
    "web.people.list": frozenset({ADMIN}),
    "web.people.csv": frozenset({ADMIN}),
    "web.people.show": frozenset({ADMIN}),
    "web.people.change_roles": frozenset({ADMIN}),
    "web.people.revoke_tokens": frozenset({ADMIN}),
    "web.people.add": frozenset({ADMIN}),
    "web.people.disable": frozenset({ADMIN}),
    # Calls.
    "api-docs.openapi_json": ANYBODY,
    "api.items.add": frozenset({PHARMACIST, QUALITY, ADMIN}),
    "api.items.add_packaging": frozenset({PHARMACIST, QUALITY, ADMIN}),
    "api.items.list": SIGNED_IN,
    "api.items.show": SIGNED_IN,
    "api.receipts.add": STOCK_CALLS,
    "api.transfers.add": frozenset({NURSE, PHARMACIST, ADMIN}),
    "api.patient_sessions.open": frozenset({NURSE, PHARMACIST, ADMIN}),
    "api.patient_sessions.scan": SESSION_CALLS,
    "api.patient_sessions.say": SESSION_CALLS,
    "api.patient_sessions.undo": THEATRE | {ADMIN},
    "api.patient_sessions.close": SESSION_CALLS,
    "api.patient_sessions.list": SIGNED_IN,
    "api.patient_sessions.show": SIGNED_IN,
    "api.recalls.open": RECALL_CALLS,
    "api.recalls.lift": RECALL_CALLS,
    "api.recalls.list": TRACING_CALLS,
    "api.recalls.show": TRACING_CALLS,
    "api.recalls.pdf": TRACING_CALLS,
    "api.recalls.csv": TRACING_CALLS,
    "api.entries.list": TRACING_CALLS,
    "api.entries.reverse": frozenset({PHARMACIST, QUALITY, ADMIN}),
    "api.lots.list": SIGNED_IN,
    "api.lots.trace": SIGNED_IN,
    "api.lots.hold": RECALL_CALLS,
    "api.lots.lift_hold": RECALL_CALLS,
    "api.lots.correct": frozenset({PHARMACIST, QUALITY, ADMIN}),
    "api.stock.list": SIGNED_IN,
    "api.places.locations": SIGNED_IN,
    "api.places.procedures": SIGNED_IN,
}

WITHOUT_PERSON: Final = frozenset(
    {
        "static",
        "bootstrap.static",
        "security.static",
        "web.start.favicon",
        "web.health.healthz",
        "web.health.readyz",
    }
)
"""Answered without asking the database who is there."""


def who_may(endpoint: str, method: str) -> frozenset[str]:
    """The roles that may; empty for what has no line.

    Examples:
        >>> who_may("web.people.list", "GET")
        frozenset({'admin'})
        >>> who_may("web.nobody.knows", "GET")
        frozenset()
    """
    verb = "GET" if method == "HEAD" else method
    return PERMISSIONS.get(f"{verb} {endpoint}", PERMISSIONS.get(endpoint, frozenset()))
