"""Verifying a ledger: everything recomputed from the texts, every row held against them.

The MAC chain names the first entry that is not as it was written; checkpoints, those kept in the
database and those kept outside, find what was cut off or rewritten by the holder of the key.
"""

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain as chained
from typing import Any

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import (
    GENESIS,
    BadNote,
    Checkpoint,
    Tree,
    instant,
    key_hash,
    leaf_hash,
    link,
    note_body,
    read_note,
)
from inventory.domain.places import Site
from inventory.operations import kept_notes
from inventory.operations.checkpointing import KEY_NAME, origin
from inventory.operations.refusing import CLOCK_SLACK
from inventory.operations.verifying_cases import Fault, case_faults
from inventory.store import checkpoints, guards, ledger, places, proofs


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found.

    Attributes:
        entries: How many entries were recomputed, by site.
        heads: The MAC of the latest entry, by site.
        roots: The RFC 6962 root, base64, by site.
        faults: The first fault of each site, and faults of the guards and cases; empty if sound.
        elsewhere: Chains of other databases that the same keys have signed for.
        compared: Chain and number of entries of each note given, where the chain is here.
        strangers: Chains that notes given name and that are not here: nothing was compared.
    """

    entries: dict[str, int]
    heads: dict[str, str]
    roots: dict[str, str]
    faults: tuple[Fault, ...]
    elsewhere: tuple[str, ...] = ()
    compared: tuple[tuple[str, int], ...] = ()
    strangers: tuple[str, ...] = ()


def verify_ledger(kept: Sequence[str] = ()) -> Verdict:
    """Verify the ledgers of all sites.

    Args:
        kept: Signed notes kept elsewhere, besides those in the file beside the keys.
    """
    entries, heads, roots = {}, {}, {}
    faults: list[Fault] = []
    notes = [*kept_notes.kept(), *kept]  # before the ledger is read: it may grow meanwhile
    with store.reading() as connection:
        absent = guards.missing_guards(connection)
        if absent:
            faults.append(Fault("-", f"guards are missing: {', '.join(absent)}"))
        sites = places.list_sites(connection)
        here = {origin(connection, site) for site in sites}
        gone = _not_here(here, notes)
        ours = f"kittrace/{proofs.installation_code(connection)}/"
        faults += [
            Fault("-", f"the chain {name} was signed for and is not here")
            for name in gone
            if name.startswith(ours)
        ]
        for site in sites:
            walk = _Walk(connection, site, notes)
            fault = walk.go()
            entries[site.code], heads[site.code] = walk.tree.size, walk.mac
            roots[site.code] = base64.b64encode(walk.tree.root).decode()
            if fault:
                faults.append(fault)
        faults += case_faults(connection, entries, whole=not faults)
    elsewhere = tuple(name for name in gone if not name.startswith(ours))
    compared, strangers = _compared(here, kept)
    return Verdict(entries, heads, roots, tuple(faults), elsewhere, compared, strangers)


def _compared(
    here: set[str], kept: Sequence[str]
) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Which of the notes given speak of a chain that is here, and which of none."""
    read = []
    for note in kept:
        with suppress(BadNote):  # every site's walk tells it
            read.append(read_note(note)[0])
    return (
        tuple((one.origin, one.size) for one in read if one.origin in here),
        tuple(sorted({one.origin for one in read} - here)),
    )


def broken_heads() -> list[str]:
    """References of the latest entries whose link to the one before does not hold; quick."""
    broken = []
    with store.reading() as connection:
        for site in places.list_sites(connection):
            links = proofs.latest_links(connection, site.id)
            if not links:
                continue
            number, before = links[-1].number, links[0].mac if len(links) > 1 else GENESIS
            leaf = leaf_hash(links[-1].text)
            mac = link(proofs.chain_key(connection), site.code, number, before, leaf)
            if leaf != links[-1].leaf or mac != links[-1].mac:
                broken.append(f"{site.code}-{number}")
    return broken


def keys_are_foreign() -> bool:
    """Whether no chain here begins with our key: the keys were lost, or are another database's."""
    with store.reading() as connection:
        firsts = [
            (site.code, first)
            for site in places.list_sites(connection)
            if (first := proofs.first_link(connection, site.id))
        ]
        key = proofs.chain_key(connection) if firsts else b""
    return bool(firsts) and not any(
        link(key, code, first.number, GENESIS, leaf_hash(first.text)) == first.mac
        for code, first in firsts
    )


def ahead_of(now: datetime) -> dict[str, datetime]:
    """By site, the instant of its latest entry where a clock that ran ahead wrote that.

    Acts there are refused (`clock-suspect`) until then. It is no fault: the entries are as written.
    """
    with store.reading() as connection:
        ends = {
            site.code: ledger.head(connection, site.id).at for site in places.list_sites(connection)
        }
    return {code: at for code, at in ends.items() if at is not None and at - CLOCK_SLACK > now}


