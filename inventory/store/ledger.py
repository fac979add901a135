"""Entries, movements, answers: appended, never changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from inventory.domain.chain import GENESIS
from inventory.domain.ledger import Entry, EntryKind
from inventory.store import AnyRow
from inventory.store.errors import no_such
from inventory.store.held import held_by
from inventory.store.prepared import ONE, Prepared, Question, run_together
from inventory.store.tables.ledger import entry, movement, note
from inventory.store.tables.places import site


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a site's chain.

    Attributes:
        number: Of the latest entry; 0 where there is none.
        mac: Its MAC, or `GENESIS`.
        at: Its instant, or None.
    """

    number: int
    mac: str
    at: datetime | None


_HEAD: Final = Prepared(
    sa.select(entry.c.number, entry.c.mac, entry.c.at)
    .where(entry.c.site_id == sa.bindparam("site"))
    .order_by(entry.c.number.desc())
    .limit(ONE)
)


def head(connection: sa.Connection, site_id: int) -> Head:
    """The end of a site's chain; read once in an act, which holds the ledger lock."""
    held = held_by(connection)
    if held and site_id in held.heads:
        return held.heads[site_id]
    row = _HEAD.first(connection, site=site_id)
    found = Head(0, GENESIS, None) if row is None else Head(*row)
    if held:
        held.heads[site_id] = found
    return found


def head_question(site_id: int) -> Question:
    """What `head` will ask, unless it is known."""
    return _HEAD.of(site=site_id)


_ADD_ENTRY: Final = Prepared(
    sa.insert(entry), [column.name for column in entry.c if column is not entry.c.id]
)
_ADD_MOVEMENT: Final = Prepared(
    sa.insert(movement).values(
        entry_id=sa.select(entry.c.id)
        .where(entry.c.site_id == sa.bindparam("of_site"), entry.c.number == sa.bindparam("of"))
        .scalar_subquery()
    ),
    [each.name for each in movement.c if each.name not in ("id", "entry_id")],
)


def append(
    connection: sa.Connection, values: Mapping[str, Any], movements: Sequence[Mapping[str, Any]]
) -> None:
    """Append an entry with its movements.

    The database refuses a number out of order, and what was not there to be moved.

    Args:
        connection: Of the act, which holds the site's ledger lock.
        values: A value for each column of `entry`, less its id.
        movements: For each a value for each column of `movement`, less its id and its entry's.
    """
    site_id, number = values["site_id"], values["number"]
    moved = [_ADD_MOVEMENT.of(of_site=site_id, of=number, **row) for row in movements]
    run_together(connection, [_ADD_ENTRY.of(**values), *moved])
    held = held_by(connection)
    if held:
        held.heads[site_id] = Head(number, values["mac"], values["at"])


_STEP: Final = Prepared(
    sa.select(movement.c.step, movement.c.destination_id)
    .where(movement.c.unit_id == sa.bindparam("unit"))
    .order_by(movement.c.step.desc())
    .limit(ONE)
)


def last_step(connection: sa.Connection, unit_id: int) -> tuple[int, int | None]:
    """The number of a unit's latest movement and the id of the place it left it; (0, None)."""
    row = _STEP.first(connection, unit=unit_id)
    return (0, None) if row is None else (row[0], row[1])


_reversal: Final = entry.alias("reversal")
_LATER: Final = (
    sa.select(entry.c.id, site.c.code + "-" + sa.cast(entry.c.number, sa.String))
    .select_from(movement)
    .join(entry, entry.c.id == movement.c.entry_id)
    .join(site, site.c.id == entry.c.site_id)
    .where(
        entry.c.kind != EntryKind.REVERSE.value,
        ~sa.exists().where(_reversal.c.reverses_id == entry.c.id),
    )
    .distinct()
    .order_by(entry.c.id.desc())
)
"""Entries of some movements, the latest first: such as neither reverse nor were reversed."""


def later_of_unit(connection: sa.Connection, unit_id: int, step: int) -> list[tuple[int, str]]:
    """Key and reference of entries that moved a unit after a step and stand, the latest first."""
    query = _LATER.where(movement.c.unit_id == unit_id, movement.c.step > step)
    return [(key, reference) for key, reference in connection.execute(query)]


def later_out_of(
    connection: sa.Connection, lot_id: int, location_id: int, entry_id: int
) -> list[tuple[int, str]]:
    """Key and reference of entries that took a lot out of a place and stand, the latest first.

    Those after an entry; where there is none, for what it brought was counted into what an earlier
    one took, all of them.
    """
    query = _LATER.where(movement.c.lot_id == lot_id, movement.c.source_id == location_id)
    found = [(key, reference) for key, reference in connection.execute(query)]
    return [each for each in found if each[0] > entry_id] or found


def _sum(column: "sa.Column[int]") -> "sa.ScalarSelect[int]":
    return (
        sa.select(sa.func.coalesce(sa.func.sum(movement.c.quantity), 0))
        .where(column == sa.bindparam("place"), movement.c.lot_id == sa.bindparam("lot"))
        .scalar_subquery()
    )


_BALANCE: Final = Prepared(sa.select(_sum(movement.c.destination_id) - _sum(movement.c.source_id)))


def balance_question(lot_id: int, location_id: int) -> Question:
    """What `balance` will ask."""
    return _BALANCE.of(place=location_id, lot=lot_id)


