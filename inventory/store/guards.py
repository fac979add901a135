"""What the database itself refuses: changing the past, and movements that cannot have been.

Append-only by triggers on both databases, also against SQLite's `INSERT OR REPLACE`, which walks
past a delete trigger, and against PostgreSQL's TRUNCATE and replica mode. A unit moves from where
its last step left it; a lot tracked by count is never drawn below zero; numbers have no gap; time
never goes back. `missing_guards` tells what is not there, and `/readyz` asks it.
"""

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from inventory.store.writer import LEDGER_LOCK

APPEND_ONLY: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "entry": (("id",), ("reverses_id",)),
    "movement": (("id",), ("entry_id", "line")),
    "lot": (("id",), ("item_id", "number")),
    "lot_expiry": (("entry_id",),),
    "unit": (("id",), ("code",), ("lot_id", "serial")),
    "site": (("id",), ("code",)),
    "location": (("id",), ("code",), ("label",)),
    "patient_session": (("id",), ("code",), ("place_id",)),
    "patient_former": (("entry_id",),),
    "receipt": (("id",), ("code",)),
    "recall": (("id",), ("code",)),
    "recall_scope": (("id",),),
    "checkpoint": (("id",), ("site_id", "size")),
    "note": (("id",), ("code",)),
    "installation": (("id",),),
    "unit_label": (("id",), ("code",), ("entry_id",)),
}
"""Tables that only grow, and each unique key by which a REPLACE could reach an old row."""

_FREE: Final = "('SUPPLIER', 'VARIANCE')"
"""Places that may give what they do not hold."""

SQLITE_CHECKS: Final[Mapping[str, str]] = {
    "entry_in_order": """
        CREATE TRIGGER entry_in_order BEFORE INSERT ON entry
        WHEN NEW.number IS NOT
               (SELECT coalesce(max(number), 0) + 1 FROM entry WHERE site_id = NEW.site_id)
          OR NEW.at < (SELECT at FROM entry WHERE site_id = NEW.site_id AND number = NEW.number - 1)
        BEGIN SELECT RAISE(ABORT, 'entry out of order'); END""",
    "movement_of_newest": """
        CREATE TRIGGER movement_of_newest BEFORE INSERT ON movement
        WHEN EXISTS (SELECT 1 FROM entry e JOIN entry later
                       ON later.site_id = e.site_id AND later.number = e.number + 1
                     WHERE e.id = NEW.entry_id)
          OR NOT EXISTS (SELECT 1 FROM entry e JOIN location l ON l.id = NEW.source_id
                         WHERE e.id = NEW.entry_id AND e.site_id = l.site_id)
        BEGIN SELECT RAISE(ABORT, 'movement of an entry that is past or elsewhere'); END""",
    "movement_of_unit": f"""
        CREATE TRIGGER movement_of_unit BEFORE INSERT ON movement WHEN NEW.unit_id IS NOT NULL AND (
          NEW.step IS NOT
            (SELECT coalesce(max(step), 0) + 1 FROM movement WHERE unit_id = NEW.unit_id)
          OR NEW.lot_id IS NOT (SELECT lot_id FROM unit WHERE id = NEW.unit_id)
          OR (NEW.step = 1 AND
              (SELECT kind FROM location WHERE id = NEW.source_id) NOT IN {_FREE})
          OR (NEW.step > 1 AND NEW.source_id IS NOT
              (SELECT destination_id FROM movement
               WHERE unit_id = NEW.unit_id AND step = NEW.step - 1)))
        BEGIN SELECT RAISE(ABORT, 'unit is not there'); END""",
    "movement_of_lot": f"""
        CREATE TRIGGER movement_of_lot BEFORE INSERT ON movement WHEN NEW.unit_id IS NULL AND (
          (SELECT i.tracking FROM lot l JOIN item i ON i.id = l.item_id WHERE l.id = NEW.lot_id)
            IS NOT 'lot'
          OR ((SELECT kind FROM location WHERE id = NEW.source_id) NOT IN {_FREE} AND
              (SELECT coalesce(sum(quantity), 0) FROM movement
                WHERE destination_id = NEW.source_id AND lot_id = NEW.lot_id)
              - (SELECT coalesce(sum(quantity), 0) FROM movement
                WHERE source_id = NEW.source_id AND lot_id = NEW.lot_id) < NEW.quantity))
        BEGIN SELECT RAISE(ABORT, 'lot is not covered'); END""",
}

