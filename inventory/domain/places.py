"""Sites and the places of a site."""

from dataclasses import dataclass

from inventory.domain.ledger import LocationKind


@dataclass(frozen=True, slots=True)
class Site:
    """A clinic or office with a ledger and a chain of its own.

    Attributes:
        id: Key in the store; locks are taken in ascending order of it.
        code: Short name, `TO`.
        name: What people call it.
        address: As on papers.
    """

    id: int
    code: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Location:
    """A place of a site, real or a meaning (supplier, used, wasted).

    Attributes:
        id: Key in the store.
        code: `TO-PHARMACY`; a patient session's place bears the session's code.
        kind: What its balance means.
        name: What people call it.
        site: Whose ledger guards it.
        label: The code on its label, `PL...`, or empty.
    """

    id: int
    code: str
    kind: LocationKind
    name: str
    site: Site
    label: str = ""


MEANINGS = (
    LocationKind.SUPPLIER,
    LocationKind.USED,
    LocationKind.WASTED,
    LocationKind.RETURNED,
    LocationKind.VARIANCE,
    LocationKind.TRANSIT,
    LocationKind.REPROCESSING,
    LocationKind.QUARANTINE,
)
"""Kinds of which every site has exactly one place, `TO-USED`."""
