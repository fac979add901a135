"""R14: a migration killed anywhere leaves the old state or the new one, and the chain verifies."""

import os
import random
import signal
from multiprocessing.connection import Connection
from typing import Any

import sqlalchemy as sa
from flask_migrate import upgrade

from inventory import store
from inventory.operations.verifying import verify_ledger
from inventory.store.guards import missing_guards
from tests.auditing import audit
from tests.clinic import SALINE, Clinic
from tests.trust.conftest import how_often
from tests.trust.owner import owner_of
from tests.trust.workers import House, count_of

NEWEST, BEFORE = "0004", "0003"


def go_back(house: House) -> None:
    """Bring a database to the state before the newest migration, with all that is in it."""
    owner = owner_of(house)
    with owner.begin() as connection:
        if owner.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DROP TABLE patient_former")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{BEFORE}'")
    owner.dispose()


def migrate(house: House, point: int, told: Connection) -> None:
    """Migrate, and be killed before the statement of this number; tell how many there are."""
    count = 0

    def before(*_: Any) -> None:
        nonlocal count
        count += 1
        if count == point:
            os.kill(os.getpid(), signal.SIGKILL)

    app = house.app()
    with app.app_context():
        for step in ("before_cursor_execute", "commit"):
            sa.event.listen(sa.engine.Engine, step, before)
        upgrade()
        told.send(count)


def run(house: House, point: int) -> int | None:
    """How many statements a migration has; None if it was killed."""
    return count_of(migrate, house, point)


def state(house: House) -> tuple[str, bool]:
    """Which migration a database says it has, and whether the newest table is there."""
    owner = owner_of(house)
    with owner.connect() as connection:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        there = sa.inspect(connection).has_table("patient_former")
    owner.dispose()
    return str(version), there


def test_a_migration_killed_before_any_statement_leaves_the_old_state_or_the_new(
    clinic: Clinic, house: House, seed: int
) -> None:
    session = clinic.open_session(procedure="any")
    for unit in clinic.receive_kits("A17", 3):
        clinic.scan(session, unit)
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=1000)
    store.db.engine.dispose()
    go_back(house)
    statements = run(house, -1)
    assert statements is not None
    assert state(house) == (NEWEST, True)
    how_many = min(how_often("KITTRACE_KILLS", 4), statements)
    points = random.Random(seed).sample(range(1, statements + 1), how_many)
    print(f"{how_many} kills, at {statements} statements")
    for point in sorted({*points, statements}):
        go_back(house)
        assert run(house, point) is None
        assert state(house) in ((BEFORE, False), (NEWEST, True)), point
        assert run(house, -1) is not None
        assert state(house) == (NEWEST, True)
        with store.reading() as connection:
            assert missing_guards(connection) == [], point
            assert audit(connection) == [], point
        assert verify_ledger().faults == (), point
        assert clinic.scan(session, clinic.label("S1", gtin=SALINE)).body["accepted"], point
        store.db.engine.dispose()
