"""The database as its owner sees it: no authorizer, and a way to take the guards off."""

import sqlalchemy as sa

from inventory.store.engine import engine_options, prepare_engine
from inventory.store.keyring import Keyring
from tests.trust.workers import House


def owner_of(house: House) -> sa.Engine:
    """An engine that may change the schema: what somebody with the file, or the owner, has."""
    url = sa.make_url(house.url)
    options = engine_options(url, "sqlcipher") if url.get_backend_name() == "sqlite" else {}
    options.pop("pool_size", None)
    engine = sa.create_engine(url, poolclass=sa.NullPool, **options)
    prepare_engine(engine, Keyring.load(house.folder / "keys"), "sqlcipher", guarded=False)
    return engine


def drop_triggers(connection: sa.Connection) -> None:
    """Take every trigger off."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in names.scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return
    rows = connection.exec_driver_sql(
        "SELECT tgname, relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT tgisinternal"
    ).all()
    for name, table in rows:
        connection.exec_driver_sql(f'DROP TRIGGER {name} ON "{table}"')
