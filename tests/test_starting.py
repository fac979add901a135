"""Starting on ground that is not as it should be: a sentence and an end, never a trace."""

import logging
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy.exc
from flask import Flask

import wsgi
from config import PROJECT, BadSetting
from inventory import create_app
from inventory.operations import fitness
from inventory.operations.verifying import keys_are_foreign
from inventory.store import db
from inventory.store.engine import UnfitDatabase
from inventory.store.trouble import why
from tests.clinic import MONDAY, Clinic
from tests.conftest import settings_for
from tests.trust.owner import owner_of
from tests.trust.workers import House


def start(folder: Path, *program: str, **environ: str) -> tuple[int, str]:
    """The end of a program that must not come to serve, and all that it said."""
    env = {
        **os.environ,
        "INSTANCE_DIR": str(folder / "i"),
        "KEY_DIR": str(folder / "k"),
        "FLASK_APP": "wsgi:app",
        **environ,
    }
    done = subprocess.run(
        [sys.executable, *program],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    return done.returncode, said


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, said = start(tmp_path, "wsgi.py", PORT=port, HOST="localhost")
    assert code == 1
    assert f"cannot listen at localhost:{port}" in said


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://kt:hunter2@127.0.0.1:1/none"
    for program in (("-m", "flask", "db", "upgrade"), ("-m", "flask", "ledger", "verify")):
        code, said = start(tmp_path, *program, DATABASE_URL=url)
        assert code == 1
        assert "The database does not answer" in said
        assert "hunter2" not in said


def test_a_database_that_is_not_migrated_says_what_to_run(tmp_path: Path) -> None:
    folder = tmp_path / "fresh"
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'kittrace.db'}", folder))
    for command in (
        ["ledger", "verify"],
        ["demo", "load"],
        ["people", "list"],
        ["load", "synthetic"],
        ["recall", "list"],
    ):
        done = app.test_cli_runner().invoke(args=command)
        assert done.exit_code == 1, command
        assert "flask db upgrade" in done.output, (command, done.output)
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("name", ["INSTANCE_DIR", "KEY_DIR"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    good = settings_for("sqlite:////tmp/none.db", tmp_path)
    there = tmp_path / "file" / "below"
    bad = (
        replace(good, instance_dir=there)
        if name == "INSTANCE_DIR"
        else replace(good, key_dir=there)
    )
    with pytest.raises(BadSetting, match=f"^{name}: .*Not a directory"):
        create_app(bad)


def test_a_key_file_that_holds_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "root.key").write_text("not a key")
    with pytest.raises(BadSetting, match=r"KEY_DIR: .*root\.key holds no key"):
        create_app(settings_for("sqlite:////tmp/none.db", tmp_path))


def test_keys_of_another_database_are_noticed(app: Flask, clinic: Clinic, tmp_path: Path) -> None:
    clinic.receive_kits("A17")
    assert not keys_are_foreign()
    given = app.config["SETTINGS"]
    url = given.database_url
    if db.engine.dialect.name == "sqlite":
        shutil.copytree(given.instance_dir, tmp_path / "copy")
        url = f"sqlite:///{tmp_path / 'copy' / 'kittrace.db'}"
    other = create_app(settings_for(url, tmp_path / "other"), web=False)
    with other.app_context():
        if db.engine.dialect.name == "sqlite":  # the embedded file does not even open
            with pytest.raises(sqlalchemy.exc.DBAPIError) as shut:
                keys_are_foreign()
            assert "with the keys in KEY_DIR" in (why(shut.value) or "")
        else:
            assert keys_are_foreign()
        db.engine.dispose()


def take_a_guard_off(app: Flask, name: str) -> None:
    given = app.config["SETTINGS"]
    owner = owner_of(House(given.database_url, given.key_dir.parent, MONDAY))
    with owner.begin() as connection:
        on = "" if owner.dialect.name == "sqlite" else " ON entry"
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
    owner.dispose()


@pytest.mark.tampers
@pytest.mark.parametrize("web", [True])
def test_nothing_is_served_from_a_database_whose_guards_are_off(
    app: Flask, clinic: Clinic, database: str
) -> None:
    guard = "entry_no_update" if database.startswith("sqlite") else "entry_no_change"
    take_a_guard_off(app, guard)
    with pytest.raises(SystemExit) as ended:
        wsgi.prepare(app)
    assert guard in str(ended.value)
    assert "bring back the last backup" in str(ended.value)
    client = app.test_client()
    page = client.get("/sign-in")
    assert (page.status_code, "/readyz says what is wrong" in page.text) == (503, True)
    call = client.post("/api/v1/patient-sessions/PS0/scans", json={})
    assert (call.status_code, call.content_type) == (503, "application/problem+json")
    assert guard in client.get("/readyz").text
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("web", [True])
def test_serving_as_the_owner_of_the_tables_is_warned_of_and_goes_on(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role of the tests is a superuser; the embedded database has no roles."""
    lines: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger("kittrace"), "handle", lines.append)
    wsgi.prepare(app)
    said = [line.getMessage() for line in lines if line.levelname == "WARNING"]
    expected = [] if db.engine.dialect.name == "sqlite" else ["serves-as-owner"]
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, said, list(answer.json["warnings"])) == (200, expected, expected)
    assert all("flask ledger grant" in sentence for sentence in answer.json["warnings"].values())


@pytest.mark.parametrize("web", [True])
def test_nothing_is_served_from_a_database_that_may_lose_what_it_acknowledged(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfit(connection: object) -> None:
        raise UnfitDatabase("PostgreSQL's fsync is off, not on")

    monkeypatch.setattr(fitness, "check_engine", unfit)
    with pytest.raises(SystemExit, match="does not serve from this database: PostgreSQL's fsync"):
        wsgi.prepare(app)
    assert app.test_client().get("/sign-in").status_code == 503
