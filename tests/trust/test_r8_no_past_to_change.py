"""R8: the application cannot change the past, even if somebody else writes its SQL."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

import wsgi
from inventory import create_app, store
from inventory.operations import fitness
from inventory.store.engine import sqlite_module
from inventory.store.guards import may_unguard
from inventory.store.keyring import Keyring
from tests.clinic import SALINE, Clinic
from tests.conftest import settings_for
from tests.trust.owner import drop_triggers, owner_of
from tests.trust.workers import House, Scan, scan_once

ENTRY = 'site_id, number, kind, at, occurred_at, "by", about, reason, reverses_id, text, leaf, mac'
MOVEMENT = (
    "entry_id, line, lot_id, unit_id, step, source_id, destination_id, quantity, entered,"
    " overridden"
)
TO_MOVEMENT = f"INSERT INTO movement (id, {MOVEMENT})"
TO_ENTRY = f"INSERT INTO entry (id, {ENTRY})"
NEWEST = "(SELECT max(id) FROM entry WHERE site_id = 1)"
ON_SHELF = "(SELECT id FROM location WHERE code = 'TO-OR1')"
GONE = "(SELECT id FROM location WHERE code = 'TO-USED')"
SALINE_LOT = "(SELECT id FROM lot WHERE number = 'S1')"

BOTH = {
    "edit an entry": "UPDATE entry SET text = 'x' WHERE id = 3",
    "edit a movement": "UPDATE movement SET entered = 'chosen' WHERE id = 1",
    "edit a lot": "UPDATE lot SET number = 'B2'",
    "edit a unit": "UPDATE unit SET lot_id = 2",
    "edit a session": "UPDATE patient_session SET patient_id = 1, code = 'PSX'",
    "take a lot out of a recall": "DELETE FROM recall_scope",
    "delete an entry": "DELETE FROM entry WHERE id = 3",
    "delete a movement": "DELETE FROM movement WHERE id = 1",
    "insert or update": f"{TO_ENTRY} SELECT id, {ENTRY} FROM entry WHERE id = 3"
    " ON CONFLICT (id) DO UPDATE SET text = 'x'",
    "a number with a gap": f"{TO_ENTRY} SELECT 9000, site_id, number + 2, kind,"
    f' at, occurred_at, "by", about, reason, NULL, text, leaf, mac FROM entry WHERE id = {NEWEST}',
    "an entry before the latest": f"{TO_ENTRY} SELECT 9000, site_id, number + 1,"
    ' kind, (SELECT min(at) FROM entry), occurred_at, "by", about, reason, NULL, text, leaf, mac'
    f" FROM entry WHERE id = {NEWEST}",
    "a step that is not the next": f"{TO_MOVEMENT} SELECT 9000, {NEWEST}, 50,"
    f" lot_id, unit_id, step + 2, destination_id, {GONE}, 1, 'typed', ''"
    " FROM movement WHERE unit_id IS NOT NULL AND id = 2",
    "a unit from where it is not": f"{TO_MOVEMENT} SELECT 9000, {NEWEST}, 50,"
    f" lot_id, unit_id, step + 1, {GONE}, {ON_SHELF}, 1, 'typed', ''"
    " FROM movement WHERE unit_id IS NOT NULL AND id = 2",
    "more of a lot than is there": f"{TO_MOVEMENT} VALUES"
    f" (9000, {NEWEST}, 50, {SALINE_LOT}, NULL, NULL, {ON_SHELF}, {GONE}, 1000, 'typed', '')",
    "a movement of a past entry": f"{TO_MOVEMENT} VALUES"
    f" (9000, 3, 50, {SALINE_LOT}, NULL, NULL, {ON_SHELF}, {GONE}, 1, 'typed', '')",
    "a unit as if it were by lot": f"{TO_MOVEMENT} SELECT 9000, {NEWEST}, 50,"
    f" lot_id, NULL, NULL, {ON_SHELF}, {GONE}, 1, 'typed', '' FROM movement WHERE id = 1",
    "drop the ledger": "DROP TABLE movement",
    "another column": "ALTER TABLE entry ADD COLUMN more TEXT",
}

POSTGRESQL = {
    "truncate": "TRUNCATE entry CASCADE",
    "merge": "MERGE INTO entry USING (SELECT 3 AS key) AS s ON entry.id = s.key"
    " WHEN MATCHED THEN UPDATE SET text = 'x'",
    "disable the triggers": "ALTER TABLE entry DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER entry_no_change ON entry",
    "a rule": "CREATE RULE r AS ON INSERT TO entry DO INSTEAD NOTHING",
    "replica mode": "SET session_replication_role = replica",
    "another guard": "CREATE OR REPLACE FUNCTION forbid_change() RETURNS trigger"
    " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "a table of one's own": "CREATE TABLE public.mine (x int)",
    "copy over the past": "COPY entry FROM PROGRAM 'cat /etc/passwd'",
    "take the ownership": "ALTER TABLE entry OWNER TO CURRENT_USER",
    "change an answer that was given": "UPDATE answer SET body = 'x'",
    "change the version of the schema": "UPDATE alembic_version SET version_num = 'x'",
}

SQLITE = {
    "replace an entry by id": f"REPLACE INTO entry (id, {ENTRY}) SELECT id, {ENTRY} FROM entry"
    " WHERE id = 3",
    "replace an entry by number": f"REPLACE INTO entry ({ENTRY}) SELECT {ENTRY} FROM entry"
    " WHERE id = 3",
    "replace a movement by line": f"REPLACE INTO movement ({MOVEMENT}) SELECT {MOVEMENT}"
    " FROM movement WHERE id = 1",
    "replace a lot": "INSERT OR REPLACE INTO lot (item_id, number, expires_on, expires_printed)"
    " SELECT item_id, number, '2040-01-01', expires_printed FROM lot",
    "update or replace": "UPDATE OR REPLACE entry SET number = 2 WHERE id = 3",
}

AUTHORIZER = {
    "drop a trigger": "DROP TRIGGER entry_no_update",
    "a trigger of one's own": "CREATE TEMP TRIGGER t BEFORE INSERT ON entry BEGIN SELECT 1; END",
    "a schema that can be written": "PRAGMA writable_schema = ON",
    "no foreign keys": "PRAGMA foreign_keys = OFF",
    "no waiting for the disk": "PRAGMA synchronous = OFF",
    "another key": "PRAGMA rekey = 'x'",
    "another file": "ATTACH DATABASE ':memory:' AS other",
}


@pytest.fixture
def stocked(clinic: Clinic, house: House) -> Clinic:
    """Kits first, so that movement 1 is a unit's; then saline, a session and a recall."""
    kits = clinic.receive_kits("A17", 3)
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5)
    clinic.scan(clinic.open_session(procedure="any"), kits[0])
    clinic.recall("B1")
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=5, key="k1")
    return clinic


