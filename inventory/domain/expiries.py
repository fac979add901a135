"""What expires when: what is on hand, by the month in which it expires.

A month is written as in a date, `2026-12`. What has expired already, and what expires after the
months one looks ahead, are sums of their own; what has no expiry date is in none of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

EXPIRED: Final = "expired"
LATER: Final = "later"

MONTHS: Final = 12
"""How many months one looks ahead, with the one that runs."""


@dataclass(frozen=True, slots=True)
class Share:
    """What expires in one month.

    Attributes:
        month: Year and month, `2026-12`; `expired` or `later`.
        quantity: Units of use.
    """

    month: str
    quantity: int


def month_of(expires_on: date, today: date) -> str:
    """The month in which something expires, as one sees it today.

    Examples:
        >>> month_of(date(2026, 12, 31), date(2026, 11, 25))
        '2026-12'
        >>> month_of(date(2026, 11, 24), date(2026, 11, 25))
        'expired'
        >>> month_of(date(2027, 11, 1), date(2026, 11, 25))
        'later'
    """
    if expires_on < today:
        return EXPIRED
    return f"{expires_on:%Y-%m}" if _months(today, expires_on) < MONTHS else LATER


def by_month(held: Iterable[tuple[date | None, int]], today: date) -> tuple[Share, ...]:
    """What expires in each of the months ahead, those with nothing too; in the order of time.

    Args:
        held: Expiry date and units of use of each part of what is on hand.
        today: The clinic's day.

    Returns:
        `MONTHS` shares; one for `expired` before them and one for `later` behind, if not nothing.
    """
    ahead = [_month(today, number) for number in range(MONTHS)]
    sums = dict.fromkeys([EXPIRED, *ahead, LATER], 0)
    for expires_on, quantity in held:
        if expires_on:
            sums[month_of(expires_on, today)] += quantity
    return tuple(
        Share(month, quantity)
        for month, quantity in sums.items()
        if quantity or month not in (EXPIRED, LATER)
    )


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _month(start: date, number: int) -> str:
    years, month = divmod(start.month - 1 + number, 12)
    return f"{start.year + years:04d}-{month + 1:02d}"
