"""A small clinic to act in: builders with defaults, so that a test says only what matters to it."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from inventory import store
from inventory.domain.catalogue import ItemKind, PackagingLevel, Tracking
from inventory.domain.patient_session import SessionLine
from inventory.domain.procedure import ProcedureDefinition, ProcedureLine
from inventory.domain.udi import gs1
from inventory.operations import (
    cataloguing,
    closing,
    holding,
    opening,
    recalling,
    receiving,
    redating,
    scanning,
    shipped,
    transferring,
    using,
)
from inventory.operations.identifying import Asked
from inventory.operations.posting import Act, Answer
from inventory.operations.refusing import Override
from inventory.store import catalogue, patient_sessions

ROME = ZoneInfo("Europe/Rome")
MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
FAR = "290228"

KIT, CARTON = "09521234543213", "19521234543210"
SALINE = "09521234000013"


@dataclass
class Clinic:
    """Names of what is there, a clock that ticks a second an act, and short words for the acts."""

    kit: str = ""
    saline: str = ""
    now: datetime = MONDAY
    units: dict[str, list[str]] = field(default_factory=dict)
    draw: random.Random = field(default_factory=lambda: random.Random(1))

    def act(self, key: str = "", by: str = "maria") -> Act:
        """An act, one second after the one before."""
        self.now += timedelta(seconds=1)
        return Act(by, self.now, ROME, key, "OR1-PC", self.draw)

    def label(self, lot: str, gtin: str = KIT, expiry: str = FAR, serial: str = "") -> str:
        """The GS1 element string on a pack."""
        parts = [("01", gtin), ("17", expiry), ("10", lot)]
        return gs1.build([*parts, ("21", serial)] if serial else parts)

    def receive(
        self, *labels: str, packs: int = 1, location: str = "TO-OR1", key: str = ""
    ) -> Answer:
        """A delivery of the packs that bear these labels."""
        lines = [receiving.ReceiptLine(Asked((label,)), packs) for label in labels]
        request = receiving.ReceiptRequest(location, "Acme Medical", "DDT 7", lines)
        return receiving.receive(self.act(key), request)

    def receive_kits(self, lot: str, count: int = 1, location: str = "TO-OR1") -> list[str]:
        """Kits of a lot in a place; the codes of their labels."""
        answer = self.receive(self.label(lot), packs=count, location=location)
        assert not answer.refused, answer.problems
        return [str(code) for code in answer.body["lines"][0]["units"]]

    def open_session(self, patient: str = "MRN 1", location: str = "TO-OR1", **more: Any) -> str:
        """A session; its code."""
        request = opening.SessionRequest(patient, more.pop("procedure", "short"), location, **more)
        return str(opening.open_session(self.act(), request, 30).body["code"])

    def scan(
        self,
        session: str,
        *barcodes: str,
        key: str = "",
        quantity: int = 1,
        overrule: tuple[str, ...] = (),
        reason: str = "",
        by: str = "maria",
    ) -> Answer:
        """A scan into a session."""
        override = Override(frozenset(overrule), reason)
        request = scanning.ScanRequest(Asked(barcodes), quantity, None, override)
        return scanning.scan_into_session(self.act(key, by), session, request)

    def type_by_hand(self, session: str, item: str, lot: str, quantity: int = 1) -> Answer:
        """A line typed by hand into a session."""
        request = scanning.ScanRequest(Asked(item=item, lot=lot), quantity)
        return scanning.scan_into_session(self.act(), session, request)

    def use(self, session: str, unit: str = "", **more: Any) -> Answer:
        """Say that something was used."""
        return using.say_outcome(self.act(), session, using.Outcome("used", unit, **more))

    def waste(self, session: str, unit: str = "", reason: str = "dropped", **more: Any) -> Answer:
        """Say that something was wasted."""
        outcome = using.Outcome("wasted", unit, reason=reason, **more)
        return using.say_outcome(self.act(), session, outcome)

    def restock(self, session: str, unit: str = "", **more: Any) -> Answer:
        """Say that something was put back unopened."""
        return using.say_outcome(self.act(), session, using.Outcome("restocked", unit, **more))

    def use_all_and_close(self, session: str) -> Answer:
        """Say used of all that is open, and close."""
        using.use_all(self.act(), session)
        return closing.close_session(self.act(), session)

    def move(self, source: str, destination: str, *barcodes: str, **more: Any) -> Answer:
        """Move what bears these labels."""
        lines = [transferring.TransferLine(Asked((code,)), **more) for code in barcodes]
        return transferring.transfer(self.act(), source, destination, lines)

    def recall(self, *lots: str, item: str = "", every: bool = False, key: str = "") -> str:
        """Open a recall; its code."""
        scope = [(item or self.kit, None if every else list(lots))]
        request = recalling.RecallRequest("FSN 2026-07", "Acme", "sterility not assured", scope)
        answer = recalling.open_recall(self.act(key), request)
        assert not answer.refused, answer.problems
        return str(answer.body["code"])

    def hold(self, lot: str) -> None:
        """Put a lot of the kit on hold."""
        answer = holding.hold_lot(self.act(), self.lot_id(lot), "incident")
        assert not answer.refused, answer.problems

    def lot_id(self, number: str, item: str = "") -> int:
        """The key of a lot of the kit, or of another item."""
        with store.reading() as connection:
            of = catalogue.get_item(connection, item or self.kit)
            found = catalogue.find_lot(connection, of, number)
        assert found is not None
        return found.id

    def correct_expiry(
        self,
        lot: str,
        expires_on: str = "",
        *barcodes: str,
        item: str = "",
        reason: str = "typed-wrong",
        none: bool = False,
        key: str = "",
        by: str = "paolo",
    ) -> Answer:
        """Correct the expiry of a lot by a typed day, by a pack's barcodes, or to none at all."""
        day = date.fromisoformat(expires_on) if expires_on else None
        asked = Asked(barcodes, expires_on=day)
        request = redating.ExpiryRequest(self.lot_id(lot, item), reason, asked, none)
        return redating.correct_expiry(self.act(key, by), request)

    def report(self, recall: str) -> Any:
        """The report of a recall, now."""
        return recalling.recall_report(recall, "quality", self.act().at)

    def lines(self, session: str) -> list[SessionLine]:
        """What lies in a session."""
        with store.reading() as connection:
            found, place, _ = patient_sessions.get_session_with_places(connection, session)
            return patient_sessions.lines_of_place(connection, place, found.site)

    def add_item(
        self,
        name: str,
        kind: ItemKind,
        di: str,
        tracking: Tracking = Tracking.LOT,
    ) -> str:
        """A further item; its code."""
        return _item(self, name, kind, tracking, [(di, 1)])

    def all_entry_texts(self) -> str:
        """The canonical texts of the whole ledger."""
        with store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT text FROM entry")
            return "\n".join(rows.scalars())

    @property
    def today(self) -> date:
        """The clinic's day."""
        return self.now.astimezone(ROME).date()