def passed(engine: sa.Engine, statements: dict[str, str]) -> list[str]:
    """The names of statements that were not refused; each is taken back."""
    through = []
    for name, statement in statements.items():
        with engine.connect() as connection:
            try:
                connection.exec_driver_sql(statement)
            except DBAPIError:
                continue
            else:
                through.append(name)
            finally:
                connection.rollback()
    return through


@pytest.fixture
def least(stocked: Clinic, house: House, app: Flask, tmp_path: Path) -> Iterator[str]:
    """The database's address for a role that has what `flask ledger grant` gives, and no more."""
    role, password = f"app_{secrets.token_hex(4)}", secrets.token_hex(8)
    owner = owner_of(house)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'")
    result = app.test_cli_runner().invoke(args=["ledger", "grant", role])
    assert result.exit_code == 0, result.output
    url = sa.make_url(house.url).set(username=role, password=password)
    yield url.render_as_string(hide_password=False)
    with owner.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")
    owner.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_least_role_works_and_cannot_change_the_past(
    stocked: Clinic, house: House, least: str, tmp_path: Path
) -> None:
    statements = BOTH | POSTGRESQL
    (kit,) = stocked.receive_kits("A18")
    session = stocked.open_session(procedure="any")
    purged = current_app.test_cli_runner().invoke(args=["ledger", "purge-answers"])
    assert purged.exit_code == 0, purged.output
    app = create_app(settings_for(least, tmp_path), web=False)
    with app.app_context():
        assert passed(store.db.engine, statements) == []
        assert scan_once(house, Scan(session, kit, "k9")).entry
        assert scan_once(house, Scan(session, kit, "k9")).replayed
        assert fitness.what_to_warn_of() == ()
        wsgi.prepare(app)  # nothing is migrated, and nothing is warned of
        refused = app.test_cli_runner().invoke(args=["ledger", "purge-answers"])
        assert (refused.exit_code, "as the owner of the tables" in refused.output) == (1, True)
        store.db.session.remove()
        store.db.engine.dispose()
    print(f"{len(statements)} statements refused to the application's role")


