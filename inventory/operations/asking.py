"""What is asked of an act, and what was found out about it: the two values that all acts share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from unicodedata import normalize

from inventory.domain.catalogue import Item, Lot, Unit
from inventory.domain.chain import Json
from inventory.domain.problem import Problem
from inventory.domain.scan import Scan, read
from inventory.domain.udi import PLAIN_KEYBOARD, Keyboard


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a person scanned, or typed by hand.

    Attributes:
        barcodes: Of one label, as the scanner sent them; empty where it was typed.
        item: Code of the item, where it was typed or chosen.
        lot: The lot number, typed; beside barcodes, which of the lots in doubt it is.
        unit: Code of the unit, where it was chosen from a list.
        expires_on: Typed last day of use, for receiving.
        keyboard: How the workstation's scanner is set up.
        reference: The manufacturer's REF, typed from a pack without any barcode.
        again: REF and lot as they were typed a second time; None where nobody was asked to.
        held: Barcodes of the pack that say no lot, scanned before its lot was typed.
    """

    barcodes: tuple[str, ...] = ()
    item: str = ""
    lot: str = ""
    unit: str = ""
    expires_on: date | None = None
    keyboard: Keyboard = PLAIN_KEYBOARD
    reference: str = ""
    again: tuple[str, str] | None = None
    held: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Compose letters and marks (NFC): a lot is kept as the text of its entry writes it."""
        for name in ("item", "lot", "unit", "reference"):
            object.__setattr__(self, name, normalize("NFC", getattr(self, name)))
        if self.again is not None:
            reference, lot = self.again
            object.__setattr__(self, "again", (normalize("NFC", reference), normalize("NFC", lot)))

    def read(self, today: date) -> Scan | None:
        """What the barcodes say, or None where nothing was scanned."""
        return read(self.barcodes, today, keyboard=self.keyboard) if self.barcodes else None

    def as_content(self) -> dict[str, Json]:
        """What an idempotency key stands for."""
        manual: dict[str, Json] = {"reference": self.reference} if self.reference else {}
        if self.again is not None:
            manual["again"] = list(self.again)
        if self.held:
            manual["held"] = list(self.held)
        return manual | {
            "barcodes": list(self.barcodes),
            "item": self.item,
            "lot": self.lot,
            "unit": self.unit,
            "expires_on": self.expires_on.isoformat() if self.expires_on else "",
        }


@dataclass(frozen=True, slots=True)
class Identified:
    """What it means here. Fields are None where it does not say, or nothing here is it.

    Attributes:
        item: The item.
        lot: The lot, if it ever came in.
        unit: The unit.
        lot_number: The lot as printed or typed, known here or not.
        serial: The manufacturer's serial, or empty.
        expires_on: Last day of use as the code says, or None.
        expires_printed: The same as printed, or empty.
        units_in_pack: Units of use in the pack whose code was scanned.
        entered: `scanned`, `typed` or `chosen`.
        facts: What the ledger keeps of the scan.
        problems: All that is wrong or doubtful so far.
        candidates: The lots among which a person has to choose; empty where nobody has to.
        nameless: The code or REF that no item here has, of which one can be made; or empty.
    """

    item: Item | None = None
    lot: Lot | None = None
    unit: Unit | None = None
    lot_number: str = ""
    serial: str = ""
    expires_on: date | None = None
    expires_printed: str = ""
    units_in_pack: int = 1
    entered: str = "scanned"
    facts: Mapping[str, Json] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    candidates: tuple[str, ...] = ()
    nameless: str = ""

    def as_facts(self) -> dict[str, Json]:
        """What a refusal keeps: codes and the scan of a device, never an unread text.

        The lot of nothing that is known here is none: it may be the end of a record number.
        """
        said: dict[str, Json] = dict(self.facts)
        if self.item:
            said["item"] = self.item.code
        if self.item and self.lot_number:
            said["lot"] = self.lot_number
        if self.unit:
            said["unit"] = self.unit.code
        return said
