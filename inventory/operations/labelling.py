"""Labels are printed for units; that they were is an entry."""

from collections.abc import Sequence

import sqlalchemy as sa

from inventory import store
from inventory.domain.catalogue import Unit
from inventory.domain.chain import Json
from inventory.domain.ledger import EntryKind
from inventory.domain.places import Site
from inventory.operations.posting import Act, Draft, post
from inventory.store import catalogue, ledger, places, receipts
from inventory.store.errors import no_such


def units_of_receipt(code: str) -> list[Unit]:
    """The units that a delivery brought, in the order of its lines.

    Raises:
        NotFound: There is no such receipt.
    """
    with store.reading() as connection:
        if receipts.find_receipt(connection, code) is None:
            raise no_such("receipt", code)
        keys = receipts.unit_ids_of_receipt(connection, code)
        return [catalogue.unit_of_id(connection, key) for key in keys]


def units_of_codes(codes: Sequence[str]) -> list[Unit]:
    """The units of some labels.

    Raises:
        NotFound: One of them is not ours.
    """
    found = []
    with store.reading() as connection:
        for code in codes:
            unit = catalogue.find_unit(connection, code.upper())
            if unit is None:
                raise no_such("unit", code)
            found.append(unit)
    return found


def record_print(act: Act, about: str, units: Sequence[Unit], stock: str) -> None:
    """Record that labels were printed.

    Args:
        act: Who prints, when.
        about: Code of the receipt, or of the unit.
        units: Whose labels.
        stock: Name of the label size.
    """
    with store.reading() as connection:
        site = _site(connection, units)
    facts: dict[str, Json] = {"units": [unit.code for unit in units], "stock": stock}
    with store.transaction(site.id) as connection:
        post(connection, act, site, Draft(EntryKind.PRINT, about, (), facts))


def _site(connection: sa.Connection, units: Sequence[Unit]) -> Site:
    place = ledger.last_step(connection, units[0].id)[1]
    return places.location_of_id(connection, place or 0).site
