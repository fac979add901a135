"""What the barcodes of one label say: one frozen value, whoever issued the code.

The one idea: every reader of a standard gives the same `Udi` for one barcode, and `together` joins
the barcodes of a label. A field that a barcode does not hold is None and never blanks another's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from inventory.domain.problem import Problem, Sentence, say

Fault = Literal["damaged", "garbled", "foreign", "several", "empty"]
"""Why nothing can be made of a scan: read or printed in part, other letters than a barcode's, not
of a medical product, not of one label, nothing there."""

ISSUERS: Final = ("gs1", "hibcc", "iccbba")
"""The three agencies, in the order in which they name a label that carries several codes."""


@dataclass(frozen=True, slots=True)
class Udi:
    """What was read from the barcodes of one label."""

    issuer: str
    """Who issued the code: `gs1`, `hibcc` or `iccbba`."""

    raw: tuple[str, ...] = ()
    """The barcodes as the scanner sent them, in order; empty where they held a patient's data."""

    repaired: tuple[str, ...] = ()
    r"""The same with the keyboard's damage undone; `\x1d` between GS1 elements."""

    symbology: str = ""
    """AIM identifiers of the barcodes that sent one, in order, a blank between: `]C1 ]C1`."""

    gtin: str | None = None
    """Trade item number, 14 digits of text, from AI 01 or a bare EAN-13, EAN-8 or UPC-A."""

    di: str | None = None
    """Device identifier: the GTIN; HIBC LIC + PCN + unit of measure; ICCBBA's 16 characters."""

    other_di: tuple[tuple[str, str], ...] = ()
    """Pairs (issuer, di) of further codes that the same label carries."""

    elements: tuple[tuple[str, str], ...] = ()
    """Pairs (identifier, value) as printed: GS1 AIs, HIBC flags, ICCBBA data identifiers."""

    lot: str | None = None
    """Lot as printed, up to 20 characters; upper and lower case differ."""

    serial: str | None = None
    """Serial number as printed, up to 20 characters; upper and lower case differ."""

    expires_on: date | None = None
    """The last day on which it may be used."""

    expires_precision: Literal["day", "month"] = "day"
    """`month` where the label names a month only: `expires_on` is then its last day."""

    expires_printed: str | None = None
    """The expiry's digits as the barcode holds them, `280200`."""

    manufactured_on: date | None = None
    """Day of manufacture, AI 11; the last of the month where the label names a month only."""

    manufactured_precision: Literal["day", "month"] = "day"
    """`month` where the label names a month only."""

    best_before_on: date | None = None
    """Best before, AI 15; the last of the month where the label names a month only."""

    best_before_precision: Literal["day", "month"] = "day"
    """`month` where the label names a month only."""

    sscc: str | None = None
    """Serial shipping container code, 18 digits, AI 00."""

    donation_id: str | None = None
    """ISBT 128 donation identification number, 13 characters."""

    quantity: int | None = None
    """Count in the pack, each: AI 30 or 37, HIBC quantity."""

    gsrn: str | None = None
    """Service relation number, 18 digits: a provider (AI 8017) or a recipient (AI 8018)."""

    problems: tuple[Problem, ...] = ()
    """What is wrong or doubtful; a blocking one means that a check fails."""

    typed: bool = False
    """Whether a person typed it, brackets and all."""

    @property
    def has_item(self) -> bool:
        """Whether it says which kind of thing this is, or which is in this carton."""
        return self.di is not None or self.content is not None

    @property
    def content(self) -> str | None:
        """Item number of the packs in a carton, AI 02."""
        return self.element("02") if self.issuer == "gs1" else None

    @property
    def batch(self) -> str:
        """What the label has for a lot, or empty: of ISBT 128 the donation before any lot."""
        lot, donation = self.lot or "", self.donation_id or ""
        return (donation or lot) if self.issuer == "iccbba" else (lot or donation)

    @property
    def lot_number(self) -> str:
        """The number of its lot here; without one, its serial stands for a lot of one piece.

        ISBT 128 counts the pieces of each donation anew, so there a serial alone names no lot.

        Examples:
            >>> Udi("gs1", serial="000001").lot_number, Udi("iccbba", serial="000001").lot_number
            ('000001', '')
            >>> Udi("iccbba", serial="000001", donation_id="A999826123456").lot_number
            'A999826123456'
        """
        of_donation = self.issuer == "iccbba" or self.element("=,") is not None
        return self.batch or ("" if of_donation else self.serial or "")

    @property
    def has_lot(self) -> bool:
        """Whether it says which lot or which piece this is."""
        return self.lot_number != ""

    @property
    def blocked(self) -> bool:
        """Whether a check failed, so that nobody may use it without overruling."""
        return any(problem.blocking for problem in self.problems)

    def element(self, identifier: str) -> str | None:
        """The first value under an identifier, as printed.

        Examples:
            >>> Udi("gs1", elements=(("01", "09521234543213"),)).element("01")
            '09521234543213'
        """
        return next((value for name, value in self.elements if name == identifier), None)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Nothing could be made of a scan. The text itself is not kept: it may be a patient's name."""

    problems: tuple[Problem, ...]
    """Why, and what to do next; at least one of them blocks."""

    length: int = 0
    """Characters scanned, all barcodes together."""

    fault: Fault = "damaged"
    """What kind of fault it is, for those who read no standards."""


class UdiError(ValueError):
    """A text is no barcode of the standard it claims; carries the problem and its kind."""

    def __init__(self, message: Sentence, fault: Fault = "damaged") -> None:
        super().__init__(str(message))
        self.problem = Problem("unreadable", message)
        self.fault: Fault = fault


