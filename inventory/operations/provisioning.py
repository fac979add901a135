"""A code that nobody knows is no dead end: a provisional item, and pharmacy completes it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from inventory.domain.catalogue import Item, ItemKind, PackagingLevel, Tracking, check_item
from inventory.domain.chain import plain_text
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind
from inventory.domain.places import Site
from inventory.domain.problem import Problem, say
from inventory.domain.scan import UdiScan, read
from inventory.domain.udi import PLAIN_KEYBOARD, Keyboard, Udi
from inventory.operations.cataloguing import as_facts, check_lengths, home_site
from inventory.operations.likening import tell_same_reference
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import Override, refuse, stopping
from inventory.operations.repairing import is_misprinted_gtin
from inventory.store import catalogue, provisional
from inventory.store.provisional import PROVISIONAL, UNKNOWN

NOTHING_OVERRULED: Final = Override()


def add_provisional_item(
    act: Act, barcodes: Sequence[str], kind: ItemKind, keyboard: Keyboard = PLAIN_KEYBOARD
) -> Answer:
    """Make an item from what a barcode says, for pharmacy to complete.

    Returns:
        `{code, name, entry}`; refused with `identifier-missing` or the problems of the code.

    Raises:
        Conflict: Another item has the identifier (`packaging-twice`).
        NotFound: There is no site yet to keep the entry.
    """
    site = home_site()

    def story(connection: sa.Connection) -> Answer:
        read_item = item_of_barcodes(act, barcodes, kind, keyboard)
        if isinstance(read_item, Problem):
            return refuse(connection, act, site, "", [read_item], {"kind": kind.value})
        catalogue.add_item(connection, read_item)
        reference = record_made_up(connection, act, site, read_item)
        return Answer({"code": read_item.code, "name": read_item.name, "entry": reference})

    return act_once(act, site, "add-provisional", [[*barcodes], kind.value], story)


def record_made_up(connection: sa.Connection, act: Act, home: Site, item: Item) -> str:
    """Post the entry of a provisional item that an act has made; gives its reference."""
    facts = {"item": as_facts(item)}
    draft = Draft(EntryKind.CATALOGUE, item.code, (), facts, reason=PROVISIONAL)
    return post(connection, act, home, draft).reference


def item_of_barcodes(
    act: Act,
    barcodes: Sequence[str],
    kind: ItemKind,
    keyboard: Keyboard = PLAIN_KEYBOARD,
    override: Override = NOTHING_OVERRULED,
) -> Item | Problem:
    """What a barcode says of an item: its identifier, and its REF if it stands there.

    A GTIN that fails its check digit may be overruled: misprinted, it is that of no other item.
    """
    scan = read(barcodes, act.today, keyboard=keyboard)
    if not isinstance(scan, UdiScan) or scan.udi.di is None:
        return _no_identifier()
    wrong = stopping(
        scan.udi.problems, override if is_misprinted_gtin(scan.udi) else NOTHING_OVERRULED
    )
    if wrong:
        return wrong[0]
    level = PackagingLevel(scan.udi.di, scan.udi.issuer, 1)
    return _made_up(act, scan.udi.di, _reference(scan.udi), kind, (level,))


def item_of_reference(act: Act, reference: str, kind: ItemKind) -> Item:
    """An item of which only the REF on the pack is known."""
    return _made_up(act, reference, reference, kind, ())


def _made_up(
    act: Act, name: str, reference: str, kind: ItemKind, packaging: tuple[PackagingLevel, ...]
) -> Item:
    return Item(
        0,
        new_code("MT", act.draw),
        plain_text(f"{UNKNOWN} {name}"),
        plain_text(reference),
        UNKNOWN,
        kind,
        Tracking.LOT,
        True,
        packaging,
    )


def _reference(udi: Udi) -> str:
    """The manufacturer's REF: AI 240, else the number by which the code names the item."""
    return udi.element("240") or udi.di or ""


def _no_identifier() -> Problem:
    message = say("This code names no item. Scan the barcode that holds the item number as well.")
    return Problem("identifier-missing", message)


def complete_item(
    act: Act,
    code: str,
    *,
    name: str,
    reference: str,
    manufacturer: str,
    kind: ItemKind,
    tracking: Tracking,
    single_use: bool,
) -> Answer:
    """Complete a provisional item; its code and identifiers stay.

    Returns:
        `{code, name, entry}`, and `item-alike` where another item has its REF; refused with the
        problems of `check_item`, `too-long`, `not-provisional`, `tracking-fixed`.

    Raises:
        NotFound: There is no such item, or no site.
    """
    site = home_site()

    def story(connection: sa.Connection) -> Answer:
        before = catalogue.get_item(connection, code)
        after = replace(
            before,
            name=plain_text(name.strip()),
            reference=plain_text(reference.strip()),
            manufacturer=plain_text(manufacturer.strip()),
            kind=kind,
            tracking=tracking,
            single_use=single_use,
        )
        problems = _check_completion(connection, before, after)
        if problems:
            return refuse(connection, act, site, code, problems, {})
        provisional.change_item(connection, after)
        draft = Draft(EntryKind.CATALOGUE, code, (), {"item": as_facts(after)}, reason="completed")
        posted = post(connection, act, site, draft)
        body = {"code": code, "name": after.name, "entry": posted.reference}
        return Answer(body, tell_same_reference(connection, after))

    content = [code, name, reference, manufacturer, kind.value, tracking.value, single_use]
    return act_once(act, site, "complete-item", [*content], story)


def _check_completion(connection: sa.Connection, before: Item, after: Item) -> list[Problem]:
    problems = check_item(after.name, after.reference, after.manufacturer, after.packaging)
    problems += check_lengths(after)
    for field, text in (("name", after.name), ("manufacturer", after.manufacturer)):
        if text.startswith(UNKNOWN):
            message = say("Type it as on the pack, without a question mark.")
            problems.append(Problem(f"{field}-missing", message))
    if not provisional.is_provisional(connection, before.code):
        message = say(
            "%(item)s is complete already. Look at its page for what was typed.", item=before.name
        )
        problems.append(Problem("not-provisional", message))
    if after.tracking != before.tracking and provisional.has_moved(connection, before):
        message = say(
            "Pieces of %(item)s have moved already, counted by lot: that stays. Choose: by lot.",
            item=before.name,
        )
        problems.append(Problem("tracking-fixed", message))
    return problems
