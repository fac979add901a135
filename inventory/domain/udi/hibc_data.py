"""The production data of an HIBC barcode: lot or serial number, expiry, manufacture, quantity.

The one idea: data come in segments parted by slashes, and the first characters of a segment say
what it holds and how long each part is. Nothing is guessed: a segment of unknown form is refused.

Source:
    ANSI/HIBC 2.6, 2.2 (secondary data) and 2.3 (supplemental data).
"""

import re
from dataclasses import replace
from datetime import date
from typing import Final

from inventory.domain.problem import say
from inventory.domain.udi.dates import calendar_day, day_of_year, full_year, month_end
from inventory.domain.udi.udi import Udi, UdiError

SUPPLEMENT: Final = re.compile(r"(?P<flag>S|14D|16D|Q)(?P<value>.+)")
QUANTITY: Final = re.compile(r"8(\d{2})|9(\d{5})")
LONGEST: Final = 18
"""Characters of a lot or serial number."""

DATE_FORMS: Final = {"2": "mmddyy", "3": "yymmdd", "4": "yymmddhh", "5": "yyjjj", "6": "yyjjjhh"}
"""The flag of a date after `$$` and the order of its digits; 0 and 1 begin MMYY, 7 is no date."""


def read_segments(text: str, year_now: int) -> list[Udi]:
    """Read production data: a first segment, and after each slash a further one.

    Args:
        text: Without the `+` or slash before it, without link and check character.
        year_now: The year of the scan, which decides the century of dates.

    Returns:
        What each segment says; `elements` holds its flag and the rest of it.

    Raises:
        UdiError: If a segment has no known form (`unreadable`).

    Examples:
        >>> [(udi.lot, udi.serial) for udi in read_segments("$LC-24A/SN0001", 2026)]
        [('LC-24A', None), (None, 'N0001')]
    """
    first, *others = text.split("/")
    if not first.startswith("$") and not SUPPLEMENT.fullmatch(first):
        udis = [_julian(first, year_now)]
    else:
        udis = [_segment(first, year_now, lone=not others)]
    return udis + [_segment(segment, year_now, lone=True) for segment in others]


def _julian(segment: str, year_now: int) -> Udi:
    """Read the oldest form, which has no flag: five digits of a date, then the lot."""
    printed = segment[:5]
    return replace(
        _numbered(segment[5:], "", "lot"),
        expires_on=_date(printed, "yyjjj", year_now),
        expires_printed=printed,
        elements=(("", segment),),
    )


def _segment(segment: str, year_now: int, *, lone: bool) -> Udi:
    """Read a segment by its flag; one that stands alone must not be empty."""
    if segment.startswith("$$+"):
        return _dated(segment[3:], "$$+", "serial", year_now)
    if segment.startswith("$$"):
        return _dated(segment[2:], "$$", "lot", year_now)
    if segment.startswith("$+"):
        return _numbered(segment[2:], "$+", "serial", empty=False)
    if segment.startswith("$"):
        return _numbered(segment[1:], "$", "lot", empty=not lone)
    match = SUPPLEMENT.fullmatch(segment)
    if match is None:
        raise _unknown()
    return _supplement(match["flag"], match["value"])


def _supplement(flag: str, value: str) -> Udi:
    """Read a serial number, a date of eight digits or a quantity."""
    if flag == "S":
        return _numbered(value, flag, "serial", empty=False)
    elements = ((flag, value),)
    if flag == "Q":
        if len(value) > 5 or not value.isdigit():
            raise _unknown()
        return Udi("hibcc", quantity=int(value), elements=elements)
    if len(value) != 8 or not value.isdigit():
        raise _no_date()
    day = calendar_day(int(value[:4]), int(value[4:6]), int(value[6:]))
    if day is None:
        raise _no_date()
    if flag == "16D":
        return Udi("hibcc", manufactured_on=day, elements=elements)
    return Udi("hibcc", expires_on=day, expires_printed=value, elements=elements)


def _dated(text: str, flag: str, name: str, year_now: int) -> Udi:
    """Read quantity, expiry and number after `$$` or `$$+`; each of them may be left out.

    Behind a quantity the number may follow at once: what begins with none of the flags of a date
    is the number.
    """
    match = QUANTITY.match(text)
    quantity = int(match[1] or match[2]) if match else None
    rest = text[match.end() :] if match else text
    elements = ((flag, text),)
    if match and not rest:
        return Udi("hibcc", quantity=quantity, elements=elements)
    if rest[:1] == "7":
        number = _numbered(rest[1:], flag, name, empty=quantity is not None)
        return replace(number, quantity=quantity, elements=elements)
    if rest[:1] in DATE_FORMS:
        form, rest = DATE_FORMS[rest[0]], rest[1:]
    elif rest[:1] in ("0", "1"):
        form = "mmyy"
    elif quantity is not None:
        return replace(_numbered(rest, flag, name), quantity=quantity, elements=elements)
    else:
        raise _no_date()
    printed = rest[: len(form)]
    return replace(
        _numbered(rest[len(form) :], flag, name),
        quantity=quantity,
        expires_on=_date(printed, form, year_now),
        expires_precision="month" if form == "mmyy" else "day",
        expires_printed=printed,
        elements=elements,
    )


def _date(digits: str, form: str, year_now: int) -> date:
    """The day that digits name in a form such as `yyjjjhh`; without a day, the month's last."""
    if len(digits) != len(form) or not digits.isdigit():
        raise _no_date()
    part = {letter: int(digits[form.index(letter) :][: form.count(letter)]) for letter in set(form)}
    year = full_year(part["y"], year_now)
    if "j" in part:
        day = day_of_year(year, part["j"])
    elif "d" in part:
        day = calendar_day(year, part["m"], part["d"])
    else:
        day = month_end(year, part["m"])
    if day is None or part.get("h", 0) > 23:
        raise _no_date()
    return day


def _numbered(text: str, flag: str, name: str, *, empty: bool = True) -> Udi:
    """A lot or serial number."""
    if len(text) > LONGEST or not (text or empty):
        raise UdiError(
            say(
                "The lot or serial number of this HIBC barcode has %(got)s characters; expected 1 "
                "to %(longest)s. Scan again, or take the label's other barcode.",
                got=len(text),
                longest=LONGEST,
            )
        )
    elements = ((flag, text),)
    if name == "lot":
        return Udi("hibcc", lot=text or None, elements=elements)
    return Udi("hibcc", serial=text or None, elements=elements)


def _unknown() -> UdiError:
    return UdiError(
        say(
            "This HIBC barcode holds data of no known form; expected a lot, serial number (S), "
            "date (14D, 16D) or quantity (Q). Scan again, or take the label's other barcode."
        )
    )


def _no_date() -> UdiError:
    return UdiError(
        say(
            "The date in this HIBC barcode is none. Scan again; if it fails once more, read the "
            "expiry from the print on the label."
        )
    )
