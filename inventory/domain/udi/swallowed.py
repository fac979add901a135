"""What a lot may have swallowed: a scanner that loses the separator glues the next fields to it.

`10A17<GS>17280200` arrives as lot `A1717280200`. Text alone cannot tell this from a lot that is
really called so; what is stocked and what is recalled decides, in `inventory.operations.repairing`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from inventory.domain.udi.dates import gs1_date
from inventory.domain.udi.gs1 import YEARS_OF_A_DATE, element_strings
from inventory.domain.udi.udi import UdiError

FOLLOWERS: Final = frozenset(
    {"11", "13", "15", "16", "17", "20", "21", "22", "30", "240", "241", "250", "7003"}
)
"""Application identifiers that stand behind a lot on packs of devices."""

_BEGINNINGS: Final = tuple(FOLLOWERS)
_DATES: Final = frozenset({"11", "13", "15", "16", "17"})


@dataclass(frozen=True, slots=True)
class Split:
    """One way to read a lot that swallowed what followed it.

    Attributes:
        lot: The lot before that.
        expires_on: Last day of use in what was swallowed, or None.
        expires_printed: Its six digits, or empty.
        serial: The serial number in what was swallowed, or empty.
    """

    lot: str
    expires_on: date | None = None
    expires_printed: str = ""
    serial: str = ""


def splits(number: str, present: Collection[str], year_now: int) -> Iterator[Split]:
    """Every way in which a lot can be a shorter lot and whole GS1 elements behind it.

    Args:
        number: The lot as it was read.
        present: Identifiers that the label holds besides; none comes twice.
        year_now: The year of the scan.

    Examples:
        >>> [(each.lot, str(each.expires_on)) for each in splits("A1717280200", ("01",), 2026)]
        [('A17', '2028-02-29')]
        >>> [*splits("A17B", ("01",), 2026)]
        []
    """
    for lot, values in _glued(number):
        if values.keys() & {*present}:
            continue
        if all(_is_near(value, year_now) for name, value in values.items() if name in _DATES):
            printed = values.get("17", "")
            expires_on = gs1_date(printed, year_now) if printed else None
            yield Split(lot, expires_on, printed, values.get("21", ""))


def shorter(number: str) -> Iterator[str]:
    """Every lot that a longer one may have been before it swallowed what followed it.

    Whether a date in it is likely, or an identifier stood on the label already, is not asked.

    Examples:
        >>> [*shorter("A1721SER9")], [*shorter("A17B")]
        (['A17'], [])
    """
    return (lot for lot, _ in _glued(number))


def _glued(number: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each way to cut a text into a lot and whole elements, none twice, that stand behind lots."""
    for end in range(1, len(number) - 2):
        if not number.startswith(_BEGINNINGS, end):
            continue
        try:
            behind = element_strings(number[end:])
        except UdiError:
            continue
        values = dict(behind)
        if FOLLOWERS.issuperset(values) and len(values) == len(behind):
            yield number[:end], values


def _is_near(digits: str, year_now: int) -> bool:
    """Whether six digits are a date as one stands on a pack."""
    day = gs1_date(digits, year_now)
    return day is not None and day.year - year_now in YEARS_OF_A_DATE
