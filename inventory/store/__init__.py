"""The store: SQL and nothing but. Plain values in, domain values out; it never decides.

One act is one transaction, and its first statement takes the ledger lock of the sites it touches:
at most once, recall against scan, gap-free numbers and the chain all follow from that.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, cast

import sqlalchemy as sa
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, registry

from inventory.store.engine import engine_options, prepare_engine
from inventory.store.glances import Glances
from inventory.store.held import held_by
from inventory.store.keyring import Keyring
from inventory.store.prepared import Questions, run_together
from inventory.store.writer import Writer, ledger_locks

AnyRow: TypeAlias = sa.Row[*tuple[Any, ...]]
"""A row as wide as its select."""

NAMES: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant in UTC, in and out, on every database; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse what has no zone, and keep UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the zone back that SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What the tables with objects of their own (people) derive from."""

    registry = registry(
        type_annotation_map={datetime: UTCDateTime()}, metadata=sa.MetaData(naming_convention=NAMES)
    )


db = SQLAlchemy(model_class=Base)


def init_store(app: Flask, keys: Keyring) -> None:
    """Bind the database of the settings to an application.

    Args:
        app: With `SQLALCHEMY_DATABASE_URI`, `SQLITE_DRIVER` in its configuration.
        keys: Gives the file's key and the chain's.
    """
    app.extensions["kittrace.keys"] = keys
    url = sa.make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url, app.config["SQLITE_DRIVER"])
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine, keys, app.config["SQLITE_DRIVER"])
        app.extensions["kittrace.writer"] = Writer(db.engine)
        app.extensions["kittrace.glances"] = Glances(db.engine)


def keyring() -> Keyring:
    """The keys of the running application."""
    return cast(Keyring, current_app.extensions["kittrace.keys"])


@contextmanager
def transaction(
    *sites: int, brief: bool = False, ahead: Questions = tuple
) -> Iterator[sa.Connection]:
    """The one transaction of an act, the ledger locks of its sites taken first.

    The request's own reading transaction ends here, so that nobody waits for himself and what is
    read afterwards is fresh.

    Args:
        *sites: Ids of the sites; locked in ascending order. None for what is outside all ledgers.
        brief: The act takes milliseconds: it may share its commit with others like it.
        ahead: What the act will ask for first; see `Writer.lend`.
    """
    if db.session.registry.has():
        db.session.close()
    writer: Writer = current_app.extensions["kittrace.writer"]
    calls: list[Callable[[], None]] = []
    with writer.lend(*sorted(set(sites)), brief=brief, ahead=ahead) as connection:
        held = held_by(connection)
        if held:
            held.calls = calls
        yield connection
    for call in calls:
        call()


def after_commit(connection: sa.Connection, call: Callable[[], None]) -> None:
    """Have something done once the act is through, and not at all if it is not."""
    held = held_by(connection)
    if held is None:
        raise RuntimeError("only an act has a commit to wait for")
    held.calls.append(call)


@contextmanager
def reading() -> Iterator[sa.Connection]:
    """A reading transaction that sees one state of the database and waits for no writer."""
    engine = db.engine
    if engine.dialect.name != "sqlite":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def glancing() -> Iterator[sa.Connection]:
    """A connection for one prepared SELECT, which by itself sees one state of the database."""
    glances: Glances = current_app.extensions["kittrace.glances"]
    with glances.lend() as connection:
        yield connection


def lock_site(connection: sa.Connection, site: int) -> None:
    """Take a further site's ledger lock; only in ascending order of sites."""
    run_together(connection, ledger_locks(connection, [site]))


def row_id(result: sa.CursorResult[Any]) -> int:
    """The id of the row that an INSERT made."""
    key = result.inserted_primary_key
    if key is None:  # pragma: no cover - every table here has a key
        raise LookupError("no key was made")
    return int(key[0])
