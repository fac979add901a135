"""The dates that barcodes hold: two-digit years, day 00, days of the year.

The one idea: nothing here knows today's date; the year in which the scan happens is an argument.
Every function gives None for what is no date.
"""

import calendar
from datetime import date


def full_year(two_digits: int, year_now: int) -> int:
    """The year meant by its last two digits: 49 years back to 50 years ahead of now.

    Source:
        GS1 General Specifications, 7.12. HIBC says nothing of the century and follows it here.

    Examples:
        >>> full_year(76, 2026), full_year(77, 2026), full_year(99, 2026)
        (2076, 1977, 1999)
    """
    ahead = two_digits - year_now % 100
    century = year_now - year_now % 100
    if ahead >= 51:
        return century - 100 + two_digits
    if ahead <= -50:
        return century + 100 + two_digits
    return century + two_digits


def calendar_day(year: int, month: int, day: int) -> date | None:
    """That day, or None if the calendar has no such day.

    Examples:
        >>> calendar_day(2028, 2, 29), calendar_day(2027, 2, 29)
        (datetime.date(2028, 2, 29), None)
    """
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_end(year: int, month: int) -> date | None:
    """The last day of a month.

    Examples:
        >>> month_end(2028, 2), month_end(2028, 13)
        (datetime.date(2028, 2, 29), None)
    """
    if not 1 <= month <= 12:
        return None
    return calendar_day(year, month, calendar.monthrange(year, month)[1])


def gs1_date(yymmdd: str, year_now: int, *, day_zero: bool = True) -> date | None:
    """Read a date of a GS1 element string.

    Args:
        yymmdd: Six digits.
        year_now: The year of the scan, which decides the century.
        day_zero: Whether day 00 may stand for the last day of the month: it may in AI 11, 12, 13,
            15, 16 and 17, but not in 4326, 7003, 7007 and 7011.

    Source:
        GS1 General Specifications, 3.4.2 to 3.4.7 and 7.12.

    Examples:
        >>> gs1_date("280200", 2026), gs1_date("281301", 2026)
        (datetime.date(2028, 2, 29), None)
    """
    year = full_year(int(yymmdd[:2]), year_now)
    month, day = int(yymmdd[2:4]), int(yymmdd[4:6])
    if day == 0 and day_zero:
        return month_end(year, month)
    return calendar_day(year, month, day)


def is_time(digits: str) -> bool:
    """Whether digits are hours, or hours and minutes, or these and seconds.

    Source:
        GS1 General Specifications, 3.7 (AI 7003) and 3.9 (AI 8008).

    Examples:
        >>> is_time("2359"), is_time("2400"), is_time("2360"), is_time("00")
        (True, False, False, True)
    """
    parts = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    return all(part < most for part, most in zip(parts, (24, 60, 60), strict=False))


def day_of_year(year: int, day: int) -> date | None:
    """The day with that number, 1 to 366, as a Julian date counts.

    Examples:
        >>> day_of_year(2028, 60), day_of_year(2027, 366)
        (datetime.date(2028, 2, 29), None)
    """
    if not 1 <= day <= 365 + calendar.isleap(year):
        return None
    first = calendar_day(year, 1, 1)
    return None if first is None else date.fromordinal(first.toordinal() + day - 1)