POSTGRESQL_FUNCTIONS: Final[Mapping[str, str]] = {
    "forbid_change": """
        CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$""",
    "entry_in_order": f"""
        CREATE FUNCTION entry_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE latest record; BEGIN
          IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'entries are written in READ COMMITTED'
              USING ERRCODE = 'restrict_violation'; END IF;
          PERFORM pg_advisory_xact_lock({LEDGER_LOCK}, NEW.site_id);
          SELECT number, at INTO latest FROM entry
            WHERE site_id = NEW.site_id ORDER BY number DESC LIMIT 1;
          IF NEW.number <> coalesce(latest.number, 0) + 1 OR NEW.at < latest.at THEN
            RAISE EXCEPTION 'entry out of order' USING ERRCODE = 'restrict_violation'; END IF;
          RETURN NEW; END $$""",
    "movement_in_order": f"""
        CREATE FUNCTION movement_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE source record; latest record; held bigint; BEGIN
          IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'movements are written in READ COMMITTED'
              USING ERRCODE = 'restrict_violation'; END IF;
          SELECT kind, site_id INTO source FROM location WHERE id = NEW.source_id;
          PERFORM pg_advisory_xact_lock({LEDGER_LOCK}, source.site_id);
          IF EXISTS (SELECT 1 FROM entry e JOIN entry later
                       ON later.site_id = e.site_id AND later.number = e.number + 1
                     WHERE e.id = NEW.entry_id)
             OR source.site_id IS DISTINCT FROM
                (SELECT site_id FROM entry WHERE id = NEW.entry_id) THEN
            RAISE EXCEPTION 'movement of an entry that is past or elsewhere'
              USING ERRCODE = 'restrict_violation'; END IF;
          IF NEW.unit_id IS NOT NULL THEN
            SELECT step, destination_id INTO latest FROM movement
              WHERE unit_id = NEW.unit_id ORDER BY step DESC LIMIT 1;
            IF NEW.step <> coalesce(latest.step, 0) + 1
               OR NEW.lot_id IS DISTINCT FROM (SELECT lot_id FROM unit WHERE id = NEW.unit_id)
               OR (NEW.step = 1 AND source.kind NOT IN {_FREE})
               OR (NEW.step > 1 AND NEW.source_id <> latest.destination_id) THEN
              RAISE EXCEPTION 'unit is not there' USING ERRCODE = 'restrict_violation'; END IF;
            RETURN NEW;
          END IF;
          IF (SELECT i.tracking FROM lot l JOIN item i ON i.id = l.item_id
              WHERE l.id = NEW.lot_id) IS DISTINCT FROM 'lot' THEN
            RAISE EXCEPTION 'lot is not covered' USING ERRCODE = 'restrict_violation'; END IF;
          IF source.kind NOT IN {_FREE} THEN
            SELECT (SELECT coalesce(sum(quantity), 0) FROM movement
                      WHERE destination_id = NEW.source_id AND lot_id = NEW.lot_id)
                 - (SELECT coalesce(sum(quantity), 0) FROM movement
                      WHERE source_id = NEW.source_id AND lot_id = NEW.lot_id) INTO held;
            IF held < NEW.quantity THEN
              RAISE EXCEPTION 'lot is not covered' USING ERRCODE = 'restrict_violation'; END IF;
          END IF;
          RETURN NEW; END $$""",
}

_POSTGRESQL_CHECKS: Final = {"entry": "entry_in_order", "movement": "movement_in_order"}


def _sqlite_append_only(table: str) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    same = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in key) + ")"
        for key in APPEND_ONLY[table]
    )
    return {
        f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
        f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
        f"{table}_no_replace": f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}",
    }


