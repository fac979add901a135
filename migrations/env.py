"""Runs migrations as the owner: on an engine of its own, without the application's authorizer."""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from inventory.store import UTCDateTime, db, keyring
from inventory.store import tables as _tables  # noqa: F401 - fills the metadata
from inventory.store.engine import engine_options, prepare_engine
from inventory.store.trouble import why


def render_item(kind: str, value: Any, autogen_context: Any) -> Any:
    """Own types are written as what they are in the database."""
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate() -> None:
    """Upgrade or downgrade in one transaction where the database can (PostgreSQL)."""
    url = db.engine.url
    driver = current_app.config["SQLITE_DRIVER"]
    options = engine_options(url, driver)
    if url.get_backend_name() != "sqlite":
        options = {}  # a migration may take longer than an act
    engine = sa.create_engine(url, poolclass=sa.NullPool, **_without_pool(options))
    prepare_engine(engine, keyring(), driver, guarded=False)
    with _connected(engine) as connection:
        connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _connected(engine: sa.Engine) -> sa.Connection:
    try:
        return engine.connect()
    except sa.exc.DBAPIError as failed:
        raise RuntimeError(why(failed) or str(failed)) from None  # Flask-Migrate says it and ends


def _without_pool(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if not name.startswith("pool")}


migrate()