REPEATABLE: Final = {
    "gtin": say("Two GTINs, %(first)s and %(second)s: not of one label. Scan one at a time."),
    "lot": say("Two lots, %(first)s and %(second)s: not of one label. Scan one at a time."),
    "serial": say(
        "Two serial numbers, %(first)s and %(second)s: not of one label. Scan one at a time."
    ),
    "sscc": say("Two SSCCs, %(first)s and %(second)s: not of one label. Scan one at a time."),
    "donation_id": say(
        "Two donation numbers, %(first)s and %(second)s: not of one label. Scan one at a time."
    ),
    "quantity": say(
        "Two quantities, %(first)s and %(second)s: not of one label. Scan one at a time."
    ),
    "gsrn": say("Two wristbands or badges were scanned at once. Scan one at a time."),
}
"""Fields that the barcodes of one label may repeat but not contradict, and what to say then."""

TWO_ITEMS: Final = say(
    "Two item numbers, %(first)s and %(second)s: not of one label. Scan one at a time."
)
DATES: Final = {
    "expires": say("Two expiries, %(first)s and %(second)s: not of one label. Scan one at a time."),
    "manufactured": say(
        "Two days of manufacture, %(first)s and %(second)s: not of one label. Scan one at a time."
    ),
    "best_before": say(
        "Two best before dates, %(first)s and %(second)s: not of one label. Scan one at a time."
    ),
}
"""Dates of which one barcode of a label may tell the month and another the day, and what to say of
those that contradict each other."""


def together(udis: Sequence[Udi]) -> Udi:
    """The barcodes of one label as one value, the same in whatever order they were scanned.

    Args:
        udis: At least one; `raw`, `repaired`, `symbology`, `elements` and `problems` keep the
            order given, all else does not depend on it.

    Raises:
        UdiError: If two barcodes contradict each other, so are not of one label (`unreadable`).

    Examples:
        >>> label = together([Udi("gs1", gtin="09521234543213"), Udi("gs1", lot="LC-24A")])
        >>> label.gtin, label.lot
        ('09521234543213', 'LC-24A')
    """
    if len(udis) == 1:
        return udis[0]
    numbers = _device_identifiers(udis)
    best = min(udis, key=lambda udi: (udi.di is None, ISSUERS.index(udi.issuer)))
    agreed: dict[str, Any] = {name: _agreed(udis, name) for name in REPEATABLE}
    return replace(
        best,
        raw=tuple(text for udi in udis for text in udi.raw),
        repaired=tuple(text for udi in udis for text in udi.repaired),
        symbology=" ".join(udi.symbology for udi in udis if udi.symbology),
        di=numbers.get(best.issuer),
        other_di=tuple(pair for pair in sorted(numbers.items()) if pair[0] != best.issuer),
        elements=tuple(dict.fromkeys(pair for udi in udis for pair in udi.elements)),
        problems=each_once([problem for udi in udis for problem in udi.problems]),
        typed=any(udi.typed for udi in udis),
        **agreed,
        **_dates(udis),
    )


def each_once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems in order, without repetitions."""
    return tuple(p for i, p in enumerate(problems) if p not in problems[:i])


def _device_identifiers(udis: Sequence[Udi]) -> dict[str, str]:
    """The device identifier of each issuer."""
    found: dict[str, str] = {}
    for udi in udis:
        if udi.di is None:
            continue
        if found.setdefault(udi.issuer, udi.di) != udi.di:
            raise contradiction(TWO_ITEMS, found[udi.issuer], udi.di)
    return found


def _agreed(udis: Sequence[Udi], name: str) -> Any:
    """The one value of a field over all barcodes, or None if none of them holds it."""
    found = [value for udi in udis if (value := getattr(udi, name)) is not None]
    for other in found[1:]:
        if other != found[0]:
            raise contradiction(REPEATABLE[name], found[0], other)
    return found[0] if found else None


def _dates(udis: Sequence[Udi]) -> dict[str, Any]:
    """Each date, of the barcode that tells it most exactly."""
    said: dict[str, Any] = {}
    for name in DATES:
        told = [udi for udi in udis if getattr(udi, f"{name}_on") is not None]
        if told:
            exact = min(told, key=lambda udi: (_date(udi, name)[1], udi.issuer, _printed(udi)))
            day, precision = _date(exact, name)
            for udi in told:
                _check_same(name, _date(udi, name), (day, precision))
            said |= {f"{name}_on": day, f"{name}_precision": precision}
            if name == "expires":
                said["expires_printed"] = exact.expires_printed
    return said


def _date(udi: Udi, name: str) -> tuple[date, str]:
    return getattr(udi, f"{name}_on"), getattr(udi, f"{name}_precision")


def _printed(udi: Udi) -> str:
    return udi.expires_printed or ""


def _check_same(name: str, one: tuple[date, str], other: tuple[date, str]) -> None:
    """Refuse two dates that are not the same day, nor the same month where one tells no more.

    Raises:
        UdiError: They contradict each other.
    """
    by_month = "month" in (one[1], other[1])
    if one[0] == other[0] or (by_month and f"{one[0]:%Y-%m}" == f"{other[0]:%Y-%m}"):
        return
    raise contradiction(DATES[name], other[0], one[0])


def contradiction(sentence: Sentence, one: object, other: object) -> UdiError:
    """Two values that cannot stand on one label.

    Args:
        sentence: What to say, with `first` and `second` left open; without them, as it is.
        one: One value.
        other: The other value.
    """
    if "%(first)s" not in sentence.template:
        return UdiError(sentence, "several")
    first, second = sorted((str(one), str(other)))
    return UdiError(Sentence(sentence.template, {"first": first, "second": second}), "several")