def balance(connection: sa.Connection, lot_id: int, location_id: int) -> int:
    """Units of use of a lot that a place holds."""
    ((held,),) = _BALANCE.run(connection, place=location_id, lot=lot_id)
    return int(held)


def places_of_lot(connection: sa.Connection, lot_id: int) -> list[tuple[int, int]]:
    """Where pieces of a lot are: id of the place and units of use, places of no kind left out."""
    came = sa.select(
        movement.c.destination_id.label("place"), movement.c.quantity.label("quantity")
    ).where(movement.c.lot_id == lot_id)
    went = sa.select(movement.c.source_id, -movement.c.quantity).where(movement.c.lot_id == lot_id)
    both = sa.union_all(came, went).subquery()
    total = sa.func.sum(both.c.quantity)
    query = (
        sa.select(both.c.place, total).group_by(both.c.place).having(total != 0).order_by("place")
    )
    return [(int(place), int(held)) for place, held in connection.execute(query)]


def units_at(connection: sa.Connection, lot_id: int, location_id: int) -> list[int]:
    """Ids of the units of a lot that lie in a place."""
    later = movement.alias("later")
    query = (
        sa.select(movement.c.unit_id)
        .where(
            movement.c.lot_id == lot_id,
            movement.c.destination_id == location_id,
            movement.c.unit_id.is_not(None),
            ~sa.exists().where(
                later.c.unit_id == movement.c.unit_id, later.c.step == movement.c.step + 1
            ),
        )
        .order_by(movement.c.unit_id)
    )
    return [int(key) for key in connection.execute(query).scalars()]


def photos_about(connection: sa.Connection, about: str) -> list[str]:
    """The codes of the photos that entries about something name, in their order."""
    query = (
        sa.select(entry.c.text)
        .where(entry.c.about == about, entry.c.text.contains('"photo":', autoescape=True))
        .order_by(entry.c.id)
    )
    texts = connection.execute(query).scalars()
    return [photo for text in texts for photo in _PHOTO.findall(text)]


_PHOTO: Final = re.compile(r'"photo":"([0-9a-f]{32})"')


def names_photo(connection: sa.Connection, about: str, photo: str) -> bool:
    """Whether an entry about something names a photo by its code."""
    if not (photo.isascii() and photo.isalnum()):
        return False
    query = sa.select(entry.c.id).where(
        entry.c.about == about, entry.c.text.contains(f'"photo":"{photo}"', autoescape=True)
    )
    return connection.execute(query.limit(1)).first() is not None


_ENTRY: Final = sa.select(
    site.c.code,
    entry.c.number,
    entry.c.kind,
    entry.c.at,
    entry.c.by,
    entry.c.about,
    entry.c.text,
).join(site, site.c.id == entry.c.site_id)


def _entry(row: AnyRow) -> Entry:
    code, number, kind, at, by, about, text = row[:7]
    return Entry(code, number, EntryKind(kind), at, by, about, text)


def find_entry(connection: sa.Connection, reference: str) -> tuple[int, Entry] | None:
    """The entry of a reference `TO-17` and its id, or None."""
    code, _, number = reference.rpartition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    query = _ENTRY.add_columns(entry.c.id).where(site.c.code == code, entry.c.number == int(number))
    row = connection.execute(query).first()
    return None if row is None else (row[7], _entry(row))


def get_entry(connection: sa.Connection, reference: str) -> tuple[int, Entry]:
    """The entry of a reference and its id.

    Raises:
        NotFound: There is none.
    """
    found = find_entry(connection, reference)
    if found is None:
        raise no_such("entry", reference)
    return found


def reversal_of(connection: sa.Connection, entry_id: int) -> str | None:
    """The reference of the entry that reversed this one, or None."""
    row = connection.execute(
        sa.select(site.c.code, entry.c.number)
        .join(site, site.c.id == entry.c.site_id)
        .where(entry.c.reverses_id == entry_id)
    ).first()
    return None if row is None else f"{row[0]}-{row[1]}"


@dataclass(frozen=True, slots=True)
class StoredMovement:
    """A movement by its keys, as needed to mirror it.

    Attributes:
        lot_id: Key of the lot.
        unit_id: Key of the unit, or None.
        step: The unit's step, or None.
        source_id: Key of the place it left.
        destination_id: Key of the place it came to.
        quantity: Units of use.
    """

    lot_id: int
    unit_id: int | None
    step: int | None
    source_id: int
    destination_id: int
    quantity: int


def movements_of_entry(connection: sa.Connection, entry_id: int) -> list[StoredMovement]:
    """The movements of an entry, in their order."""
    query = (
        sa.select(
            movement.c.lot_id,
            movement.c.unit_id,
            movement.c.step,
            movement.c.source_id,
            movement.c.destination_id,
            movement.c.quantity,
        )
        .where(movement.c.entry_id == entry_id)
        .order_by(movement.c.line)
    )
    return [StoredMovement(*row) for row in connection.execute(query)]


def add_note(connection: sa.Connection, code: str, sealed: bytes) -> None:
    """Keep a note in a person's own words, sealed."""
    connection.execute(sa.insert(note), {"code": code, "sealed": sealed})


def find_note(connection: sa.Connection, code: str) -> bytes | None:
    """A sealed note, or None."""
    return connection.execute(sa.select(note.c.sealed).where(note.c.code == code)).scalar()


def is_empty(connection: sa.Connection) -> bool:
    """Whether no act was ever recorded."""
    return connection.execute(sa.select(entry.c.id).limit(1)).first() is None
