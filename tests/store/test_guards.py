"""The guards of the database: all there, and missed when they are not."""

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.store.guards import APPEND_ONLY, grant_application, install_guards, missing_guards
from tests.clinic import Clinic
from tests.trust.owner import drop_triggers, owner_of
from tests.trust.workers import House


@pytest.fixture
def owner(clinic: Clinic, database: str, tmp_path) -> sa.Engine:  # type: ignore[no-untyped-def]
    return owner_of(House(database, tmp_path, clinic.now))


def test_after_a_migration_no_guard_is_missing(app: Flask) -> None:
    with store.reading() as connection:
        assert missing_guards(connection) == []
        tables = set(sa.inspect(connection).get_table_names())
    assert set(APPEND_ONLY) <= tables


@pytest.mark.tampers
def test_each_guard_taken_off_is_missed_by_name_and_put_back(owner: sa.Engine) -> None:
    with owner.begin() as connection:
        drop_triggers(connection)
        missed = missing_guards(connection)
        wanted = "entry_no_update" if owner.dialect.name == "sqlite" else "entry_no_change"
        assert wanted in missed
        assert len(missed) > len(APPEND_ONLY)
        install_guards(connection)
        assert missing_guards(connection) == []
        install_guards(connection)
        assert missing_guards(connection) == []
    owner.dispose()


@pytest.mark.tampers
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_guard_of_the_same_name_that_does_nothing_is_missed(owner: sa.Engine) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entry_no_update")
        connection.exec_driver_sql(
            "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END"
        )
        assert missing_guards(connection) == ["entry_no_update"]
    owner.dispose()


@pytest.mark.tampers
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "missed"),
    [
        ("ALTER TABLE entry DISABLE TRIGGER entry_no_change", "entry_no_change"),
        ("ALTER TABLE entry ENABLE TRIGGER entry_no_change", "entry_no_change"),
        (
            "CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NEW; END'",
            "forbid_change",
        ),
        (
            "DROP TRIGGER entry_no_change ON entry; CREATE TRIGGER entry_no_change BEFORE UPDATE"
            " ON answer FOR EACH ROW EXECUTE FUNCTION forbid_change();"
            " ALTER TABLE answer ENABLE ALWAYS TRIGGER entry_no_change",
            "entry_no_change",
        ),
    ],
    ids=["disabled", "not always on", "its function does nothing", "on another table"],
)
def test_a_guard_that_guards_no_more_is_missed(
    owner: sa.Engine, statement: str, missed: str
) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql(statement)
        assert missing_guards(connection) == [missed]
    owner.dispose()


def test_a_role_has_the_name_of_a_role(app: Flask) -> None:
    with (
        store.reading() as connection,
        pytest.raises(ValueError, match="letters, digits and underscores"),
    ):
        grant_application(connection, "app; DROP TABLE entry")
