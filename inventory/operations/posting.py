"""How every act ends: one entry, its movements, and its link in the chain."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from inventory.domain.catalogue import Lot, Unit
from inventory.domain.chain import Json, canonical, instant, leaf_hash, link
from inventory.domain.codes import SYSTEM_RANDOM
from inventory.domain.ledger import EntryKind, Movement, check_route
from inventory.domain.places import Location, Site
from inventory.domain.problem import Problem
from inventory.operations import checkpointing
from inventory.store import ledger, proofs


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, and where.

    Attributes:
        by: User name of the person.
        at: The server's instant, UTC.
        zone: The clinic's time zone; the day of an act is the day there.
        key: Idempotency key made by the sender, or empty: then a retry is a new act.
        workstation: Name of the workstation, or empty.
        draw: Where codes are drawn from; seeded only for demonstrations.
    """

    by: str
    at: datetime
    zone: ZoneInfo
    key: str = ""
    workstation: str = ""
    draw: random.Random = field(default=SYSTEM_RANDOM, repr=False, compare=False)

    @property
    def today(self) -> date:
        """The day of the act in the clinic's time zone."""
        return self.day_of(None)

    def days_before(self, days: int) -> datetime:
        """The instant some days before the act."""
        return self.at - timedelta(days=days)

    def day_of(self, occurred_at: datetime | None) -> date:
        """The day on which something happened, in the clinic's time zone; None is now."""
        return (occurred_at or self.at).astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Answer:
    """What an act answers, in a form that can be kept and given again.

    Attributes:
        body: Plain JSON; its keys are those of the HTTP call.
        problems: All that was wrong or worth telling.
        refused: Nothing was moved.
        replayed: This is the kept answer of an act done before.
    """

    body: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    refused: bool = False
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One movement about to be posted.

    Attributes:
        lot: Of which lot.
        unit: Which unit, or None where the item is tracked by lot.
        source: Where it leaves.
        destination: Where it comes to.
        quantity: Units of use.
        entered: How it was told: `scanned`, `typed`, `chosen` or `derived`.
        overridden: Problem codes that were overruled.
        step: The unit's next step, where the caller has just read it; else it is looked up.
    """

    lot: Lot
    unit: Unit | None
    source: Location
    destination: Location
    quantity: int = 1
    entered: str = "derived"
    overridden: tuple[str, ...] = ()
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry about to be posted.

    Attributes:
        kind: What it records.
        about: Code of what it is about, or empty.
        moves: What it moves; may be nothing.
        facts: Everything else that must be kept: codes, never a person's own words.
        occurred_at: When it happened, if it is recorded late.
        reason: Code of the reason, or empty.
        reverses: Id and reference of the entry it mirrors, or None.
    """

    kind: EntryKind
    about: str = ""
    moves: Sequence[Move] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    occurred_at: datetime | None = None
    reason: str = ""
    reverses: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted entry: its reference, MAC and instant."""

    reference: str
    number: int
    mac: str
    at: datetime


def post(connection: sa.Connection, act: Act, site: Site, draft: Draft) -> Posted:
    """Append an entry with its movements to a site's ledger and chain.

    The caller holds the site's ledger lock and has checked. The database refuses what is not so.
    """
    for move in draft.moves:
        check_route(draft.kind, move.source.kind, move.destination.kind)
    before = ledger.head(connection, site.id)
    at = act.at if before.at is None else max(act.at, before.at)
    occurred_at = draft.occurred_at or at
    number = before.number + 1
    rows, movements = _movements(connection, draft.moves)
    text = canonical(payload(act, site, number, at, occurred_at, draft, movements))
    leaf = leaf_hash(text)
    mac = link(proofs.remembered_chain_key(connection), site.code, number, before.mac, leaf)
    ledger.append(
        connection,
        {
            "site_id": site.id,
            "number": number,
            "kind": draft.kind.value,
            "at": at,
            "occurred_at": occurred_at,
            "by": act.by,
            "about": draft.about,
            "reason": draft.reason,
            "reverses_id": draft.reverses[0] if draft.reverses else None,
            "text": text,
            "leaf": leaf,
            "mac": mac,
        },
        rows,
    )
    if checkpointing.is_due(number, before.at, at):
        checkpointing.make_checkpoint(connection, site, at)
    return Posted(f"{site.code}-{number}", number, mac, at)


def payload(
    act: Act,
    site: Site,
    number: int,
    at: datetime,
    occurred_at: datetime,
    draft: Draft,
    movements: Sequence[Movement],
) -> dict[str, Json]:
    """What the canonical text of an entry says; the moves of the draft are given as movements."""
    return {
        "v": 1,
        "site": site.code,
        "number": number,
        "kind": draft.kind.value,
        "at": instant(at),
        "occurred_at": instant(occurred_at),
        "by": act.by,
        "workstation": act.workstation,
        "key": act.key,
        "about": draft.about,
        "reason": draft.reason,
        "reverses": draft.reverses[1] if draft.reverses else "",
        "facts": dict(draft.facts),
        "movements": [as_text(movement) for movement in movements],
    }


def as_text(movement: Movement) -> dict[str, Json]:
    """A movement as the canonical text holds it; empty fields are left out."""
    parts: dict[str, Json] = {
        "item": movement.item,
        "lot": movement.lot,
        "expires_on": movement.expires_on,
        "unit": movement.unit,
        "step": movement.step,
        "source": movement.source,
        "destination": movement.destination,
        "quantity": movement.quantity,
        "entered": movement.entered,
        "overridden": movement.overridden,
    }
    return {name: part for name, part in parts.items() if part not in ("", 0)}


def _movements(
    connection: sa.Connection, moves: Sequence[Move]
) -> tuple[list[dict[str, Any]], list[Movement]]:
    rows, movements = [], []
    for line, move in enumerate(moves, start=1):
        step = move.step or 0
        if move.unit and not step:
            step = ledger.last_step(connection, move.unit.id)[0] + 1
        movement = as_movement(move, step)
        movements.append(movement)
        rows.append(
            {
                "line": line,
                "lot_id": move.lot.id,
                "unit_id": move.unit.id if move.unit else None,
                "step": step or None,
                "source_id": move.source.id,
                "destination_id": move.destination.id,
                "quantity": move.quantity,
                "entered": movement.entered,
                "overridden": movement.overridden,
            }
        )
    return rows, movements


def as_movement(move: Move, step: int) -> Movement:
    """A move in the words of the chain; step 0 without a unit."""
    return Movement(
        move.lot.item.code,
        move.lot.number,
        move.lot.expires_on.isoformat() if move.lot.expires_on else "",
        move.unit.code if move.unit else "",
        step,
        move.source.code,
        move.destination.code,
        move.quantity,
        move.entered,
        " ".join(sorted(move.overridden)),
    )