MIGHT = {
    "nothing more than it was granted": "SELECT 1",
    "a table of the ledger": "ALTER TABLE lot_expiry OWNER TO {role}",
    "a guard's function": "ALTER FUNCTION forbid_change() OWNER TO {role}",
    "the schema": "ALTER SCHEMA public OWNER TO {role}",
    "the database, whose owner the schema's is": "ALTER DATABASE {database} OWNER TO {role}",
    "what a role it may become owns": "CREATE ROLE keeper NOINHERIT;"
    " ALTER TABLE entry OWNER TO keeper; GRANT keeper TO {role}",
    "everything, as a superuser": "ALTER ROLE {role} SUPERUSER",
}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_whoever_could_take_the_guards_off_is_known_by_what_he_owns(
    house: House, least: str
) -> None:
    names = {"role": sa.make_url(least).username, "database": sa.make_url(house.url).database}
    owner, known = owner_of(house), []
    for name, statement in MIGHT.items():
        with owner.connect() as connection:
            connection.exec_driver_sql(statement.format_map(names))
            connection.exec_driver_sql(f"SET LOCAL ROLE {names['role']}")
            known += [name] if may_unguard(connection) else []
            connection.rollback()
    owner.dispose()
    assert known == list(MIGHT)[1:]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_not_even_the_owner_changes_a_row_while_the_guards_stand(
    stocked: Clinic, house: House
) -> None:
    owner = owner_of(house)
    rows = {name: text for name, text in BOTH.items() if name not in SCHEMA}
    more = {name: POSTGRESQL[name] for name in ("truncate", "merge")}
    assert passed(owner, rows | more) == []
    with owner.connect() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        with pytest.raises(DBAPIError, match="append-only"):
            connection.exec_driver_sql(BOTH["edit an entry"])
    owner.dispose()


SCHEMA = ("drop the ledger", "another column")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_applications_own_connection_cannot_change_the_past(stocked: Clinic) -> None:
    statements = BOTH | SQLITE | {f"{name}, forbidden": text for name, text in AUTHORIZER.items()}
    assert passed(store.db.engine, statements) == []
    print(f"{len(statements)} statements refused on the application's connection")


def stranger(house: House) -> sa.Engine:
    """Somebody with the file and its key, and none of our settings."""
    module = sqlite_module("sqlcipher")
    keys = Keyring.load(house.folder / "keys")

    def connect() -> object:
        connection = module.connect(house.url.removeprefix("sqlite:///"), check_same_thread=False)
        connection.execute(f"PRAGMA key=\"x'{keys.database.hex()}'\"")
        return connection

    return sa.create_engine("sqlite://", creator=connect, module=module, poolclass=sa.NullPool)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_stranger_with_the_key_is_refused_all_but_the_schema(
    stocked: Clinic, house: House
) -> None:
    engine = stranger(house)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA recursive_triggers").scalar_one() == 0
    rows = {name: text for name, text in BOTH.items() if name not in SCHEMA}
    assert passed(engine, rows | SQLITE) == []
    engine.dispose()


@pytest.mark.tampers
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_control_with_delete_triggers_only_a_replace_goes_through(
    stocked: Clinic, house: House
) -> None:
    """What everybody builds first: triggers before update and delete, and none before insert."""
    engine = stranger(house)
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in names.scalars().all():
            if not name.endswith(("_no_update", "_no_delete")):
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(SQLITE["replace a lot"])
        changed = connection.exec_driver_sql("SELECT DISTINCT expires_on FROM lot").scalars().all()
        assert changed == ["2040-01-01"]
    engine.dispose()


@pytest.mark.tampers
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_control_without_triggers_the_owner_changes_what_he_likes(
    stocked: Clinic, house: House
) -> None:
    owner = owner_of(house)
    with owner.begin() as connection:
        drop_triggers(connection)
    held_by_keys = {"edit a lot", "edit a unit", "delete an entry"}
    assert set(BOTH) - set(passed(owner, BOTH)) <= held_by_keys
    owner.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_who_take_no_lock_cannot_draw_more_of_a_lot_than_is_there(
    stocked: Clinic, house: House
) -> None:
    """The second waits for the first: the trigger takes the lock of the place's site itself."""
    owner = owner_of(house)
    draw = (
        f"{TO_MOVEMENT} VALUES (%s, {NEWEST}, %s, {SALINE_LOT}, NULL, NULL,"
        f" {ON_SHELF}, {GONE}, 8, 'typed', '')"
    )
    with owner.connect() as one, owner.connect() as two:
        one.exec_driver_sql(draw, (9001, 51))
        two.exec_driver_sql("SET lock_timeout = '100ms'")
        two.commit()
        with pytest.raises(DBAPIError, match="lock timeout"):
            two.exec_driver_sql(draw, (9002, 52))
        two.rollback()
        one.rollback()
        two.exec_driver_sql(draw, (9002, 52))
        with pytest.raises(DBAPIError, match="lot is not covered"):
            two.exec_driver_sql(draw, (9003, 53))
    owner.dispose()
