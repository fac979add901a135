"""`flask load synthetic`: a big ledger that is as sound as one that people made."""

import json
from pathlib import Path

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import canonical
from inventory.operations import recalling
from inventory.operations.synthesising import synthesise
from tests.clinic import MONDAY, ROME, Clinic
from tests.operations.test_demonstrating import make

MOVEMENTS, SEED = 3_000, 5


def run(app, *words: str):
    return app.test_cli_runner().invoke(args=["load", "synthetic", *words])


def scalar(statement: str) -> int:
    with store.reading() as connection:
        return int(connection.execute(sa.text(statement)).scalar_one())


def test_a_synthetic_ledger_is_chained_canonical_and_adds_up(app):
    """What the auditor and the verifier say of it follows by the fixture."""
    answer = run(app, "--movements", str(MOVEMENTS), "--seed", str(SEED), "--json")
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert said["movements"] == scalar("SELECT count(*) FROM movement") >= MOVEMENTS
    assert said["sessions"] == scalar("SELECT count(*) FROM patient_session")
    assert said["entries"] == scalar("SELECT count(*) FROM entry")
    assert scalar("SELECT count(*) FROM item") == 200
    with store.reading() as connection:
        for text in connection.execute(sa.text("SELECT text FROM entry")).scalars():
            assert canonical(json.loads(text)) == text


def test_the_chosen_lot_has_exactly_the_exposed_sessions_that_were_asked_for(app):
    made = synthesise(MOVEMENTS, SEED, ROME, 30, exposed=40)
    request = recalling.RecallRequest("B-1", "Synthetic", "bench", [(made.item, [made.lot])])
    clinic = Clinic(now=MONDAY)
    code = str(recalling.open_recall(clinic.act(by="giulia"), request).body["code"])
    rings = recalling.recall_report(code, "giulia", clinic.now).rings
    assert len(rings.exposed_sessions) == made.exposed == 40


def test_people_go_on_where_a_synthetic_ledger_ends(app):
    """The sequences stand behind the ids that were given."""
    synthesise(MOVEMENTS, SEED, ROME, 30)
    clinic = Clinic(now=MONDAY)
    with store.reading() as connection:
        kit = connection.scalar(sa.text("SELECT di FROM packaging_level ORDER BY di"))
    clinic.receive(clinic.label("NEW-1", kit), packs=2)
    session = clinic.open_session(procedure="disc-fat-prf")
    assert clinic.lines(session) == []


def test_a_ledger_with_entries_is_refused(clinic, app):
    clinic.receive_kits("A17")
    assert run(app, "--movements", "3000").output.startswith("Error: This database holds entries")


def test_the_same_seed_gives_the_same_codes(tmp_path, sqlite_template):
    def codes(folder: Path) -> list[str]:
        with make(folder, sqlite_template).app_context(), store.reading() as connection:
            synthesise(MOVEMENTS, SEED, ROME, 30)
            found = connection.exec_driver_sql(
                "SELECT code FROM unit UNION SELECT code FROM patient_session UNION"
                " SELECT code FROM receipt UNION SELECT code FROM item UNION SELECT number FROM lot"
            )
            return sorted(found.scalars())

    assert codes(tmp_path / "a") == codes(tmp_path / "b")