def codes(answer: Answer) -> list[str]:
    """The codes of an answer's blocking problems."""
    return [problem.code for problem in answer.problems if problem.blocking]


def build_clinic() -> Clinic:
    """Sites TO and CN with a pharmacy and a room each, a kit by unit, saline by lot."""
    clinic = Clinic()
    for site, town in (("TO", "Torino"), ("CN", "Cuneo")):
        cataloguing.add_site(site, town, f"Via Roma 1, {town}")
        cataloguing.add_store(clinic.act(), site, f"{site}-PHARMACY", "Pharmacy")
        cataloguing.add_store(clinic.act(), site, f"{site}-OR1", "Room 1")
    clinic.kit = _item(
        clinic, "Lipo kit", ItemKind.PROCESSING_KIT, Tracking.UNIT, [(KIT, 1), (CARTON, 5)]
    )
    clinic.saline = _item(clinic, "Saline 500 mL", ItemKind.FLUID, Tracking.LOT, [(SALINE, 1)])
    cataloguing.add_procedure(shipped.DISC)
    lines = (
        ProcedureLine(1, "processing", "Kit", ItemKind.PROCESSING_KIT, frozenset(), 1, 1),
        ProcedureLine(2, "harvest", "Fluid", ItemKind.FLUID, frozenset(), 0, None),
    )
    cataloguing.add_procedure(ProcedureDefinition("short", "Short procedure", lines))
    return clinic


def _item(
    clinic: Clinic, name: str, kind: ItemKind, tracking: Tracking, levels: list[tuple[str, int]]
) -> str:
    answer = cataloguing.add_item(
        clinic.act(),
        name=name,
        reference=name.upper()[:6],
        manufacturer="Acme",
        kind=kind,
        tracking=tracking,
        single_use=True,
        packaging=[PackagingLevel(di, _issuer(di), units) for di, units in levels],
    )
    assert not answer.refused, answer.problems
    return str(answer.body["code"])


def _issuer(di: str) -> str:
    if di.isdigit():
        return "gs1"
    return "iccbba" if len(di) == 16 else "hibcc"
