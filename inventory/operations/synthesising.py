"""A big ledger to measure with: reproducible, chained, through the same tables and guards.

It is written in rounds. A round is one delivery of six lots to a site, their way to a room, and the
sessions that use them up; lots are as big as their round has sessions. In some rounds the kit is of
the chosen lot, so that this lot has a known number of exposed sessions.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from stdnum import ean

from inventory import store
from inventory.domain.catalogue import Item, ItemKind, PackagingLevel, Tracking
from inventory.domain.codes import new_code
from inventory.domain.problem import say
from inventory.operations import cataloguing, checkpointing, shipped
from inventory.operations.posting import Act
from inventory.operations.synthetic_rounds import Ground, Round, Writer
from inventory.store import bulk, catalogue, ledger, patients, places, procedures, proofs
from inventory.store.errors import Conflict

BEGIN: Final = datetime(2024, 1, 8, 8, 0, tzinfo=UTC)
"""The first act."""

SITES: Final = (("TO", "Torino"), ("CN", "Cuneo"), ("AT", "Asti"), ("VC", "Vercelli"))
ROOMS: Final = 4
KINDS: Final = (
    (ItemKind.PROCESSING_KIT, Tracking.UNIT, 20),
    (ItemKind.CANNULA, Tracking.UNIT, 36),
    (ItemKind.ELECTRODE, Tracking.UNIT, 24),
    (ItemKind.NEEDLE, Tracking.LOT, 40),
    (ItemKind.SYRINGE, Tracking.LOT, 40),
    (ItemKind.FLUID, Tracking.LOT, 40),
)
"""Kinds of item, how they are tracked, and how many items of each; a scan of each a session."""

MOVEMENTS_A_SESSION: Final = 19
"""About: six scans, six outcomes, and the way of what they took from the supplier to the room."""

PATIENTS: Final = 2_000
_COMMIT_EVERY: Final = 20_000
"""Movements in one transaction, about."""


@dataclass(frozen=True, slots=True)
class Synthetic:
    """What was made.

    Attributes:
        item: Code of the chosen item.
        lot: Number of the chosen lot.
        lot_id: Its key.
        exposed: In how many sessions it was used.
        movements: How many movements there are.
        sessions: How many sessions.
        entries: How many entries.
    """

    item: str
    lot: str
    lot_id: int
    exposed: int
    movements: int
    sessions: int
    entries: int


def synthesise(
    movements: int, seed: int, zone: ZoneInfo, retention_years: int, exposed: int = 1_000
) -> Synthetic:
    """Fill an empty database with about so many movements.

    Args:
        movements: How many, at least.
        seed: Of all chance.
        zone: The clinic's.
        retention_years: How long records of sessions are kept.
        exposed: Sessions that use the chosen lot; fewer where there is no room for so many.

    Raises:
        Conflict: The database holds entries (`not-empty`).
    """
    with store.reading() as connection:
        if not ledger.is_empty(connection):
            raise Conflict(
                say("This database holds entries already. Set DATABASE_URL to a new one."),
                "not-empty",
            )
    chance = random.Random(seed)  # noqa: S311 - to be reproduced
    act = Act("synthetic", BEGIN, zone, draw=chance)
    codes = _set_up(act)
    ground = _ground(act, codes, retention_years, max(1, min(PATIENTS, movements // 100)))
    exposed = min(exposed, movements // (3 * MOVEMENTS_A_SESSION))
    writer = Writer(ground, movements)
    rounds = _rounds(writer, movements, exposed)
    going = True
    while going:
        going = _write_some(writer, rounds)
    with store.transaction() as connection:
        bulk.settle_ids(connection)
    chosen = writer.chosen
    return Synthetic(
        chosen.item.code, chosen.number, chosen.id, exposed, writer.movements, writer.sessions,
        sum(end.number for end in writer.ends.values()),
    )  # fmt: skip


def _set_up(act: Act) -> list[str]:
    """Sites, rooms, the procedure, and items, whose codes are given."""
    for code, town in SITES:
        cataloguing.add_site(code, town, f"Via Roma 1, {town}")
        cataloguing.add_store(act, code, f"{code}-PHARMACY", "Pharmacy")
        for room in range(1, ROOMS + 1):
            cataloguing.add_store(act, code, f"{code}-OR{room}", f"Operating room {room}")
    cataloguing.add_procedure(shipped.DISC)
    kinds = [(kind, tracking) for kind, tracking, count in KINDS for _ in range(count)]
    codes = []
    for number, (kind, tracking) in enumerate(kinds, start=1):
        body = f"09521999{number:05d}"
        answer = cataloguing.add_item(
            act,
            name=f"{kind.value.replace('_', ' ').capitalize()} {number:03d}",
            reference=f"SYN-{number:03d}",
            manufacturer="Synthetic Medical",
            kind=kind,
            tracking=tracking,
            single_use=True,
            packaging=[PackagingLevel(body + str(ean.calc_check_digit(body)), "gs1", 1)],
        )
        codes.append(str(answer.body["code"]))
    return codes


def _ground(act: Act, codes: Sequence[str], retention_years: int, how_many: int) -> Ground:
    """What rounds stand on: sites with their ends of chains, places, items, patients."""
    with store.transaction() as connection:
        pool = []
        for number in range(how_many):
            found = patients.add_patient(
                connection, new_code("PT", act.draw), f"SYN{number:06d}", "", "", act.at
            )
            pool.append((found.id, patients.commitment(connection, found)))
        sites = places.list_sites(connection)
        kinds: dict[ItemKind, list[Item]] = {kind: [] for kind, _, _ in KINDS}
        for item in (catalogue.get_item(connection, code) for code in codes):
            kinds[item.kind].append(item)
        return Ground(
            act,
            tuple(sites),
            {place.code: place for place in places.list_locations(connection)},
            tuple(tuple(items) for items in kinds.values()),
            tuple(pool),
            procedures.get_procedure(connection, shipped.DISC.code)[0],
            retention_years,
            bulk.next_ids(connection),
            {site.id: ledger.head(connection, site.id) for site in sites},
            proofs.chain_key(connection),
        )


def _rounds(writer: Writer, movements: int, exposed: int) -> Iterator[Round]:
    """Rounds until there are enough movements; those of the chosen lot spread evenly over them."""
    chance = writer.ground.act.draw
    left, drawn = exposed, 0
    while writer.movements < movements or left:
        size = chance.randint(5, 60)
        due = exposed * (writer.movements + 1) / movements > drawn
        chosen = left > 0 and (due or writer.movements >= movements)
        if chosen:
            size = min(size, left)
            left, drawn = left - size, drawn + size
        yield writer.draw_round(size, chosen)


def _write_some(writer: Writer, rounds: Iterator[Round]) -> bool:
    """One transaction full of rounds; False when there are no more."""
    ground, until = writer.ground, writer.movements + _COMMIT_EVERY
    with store.transaction(*(site.id for site in ground.sites)) as connection:
        writer.bulk = bulk.Bulk(connection)
        with bulk.pipeline(connection):
            for each in rounds:
                writer.write(each)
                if writer.movements >= until:
                    break
            else:
                until = 0
        for site in ground.sites:
            at = writer.ends[site.id].at
            if at is not None:
                checkpointing.make_checkpoint(connection, site, at)
    return bool(until)
