"""What stands in tables of its own, held against the entries that made it.

Patient sessions, deliveries, recalls, notes, items, people, labels, places: none of them has a link
in the chain, but each was made by an entry that says what is in it. Entries written by an older
version may say less; what an entry does not say is not held against it.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from inventory.domain.ledger import EntryKind
from inventory.operations.cataloguing import as_facts
from inventory.operations.enrolling import rights_of
from inventory.operations.naming import name_faults
from inventory.operations.noting import is_as_kept
from inventory.operations.printing import label_faults
from inventory.operations.recalling import recall_facts
from inventory.operations.receiving import receipt_digest
from inventory.operations.redating import expiry_faults
from inventory.store import cases, catalogue, people, receipts
from inventory.store.cases import Sound


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was written.

    Attributes:
        entry: Reference of the first entry concerned, `TO-901`.
        what: What is wrong, in a sentence for whoever investigates.
    """

    entry: str
    what: str


def case_faults(connection: sa.Connection, sound: Sound, *, whole: bool) -> Iterator[Fault]:
    """All that does not fit the entries which made it.

    Args:
        connection: To read from.
        sound: Up to which number the entries of each site are as they were written.
        whole: Whether that is all of them; else nobody knows which labels had an entry.
    """
    yield from _recall_faults(connection, sound)
    yield from _session_faults(connection, sound)
    yield from _delivery_faults(connection, sound)
    yield from _note_faults(connection, sound)
    yield from _item_faults(connection, sound)
    yield from _people_faults(connection, sound)
    for reference, what in [*expiry_faults(connection, sound), *name_faults(connection, sound)]:
        yield Fault(reference, what)
    if whole:
        for reference, what in label_faults(connection, sound):
            yield Fault(reference, what)
    for code in cases.places_misnamed(connection):
        yield Fault("-", f"place {code} is not of the kind that its code says")
    for code in cases.cases_without_entry(connection):
        yield Fault("-", f"{code} stands in the tables and no entry made it")


def _recall_faults(connection: sa.Connection, sound: Sound) -> Iterator[Fault]:
    """A recall has an entry in every chain; who opened it stands in each, whatever its age."""
    for reference, code, said in cases.case_entries(connection, EntryKind.OPEN_RECALL, sound):
        kept = cases.recall_as_kept(connection, code)
        wanted: dict[str, Any] = said["facts"]
        if kept is None:
            yield Fault(reference, f"recall {code} is gone")
            continue
        facts = recall_facts(
            kept.reference, kept.manufacturer, kept.reason, kept.scope, kept.opened_at
        )
        if {name: facts.get(name) for name in wanted} != wanted:
            yield Fault(reference, f"the scope, the words or the instant of {code} were changed")
        if kept.opened_by != said["by"]:
            yield Fault(reference, f"who opened recall {code} was changed")


def _session_faults(connection: sa.Connection, sound: Sound) -> Iterator[Fault]:
    for reference, code, said in cases.case_entries(connection, EntryKind.OPEN_SESSION, sound):
        kept = cases.session_as_kept(connection, code)
        wanted: dict[str, Any] = said["facts"]
        if kept is None or {name: kept.get(name) for name in wanted} != wanted:
            yield Fault(reference, f"room, procedure, patient or term of {code} was changed")


def _delivery_faults(connection: sa.Connection, sound: Sound) -> Iterator[Fault]:
    """Supplier and document of a delivery, and the serials of the units that it brought."""
    serials = cases.serials(connection)
    for reference, code, said in cases.case_entries(connection, EntryKind.RECEIVE, sound):
        facts = said["facts"]
        receipt = receipts.find_receipt(connection, code)
        if receipt is None:
            yield Fault(reference, f"delivery {code} is gone")
        elif facts.get("receipt_digest", receipt_digest(receipt)) != receipt_digest(receipt):
            yield Fault(reference, f"supplier, document, place or instant of {code} was changed")
        if "serials" in facts:
            units = [moved["unit"] for moved in said["movements"] if "unit" in moved]
            for unit in units:
                if serials.get(unit, "") != facts["serials"].get(unit, ""):
                    yield Fault(reference, f"the serial number of {unit} was changed")


def _note_faults(connection: sa.Connection, sound: Sound) -> Iterator[Fault]:
    """A note is sealed and stands apart; its entry holds a digest of its words."""
    for reference, facts in cases.entries_with_notes(connection, sound):
        for kept, name in itertools.product([facts, *facts.get("lines", ())], ("note", "photo")):
            if name in kept and not is_as_kept(connection, kept[name], kept[f"{name}_digest"]):
                yield Fault(reference, f"the {name} of this entry is gone or was changed")


def _item_faults(connection: sa.Connection, sound: Sound) -> Iterator[Fault]:
    said_of = {
        code: said for _, code, said in cases.case_entries(connection, EntryKind.CATALOGUE, sound)
    }
    for code, said in said_of.items():
        item = catalogue.find_item(connection, code)
        if item is None or {"item": as_facts(item)} != said["facts"]:
            yield Fault("-", f"item {code} or its packaging levels were changed")


def _people_faults(connection: sa.Connection, sound: Sound) -> Iterator[Fault]:
    """What people may do, held against the latest entry about each of them."""
    latest = {
        name: (reference, said)
        for reference, name, said in cases.case_entries(connection, EntryKind.PERSON, sound)
    }
    there = {person.username: rights_of(person) for person in people.list_people(connection)}
    for name, (reference, said) in latest.items():
        rights = there.get(name)
        if rights is None or rights != {key: said["facts"].get(key) for key in rights}:
            yield Fault(reference, f"what {name} may do was changed, and no entry says by whom")
