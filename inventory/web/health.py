"""Whether the process serves, and whether what it serves may be trusted."""

import shutil
from collections.abc import Callable
from typing import Final, cast

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify

from config import PROJECT, Settings
from inventory.operations.fitness import what_to_warn_of
from inventory.operations.verifying import broken_heads
from inventory.store import reading
from inventory.store.engine import check_engine
from inventory.store.guards import missing_guards

LEAST_FREE_BYTES: Final = 100 * 1024 * 1024

blueprint = Blueprint("health", __name__)


class NotReady(RuntimeError):
    """A check failed; the sentence says what."""


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process serves."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Every check, and 503 if one of them failed; warnings fail nothing."""
    answers = {name: _outcome(check) for name, check in READY_CHECKS}
    ready = all(answer == "ok" for answer in answers.values())
    body = jsonify(status="ok" if ready else "not ready", checks=answers, warnings=_warnings())
    return body, 200 if ready else 503


def _warnings() -> dict[str, str]:
    """What is weaker than it could be; nothing where the database does not answer."""
    try:
        return {each.code: str(each.message) for each in what_to_warn_of()}
    except sa.exc.SQLAlchemyError:
        return {}


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as reason:
        return str(reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        return f"failed: {type(error).__name__}"
    return "ok"


def check_database() -> None:
    """It answers, in the version and with the settings that a ledger needs."""
    with reading() as connection:
        connection.execute(sa.text("SELECT 1"))
        try:
            check_engine(connection)
        except RuntimeError as unfit:
            raise NotReady(str(unfit)) from unfit


def check_migrations() -> None:
    """The tables are those which this version was written for."""
    heads = set(ScriptDirectory(str(PROJECT / "migrations")).get_heads())
    with reading() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if found != heads:
        raise NotReady("the database is not migrated: run `flask db upgrade`")


def check_space() -> None:
    """There is room for a day's work where the data lie."""
    folder = cast(Settings, current_app.config["SETTINGS"]).instance_dir
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        raise NotReady(f"{free // 2**20} MB free, {LEAST_FREE_BYTES // 2**20} MB are needed")


def check_guards() -> None:
    """The database refuses to change the past."""
    with reading() as connection:
        absent = missing_guards(connection)
    if absent:
        raise NotReady(f"guards are missing: {', '.join(absent)}")


def check_heads() -> None:
    """The latest entry of each site is linked to the one before it as our key says."""
    broken = broken_heads()
    if broken:
        raise NotReady(f"the chain does not hold at {', '.join(broken)}: run `flask ledger verify`")


READY_CHECKS: Final[list[tuple[str, Callable[[], None]]]] = [
    ("database", check_database),
    ("migrations", check_migrations),
    ("space", check_space),
    ("guards", check_guards),
    ("chain", check_heads),
]
"""Name and check; a check returns, or raises `NotReady` with the reason."""
