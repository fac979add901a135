"""The demonstration clinic: sound, complete, and the same again from the same seed."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import create_app, store
from inventory.domain.codes import own_kind
from inventory.operations import recalling
from inventory.operations.demonstrating import Demonstration, load_demonstration
from inventory.operations.demonstration_data import BY_KEY, PEOPLE, RECALLED
from inventory.operations.label_contents import Kind, Wanted, batch_of
from inventory.operations.verifying import verify_ledger
from inventory.store.errors import Conflict
from labels.composing import compose
from labels.kinds import StaffBadge
from labels.layout import STOCKS
from tests.auditing import audit, audit_and_leave
from tests.clinic import ROME
from tests.conftest import settings_for

UNTIL = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
WEEKS = 10


def make(folder: Path, template: Path) -> Flask:
    """An application on a fresh embedded database."""
    shutil.copytree(template, folder)
    url = f"sqlite:///{folder / 'instance' / 'kittrace.db'}"
    return create_app(settings_for(url, folder), web=False)


@pytest.fixture(scope="module")
def loaded(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Demonstration]:
    app = make(tmp_path_factory.mktemp("demo") / "d", sqlite_template)
    with app.app_context():
        yield load_demonstration(7, UNTIL, ROME, 30, WEEKS)
        store.db.engine.dispose()


def rows(statement: str) -> list[sa.Row[*tuple[Any, ...]]]:
    with store.reading() as connection:
        return list(connection.execute(sa.text(statement)).all())


def test_the_ledger_of_the_demonstration_is_sound(loaded):
    with store.reading() as connection:
        assert audit(connection) == []
    assert verify_ledger().faults == ()


def test_each_ring_of_the_standing_recall_holds_sessions(loaded):
    rings = recalling.recall_report(loaded.recall, "giulia", UNTIL).rings
    assert len(rings.exposed_sessions) == 4
    doubts = Counter(why.code for judged in rings.cannot_be_excluded for why in judged.why)
    assert set(doubts) >= {"wasted-contact-possible", "lot-typed", "check-overruled"}
    reasons = {why.code for judged in rings.excluded for why in judged.why}
    assert reasons >= {"another-lot", "restocked-unopened"}


def test_the_recalled_lot_is_used_wasted_and_on_hand_and_adds_up(loaded):
    (lot,) = recalling.recall_report(loaded.recall, "giulia", UNTIL).reconciliation
    assert (lot.lot, lot.received, lot.unexplained) == (RECALLED[1], 10, 0)
    assert lot.used > 0
    assert lot.wasted > 0
    assert lot.on_hand > 0


def test_one_recall_stands_and_an_earlier_one_was_lifted(loaded):
    kinds = Counter(kind for (kind,) in rows("SELECT kind FROM entry"))
    assert (kinds["OPEN_RECALL"], kinds["LIFT_RECALL"]) == (4, 2)  # an entry at each of two sites


def test_scans_were_refused_for_what_a_nurse_meets(loaded):
    reasons = {reason for (reason,) in rows("SELECT reason FROM entry WHERE kind = 'REFUSAL'")}
    assert reasons >= {"not-here", "lot-expired", "unit-already-used", "lot-recalled"}


def test_one_session_is_going_on_and_one_was_cancelled(loaded):
    still = rows(
        "SELECT code FROM patient_session s WHERE NOT EXISTS (SELECT 1 FROM entry e"
        " WHERE e.about = s.code AND e.kind = 'CLOSE_SESSION')"
    )
    assert [code for (code,) in still] == [loaded.open_session]
    assert len(rows("SELECT 1 FROM entry WHERE reason = 'procedure-cancelled'")) == 2


def test_acts_are_done_in_working_hours_and_the_last_ones_just_before_the_end(loaded):
    instants = [
        datetime.fromisoformat(str(at)).replace(tzinfo=UTC)
        for (at,) in rows("SELECT at FROM entry")
    ]
    assert UNTIL - timedelta(hours=1) < max(instants) < UNTIL
    hours = {at.astimezone(ROME).hour for at in instants}
    assert hours <= set(range(7, 18))


def test_something_expires_soon_and_something_expired_lies_in_quarantine(loaded):
    held = rows(
        "SELECT o.number, o.expires_on, l.code FROM movement m"
        " JOIN location l ON l.id = m.destination_id JOIN lot o ON o.id = m.lot_id"
        " WHERE l.kind IN ('STORE', 'QUARANTINE')"
    )
    today = UNTIL.date()
    days = {(datetime.fromisoformat(str(on)).date() - today).days for _, on, _ in held}
    assert any(0 <= count < 30 for count in days)
    assert any(30 <= count < 90 for count in days)
    assert ("2508D", "CN-QUARANTINE") in {(lot, place) for lot, _, place in held}


def test_no_patient_is_named_outside_the_vault(loaded):
    texts = "\n".join(text for (text,) in rows("SELECT text FROM entry"))
    assert "Giordano" not in texts
    assert "Barberis" not in texts


def test_a_database_with_entries_is_refused(loaded):
    with pytest.raises(Conflict, match="holds entries or sites already"):
        load_demonstration(7, UNTIL, ROME, 30, WEEKS)


def test_identifiers_are_of_the_demonstration_prefix_or_hibc():
    levels = [level for ware in BY_KEY.values() for level in ware.packaging]
    assert {level.di[1:4] for level in levels if level.issuer == "gs1"} == {"952"}
    assert {level.issuer for level in levels} == {"gs1", "hibcc"}


def codes() -> list[str]:
    """What was drawn for everything that has a code."""
    found = rows(
        "SELECT code FROM unit UNION ALL SELECT code FROM patient_session UNION ALL"
        " SELECT code FROM receipt UNION ALL SELECT code FROM recall UNION ALL"
        " SELECT code FROM patient UNION ALL SELECT code FROM item UNION ALL"
        " SELECT label FROM location WHERE label IS NOT NULL UNION ALL"
        " SELECT number FROM lot"
    )
    return sorted(code for (code,) in found)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_same_seed_and_last_day_give_the_same_codes_on_both_databases(
    app, tmp_path, sqlite_template
):
    made = load_demonstration(11, UNTIL, ROME, 30, 6)
    assert made.sessions > 25
    assert recalling.recall_report(made.recall, "giulia", UNTIL).rings.exposed
    first = codes()
    assert len({code for code in first if own_kind(code) == "PS"}) > 25
    other = make(tmp_path / "other", sqlite_template)
    with other.app_context():
        load_demonstration(11, UNTIL + timedelta(hours=3), ROME, 30, 6)
        assert codes() == first
    audit_and_leave(other)


CODES = {
    Kind.UNIT: "SELECT min(code) FROM unit GROUP BY lot_id",
    Kind.LOT: "SELECT id FROM lot",
    Kind.PLACE: "SELECT code FROM location WHERE label <> ''",
    Kind.SESSION: "SELECT code FROM patient_session",
    Kind.PRODUCT: "SELECT code FROM patient_session",
}


@pytest.mark.parametrize("kind", CODES)
def test_its_labels_are_drawn_at_every_size(loaded, kind):
    clinic = "Clinica Monviso, Torino e Cuneo"
    more = {"processed_at": UNTIL, "volume_ml": "999.9"} if kind is Kind.PRODUCT else {}
    codes = [str(code) for (code,) in rows(CODES[kind])]
    assert codes
    with store.reading() as connection:
        for code in codes:
            for label in batch_of(connection, Wanted(kind, code, **more), clinic, ROME).labels:
                assert all(compose(label, stock) for stock in STOCKS.values())


@pytest.mark.parametrize(("name", "role"), PEOPLE)
def test_its_badges_are_drawn_at_every_size(name, role):
    badge = StaffBadge("SB7Q2M9XH4N", name, role, "Clinica Monviso, Torino e Cuneo")
    assert all(compose(badge, stock) for stock in STOCKS.values())
