"""A ledger with some history, and a copy of it to be tampered with inside a transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import GENESIS, leaf_hash, link
from inventory.operations import correcting, looking, recalling
from inventory.operations.verifying import verify_ledger
from inventory.operations.verifying_cases import Fault
from inventory.store import proofs
from tests.clinic import SALINE, Clinic
from tests.trust.owner import drop_triggers, owner_of
from tests.trust.workers import House


@dataclass
class History:
    """What the story of `make_history` left: codes and references to aim at."""

    sessions: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    recall: str = ""
    scan: str = ""
    reversal: str = ""
    receipt: str = ""
    corrected: str = ""
    lifted: str = ""
    renamed: str = ""


def make_history(clinic: Clinic) -> History:
    """Two sites, deliveries, sessions, a transfer, a reversal, a recall; over 100 entries at TO."""
    history = History()
    history.units = clinic.receive_kits("A17", 30)
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=200)
    clinic.receive(clinic.label("S2", gtin=SALINE), packs=50, location="CN-PHARMACY")
    for number in range(4):
        session = clinic.open_session(f"MRN {number}")
        history.sessions.append(session)
        history.scan = str(clinic.scan(session, history.units[number]).body["entry"])
        for _ in range(20):
            clinic.scan(session, clinic.label("S1", gtin=SALINE))
    slip = clinic.scan(session, clinic.label("S1", gtin=SALINE)).body["entry"]
    done = correcting.reverse_entry(clinic.act(), slip, "wrong-quantity")
    history.reversal = str(done.body["entry"])
    dated = clinic.correct_expiry("S1", "2028-02-28", item=clinic.saline).body["entries"]
    history.corrected = str(dated[0])
    clinic.move("TO-OR1", "CN-OR1", history.units[9])
    clinic.move("CN-PHARMACY", "CN-OR1", clinic.label("S2", gtin=SALINE))
    history.recall = clinic.recall("A17", "A18")
    clinic.scan(session, history.units[10])
    history.lifted = clinic.recall("B1")
    recalling.lift_recall(clinic.act(), history.lifted, "a mistake of the sender")
    looking.name_patient(clinic.act(), session, "Verdi Ugo", "")
    renamed = looking.name_patient(clinic.act(), session, "Verdi Aldo", "", corrects=True)
    history.renamed = str(renamed.body["entry"])
    history.receipt = str(clinic.receive(clinic.label("A20", serial="S-1")).body["code"])
    for session in history.sessions[:2]:
        clinic.use_all_and_close(session)
    clinic.scan(history.sessions[2], clinic.label("S1", gtin=SALINE), quantity=3)
    return history


@dataclass
class Victim:
    """The database in the hands of somebody who has SQL and took the triggers off.

    Attributes:
        connection: His, in a transaction that is rolled back afterwards.
        history: What is in it.
        key: The chain's key, for attacks by the holder of the key.
    """

    connection: sa.Connection
    history: History
    key: bytes

    def run(self, statement: str, **values: object) -> int:
        """Do a statement; how many rows it met."""
        return self.connection.execute(sa.text(statement), values).rowcount

    def strike(self, number: int, statement: str, **values: object) -> str:
        """Do a statement to the entry of a number at TO, `:entry`; the reference of that entry."""
        query = "SELECT id FROM entry WHERE site_id = :site AND number = :number"
        entry = self.one(query, site=self.site(), number=number)
        self.run(statement, entry=entry, **values)
        return f"TO-{number}"

    def one(self, statement: str, **values: object) -> object:
        """The one value of a query."""
        return self.connection.execute(sa.text(statement), values).scalar_one()

    def site(self, code: str = "TO") -> int:
        """The id of a site."""
        return int(str(self.one("SELECT id FROM site WHERE code = :code", code=code)))

    def last(self, code: str = "TO") -> int:
        """The number of the latest entry of a site."""
        query = "SELECT max(number) FROM entry WHERE site_id = :site"
        return int(str(self.one(query, site=self.site(code))))

    def rechain(self, key: bytes, start: int = 1, code: str = "TO") -> None:
        """Compute leaves and MACs again from a number on, with a key, right or wrong."""
        rows = self.connection.execute(
            sa.text("SELECT id, number, text, mac FROM entry WHERE site_id = :s ORDER BY number"),
            {"s": self.site(code)},
        ).all()
        before = GENESIS
        for identity, number, text, mac in rows:
            if number >= start:
                leaf = leaf_hash(text)
                mac = link(key, code, number, before, leaf)
                self.run(
                    "UPDATE entry SET leaf = :leaf, mac = :mac WHERE id = :id",
                    leaf=leaf,
                    mac=mac,
                    id=identity,
                )
            before = mac


@contextmanager
def tampering(
    house: House, history: History, patch: pytest.MonkeyPatch, *, unguarded: sa.Engine
) -> Iterator[Victim]:
    """Let somebody at the database; what he did is seen by the verifier, and then taken back."""
    with unguarded.connect() as connection, patch.context() as here:
        attack = connection.begin()

        @contextmanager
        def through_his_eyes() -> Iterator[sa.Connection]:
            yield connection

        here.setattr(store, "reading", through_his_eyes)
        try:
            yield Victim(connection, history, proofs.chain_key(connection))
        finally:
            attack.rollback()


def unguard(house: House) -> sa.Engine:
    """Take the triggers off, and give an engine that asks for no foreign keys either."""
    engine = owner_of(house)
    with engine.begin() as connection:
        drop_triggers(connection)
    lite = engine.dialect.name == "sqlite"
    free = "PRAGMA foreign_keys=OFF" if lite else "SET session_replication_role = replica"

    @sa.event.listens_for(engine, "connect")
    def _free(connection: object, _: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # a driver's connection
        cursor.execute(free)
        cursor.close()
        if not lite:
            connection.commit()  # type: ignore[attr-defined]

    return engine


def faults(kept: tuple[str, ...] = ()) -> list[Fault]:
    """What the verifier finds besides the guards, which were taken off before."""
    found = verify_ledger(kept).faults
    return [fault for fault in found if not fault.what.startswith("guards are missing")]


def entry_about(victim: Victim, about: str, kind: str = "RECEIVE") -> str:
    """The entry of TO of a kind about a case."""
    number = victim.one(
        "SELECT number FROM entry WHERE site_id = :site AND kind = :kind AND about = :about",
        site=victim.site(),
        kind=kind,
        about=about,
    )
    return f"TO-{number}"


def recall_entry(victim: Victim) -> str:
    """The entry of TO that opened the recall."""
    return entry_about(victim, victim.history.recall, "OPEN_RECALL")


def session_entry(victim: Victim, session: str) -> str:
    """The entry that opened a session."""
    return entry_about(victim, session, "OPEN_SESSION")


def first_movement(victim: Victim, lot: str) -> str:
    """The entry that received a lot."""
    rows = victim.connection.execute(
        sa.text("SELECT number, text FROM entry WHERE site_id = :s ORDER BY number"),
        {"s": victim.site()},
    )
    return next(f"TO-{number}" for number, text in rows if f'"lot":"{lot}"' in text)


Attack = Callable[[Victim], str]
"""Does its harm and names the entry that must be found, or an empty text for any."""
