"""Migrations keep what is there, put the guards back, and end where the tables say."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import check, upgrade

from inventory import create_app, store
from inventory.store import patients
from inventory.store.guards import missing_guards
from tests.clinic import MONDAY
from tests.conftest import settings_for


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application whose database stands at the first migration."""
    (tmp_path / "instance").mkdir()
    url = f"sqlite:///{tmp_path / 'instance' / 'kittrace.db'}"
    admin, name = None, f"m_{uuid.uuid4().hex[:12]}"
    if request.param == "postgresql":
        server: sa.URL = request.getfixturevalue("postgresql_server")
        admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        url = server.set(database=name).render_as_string(hide_password=False)
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        upgrade(revision="0001")
        yield app
        store.db.engine.dispose()
    if admin is not None:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


STATEMENTS = (
    "INSERT INTO site (id, code, name, address) VALUES (7, 'TO', 'Torino', 'Via Roma 1')",
    "INSERT INTO item (id, code, name, reference, manufacturer, kind, tracking, single_use)"
    " VALUES (7, 'MT1', 'Kit', 'K', 'Acme', 'processing_kit', 'unit', true)",
    "INSERT INTO lot (id, item_id, number, expires_printed) VALUES (7, 7, 'A17', '')",
    "INSERT INTO unit (id, code, lot_id) VALUES (7, 'KT1', 7)",
)


def test_the_latest_migration_keeps_what_is_there_and_its_guards(old: Flask) -> None:
    with store.transaction() as connection:
        for statement in STATEMENTS:
            connection.exec_driver_sql(statement)
        of = patients.add_patient(connection, "PT1", "MRN 1", "Rossi Anna", "", MONDAY)
        before = connection.exec_driver_sql("SELECT code FROM installation").scalar_one()
    store.db.engine.dispose()
    upgrade()
    check()
    with store.reading() as connection:
        assert missing_guards(connection) == []
        assert connection.exec_driver_sql("SELECT code FROM installation").scalar_one() == before
        assert connection.exec_driver_sql("SELECT code FROM unit").scalars().all() == ["KT1"]
        found = patients.identities(connection, [of.code])[of.code]
        assert (found.record_number, found.name, found.corrections) == ("MRN 1", "Rossi Anna", ())
        assert connection.exec_driver_sql("SELECT count(*) FROM workstation").scalar_one() == 0
    with pytest.raises(Exception, match="append-only"), store.transaction() as connection:
        connection.exec_driver_sql("UPDATE unit SET code = 'KT2'")
