"""The keys: made once, kept from others, one for each use."""

import stat
import threading
from pathlib import Path

import pytest

from inventory.store.keyring import Keyring

USES = ("database", "chain", "wrapping", "index", "notes", "asked", "note_digests")


def test_keys_are_made_at_the_first_start_and_the_same_afterwards(tmp_path: Path) -> None:
    first, second = Keyring.load(tmp_path / "keys"), Keyring.load(tmp_path / "keys")
    assert [getattr(first, use) for use in USES] == [getattr(second, use) for use in USES]
    assert first.public == second.public


def test_each_use_has_a_key_of_its_own(tmp_path: Path) -> None:
    keys = Keyring.load(tmp_path / "keys")
    made = {getattr(keys, use) for use in USES}
    assert len(made) == len(USES)
    assert {len(key) for key in made} == {32}


def test_another_installation_has_other_keys(tmp_path: Path) -> None:
    one, other = Keyring.load(tmp_path / "one"), Keyring.load(tmp_path / "other")
    assert one.chain != other.chain
    assert not other.verify("body", one.sign("body"))


def test_nobody_else_reads_the_keys(tmp_path: Path) -> None:
    Keyring.load(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    for name in ("root.key", "signing.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o400
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
        "root.key",
        "signing.key",
    ]


def test_a_signature_holds_for_what_was_signed_only(tmp_path: Path) -> None:
    keys = Keyring.load(tmp_path / "keys")
    signature = keys.sign("body")
    assert keys.verify("body", signature)
    assert not keys.verify("bodY", signature)
    assert not keys.verify("body", bytes(64))


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "00" * 33])
def test_a_damaged_key_is_told_and_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "root.key").write_text(text)
    with pytest.raises(ValueError):
        Keyring.load(tmp_path)
    assert (tmp_path / "root.key").read_text() == text


def test_of_several_that_start_at_once_all_have_the_same_keys(tmp_path: Path) -> None:
    start, found = threading.Barrier(2), []

    def begin() -> None:
        start.wait()
        found.append(Keyring.load(tmp_path / "keys").chain)

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]
