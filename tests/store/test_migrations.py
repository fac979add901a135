"""The migrations make what the program thinks is there."""

from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask_migrate import check, upgrade

from inventory import store
from inventory.store import db
from inventory.store.guards import missing_guards


def test_tables_and_migrations_say_the_same(app: Flask) -> None:
    check()


def test_upgrading_again_changes_nothing_and_loses_no_guard(app: Flask) -> None:
    upgrade()
    with store.reading() as connection:
        assert missing_guards(connection) == []
        there = set(sa.inspect(connection).get_table_names())
    assert set(db.metadata.tables) | {"alembic_version"} == there


def test_every_migration_has_one_before_it_but_the_first() -> None:
    files = sorted(Path("migrations/versions").glob("*.py"))
    before = [line for f in files for line in f.read_text().splitlines() if "down_revision" in line]
    assert sum("None" in line for line in before) == 1
