"""R7: whoever changes the past by SQL is found, and the first bad entry named."""

import json
import random
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.domain.chain import GENESIS, Link, first_broken
from inventory.operations import checkpointing
from inventory.operations.verifying import verify_ledger
from inventory.store import guards, places
from inventory.store.tables.catalogue import unit
from inventory.store.tables.ledger import entry, movement
from inventory.store.tables.patient_sessions import patient_session, recall, receipt
from tests.clinic import Clinic
from tests.trust.attacks_on_chains import ON_CHAINS, cut_off, edit
from tests.trust.attacks_on_tables import ON_TABLES
from tests.trust.conftest import how_often
from tests.trust.owner import drop_triggers
from tests.trust.victim import (
    History,
    Victim,
    faults,
    make_history,
    tampering,
    unguard,
)
from tests.trust.workers import House

pytestmark = pytest.mark.tampers


@pytest.fixture
def unguarded(house: House) -> Iterator[tuple[History, sa.Engine]]:
    """A ledger with history whose end is signed, and the engine of somebody who took its guards."""
    clinic = Clinic(now=house.at)
    with store.reading() as connection:
        items: Any = dict(connection.exec_driver_sql("SELECT name, code FROM item").all())
        sites = places.list_sites(connection)
    clinic.kit, clinic.saline = items["Lipo kit"], items["Saline 500 mL"]
    history = make_history(clinic)
    clinic.now += timedelta(minutes=1)
    for site in sites:
        checkpointing.checkpoint_now(site, clinic.now)
    engine = unguard(house)
    yield history, engine
    engine.dispose()


