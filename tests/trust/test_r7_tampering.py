"""R7: whoever changes the past by SQL is found, and the first bad entry named."""

import json
import random
import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.domain.chain import GENESIS, Link, first_broken, leaf_hash
from inventory.operations import checkpointing
from inventory.operations.verifying import verify_ledger
from inventory.store import guards, places
from inventory.store.tables.ledger import entry, movement
from tests.clinic import Clinic
from tests.trust.conftest import how_often
from tests.trust.owner import drop_triggers
from tests.trust.victim import (
    Attack,
    History,
    Victim,
    faults,
    make_history,
    tampering,
    unguard,
)
from tests.trust.workers import House

pytestmark = pytest.mark.tampers

WRONG_KEY = b"x" * 32


def edit(victim: Victim) -> str:
    """The text of an entry says another name."""
    victim.run(
        "UPDATE entry SET text = replace(text, 'maria', 'luca'), \"by\" = 'luca'"
        " WHERE site_id = :site AND number = 30",
        site=victim.site(),
    )
    return "TO-30"


def edit_with_leaf(victim: Victim) -> str:
    edit(victim)
    text = victim.one(
        "SELECT text FROM entry WHERE site_id = :site AND number = 30", site=victim.site()
    )
    victim.run(
        "UPDATE entry SET leaf = :leaf WHERE site_id = :site AND number = 30",
        leaf=leaf_hash(str(text)),
        site=victim.site(),
    )
    return "TO-30"


def edit_and_rechain_without_the_key(victim: Victim) -> str:
    edit(victim)
    victim.rechain(WRONG_KEY, 30)
    return "TO-30"


def delete(victim: Victim) -> str:
    entry = victim.one(
        "SELECT id FROM entry WHERE site_id = :site AND number = 40", site=victim.site()
    )
    victim.run("DELETE FROM movement WHERE entry_id = :entry", entry=entry)
    victim.run("DELETE FROM entry WHERE id = :entry", entry=entry)
    return "TO-40"


RENAMED = re.compile(r'(?<="number":)\d+|(?<="reverses":"TO-)\d+')


def _one_less(number: re.Match[str]) -> str:
    return str(int(number.group()) - 1)


def renumber(victim: Victim) -> None:
    """Close the gap that `delete` left, in the columns and in the texts."""
    rows = victim.connection.execute(
        sa.text("SELECT id, number, text FROM entry WHERE site_id = :s AND number > 40"),
        {"s": victim.site()},
    ).all()
    for key, number, text in sorted(rows, key=lambda row: row[1]):
        victim.run(
            "UPDATE entry SET number = :number, text = :text WHERE id = :id",
            number=number - 1,
            text=RENAMED.sub(_one_less, text),
            id=key,
        )


def delete_renumber_and_rechain(victim: Victim) -> str:
    delete(victim)
    renumber(victim)
    victim.rechain(WRONG_KEY, 40)
    return "TO-40"


def swap(victim: Victim) -> str:
    """Two entries change places."""
    for old, new in ((50, 9050), (51, 50), (9050, 51)):
        victim.run(
            "UPDATE entry SET number = :new WHERE site_id = :site AND number = :old",
            new=new,
            old=old,
            site=victim.site(),
        )
    return "TO-50"


def forge(victim: Victim) -> str:
    """An entry that nobody made stands at the end."""
    number = victim.last() + 1
    victim.run(
        'INSERT INTO entry (id, site_id, number, kind, at, occurred_at, "by", about, reason,'
        " reverses_id, text, leaf, mac) SELECT 99999, site_id, :number, kind, at, occurred_at,"
        ' "by", about, reason, NULL, text, leaf, mac FROM entry'
        " WHERE site_id = :site AND number = :last",
        number=number,
        site=victim.site(),
        last=number - 1,
    )
    return f"TO-{number}"


def duplicate_key(victim: Victim) -> str:
    """A JSON key twice: one reader takes the first, another the last. Even with the key."""
    victim.run(
        'UPDATE entry SET text = replace(text, \'"about":\', \'"about":"PS","about":\')'
        " WHERE site_id = :site AND number = 60",
        site=victim.site(),
    )
    victim.rechain(victim.key, 60)
    return "TO-60"


def edit_with_the_key(victim: Victim) -> str:
    edit(victim)
    victim.rechain(victim.key, 30)
    return "TO-100"


def delete_with_the_key(victim: Victim) -> str:
    delete(victim)
    renumber(victim)
    victim.rechain(victim.key, 40)
    return "TO-100"


def cut_off(victim: Victim, count: int = 3) -> str:
    """The end is cut off, with the checkpoints of the database that speak of it."""
    last, site = victim.last(), victim.site()
    victim.run(
        "DELETE FROM movement WHERE entry_id IN"
        " (SELECT id FROM entry WHERE site_id = :site AND number > :keep)",
        site=site,
        keep=last - count,
    )
    victim.run(
        "DELETE FROM entry WHERE site_id = :site AND number > :keep", site=site, keep=last - count
    )
    victim.run(
        "DELETE FROM checkpoint WHERE site_id = :site AND size > :keep",
        site=site,
        keep=last - count,
    )
    return f"TO-{last - count + 1}"


