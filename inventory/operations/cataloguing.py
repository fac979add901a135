"""Items come into the catalogue; sites, rooms and procedures are set up."""

import re
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from inventory import store
from inventory.domain.catalogue import Item, ItemKind, PackagingLevel, Tracking, check_item
from inventory.domain.chain import Json, plain_text
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.places import Location, Site
from inventory.domain.problem import Problem, say
from inventory.domain.procedure import ProcedureDefinition
from inventory.domain.udi import read_udi
from inventory.domain.udi.udi import Unreadable
from inventory.operations.likening import tell_same_reference
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import refuse
from inventory.store import catalogue, places, procedures
from inventory.store.errors import no_such


def add_item(
    act: Act,
    *,
    name: str,
    reference: str,
    manufacturer: str,
    kind: ItemKind,
    tracking: Tracking,
    single_use: bool,
    packaging: Sequence[PackagingLevel],
) -> Answer:
    """Add an item with its packaging levels.

    Returns:
        `{code, name, entry}`, and `item-alike` where another item has its REF; refused with the
        problems of `check_item`, `too-long`, `identifier-wrong`.

    Raises:
        Conflict: Another item has one of the identifiers, or the key was used before.
        NotFound: There is no site yet to keep the entry.
    """
    site = home_site()
    packaging = [_in_14_digits(level) for level in packaging]
    item = Item(
        0,
        new_code("MT", act.draw),
        plain_text(name.strip()),
        plain_text(reference.strip()),
        plain_text(manufacturer.strip()),
        kind,
        tracking,
        single_use,
        tuple(packaging),
    )

    def story(connection: sa.Connection) -> Answer:
        problems = check_item(item.name, item.reference, item.manufacturer, item.packaging)
        problems += [p for level in packaging for p in _check_identifier(act, level)]
        problems += check_lengths(item)
        if problems:
            return refuse(connection, act, site, "", problems, {"kind": item.kind.value})
        catalogue.add_item(connection, item)
        draft = Draft(EntryKind.CATALOGUE, item.code, (), {"item": as_facts(item)})
        posted = post(connection, act, site, draft)
        body = {"code": item.code, "name": item.name, "entry": posted.reference}
        return Answer(body, tell_same_reference(connection, item))

    content = {**as_facts(item), "code": ""}
    return act_once(act, site, "add-item", content, story)


def add_packaging(act: Act, code: str, packaging: Sequence[PackagingLevel]) -> Answer:
    """Let an item be known by further identifiers: it is packed or numbered anew by its maker.

    Without this a new number of a known thing would make a second item of it, and a recall of the
    one would miss the other.

    Returns:
        `{code, name, entry}`; refused with `identifier-missing`, `identifier-wrong`,
        `packaging-units-wrong`, `packaging-twice`.

    Raises:
        Conflict: An item has one of the identifiers, or the key was used for something else.
        NotFound: There is no such item.
    """
    site = home_site()
    further = tuple(_in_14_digits(level) for level in packaging)

    def story(connection: sa.Connection) -> Answer:
        item = catalogue.get_item(connection, code)
        problems = check_item(item.name, item.reference, item.manufacturer, further)
        problems += [p for level in further for p in _check_identifier(act, level)]
        if not further:
            message = say("Scan a pack of this item, or type the identifier in its barcode.")
            problems.append(Problem("identifier-missing", message))
        if problems:
            return refuse(connection, act, site, code, problems, {})
        facts: dict[str, Json] = {
            "item": as_facts(catalogue.add_packaging(connection, item, further))
        }
        draft = Draft(EntryKind.CATALOGUE, code, (), facts, reason="packaging-added")
        posted = post(connection, act, site, draft)
        return Answer({"code": code, "name": item.name, "entry": posted.reference})

    levels: list[Json] = [[level.di, level.issuer, level.units] for level in further]
    return act_once(act, site, "add-packaging", [code, levels], story)


def as_facts(item: Item) -> dict[str, Json]:
    """An item as its entry holds it."""
    return {
        "code": item.code,
        "name": item.name,
        "reference": item.reference,
        "manufacturer": item.manufacturer,
        "kind": item.kind.value,
        "tracking": item.tracking.value,
        "single_use": item.single_use,
        "packaging": [[level.di, level.issuer, level.units] for level in item.packaging],
    }


