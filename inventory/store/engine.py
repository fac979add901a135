"""How a connection is opened: driver, version gate, settings, and what it may not do.

SQLite 3.7.0 to 3.51.2 can lose a write-ahead log (fixed in 3.51.3 and 3.50.7): the driver carries
its own, fixed and encrypted; the standard library's is taken only where asked for, with the
rollback journal where its version lies in that range.
"""

import sqlite3
import time
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from inventory.store.keyring import Keyring
from inventory.store.prepared import run_text

PRAGMAS: Final = {
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "recursive_triggers": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "busy_timeout": ("5000", 5000),
    "cell_size_check": ("ON", 1),
}
"""What every SQLite connection is set to, and what it must answer when asked."""

POOL: Final = 40
"""Connections at most: each of eight threads reads on one and glances on one, each site has one."""

TIMEOUTS: Final = (
    "-c lock_timeout=3s -c idle_in_transaction_session_timeout=5s -c statement_timeout=10s"
)

LIMITS: Final = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon libpq gives up on a computer that is gone: seconds, but milliseconds for the last."""

_FORBIDDEN: Final = frozenset(
    getattr(sqlite3, name)
    for name in (
        "SQLITE_DROP_TRIGGER",
        "SQLITE_DROP_TABLE",
        "SQLITE_DROP_INDEX",
        "SQLITE_ALTER_TABLE",
        "SQLITE_CREATE_TEMP_TRIGGER",
        "SQLITE_CREATE_TEMP_TABLE",
        "SQLITE_CREATE_TRIGGER",
        "SQLITE_CREATE_TABLE",
        "SQLITE_CREATE_TEMP_VIEW",
        "SQLITE_ATTACH",
        "SQLITE_DETACH",
    )
)
"""What the application's connections are refused: nothing here changes the schema."""

_LOOKS: Final = frozenset({"table_info", "table_xinfo", "index_list", "index_info", "index_xinfo"})
"""Pragmas that take a name and change nothing."""


class UnfitDatabase(RuntimeError):
    """The database must not be trusted with a ledger: a version, a setting or a guard is wrong."""


def is_fixed(version: str) -> bool:
    """Whether a SQLite is outside the range of the write-ahead-log bug.

    Examples:
        >>> [is_fixed(v) for v in ("3.40.1", "3.50.7", "3.51.2", "3.51.3", "3.53.4")]
        [False, True, False, True, True]
    """
    number = tuple(int(part) for part in version.split("."))
    return number >= (3, 51, 3) or (3, 50, 7) <= number < (3, 51, 0)


def sqlite_module(driver: str) -> Any:
    """The SQLite driver of a name: `sqlcipher` (ours) or `stdlib` (the fallback)."""
    if driver == "stdlib":
        return sqlite3
    import sqlcipher3.dbapi2 as sqlcipher

    return sqlcipher


def engine_options(url: sa.URL, driver: str) -> dict[str, Any]:
    """What SQLAlchemy's engine is made with."""
    if url.get_backend_name() != "sqlite":
        limits = {name: value for name, value in LIMITS.items() if name not in url.query}
        return {"connect_args": {"options": TIMEOUTS, **limits}, "pool_size": POOL}
    return {"module": sqlite_module(driver), "pool_size": POOL, "connect_args": {"timeout": 5}}


def prepare_engine(engine: sa.Engine, keys: Keyring, driver: str, guarded: bool = True) -> None:
    """Hang our settings on every connection that the engine opens.

    Args:
        engine: Not used yet.
        keys: Give the file's key.
        driver: See `sqlite_module`.
        guarded: Refuse what changes the schema, and give up on a server that is silent; False for
            migrations only.
    """
    if engine.dialect.name != "sqlite":
        if guarded:
            _give_up_on_the_silent(engine)
        _ask_the_rested(engine)
        _refuse_empty_commits(engine)
        return
    module = sqlite_module(driver)
    journal = "WAL" if is_fixed(module.sqlite_version) else "DELETE"
    encrypted = module is not sqlite3

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        if encrypted:
            connection.execute(f"PRAGMA key=\"x'{keys.database.hex()}'\"")
        connection.execute(f"PRAGMA journal_mode={journal}")
        for name, (wanted, _) in PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={wanted}")
        if guarded:
            connection.set_authorizer(_authorize)

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        run_text(connection, f"BEGIN {mode}")