def cut_off_and_rewrite_with_the_key(victim: Victim) -> str:
    last = victim.last()
    cut_off(victim)
    for number in range(last - 2, last + 1):
        at = victim.one(
            "SELECT text FROM entry WHERE site_id = :site AND number = 2", site=victim.site()
        )
        text = str(at).replace('"number":2,', f'"number":{number},')
        victim.run(
            'INSERT INTO entry (id, site_id, number, kind, at, occurred_at, "by", about, reason,'
            " reverses_id, text, leaf, mac) SELECT :id, site_id, :number, kind, at, occurred_at,"
            ' "by", about, reason, NULL, :text, leaf, mac FROM entry'
            " WHERE site_id = :site AND number = 2",
            id=90000 + number,
            number=number,
            text=text,
            site=victim.site(),
        )
    victim.rechain(victim.key, last - 2)
    return f"TO-{last}"


def edit_a_movement(victim: Victim) -> str:
    victim.run(
        "UPDATE movement SET quantity = 2 WHERE entry_id ="
        " (SELECT id FROM entry WHERE site_id = :site AND number = 30)",
        site=victim.site(),
    )
    return "TO-30"


def slip_a_movement_in(victim: Victim) -> str:
    victim.run(
        "INSERT INTO movement (id, entry_id, line, lot_id, unit_id, step, source_id,"
        " destination_id, quantity, entered, overridden) SELECT 99999, entry_id, 2, lot_id,"
        " NULL, NULL, source_id, destination_id, quantity, entered, overridden FROM movement"
        " WHERE entry_id = (SELECT id FROM entry WHERE site_id = :site AND number = 30)",
        site=victim.site(),
    )
    return "TO-30"


def take_a_movement_out(victim: Victim) -> str:
    victim.run(
        "DELETE FROM movement WHERE entry_id ="
        " (SELECT id FROM entry WHERE site_id = :site AND number = 30)",
        site=victim.site(),
    )
    return "TO-30"


def move_an_entry_to_another_site(victim: Victim) -> str:
    """The last entry of TO stands at the end of CN's chain."""
    number = victim.last("CN") + 1
    victim.run(
        "UPDATE entry SET site_id = :cn, number = :number WHERE site_id = :to AND number = :last",
        cn=victim.site("CN"),
        number=number,
        to=victim.site(),
        last=victim.last(),
    )
    return f"CN-{number}"


def change_a_lot_number(victim: Victim) -> str:
    victim.run("UPDATE lot SET number = 'A71' WHERE number = 'A17'")
    return first_movement(victim, "A17")


def change_an_expiry(victim: Victim) -> str:
    victim.run("UPDATE lot SET expires_on = '2031-01-01' WHERE number = 'A17'")
    return first_movement(victim, "A17")


def first_movement(victim: Victim, lot: str) -> str:
    """The entry that received a lot."""
    rows = victim.connection.execute(
        sa.text("SELECT number, text FROM entry WHERE site_id = :s ORDER BY number"),
        {"s": victim.site()},
    )
    return next(f"TO-{number}" for number, text in rows if f'"lot":"{lot}"' in text)


def give_units_to_another_lot(victim: Victim) -> str:
    victim.run("UPDATE unit SET lot_id = (SELECT id FROM lot WHERE number = 'S1')")
    return first_movement(victim, "A17")


def change_a_serial(victim: Victim) -> str:
    victim.run(
        "UPDATE unit SET code = 'KTXXXXXXXXX' WHERE code = :unit", unit=victim.history.units[0]
    )
    return first_movement(victim, "A17")


def take_a_lot_out_of_a_recall(victim: Victim) -> str:
    victim.run("DELETE FROM recall_scope WHERE lot_number = 'A18'")
    return recall_entry(victim)


def change_the_words_of_a_recall(victim: Victim) -> str:
    victim.run("UPDATE recall SET reason = 'none' WHERE code = :code", code=victim.history.recall)
    return recall_entry(victim)


def recall_entry(victim: Victim) -> str:
    number = victim.one(
        "SELECT number FROM entry WHERE site_id = :site AND kind = 'OPEN_RECALL' AND about = :code",
        site=victim.site(),
        code=victim.history.recall,
    )
    return f"TO-{number}"


def session_entry(victim: Victim, session: str) -> str:
    number = victim.one(
        "SELECT number FROM entry WHERE kind = 'OPEN_SESSION' AND about = :code", code=session
    )
    return f"TO-{number}"