def _not_here(known: set[str], notes: Sequence[str]) -> list[str]:
    """Chains that we signed for and that are not in this database under that name."""
    gone = set()
    for note in notes:
        try:
            checkpoint, key, blob = read_note(note)
        except BadNote:
            continue  # every site's walk tells it
        if checkpoint.origin not in known and _is_ours(checkpoint, key, blob):
            gone.add(checkpoint.origin)
    return sorted(gone)


class _Walk:
    """One pass over a site's chain, from the first entry to the first fault."""

    def __init__(self, connection: sa.Connection, site: Site, notes: Sequence[str]) -> None:
        self.connection = connection
        self.site = site
        self.tree = Tree()
        self.mac = GENESIS
        self._key = proofs.chain_key(connection)
        self._expected = self._checkpoints(notes)
        self._movements = proofs.movements_in_order(connection, site.id)
        self._pending: tuple[int, int, dict[str, Any]] | None = None

    def go(self) -> Fault | None:
        """The first fault, or None."""
        if isinstance(self._expected, Fault):
            return self._expected
        self._pending = next(self._movements, None)
        for entry in proofs.entries_of(self.connection, self.site.id):
            what = self._entry_fault(entry)
            if what:
                return self._fault(self.tree.size + 1, what)
            self.tree = self.tree.grown([entry.link.leaf])
            self.mac = entry.link.mac
            root = self._expected.pop(self.tree.size, None)
            if root is not None and root != self.tree.root:
                return self._fault(self.tree.size, "a signed checkpoint does not fit the entries")
        if self._pending is not None:
            return self._fault(self._pending[0], "a movement belongs to no entry")
        if self._expected:
            last = max(self._expected)
            return self._fault(
                self.tree.size + 1, f"entries up to {last} were signed for and are cut off"
            )
        return None

    def _fault(self, number: int, what: str) -> Fault:
        return Fault(f"{self.site.code}-{number}", what)

    def _entry_fault(self, entry: proofs.StoredEntry) -> str:
        number = self.tree.size + 1
        if entry.link.number != number:
            return "the entry is missing or out of order"
        leaf = leaf_hash(entry.link.text)
        mac = link(self._key, self.site.code, number, self.mac, leaf)
        if leaf != entry.link.leaf or mac != entry.link.mac:
            return "text, leaf or MAC was changed, or an entry before it was removed"
        try:
            said = json.loads(entry.link.text, object_pairs_hook=_once)
        except ValueError:
            return "the text is no canonical JSON"
        return self._columns_fault(entry, said) or self._movements_fault(number, said)

    def _columns_fault(self, entry: proofs.StoredEntry, said: dict[str, Any]) -> str:
        columns = entry.columns
        mine = {
            **columns,
            "site": self.site.code,
            "at": instant(columns["at"]),
            "occurred_at": instant(columns["occurred_at"]),
        }
        wrong = sorted(name for name, value in mine.items() if said.get(name) != value)
        return f"columns were changed: {', '.join(wrong)}" if wrong else ""

    def _movements_fault(self, number: int, said: dict[str, Any]) -> str:
        stored = []
        while self._pending is not None and self._pending[0] == number:
            stored.append(self._pending[2])
            self._pending = next(self._movements, None)
        if stored == said["movements"]:
            return ""
        return "a movement, or the lot, unit or place it names, was changed, added or removed"

    def _checkpoints(self, notes: Sequence[str]) -> dict[int, bytes] | Fault:
        """The root that was signed for each size; or a fault in the notes themselves."""
        mine = {each.note for each in checkpoints.checkpoints_of(self.connection, self.site.id)}
        name = origin(self.connection, self.site)
        roots: dict[int, bytes] = {}
        for note in chained(mine, notes):
            try:
                checkpoint, key, blob = read_note(note)
            except BadNote:
                return self._fault(0, "a checkpoint has been damaged")
            if checkpoint.origin != name:
                if note in mine:
                    return self._fault(checkpoint.size, "a checkpoint names another chain")
                continue
            if not _is_ours(checkpoint, key, blob):
                return self._fault(checkpoint.size, "a checkpoint's signature is not ours")
            if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
                return self._fault(checkpoint.size, "two checkpoints of one size differ")
        return roots


def _is_ours(checkpoint: Checkpoint, key: str, blob: bytes) -> bool:
    keys = store.keyring()
    body = note_body(checkpoint.origin, checkpoint.size, checkpoint.root)
    return (
        blob[:4] == key_hash(KEY_NAME, keys.public)
        and key == KEY_NAME
        and keys.verify(body, blob[4:])
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON whose keys come once each."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key comes twice")
    return made