def _give_up_on_the_silent(engine: sa.Engine) -> None:
    from inventory.store.patience import PatientConnection

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: sa.Dialect, _record: object, args: Any, options: Any) -> Any:
        return PatientConnection.connect(*args, **options)


RESTED: Final = 1.0
"""Seconds after which a connection is asked whether its server still hears it."""

HEARD_WITHIN: Final = 4.0
"""Seconds that it is given to answer."""

_RESTS: Final = "kittrace.rests"


def _ask_the_rested(engine: sa.Engine) -> None:
    """Never lend a connection whose server has gone; asking each time costs a round trip."""

    @event.listens_for(engine, "checkin")
    def _checkin(driver: Any, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _checkout(driver: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if not is_heard(engine, driver, record.info.get(_RESTS, time.monotonic())):
            raise sa.exc.InvalidatePoolError


def _refuse_empty_commits(engine: sa.Engine) -> None:
    """A transaction in which a statement failed is rolled back by COMMIT, without a word."""
    import psycopg

    @event.listens_for(engine, "commit")
    def _commit(connection: sa.Connection) -> None:
        driver: Any = connection.connection.driver_connection
        if driver.pgconn.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            raise sa.exc.InvalidRequestError("a statement failed: nothing can be committed")


def is_heard(engine: sa.Engine, driver: Any, since: float) -> bool:
    """Whether a driver's connection, at rest since a moment, still has its server."""
    if time.monotonic() - since < RESTED:
        return True
    try:
        if engine.dialect.name == "sqlite":
            return engine.dialect.do_ping(driver)
        with driver.waiting(HEARD_WITHIN):
            return engine.dialect.do_ping(driver)
    except engine.dialect.loaded_dbapi.Error:
        return False


def throw_away(connection: sa.Connection) -> None:
    """End a connection that may be in any state; nobody is lent it again."""
    connection.invalidate()
    connection.close()


def close_kept(connection: sa.Connection) -> None:
    """Close a connection that was kept from a pool which is being emptied."""
    connection.detach()
    connection.close()


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action in _FORBIDDEN:
        return sqlite3.SQLITE_DENY
    sets = action == sqlite3.SQLITE_PRAGMA and second is not None
    if sets and (first or "").lower() not in _LOOKS:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def check_engine(connection: sa.Connection) -> None:
    """The version gate and the settings, read back from a live connection.

    Raises:
        UnfitDatabase: It must not serve; the sentence says why.
    """
    if connection.dialect.name == "sqlite":
        _check_sqlite(connection)
    else:
        _check_postgresql(connection)


def _check_sqlite(connection: sa.Connection) -> None:
    version = str(connection.exec_driver_sql("select sqlite_version()").scalar_one())
    journal = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()).lower()
    if journal == "wal" and not is_fixed(version):
        raise UnfitDatabase(f"SQLite {version} can lose its write-ahead log; 3.51.3 is needed")
    for name, (wanted, answer) in PRAGMAS.items():
        got = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        if got != answer:
            raise UnfitDatabase(f"SQLite's {name} is {got}, not {wanted}")


def _check_postgresql(connection: sa.Connection) -> None:
    for name in ("fsync", "full_page_writes", "data_checksums"):
        got = connection.exec_driver_sql(f"SHOW {name}").scalar_one()
        if got != "on":
            raise UnfitDatabase(f"PostgreSQL's {name} is {got}, not on")
    if connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "off":
        raise UnfitDatabase("PostgreSQL's synchronous_commit is off, not on")