def point_a_session_at_another_patient(victim: Victim) -> str:
    one, two = victim.history.sessions[:2]
    victim.run(
        "UPDATE patient_session SET patient_id ="
        " (SELECT patient_id FROM patient_session WHERE code = :two) WHERE code = :one",
        one=one,
        two=two,
    )
    return session_entry(victim, one)


def exchange_what_two_sessions_hold(victim: Victim) -> str:
    """Each session points at the other's place: what one patient got, the other has."""
    one, two = victim.history.sessions[:2]
    places_of = {
        code: victim.one("SELECT place_id FROM patient_session WHERE code = :code", code=code)
        for code in (one, two)
    }
    for code, place in ((one, None), (two, places_of[one]), (one, places_of[two])):
        victim.run(
            "UPDATE patient_session SET place_id = :place WHERE code = :code",
            place=99999 if place is None else place,
            code=code,
        )
    return session_entry(victim, one)


def slip_a_session_in(victim: Victim) -> str:
    victim.run(
        "INSERT INTO patient_session (id, code, site_id, location_id, place_id, procedure_id,"
        " patient_id, opened_at, retain_until) SELECT 99999, 'PSXXXXXXXXX', site_id, location_id,"
        " 99999, procedure_id, patient_id, opened_at, retain_until FROM patient_session"
        " WHERE code = :code",
        code=victim.history.sessions[0],
    )
    return "-"


def point_a_reversal_at_another_entry(victim: Victim) -> str:
    """The column names the entry of the same number in the other chain."""
    victim.run(
        "UPDATE entry SET reverses_id = (SELECT other.id FROM entry other WHERE"
        " other.site_id = :cn AND other.number = 3) WHERE site_id = :to AND number = 30",
        cn=victim.site("CN"),
        to=victim.site(),
    )
    return "TO-30"


def name_the_installation_otherwise_and_cut_off(victim: Victim) -> str:
    """Then no kept checkpoint seems to speak of this ledger; but every link holds the old name."""
    victim.run("UPDATE installation SET code = 'another'")
    cut_off(victim)
    return "TO-1"


def remove_a_site(victim: Victim) -> str:
    """A whole chain goes, and whatever names it."""
    cn = victim.site("CN")
    victim.run(
        "DELETE FROM movement WHERE entry_id IN (SELECT id FROM entry WHERE site_id = :cn)", cn=cn
    )
    for table in ("entry", "checkpoint", "answer", "location"):
        victim.run(f"DELETE FROM {table} WHERE site_id = :cn", cn=cn)
    victim.run("DELETE FROM site WHERE id = :cn", cn=cn)
    return "-"


def call_a_used_place_a_store(victim: Victim) -> str:
    """What was used is on the shelf again, without a movement."""
    victim.run("UPDATE location SET kind = 'STORE' WHERE code = 'TO-USED'")
    return "-"


def make_an_item_reusable(victim: Victim) -> str:
    victim.run("UPDATE item SET single_use = false")
    return "-"


def damage_a_checkpoint(victim: Victim) -> str:
    victim.run("UPDATE checkpoint SET note = replace(note, 'kittrace/', 'kittrace/x')")
    return "TO"


ATTACKS: tuple[Attack, ...] = (
    edit,
    edit_with_leaf,
    edit_and_rechain_without_the_key,
    delete,
    delete_renumber_and_rechain,
    swap,
    forge,
    duplicate_key,
    edit_with_the_key,
    delete_with_the_key,
    cut_off,
    cut_off_and_rewrite_with_the_key,
    edit_a_movement,
    slip_a_movement_in,
    take_a_movement_out,
    move_an_entry_to_another_site,
    change_a_lot_number,
    change_an_expiry,
    give_units_to_another_lot,
    change_a_serial,
    take_a_lot_out_of_a_recall,
    change_the_words_of_a_recall,
    point_a_session_at_another_patient,
    exchange_what_two_sessions_hold,
    slip_a_session_in,
    point_a_reversal_at_another_entry,
    name_the_installation_otherwise_and_cut_off,
    remove_a_site,
    call_a_used_place_a_store,
    make_an_item_reusable,
    damage_a_checkpoint,
)


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
    for attack in ATTACKS:
        with tampering(house, history, monkeypatch, unguarded=engine) as victim:
            assert faults() == []
            wanted = attack(victim)
            found = faults()
            if not any(fault.entry.startswith(wanted) for fault in found):
                missed.append(f"{attack.__name__}: {wanted} wanted, {found} found")
    assert missed == [], "\n".join(missed)


LEFT_ALONE = {("entry", "id"), ("movement", "id"), ("movement", "line")}
"""Keys without a meaning; lines only have to keep their order."""


def spoil(victim: Victim, draw: random.Random) -> str:
    """Change one stored value of one entry or movement; what was changed."""
    table = draw.choice((entry, movement))
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
            return old[:at] + chr(97 + (ord(old[at]) + draw.randrange(1, 25)) % 26) + old[at + 1 :]
        case str():
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
    wanted = how_often("KITTRACE_MUTATIONS", 100)
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
