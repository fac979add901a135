"""Sites and locations. They never change, so they are remembered once read."""

import sqlalchemy as sa
from flask import current_app

from inventory.domain.ledger import LocationKind
from inventory.domain.places import MEANINGS, Location, Site
from inventory.store import AnyRow, row_id
from inventory.store.errors import no_such
from inventory.store.tables.places import location, site

_SELECT = sa.select(
    location.c.id,
    location.c.code,
    location.c.kind,
    location.c.name,
    location.c.label,
    site.c.id,
    site.c.code,
    site.c.name,
    site.c.address,
).join(site, site.c.id == location.c.site_id)


def _location(row: AnyRow) -> Location:
    key, code, kind, name, label, *of_site = row
    return Location(key, code, LocationKind(kind), name, Site(*of_site), label or "")


def _remembered() -> dict[object, Location]:
    known: dict[object, Location] = current_app.extensions.setdefault("kittrace.places", {})
    return known


def find_location(connection: sa.Connection, code: str) -> Location | None:
    """The location of a code or of the code on its label; small letters mean capitals."""
    known = _remembered()
    if code in known:
        return known[code]
    where = sa.or_(location.c.code == code, location.c.label == code)
    row = connection.execute(_SELECT.where(where)).first()
    if row is None:
        return find_location(connection, code.upper()) if code != code.upper() else None
    place = _location(row)
    if place.kind is not LocationKind.SESSION:
        known[code] = known[place.id] = place
    return place


def get_location(connection: sa.Connection, code: str) -> Location:
    """The location of a code.

    Raises:
        NotFound: There is none.
    """
    place = find_location(connection, code)
    if place is None:
        raise no_such("location", code)
    return place


def get_place_or_site(connection: sa.Connection, code: str) -> str:
    """The code of a place or of a site, as it is kept.

    Raises:
        NotFound: There is neither.
    """
    if code.upper() in {of.code for of in list_sites(connection)}:
        return code.upper()
    return get_location(connection, code).code


def location_of_id(connection: sa.Connection, key: int) -> Location:
    """The location of a key."""
    known = _remembered()
    if key in known:
        return known[key]
    place = _location(connection.execute(_SELECT.where(location.c.id == key)).one())
    if place.kind is not LocationKind.SESSION:
        known[place.code] = known[key] = place
    return place


def meaning(connection: sa.Connection, of: Site, kind: LocationKind) -> Location:
    """The one place of a site that stands for a meaning: `TO-USED`, `TO-QUARANTINE`."""
    return get_location(connection, f"{of.code}-{kind}")


def list_sites(connection: sa.Connection) -> list[Site]:
    """All sites, in the order in which their locks are taken."""
    rows = connection.execute(
        sa.select(site.c.id, site.c.code, site.c.name, site.c.address).order_by(site.c.id)
    )
    return [Site(*row) for row in rows]


def list_locations(
    connection: sa.Connection, *kinds: LocationKind, site_code: str = ""
) -> list[Location]:
    """Locations of some kinds, patient sessions' places left out unless asked for."""
    asked = [kind.value for kind in kinds] or [
        kind.value for kind in LocationKind if kind is not LocationKind.SESSION
    ]
    query = _SELECT.where(location.c.kind.in_(asked)).order_by(site.c.id, location.c.id)
    if site_code:
        query = query.where(site.c.code == site_code)
    return [_location(row) for row in connection.execute(query)]


def add_site(connection: sa.Connection, code: str, name: str, address: str) -> Site:
    """A further site with its places of meaning."""
    key = row_id(connection.execute(sa.insert(site).values(code=code, name=name, address=address)))
    made = Site(key, code, name, address)
    for kind in MEANINGS:
        add_location(connection, made, f"{code}-{kind}", kind, kind.value.capitalize(), None)
    return made


def add_location(
    connection: sa.Connection,
    of: Site,
    code: str,
    kind: LocationKind,
    name: str,
    label: str | None,
) -> Location:
    """A further place of a site."""
    key = row_id(
        connection.execute(
            sa.insert(location).values(
                site_id=of.id, code=code, kind=kind.value, name=name, label=label
            )
        )
    )
    return Location(key, code, kind, name, of, label or "")
