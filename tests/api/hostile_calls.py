"""What is valid in every call, so that one hostile value at a time can take its place."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.api.calling import Caller
from tests.clinic import SALINE
from tests.hostile_values import COUNTED, DATES, HOSTILE, LONG
from tests.web.hostile_answers import put

STORED = {
    "/items": ("item", "name", "reference", "manufacturer"),
    "/receipts": ("receipt", "supplier", "document"),
    "/recalls": ("recall", "reference", "manufacturer", "reason"),
}
"""Which columns keep the texts of a call as they came."""


@dataclass
class Bodies:
    """A clinic with one of each thing that a call is about."""

    caller: Caller

    def __post_init__(self) -> None:
        """Take in saline and open a session with some of it."""
        clinic, label = self.caller.clinic, self.caller.clinic.label
        self.item, self.kit, self._numbers = clinic.saline, clinic.kit, count()
        said = self.caller.receive(label("S-1", gtin=SALINE), packs=5000)
        self.lot = said["lines"][0]["lot_id"]
        self.session, self.recall = self.caller.open_session(), ""
        scan = {"item": self.item, "lot": "S-1", "quantity": 60}
        self.opening = self.caller.made(f"/patient-sessions/{self.session}/scans", scan)["entry"]
        self.caller.made(f"/patient-sessions/{self.session}/scans", scan)

    def di(self) -> str:
        """A number of an item that nobody has yet."""
        body = f"0952123498{next(self._numbers):03d}"
        digits = zip(reversed(body), [3, 1] * 7, strict=False)
        return f"{body}{-sum(int(each) * weight for each, weight in digits) % 10}".zfill(14)

    def address(self, path: str) -> str:
        """The address of a call of the description, with what is there in its parts."""
        if path.endswith("/lift"):
            self.recall = str(self.caller.recall("NEVER")["code"])
        code = self.recall if path.startswith("/recalls") else self.session
        parts = {"code": code, "lot_id": self.lot, "reference": "TO-1"}
        return path.format(**parts) if "/items/" not in path else path.format(code=self.item)

    def sent(self, path: str, place: str = "", value: Any = None) -> dict[str, Any]:
        """What is valid there, with one value at a place; what that excludes is left out."""
        body = self.body(path)
        name = next((part for part in reversed(place.split(".")) if not part.isdigit()), "")
        for other in EXCLUDED.get(name, ()):
            for each in (body, *body.get("lines", ())):
                each.pop(other, None)
        return _without_nothing(put(body, place, value) if place else body)

    def body(self, path: str) -> dict[str, Any]:
        """Every field there, with nothing in those that exclude others."""
        thing = {"barcodes": [], "item": self.item, "lot": "S-1"}
        override = {"codes": ["carton-code"], "reason": "seen on the pack"}
        if path == "/items":
            level = {"di": self.di(), "issuer": "gs1", "units": 1}
            named = dict.fromkeys(("name", "reference", "manufacturer"), "Acme")
            more = {"kind": "fluid", "tracking": "lot", "single_use": True}
            return {**named, **more, "packaging": [level]}
        if path == "/receipts":
            line = {**thing, "expires_on": "2029-02-28", "packs": 1}
            head = {"location": "TO-OR1", "supplier": "Acme", "document": "DDT 7"}
            return {**head, "workstation": None, "lines": [line], "override": override}
        if path == "/transfers":
            line = {**thing, "unit": None, "quantity": 1}
            head = {"source": "TO-OR1", "destination": "TO-PHARMACY"}
            return {**head, "workstation": None, "lines": [line]}
        if path == "/recalls":
            scope = {"item": self.kit, "lots": ["NEVER"], "all": None}
            notice = dict.fromkeys(("reference", "manufacturer", "reason"), "FSN 1")
            return {**notice, "scope": [scope]}
        if path == "/patient-sessions":
            patient = {"patient": "MRN 1", "name": "Rossi Mario", "birth_date": "1961-04-30"}
            return {**patient, "procedure": "short", "location": "TO-OR1"}
        if path.endswith("/scans"):
            when = {"quantity": 1, "occurred_at": None}
            return {**thing, **when, "workstation": None, "override": override}
        if path.endswith("/outcomes"):
            what = {"outcome": "wasted", "unit": None, "reason": "dropped", "quantity": 1}
            return {**what, "item": self.item, "lot": "S-1"}
        if path.endswith("/expiry"):
            shown = {"barcodes": [], "expires_on": "2031-01-31", "none": False}
            return {**shown, "workstation": None, "reason": "typed-wrong"}
        if path.endswith("/packaging"):
            return {"packaging": [{"di": self.di(), "issuer": "gs1", "units": 1}]}
        if path.endswith("/undo"):
            return {"entry": self.opening, "reason": "wrong-item"}
        if path.endswith("/close"):
            return {"cancelled": False, "broken_off": False}
        return {"reason": "other"}


EXCLUDED = {
    "barcodes": ("item", "lot", "expires_on"),
    "unit": ("item", "lot"),
    "none": ("expires_on",),
}
"""Which fields another one excludes."""


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_nothing(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each is not None and each != []}
    return [_without_nothing(each) for each in value] if isinstance(value, list) else value


WRONG_KINDS = (
    {"text": 7, "number": HOSTILE, "date": HOSTILE, "other": HOSTILE},
    {"text": LONG, "number": 10**30, "date": LONG, "other": 7},
    {"text": [], "number": {}, "date": 7, "other": ""},
    {"text": "", "number": "", "date": "", "other": ""},
    *(
        {"text": None, "number": number, "date": date, "other": 1}
        for number, date in zip(COUNTED, (*DATES[:3], "", "2026-11-02T10:00:00", "?"), strict=True)
    ),
)
"""What is put into all fields of a call at once: each is of the wrong kind, and named."""
