"""Checkpoints: the chain's end, signed, kept here and outside the data."""

from datetime import datetime
from functools import partial
from typing import Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import Checkpoint, Tree, note_body, signed_note
from inventory.domain.places import Site
from inventory.operations import kept_notes
from inventory.store import checkpoints, proofs

EVERY: Final = 100
"""Entries between two checkpoints, at most."""

KEY_NAME: Final = "kittrace"


def origin(connection: sa.Connection, site: Site) -> str:
    """The name of a site's chain: installation and site."""
    return f"kittrace/{proofs.installation_code(connection)}/{site.code}"


def is_due(number: int, before: datetime | None, at: datetime) -> bool:
    """Whether an entry makes a checkpoint: each hundredth, and the first of every ten minutes."""
    if number % EVERY == 0 or before is None:
        return True
    return before.timestamp() // 600 != at.timestamp() // 600


def make_checkpoint(connection: sa.Connection, site: Site, at: datetime) -> Checkpoint:
    """Sign the end of a site's chain as it stands in this transaction.

    Written once for each size; the note goes into the database and, line by line, into the file
    `checkpoints.txt` beside the keys, so that cutting off the end of the ledger is found.
    """
    latest = checkpoints.latest_checkpoint(connection, site.id)
    tree = Tree() if latest is None else latest.tree
    leaves = proofs.leaves_after(connection, site.id, tree.size)
    name = origin(connection, site)
    if latest is not None and not leaves:
        return Checkpoint(name, tree.size, tree.root, latest.note)
    tree = tree.grown(leaves)
    keys = store.keyring()
    body = note_body(name, tree.size, tree.root)
    note = signed_note(body, KEY_NAME, keys.public, keys.sign(body))
    checkpoints.add_checkpoint(connection, site.id, tree, note, at)
    store.after_commit(connection, partial(kept_notes.keep, note))
    return Checkpoint(name, tree.size, tree.root, note)


def checkpoint_now(site: Site, at: datetime) -> Checkpoint:
    """Sign the end of a site's chain in a transaction of its own, for a paper or a backup."""
    with store.transaction(site.id) as connection:
        return make_checkpoint(connection, site, at)