def test_every_kind_of_tampering_is_found_and_the_right_entry_named(
    house: House, unguarded: tuple[History, sa.Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    history, engine = unguarded
    missed = []
    assert faults() == []
    for attack in (*ON_CHAINS, *ON_TABLES):
        with tampering(house, history, monkeypatch, unguarded=engine) as victim:
            wanted = attack(victim)
            found = faults()
            if not any(fault.entry.startswith(wanted) for fault in found):
                missed.append(f"{attack.__name__}: {wanted} wanted, {found} found")
    assert missed == [], "\n".join(missed)
    assert faults() == []


SPOILED = (entry, movement, unit, receipt, recall, patient_session)
LEFT_ALONE = {
    ("movement", "line"),
    *((table.name, "id") for table in (entry, movement, receipt, patient_session)),
}
"""Keys without a meaning; lines only have to keep their order."""


def spoil(victim: Victim, draw: random.Random) -> str:
    """Change one stored value of one row; what was changed."""
    table = draw.choice(SPOILED)
    columns = [c for c in table.columns if (table.name, c.name) not in LEFT_ALONE]
    column = draw.choice(columns)
    rows = victim.connection.execute(sa.select(table.c.id, column).order_by(table.c.id)).all()
    key, old = draw.choice(rows)
    new: Any = _other(draw, old, column)
    if table is movement and column.name in ("unit_id", "step", "quantity"):
        new = (old or 0) + draw.randrange(1, 5)
    victim.connection.execute(sa.update(table).where(table.c.id == key).values({column.name: new}))
    return f"{table.name} {key}: {column.name} from {old!r} to {new!r}"


def _other(draw: random.Random, old: Any, column: sa.Column[Any]) -> Any:
    """Another value that the column takes."""
    match old:
        case datetime():
            return old + timedelta(microseconds=draw.randrange(1, 10**9))
        case bytes():
            at = draw.randrange(len(old))
            return old[:at] + bytes([old[at] ^ (1 << draw.randrange(8))]) + old[at + 1 :]
        case str() if old:
            at = draw.randrange(len(old))
            letter = draw.choice([each for each in ascii_lowercase if each != old[at]])
            return old[:at] + letter + old[at + 1 :]
        case str():
            return "x"
        case date():
            return old + timedelta(days=draw.randrange(1, 400))
        case None if isinstance(column.type, sa.String):
            return "x"
    keys = {"site_id": 2, "reverses_id": 7, "entry_id": 9, "lot_id": 3}
    return (old or 0) + draw.randrange(1, keys.get(column.name, 4))


def test_every_random_change_of_a_stored_value_is_found(
    house: House,
    unguarded: tuple[History, sa.Engine],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    history, engine = unguarded
    draw = random.Random(seed)
    missed = []
    wanted = how_often("KITTRACE_MUTATIONS", 60)
    done = 0
    while done < wanted:
        with tampering(house, history, monkeypatch, unguarded=engine) as victim:
            try:
                changed = spoil(victim, draw)
            except (sa.exc.IntegrityError, sa.exc.DataError):
                continue  # another constraint of the database refused it
            done += 1
            if not faults():
                missed.append(changed)
    print(f"{done} changes, {done - len(missed)} found")
    assert missed == [], "\n".join(missed)


def test_the_command_names_the_bad_entry_and_exits_with_one(
    app: Flask, house: House, unguarded: tuple[History, sa.Engine]
) -> None:
    _, engine = unguarded
    with engine.begin() as connection:
        guards.install_guards(connection)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["ledger", "verify"]).exit_code == 0
    with engine.begin() as connection:
        drop_triggers(connection)
        connection.exec_driver_sql("UPDATE entry SET text = replace(text, 'maria', 'luca')")
        guards.install_guards(connection)
    found = runner.invoke(args=["ledger", "verify"])
    assert found.exit_code == 1
    assert "NOT SOUND: TO-1: " in found.output
    assert "guards" not in found.output
    said = json.loads(runner.invoke(args=["ledger", "verify", "--json"]).output)
    assert said["sound"] is False
    assert {fault["entry"] for fault in said["faults"]} >= {"TO-1", "CN-1"}


def test_a_checkpoint_kept_elsewhere_finds_what_was_cut_off_here_and_beside_the_keys(
    app: Flask,
    house: House,
    unguarded: tuple[History, sa.Engine],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    history, engine = unguarded
    with store.reading() as connection:
        paper = connection.exec_driver_sql(
            "SELECT note FROM checkpoint WHERE site_id = 1 ORDER BY size DESC LIMIT 1"
        ).scalar_one()
    (house.folder / "keys" / "checkpoints.txt").unlink()
    with tampering(house, history, monkeypatch, unguarded=engine) as victim:
        wanted = cut_off(victim)
        assert faults() == []
        assert [fault.entry for fault in faults((paper,))] == [wanted]


def test_control_a_chain_without_a_key_does_not_find_an_edit_that_was_chained_again(
    house: House, unguarded: tuple[History, sa.Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same chain with a key that everybody knows, which is no key."""
    history, engine = unguarded
    nobodys = b""
    with tampering(house, history, monkeypatch, unguarded=engine) as victim:
        victim.rechain(nobodys)

        def verify_without_key() -> int | None:
            rows = victim.connection.execute(
                sa.text(
                    "SELECT number, text, leaf, mac FROM entry WHERE site_id = :s ORDER BY number"
                ),
                {"s": victim.site()},
            )
            links = [Link(number, text, bytes(leaf), mac) for number, text, leaf, mac in rows]
            return first_broken(nobodys, "TO", links, GENESIS, 0)

        assert verify_without_key() is None
        edit(victim)
        assert verify_without_key() == 30
        victim.rechain(nobodys)
        assert verify_without_key() is None


def test_a_ledger_that_grows_while_it_is_verified_is_sound(
    app: Flask, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry and its signed checkpoint come between the first and the last look."""
    look = guards.missing_guards

    def look_and_let_others_work(connection: sa.Connection) -> list[str]:
        found = look(connection)

        def work() -> None:
            with app.app_context():
                clinic.now += timedelta(minutes=20)
                clinic.receive_kits("A17")

        other = threading.Thread(target=work)
        other.start()
        other.join()
        return found

    monkeypatch.setattr(guards, "missing_guards", look_and_let_others_work)
    assert verify_ledger().faults == ()
