"""Every form and every scan that a page of ours sends: what is valid in it, and who sends it.

`FORMS` is held complete by `tests/web/test_hostile_input.py`, which walks the routes and notes the
fields that the application reads.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tests.clinic import FAR, KIT, ROME
from tests.web.conftest import PASSWORD
from tests.web.hostile_world import World

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """A form, or what a script sends.

    Attributes:
        endpoint: Which view takes it.
        role: Who sends it.
        path: Where to.
        valid: Its fields, such that it would be accepted.
        stored: Queries that give what was stored of a field, the latest first.
        is_json: Whether a script sends it; a field `lines.0.lot` stands in lists and dicts.
        secret: Fields that no page shows again.
        common: Fields of every form: they are tried with the form as a whole.
        is_short: Whether it may answer with another page: nothing else was typed into it, or it
            opens a window of its own.
    """

    endpoint: str
    role: str
    path: Callable[[World], str]
    valid: Callable[[World], Fields] = field(default=lambda w: {})
    stored: Mapping[str, str] = field(default_factory=dict)
    is_json: bool = False
    secret: frozenset[str] = frozenset()
    is_short: bool = False
    common: frozenset[str] = frozenset({"csrf_token", "submit", "key"})


def _latest(column: str, table: str) -> str:
    return f"SELECT {column} FROM {table} ORDER BY id DESC LIMIT 1"


def _of(table: str, *columns: str) -> dict[str, str]:
    return {each: _latest(each, table) for each in columns}


ITEM: Final = {
    "name": "Saline small",
    "reference": "REF-1",
    "manufacturer": "Acme Medical",
    "kind": "fluid",
    "tracking": "lot",
    "single_use": "y",
    "back": "",
}
LEVEL: Final = {"packaging-0-di": "", "packaging-0-issuer": "gs1", "packaging-0-units": "3"}
PAPER: Final = {
    "stock": "a4-24",
    "start": "1",
    "copies": "1",
    "reason": "lost",
    "target": "paper",
    "replaces": "",
}
NOTICE: Final = {"reference": "FSN 2026-9", "manufacturer": "Acme Medical", "reason": "Sterility"}


def _recall(w: World) -> Fields:
    kit = w.clinic.kit
    return {
        **NOTICE,
        "item": kit,
        f"lots-{kit}": "Z-1",
        f"every-{kit}": "",
        "search": "",
        "seen": "",
        "do": "preview",
    }


def _seen(w: World) -> Fields:
    fields = _recall(w)
    if not w.seen:
        page = w.as_role("quality").send("/recalls/new", **fields).text
        w.seen = "".join(re.findall(r'name="seen"[^>]* value="(\w+)"', page))
    return {**fields, "seen": w.seen, "do": "open"}


def _scan(w: World) -> Fields:
    return {
        "barcodes": [],
        "item": w.clinic.saline,
        "lot": w.saline,
        "quantity": 1,
        "occurred_at": "",
        "override": {"codes": [], "reason": ""},
        "photo": "",
        "kind": "fluid",
        "reference": "",
        "again": ["", w.saline],
        "held": [],
        "caps_lock": False,
        "one_look": False,
    }


def _scan_after(w: World) -> Fields:
    return {**_scan(w), "after": [], "given_up": [], "perhaps": False}


def _manual(w: World) -> Fields:
    lot = w.saline
    return {**_scan(w), "item": "", "reference": "SALINE", "again": ["SALINE", lot]}


def _line(w: World, **more: Any) -> Fields:
    line = {
        "barcodes": [],
        "item": w.clinic.saline,
        "lot": w.saline,
        "lot_again": w.saline,
        "reference": "",
        "unit": "",
        "expires_on": "2029-02-28",
        "number": 1,
        "photo": "",
        "caps_lock": False,
    }
    return {**line, **more}


def _delivery(w: World) -> Fields:
    head = {
        "location": "TO-PHARMACY",
        "supplier": "Acme",
        "document": "DDT 7",
        "override": "",
        "override_codes": "",
    }
    return {"head": head, "lines": [_line(w)], "together": True}


def _move(w: World) -> Fields:
    head = {"source": "TO-OR1", "destination": "TO-PHARMACY"}
    return {"head": head, "lines": [_line(w)], "together": True}


def _provisional(w: World) -> Fields:
    lines = [_line(w, barcodes=["0109521234999997"])]
    return {"head": {"kind": "fluid"}, "lines": lines, "together": False}


def _product(w: World) -> Fields:
    ended = datetime.now(ROME) - timedelta(minutes=1)
    return {**PAPER, "reason": "", "volume_ml": "12.5", "processed_at": f"{ended:%Y-%m-%dT%H:%M}"}


def _keep(w: World) -> str:
    assert w.is_here
    return "/scanner-check/keep"


FORMS: Final = (
    Form("web.ledger.verify", "auditor", lambda w: "/ledger/proof", lambda w: {"paper": ""}),
    Form(
        "security.login",
        "",
        lambda w: "/sign-in",
        lambda w: {"username": "nurse1", "password": "wrong", "next": "", "email": ""},
        secret=frozenset({"password"}),
    ),
    Form(
        "security.verify",
        "nurse",
        lambda w: "/verify",
        lambda w: {"password": PASSWORD, "username": "", "next": ""},
        secret=frozenset({"password"}),
    ),
    Form("security.logout", "", lambda w: "/sign-out"),
    Form(
        "web.languages.choose",
        "nurse",
        lambda w: f"/language/{w.language}",
        lambda w: {"next": "/items/"},
        is_short=True,
    ),
    Form(
        "web.items.new",
        "pharmacist",
        lambda w: "/items/new",
        lambda w: {**ITEM, **LEVEL},
        _of("item", "name", "reference", "manufacturer"),
    ),
    Form(
        "web.items.add_packaging",
        "pharmacist",
        lambda w: f"/items/{w.clinic.kit}/packaging",
        lambda w: {**LEVEL, "packaging-0-di": w.di()},
    ),
    Form(
        "web.provisional.complete",
        "pharmacist",
        lambda w: f"/items/{w.provisional}/complete",
        lambda w: ITEM,
    ),
    Form(
        "web.sessions.add",
        "nurse",
        lambda w: "/sessions/new",
        lambda w: {
            "patient": "MRN 77",
            "location": "TO-OR1",
            "procedure": "short",
            "name": "Rossi Mario",
            "birth_date": "1961-04-30",
        },
    ),
    Form("web.patients.look", "nurse", lambda w: f"/sessions/{w.session}/patient"),
    Form(
        "web.patients.name",
        "nurse",
        lambda w: f"/sessions/{w.session}/patient/name",
        lambda w: {"name": "Rossi Mario", "birth_date": "1961-04-30"},
    ),
    Form(
        "web.outcomes.say",
        "nurse",
        lambda w: f"/sessions/{w.session}/outcomes",
        lambda w: {
            "outcome": "wasted",
            "unit": "",
            "item": w.clinic.saline,
            "lot": w.saline,
            "quantity": "1",
            "reason": "dropped",
        },
        is_short=True,
    ),
    Form(
        "web.outcomes.undo",
        "nurse",
        lambda w: f"/sessions/{w.session}/undo",
        lambda w: {"entry": w.opening, "reason": "wrong-item"},
        is_short=True,
    ),
    Form(
        "web.outcomes.use_all", "nurse", lambda w: f"/sessions/{w.session}/use-all", is_short=True
    ),
    Form(
        "web.outcomes.close",
        "nurse",
        lambda w: f"/sessions/{w.session}/close",
        lambda w: {"cancelled": "", "broken_off": ""},
        is_short=True,
    ),
    Form(
        "web.lots.hold",
        "quality",
        lambda w: f"/lots/{w.lot}/hold",
        lambda w: {"reason": "incident"},
        is_short=True,
    ),
    Form(
        "web.lots.lift_hold",
        "quality",
        lambda w: f"/lots/{w.lot}/lift-hold",
        lambda w: {"reason": "incident"},
        is_short=True,
    ),
    Form(
        "web.redating.correct",
        "pharmacist",
        lambda w: f"/lots/{w.lot}/expiry",
        lambda w: {"barcodes": "", "expires_on": "2031-01-31", "none": "", "reason": "typed-wrong"},
    ),
    Form(
        "web.ledger.reverse",
        "quality",
        lambda w: f"/ledger/{w.opening}/reverse",
        lambda w: {"reason": "wrong-item"},
        is_short=True,
    ),
    Form(
        "web.recalls.lift",
        "quality",
        lambda w: f"/recalls/{w.recall}/lift",
        lambda w: {"reason": "Acme says so"},
    ),
    Form("web.recalls.identified", "quality", lambda w: f"/recalls/{w.recall}/identified.pdf"),
    Form("web.recall_drafts.draft", "quality", lambda w: "/recalls/new", _recall),
    Form(
        "web.recall_drafts.add",
        "quality",
        lambda w: "/recalls/new/open",
        _seen,
        _of("recall", "reference", "manufacturer", "reason"),
    ),
    Form(
        "web.people.add",
        "admin",
        lambda w: "/people/",
        lambda w: {"username": "newcomer", "role": "nurse", "password": "four words are good"},
        secret=frozenset({"password"}),
    ),
    Form(
        "web.people.change_roles",
        "admin",
        lambda w: f"/people/{w.leaver}/roles",
        lambda w: {"roles": "nurse"},
    ),
    Form("web.people.revoke_tokens", "admin", lambda w: f"/people/{w.leaver}/revoke-tokens"),
    Form("web.people.disable", "admin", lambda w: "/people/nobody/disable", is_short=True),
    Form(
        "web.people.password",
        "admin",
        lambda w: "/people/password",
        lambda w: {"old": "not this one", "new": "five words are even better"},
        secret=frozenset({"old", "new"}),
    ),
    Form(
        "web.workstations.choose",
        "admin",
        lambda w: "/workstations/here",
        lambda w: {"code": w.workstation},
    ),
    Form(
        "web.workstations.enrol",
        "admin",
        lambda w: "/workstations/",
        lambda w: {"name": "Room 2", "here": ""},
        _of("workstation", "name"),
    ),
    Form(
        "web.workstations.rename",
        "admin",
        lambda w: f"/workstations/{w.workstation}/name",
        lambda w: {"name": "Room 1"},
    ),
    Form(
        "web.workstations.set_keyboard",
        "admin",
        lambda w: f"/workstations/{w.workstation}/keyboard",
        lambda w: {"layout": "us", "separator": "~"},
    ),
    Form(
        "web.workstations.set_printer",
        "admin",
        lambda w: f"/workstations/{w.workstation}/printer",
        lambda w: {
            "host": "127.0.0.9",
            "port": "9100",
            "dpi": "203",
            "stock": "roll-50x25",
            "sheet": "a4-24",
        },
    ),
    Form(
        "web.workstations.test",
        "admin",
        lambda w: f"/workstations/{w.workstation}/test",
        is_short=True,
    ),
    Form(
        "web.labels.sheet",
        "pharmacist",
        lambda w: "/labels/sheet",
        lambda w: {"about": w.receipt, "stock": "a4-24", "start": "1", "reason": "lost"},
        is_short=True,
    ),
    Form(
        "web.printing.print_stock",
        "pharmacist",
        lambda w: f"/printing/stock/receipt/{w.receipt}",
        lambda w: PAPER,
    ),
    Form(
        "web.printing.print_session",
        "nurse",
        lambda w: f"/printing/session/product/{w.session}",
        _product,
    ),
    Form(
        "web.printing.print_badge",
        "admin",
        lambda w: f"/printing/badge/{w.leaver}",
        lambda w: {**PAPER, "reason": ""},
    ),
    Form(
        "web.scanner_check.read",
        "nurse",
        lambda w: "/scanner-check/read",
        lambda w: {"received": "]d2abc", "caps_lock": False},
        is_json=True,
    ),
    Form(
        "web.scanner_check.keep",
        "admin",
        _keep,
        lambda w: {"layout": "us", "separator": "~"},
        is_json=True,
    ),
    Form(
        "web.scanning.scan",
        "nurse",
        lambda w: f"/sessions/{w.session}/scans",
        _scan_after,
        is_json=True,
    ),
    Form(
        "web.finding.book_in",
        "nurse",
        lambda w: f"/sessions/{w.session}/found",
        _scan,
        is_json=True,
    ),
    Form(
        "web.finding.scan",
        "nurse",
        lambda w: f"/sessions/{w.session}/manual",
        _manual,
        is_json=True,
    ),
    Form(
        "web.items.read",
        "pharmacist",
        lambda w: "/items/read",
        lambda w: {
            "head": {},
            "lines": [_line(w, barcodes=[f"01{KIT}17{FAR}10A"])],
            "together": False,
        },
        is_json=True,
    ),
    Form(
        "web.provisional.add",
        "pharmacist",
        lambda w: "/items/provisional",
        _provisional,
        is_json=True,
    ),
    Form("web.receiving.read", "pharmacist", lambda w: "/receiving/read", _delivery, is_json=True),
    Form(
        "web.receiving.book",
        "pharmacist",
        lambda w: "/receiving/book",
        _delivery,
        _of("receipt", "supplier", "document"),
        is_json=True,
    ),
    Form("web.places.read", "pharmacist", lambda w: "/transfers/read", _move, is_json=True),
    Form("web.places.move", "pharmacist", lambda w: "/transfers/move", _move, is_json=True),
    Form("web.camera.read_frame", "nurse", lambda w: "/camera/frames", is_json=True),
)
