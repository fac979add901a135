"""What the verifier says of a ledger that is sound; what it finds stands under tests/trust."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade

from inventory import create_app, store
from inventory.domain.chain import Tree, leaf_hash
from inventory.domain.ledger import EntryKind
from inventory.operations import (
    cataloguing,
    checkpointing,
    kept_notes,
    noting,
    opening,
    recalling,
    receiving,
)
from inventory.operations.posting import Draft, post
from inventory.operations.verifying import verify_ledger
from inventory.store import cases, places
from tests.auditing import audit_and_leave
from tests.clinic import Clinic, build_clinic
from tests.conftest import settings_for


def test_a_sound_ledger_is_counted_and_its_ends_are_named(clinic: Clinic) -> None:
    answer = clinic.receive(clinic.label("A17"))
    verdict = verify_ledger()
    assert verdict.faults == ()
    assert f"TO-{verdict.entries['TO']}" == answer.body["entry"]
    assert verdict.heads["TO"] == answer.body["mac"]
    assert verdict.entries["CN"] == 0


def test_the_root_is_that_of_the_texts(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"))
    with store.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT text FROM entry WHERE site_id = 1 ORDER BY number"
        )
        leaves = [leaf_hash(text) for text in rows.scalars()]
    wanted = base64.b64encode(Tree().grown(leaves).root).decode()
    assert verify_ledger().roots["TO"] == wanted


def test_a_last_note_torn_by_a_power_cut_is_passed_over(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"))
    path = store.keyring().folder / "checkpoints.txt"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + whole[: len(whole) // 3], encoding="utf-8")
    assert verify_ledger().faults == ()


def test_a_note_torn_anywhere_by_a_power_cut_makes_room_for_the_next(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"))
    path = store.keyring().folder / "checkpoints.txt"
    before, site = path.read_bytes(), cataloguing.home_site()
    clinic.receive(clinic.label("A18"))
    checkpointing.checkpoint_now(site, clinic.now)
    note = path.read_bytes().removeprefix(before)
    torn = [note[:end] for end in range(1, len(note))]
    torn += [bytes(512 - len(before) % 512) + note[512 - len(before) % 512 :], bytes(len(note))]
    for rest in torn:
        path.write_bytes(before + rest)
        kept_notes.keep(note.decode()[:-1])
        assert path.read_bytes() == before + note, rest
    assert verify_ledger().faults == ()


@pytest.mark.tampers
def test_what_is_no_torn_end_is_left_in_the_file_and_told(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"))
    path = store.keyring().folder / "checkpoints.txt"
    whole = path.read_text(encoding="utf-8")
    path.write_text("somebody was here\n\n" + whole, encoding="utf-8")
    kept_notes.keep(whole[:-1])
    assert path.read_text(encoding="utf-8") == "somebody was here\n\n" + 2 * whole
    assert "a checkpoint has been damaged" in {fault.what for fault in verify_ledger().faults}


def test_the_digest_of_a_note_is_not_guessed_by_whoever_reads_the_ledger(clinic: Clinic) -> None:
    code = clinic.recall("A17")
    assert not recalling.lift_recall(clinic.act(), code, "withdrawn").refused
    with store.reading() as connection:
        note, kept = next(
            (facts["note"], facts["note_digest"])
            for _, facts in cases.entries_with_notes(connection, verify_ledger().entries)
        )
        assert noting.is_as_kept(connection, note, kept)
    assert noting.digest(note, "withdrawn") not in kept


def test_a_note_of_an_older_version_is_verified_by_its_digest_without_a_key(
    clinic: Clinic,
) -> None:
    with store.transaction(1) as connection:
        site = places.list_sites(connection)[0]
        facts = noting.keep_note(connection, clinic.act(), "dropped")
        facts["note_digest"] = noting.digest(str(facts["note"]), "dropped")
        post(connection, clinic.act(), site, Draft(EntryKind.REFUSAL, facts=facts))
        assert noting.is_as_kept(connection, str(facts["note"]), str(facts["note_digest"]))
        assert not noting.is_as_kept(connection, str(facts["note"]), "0" * 64)
    assert verify_ledger().faults == ()


@pytest.mark.tampers
def test_a_note_damaged_amid_the_file_is_told(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"))
    with store.reading() as connection:
        site = places.list_sites(connection)[0]
    checkpointing.checkpoint_now(site, clinic.now)
    path = store.keyring().folder / "checkpoints.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("kittrace/", "kittrace?", 1), encoding="utf-8")
    clinic.receive(clinic.label("A18"))
    checkpointing.checkpoint_now(site, clinic.act().at)
    path.write_text(path.read_text(encoding="utf-8").replace("— ", "- ", 1), encoding="utf-8")
    assert any("damaged" in fault.what for fault in verify_ledger().faults)


def test_a_checkpoint_of_somebody_else_proves_nothing_and_disturbs_nothing(clinic: Clinic) -> None:
    note = "example.org/log\n7\n" + base64.b64encode(bytes(32)).decode()
    blob = base64.b64encode(bytes(68)).decode()
    assert verify_ledger([f"{note}\n\n— example.org {blob}\n"]).faults == ()


def test_two_databases_may_share_one_folder_of_keys(clinic: Clinic, tmp_path: Path) -> None:
    clinic.receive_kits("A17")
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = create_app(settings_for(url, tmp_path), web=False)
    with other.app_context():
        upgrade()
        build_clinic()
        verdict = verify_ledger()
    audit_and_leave(other)
    assert verdict.faults == ()
    assert [name.rpartition("/")[2] for name in verdict.elsewhere] == ["TO"]


def test_entries_of_an_older_version_say_less_and_are_sound(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lack what later ones say of receipts, serials and instants; all the rest is held."""

    def older(*positional: Any, **named: Any) -> Draft:
        draft = Draft(*positional, **named)
        lacking = ("receipt_digest", "serials", "opened_at")
        kept = {name: fact for name, fact in draft.facts.items() if name not in lacking}
        return replace(draft, facts=kept)

    for module in (receiving, opening, recalling):
        monkeypatch.setattr(module, "Draft", older)
    clinic.receive(clinic.label("A17", serial="S-1"))
    clinic.open_session()
    clinic.recall("A17")
    texts = clinic.all_entry_texts()
    assert "receipt_digest" not in texts
    assert "opened_at" not in texts
    assert verify_ledger().faults == ()