def _in_14_digits(level: PackagingLevel) -> PackagingLevel:
    """A GTIN of 8, 12 or 13 digits as it is kept; whether its check digit is right is not asked."""
    short = level.issuer == "gs1" and level.di.isdigit() and len(level.di) in (8, 12, 13)
    return replace(level, di=level.di.zfill(14)) if short else level


def _check_identifier(act: Act, level: PackagingLevel) -> list[Problem]:
    """A GTIN has 14 digits and its check digit; other issuers' identifiers are kept as typed."""
    if level.issuer != "gs1":
        right = level.issuer in ("hibcc", "iccbba") and 4 <= len(level.di) <= 40
    else:
        read = read_udi([level.di], act.today) if level.di.isdigit() else None
        right = (
            read is not None
            and not isinstance(read, Unreadable)
            and not read.blocked
            and read.gtin == level.di
        )
    if right:
        return []
    message = say(
        "%(di)s is no identifier of a pack: a GTIN has 8, 12, 13 or 14 digits, the last one a"
        " check digit. Scan it from the pack.",
        di=level.di[:40] or "-",
    )
    return [Problem("identifier-wrong", message)]


def check_lengths(item: Item) -> list[Problem]:
    """Whether the words of an item fit.

    Errors: `too-long`.
    """
    return [
        Problem(
            "too-long",
            say(
                "The %(name)s is too long. Shorten it to at most %(most)s characters.",
                name=name,
                most=most,
            ),
        )
        for name, text, most in (
            ("name", item.name, 200),
            ("reference", item.reference, 80),
            ("manufacturer", item.manufacturer, 200),
        )
        if len(text) > most
    ]


def home_site() -> Site:
    """The first site, whose chain keeps what belongs to no site.

    Raises:
        NotFound: There is none yet.
    """
    site = find_home_site()
    if site is None:
        raise no_such("site", "-")
    return site


def find_home_site() -> Site | None:
    """The first site, or None where there is none yet."""
    with store.reading() as connection:
        sites = places.list_sites(connection)
    return sites[0] if sites else None


def add_site(code: str, name: str, address: str) -> Site:
    """Set up a site with its places of meaning (supplier, used, wasted, quarantine, transit...).

    Raises:
        ValueError: The code is not 2 to 8 capital letters and digits, or is taken; or a word does
            not fit.
    """
    if not (code.isascii() and code.isalnum() and code.isupper() and 2 <= len(code) <= 8):
        raise ValueError("a site's code is 2 to 8 capital letters and digits, first a letter")
    _check_word("name", name, 1, 200)
    _check_word("address", address, 0, 400)
    with store.transaction() as connection:
        if any(site.code == code for site in places.list_sites(connection)):
            raise ValueError(f"There is a site {code} already. Choose another code.")
        return places.add_site(connection, code, name, address)


def add_store(act: Act, site_code: str, code: str, name: str) -> Location:
    """Set up a place that holds stock: a pharmacy, a room, a cabinet; with a code for its label.

    Raises:
        NotFound: There is no such site.
        ValueError: The code is not 2 to 40 capital letters, digits and hyphens, or is taken; or the
            name does not fit.
    """
    if not re.fullmatch("[A-Z0-9][A-Z0-9-]{1,39}", code):
        raise ValueError("a place's code is 2 to 40 capital letters, digits and hyphens")
    _check_word("name", name, 1, 200)
    with store.transaction() as connection:
        site = next((s for s in places.list_sites(connection) if s.code == site_code), None)
        if site is None:
            raise no_such("site", site_code)
        if places.find_location(connection, code):
            raise ValueError(f"There is a place {code} already. Choose another code.")
        label = new_code("PL", act.draw)
        return places.add_location(connection, site, code, LocationKind.STORE, name, label)


def _check_word(what: str, text: str, least: int, most: int) -> None:
    """Refuse a word of a site or a place that is missing, too long, or cannot be printed."""
    if not least <= len(text.strip()) <= len(text) <= most or not text.isprintable():
        raise ValueError(f"The {what} has {least} to {most} characters, all of them printable.")


def add_procedure(definition: ProcedureDefinition) -> None:
    """Set up a procedure definition; the items that its lines name are there already."""
    with store.transaction() as connection:
        procedures.add_procedure(connection, definition)
