"""What we stock: items, their packaging levels, lots and units; and whether a lot may be used."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from unicodedata import normalize

from inventory.domain.problem import Problem, say


class ItemKind(StrEnum):
    """What sort of thing an item is; procedure lines name a kind or particular items."""

    PROCESSING_KIT = "processing_kit"
    CANNULA = "cannula"
    NEEDLE = "needle"
    ELECTRODE = "electrode"
    SYRINGE = "syringe"
    MEDICINE = "medicine"
    FLUID = "fluid"
    CONSUMABLE = "consumable"
    INSTRUMENT = "instrument"


class Tracking(StrEnum):
    """Whether single pieces are told apart."""

    LOT = "lot"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class PackagingLevel:
    """One level of packaging with a device identifier of its own.

    Attributes:
        di: The device identifier: 14 digits for GS1, LIC + PCN + U/M for HIBC.
        issuer: `gs1`, `hibcc` or `iccbba`.
        units: Units of use inside, 1 or more; 1 is the single pack.
    """

    di: str
    issuer: str
    units: int


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of thing we stock.

    Attributes:
        id: Key in the store.
        code: Our own code, `MT...`.
        name: What people call it.
        reference: The manufacturer's REF; compared as typed.
        manufacturer: Name of the manufacturer.
        kind: See `ItemKind`.
        tracking: By lot, or by unit.
        single_use: A used piece of it never becomes available again.
        packaging: All levels, smallest first.
    """

    id: int
    code: str
    name: str
    reference: str
    manufacturer: str
    kind: ItemKind
    tracking: Tracking
    single_use: bool
    packaging: tuple[PackagingLevel, ...] = ()

    @property
    def is_tissue(self) -> bool:
        """Whether its barcodes are ISBT 128: then its lots are donation numbers."""
        return any(level.issuer == "iccbba" for level in self.packaging)

    def units_in(self, di: str) -> int | None:
        """Units of use in one pack of this level, or None if the identifier is not ours."""
        return next((level.units for level in self.packaging if level.di == di), None)


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot of an item.

    Attributes:
        id: Key in the store.
        item: What it is a lot of.
        number: Exactly as printed; upper and lower case differ.
        expires_on: Last day of use, or None where the label has no expiry.
        expires_printed: The date as the code carried it (`280200`), or empty.
    """

    id: int
    item: Item
    number: str
    expires_on: date | None
    expires_printed: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One labelled piece of a lot.

    Attributes:
        id: Key in the store.
        code: Our own code, `KT...`; names the unit for ever, in movements and in proofs.
        lot: The lot it is of.
        serial: The manufacturer's serial, or empty.
        label: Code of the label that replaced the first one, or empty.
    """

    id: int
    code: str
    lot: Lot
    serial: str = ""
    label: str = ""

    @property
    def label_code(self) -> str:
        """The code that stands on the label which counts."""
        return self.label or self.code


def check_expiry(lot: Lot, today: date) -> list[Problem]:
    """A lot is good through its printed day.

    Errors: `lot-expired`.

    Args:
        lot: What is about to be used.
        today: The day in the clinic's time zone.
    """
    if lot.expires_on is None or today <= lot.expires_on:
        return []
    return [
        Problem(
            "lot-expired",
            say(
                "Lot %(lot)s of %(item)s expired on %(expires_on)s; today is %(today)s."
                " Do not use it: put it in quarantine and take another lot.",
                lot=lot.number,
                item=lot.item.name,
                expires_on=lot.expires_on,
                today=today,
            ),
        )
    ]


def check_item(
    name: str, reference: str, manufacturer: str, packaging: tuple[PackagingLevel, ...]
) -> list[Problem]:
    """What an item must have before it can be stocked.

    Errors: `name-missing`, `reference-missing`, `manufacturer-missing`, `packaging-units-wrong`,
    `packaging-twice`.
    """
    problems = [
        Problem(code, sentence)
        for code, value, sentence in (
            ("name-missing", name, say("The item has no name. Type the name as on the pack.")),
            ("reference-missing", reference, say("The item has no REF. Type the REF of the pack.")),
            ("manufacturer-missing", manufacturer, say("Type the manufacturer as on the pack.")),
        )
        if not value
    ]
    problems += [
        Problem(
            "packaging-units-wrong",
            say("Packaging level %(di)s must hold 1 to 100000 units of use.", di=level.di),
        )
        for level in packaging
        if not 1 <= level.units <= 100_000
    ]
    identifiers = [level.di for level in packaging]
    if len(set(identifiers)) < len(identifiers):
        problems.append(
            Problem("packaging-twice", say("The same identifier stands on two packaging levels."))
        )
    return problems


def folded(text: str) -> str:
    """A REF or a maker's name as it is compared: without case, blanks and signs.

    Examples:
        >>> folded("LIPO-K 10"), folded("lipo k10"), folded("?")
        ('lipok10', 'lipok10', '')
    """
    return "".join(filter(str.isalnum, normalize("NFKC", text).casefold()))