def _postgresql_append_only(table: str) -> dict[str, str]:
    call = "EXECUTE FUNCTION forbid_change()"
    triggers = {
        f"{table}_no_change": f"CREATE TRIGGER {table}_no_change"
        f" BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}",
        f"{table}_no_truncate": f"CREATE TRIGGER {table}_no_truncate"
        f" BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    }
    if table in _POSTGRESQL_CHECKS:
        name = _POSTGRESQL_CHECKS[table]
        triggers[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    return triggers


def _wanted(connection: sa.Connection) -> dict[str, tuple[str, str]]:
    """Name of each trigger: its table and its statement; for the tables that are there."""
    lite = connection.dialect.name == "sqlite"
    there = set(sa.inspect(connection).get_table_names())
    triggers: dict[str, tuple[str, str]] = {}
    for table in APPEND_ONLY:
        if table in there:
            made = _sqlite_append_only(table) if lite else _postgresql_append_only(table)
            triggers |= {name: (table, statement) for name, statement in made.items()}
    if lite:
        for name, statement in SQLITE_CHECKS.items():
            table = name.split("_")[0]
            if table in there:
                triggers[name] = (table, statement)
    return triggers


def install_guards(connection: sa.Connection) -> None:
    """Put all guards of the tables that are there; called by migrations, as the owner."""
    lite = connection.dialect.name == "sqlite"
    wanted = _wanted(connection)
    for name, (table, _) in wanted.items():
        on = "" if lite else f" ON {table}"
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
    if not lite:
        for name, statement in POSTGRESQL_FUNCTIONS.items():
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}()")
            connection.exec_driver_sql(statement)
    for name, (table, statement) in wanted.items():
        connection.exec_driver_sql(statement)
        if not lite:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def missing_guards(connection: sa.Connection) -> list[str]:
    """Names of guards that are not there, not as written, or not always on."""
    wanted = _wanted(connection)
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type='trigger'"
        )
        there = {str(name): str(statement) for name, statement in rows}
        return sorted(
            name for name, (_, statement) in wanted.items() if there.get(name) != statement.strip()
        )
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgenabled = 'A'"
    )
    on = {(str(name), str(table)) for name, table in rows}
    bodies = connection.exec_driver_sql(
        "SELECT proname, prosrc FROM pg_proc WHERE prorettype = 'trigger'::regtype"
    )
    does = {str(name): str(body) for name, body in bodies}
    idle = [name for name, text in POSTGRESQL_FUNCTIONS.items() if does.get(name) != _body(text)]
    absent = [name for name, (table, _) in wanted.items() if (name, table) not in on]
    return sorted({*absent, *idle})


_OWNS: Final = sa.text(
    "SELECT rolsuper"
    " OR EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relname = ANY(:tables) AND pg_table_is_visible(c.oid)"
    " AND (pg_has_role(c.relowner, 'MEMBER') OR pg_has_role(n.nspowner, 'MEMBER')))"
    " OR EXISTS (SELECT 1 FROM pg_proc p WHERE p.proname = ANY(:functions)"
    " AND pg_function_is_visible(p.oid) AND pg_has_role(p.proowner, 'MEMBER'))"
    " FROM pg_roles WHERE rolname = current_user"
)


def may_unguard(connection: sa.Connection) -> bool:
    """Whether our role could take the guards off.

    It could if it owns a table of the ledger, the schema in which that lies or the function of a
    guard, by itself or through a role that it is in, or is a superuser. SQLite has no roles.
    """
    if connection.dialect.name == "sqlite":
        return False
    names = {"tables": list(APPEND_ONLY), "functions": list(POSTGRESQL_FUNCTIONS)}
    return bool(connection.execute(_OWNS, names).scalar_one())


def _body(statement: str) -> str:
    """What stands between the dollar signs, as PostgreSQL keeps it."""
    return statement.split("$$")[1].replace("%%", "%")


def grant_application(connection: sa.Connection, role: str) -> None:
    """Give a PostgreSQL role what the application needs and nothing that changes the past.

    Args:
        connection: As the owner of the tables.
        role: Name of the role, letters, digits and underscores.

    Raises:
        ValueError: The name is none, or that of no role.
    """
    if not role.isidentifier():
        raise ValueError("A role's name is letters, digits and underscores, first a letter.")
    known = sa.text("SELECT 1 FROM pg_roles WHERE rolname = lower(:role)")
    if connection.execute(known, {"role": role}).first() is None:
        raise ValueError(f"There is no role {role[:63]}. Make it first: CREATE ROLE ... LOGIN.")
    tables = set(sa.inspect(connection).get_table_names())
    mutable = tables - set(APPEND_ONLY) - {"alembic_version", "answer"}
    connection.exec_driver_sql("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
    for table in sorted(tables):
        rights = "SELECT, INSERT, UPDATE, DELETE" if table in mutable else "SELECT, INSERT"
        if table == "alembic_version":
            rights = "SELECT"
        connection.exec_driver_sql(f'REVOKE ALL ON "{table}" FROM {role}')
        connection.exec_driver_sql(f'GRANT {rights} ON "{table}" TO {role}')
    connection.exec_driver_sql(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
