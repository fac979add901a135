"""GS1 barcodes: element strings and bare trade item numbers.

The one idea: a text is cut into elements strictly, because a lenient cut turns the rest of a lot
into an expiry; then one function, `as_udi`, gives them their names, wherever they came from.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

from inventory.domain.problem import Problem, say
from inventory.domain.udi.ai import (
    Element,
    check_date,
    check_digits,
    leading_identifier,
    leading_value,
    malformed,
)
from inventory.domain.udi.dates import gs1_date
from inventory.domain.udi.udi import Udi, UdiError
from inventory.domain.udi.wedge import GS

MARKED: Final = frozenset({"]C1", "]d2", "]Q3", "]e0", "]J1"})
"""Symbology identifiers of a GS1-128, DataMatrix, QR, DataBar and DotCode marked as GS1."""

RETAIL: Final = {"]E0": (12, 13), "]E4": (8,), "]I1": (14,)}
"""Symbology identifiers of bare numbers, and how many digits each may hold."""

GTIN_LENGTHS: Final = (8, 12, 13, 14)
IN_STORE: Final = re.compile(r"(?:02|04|2)\d*")
"""How a 13-digit number begins that a shop made up for itself (General Specifications, 1.4)."""

OPENING: Final = frozenset({"00", "01", "02", "10", "11", "17", "21", "240"})
"""With what the barcodes of packs begin; digits that begin otherwise are hardly of one."""

SWALLOWED_DATE: Final = re.compile(r"(?=.(?:17|11)(\d{6}))")
YEARS_OF_A_DATE: Final = range(-10, 16)
"""How far from now a swallowed date may lie to be believed one, in years."""


def is_bare_number(symbology: str, body: str) -> bool:
    """Whether a barcode is a trade item number without application identifier.

    Eight digits behind a GS1 identifier are an element string instead.

    Examples:
        >>> is_bare_number("", "9521234543213"), is_bare_number("]d2", "24200031")
        (True, False)
    """
    if symbology in RETAIL:
        return True
    digits = body.isascii() and body.isdigit() and len(body) in GTIN_LENGTHS
    return digits and symbology not in MARKED


def read_bare_number(body: str, symbology: str = "") -> Udi:
    """Read a GTIN-8, 12, 13 or 14 as it stands in an EAN, UPC or ITF-14 barcode.

    Raises:
        UdiError: If it has another length or is a shop's own number (`unreadable`).

    Source:
        GS1 General Specifications, 2.1 and 1.4 (restricted circulation numbers).

    Examples:
        >>> read_bare_number("9521234543213").gtin
        '09521234543213'
    """
    lengths = RETAIL.get(symbology, GTIN_LENGTHS)
    if not (body.isascii() and body.isdigit() and len(body) in lengths):
        raise UdiError(
            say(
                "An item number of %(expected)s digits was expected in this kind of barcode, got "
                "%(got)s characters. Scan again.",
                expected=", ".join(str(length) for length in lengths),
                got=len(body),
            )
        )
    check_circulation(body)
    return as_udi([("01", body.rjust(14, "0"))], year_now=2000)


def check_circulation(number: str) -> None:
    """Whether a number of 8, 12 or 13 digits is one that counts everywhere.

    Raises:
        UdiError: If a shop or warehouse made it up for itself (`unreadable`).

    Source:
        GS1 General Specifications, 1.4 (restricted circulation numbers).
    """
    ean, length = number.rjust(13, "0"), len(number)
    if (length in (12, 13) and IN_STORE.match(ean)) or (length == 8 and number[0] in "02"):
        raise UdiError(
            say("This number was made up by a shop or warehouse for itself. Scan another barcode."),
            "foreign",
        )


def element_strings(body: str) -> list[Element]:
    r"""Cut the data of a GS1 barcode into its elements.

    A leading separator is accepted, because scanners send the first FNC1 as one; so is one behind
    a fixed length. One is demanded behind every value of variable length but the last.

    Raises:
        UdiError: If the text cannot be cut to its end (`unreadable`).

    Source:
        GS1 General Specifications, 7.8 (processing of element strings).

    Examples:
        >>> element_strings("010952123454321310LC-24A\x1d17280200")
        [('01', '09521234543213'), ('10', 'LC-24A'), ('17', '280200')]
    """
    elements: list[Element] = []
    rest = body.lstrip(GS)
    while rest:
        found = leading_identifier(rest)
        if found is None:
            raise _no_identifier(len(body) - len(rest), len(body))
        ai, rest = found.ai, rest[len(found.ai) :]
        value = leading_value(ai, rest)
        after = rest[len(value) :]
        if not value or (found.separator_required and after and not after.startswith(GS)):
            error = malformed(ai, len(rest.partition(GS)[0]))
            error.fault = "damaged" if elements or ai in OPENING else "foreign"
            raise error
        elements.append((ai, value))
        rest = after.lstrip(GS)
    if not elements:
        raise UdiError(say("This barcode is empty. Scan again."))
    return elements


def _no_identifier(position: int, length: int) -> UdiError:
    if not position:
        return UdiError(
            say(
                "This is no code of a pack: neither GS1 nor HIBC nor ISBT 128 begins so, and no "
                "label of ours. Scan the label's other barcode, or type REF and lot by hand."
            ),
            "foreign",
        )
    return UdiError(
        say(
            "No GS1 application identifier begins at character %(position)s of %(length)s. "
            "Scan again, or take the label's other barcode.",
            position=position + 1,
            length=length,
        )
    )


def read_element_strings(body: str, symbology: str, year_now: int) -> Udi:
    r"""Read the data of a GS1 barcode.

    Args:
        body: The data without symbology identifier, separators as `\x1d`.
        symbology: The AIM identifier, or empty; one of a plain symbol gives `not-marked-gs1`.
        year_now: The year of the scan, which decides the century of dates.

    Raises:
        UdiError: If it is no GS1 data (`unreadable`).
    """
    elements = element_strings(body)
    problems = lost_separator(elements, year_now) if GS not in body.strip(GS) else []
    if symbology and symbology not in MARKED:
        problems.append(
            Problem(
                "not-marked-gs1",
                say(
                    "The symbol (%(symbology)s) is not marked as GS1, though its text reads as "
                    "GS1 data. Compare lot and expiry with the print on the label.",
                    symbology=symbology,
                ),
                blocking=False,
            )
        )
    return as_udi(elements, year_now, problems)


def lost_separator(elements: Sequence[Element], year_now: int) -> list[Problem]:
    """Whether a lot or serial number seems to have swallowed what followed it (`separator-lost`).

    Keyboard wedges drop the separator; then a lot goes on into the expiry: `LC-24A17280200`.

    Args:
        elements: Those of one barcode that holds no separator.
        year_now: The year of the scan.

    Examples:
        >>> [p.code for p in lost_separator([("10", "LC-24A17280200")], 2026)]
        ['separator-lost']
        >>> lost_separator([("10", "2817240031")], 2026)
        []
    """
    present = {ai for ai, _ in elements}
    return [
        Problem(
            "separator-lost",
            say(
                "%(value)s after (%(ai)s) looks as if it had swallowed what follows it: the "
                "scanner may have lost a separator. Compare it with the print on the label, or "
                "scan the label's other barcode.",
                value=value,
                ai=ai,
            ),
            blocking=False,
        )
        for ai, value in elements
        if ai in ("10", "21") and _swallowed(value, "21" if ai == "10" else "10", present, year_now)
    ]


def _swallowed(value: str, other: str, present: set[str], year_now: int) -> bool:
    for match in SWALLOWED_DATE.finditer(value):
        day = gs1_date(match[1], year_now)
        if day is not None and day.year - year_now in YEARS_OF_A_DATE:
            return True
    start = value.find(other, 3)
    return other not in present and 0 < start <= len(value) - 6


def as_udi(elements: Sequence[Element], year_now: int, problems: Sequence[Problem] = ()) -> Udi:
    """Give GS1 elements their names; check their dates and check digits.

    Args:
        elements: Pairs of identifier and value, each of its right format.
        year_now: The year of the scan.
        problems: Warnings found on the way.

    Raises:
        UdiError: If a date does not exist (`unreadable`).

    Examples:
        >>> udi = as_udi([("17", "280200")], 2026)
        >>> udi.expires_on, udi.expires_precision, udi.expires_printed
        (datetime.date(2028, 2, 29), 'month', '280200')
    """
    faults = list(problems)
    for element in elements:
        check_date(element, year_now)
        faults += check_digits(element)
    values = dict(reversed(elements))
    printed = values.get("17") or values.get("7003")
    days = {ai: gs1_date(values[ai], year_now) for ai in ("11", "15") if ai in values}
    count = values.get("30") or values.get("37")
    return Udi(
        issuer="gs1",
        gtin=values.get("01"),
        di=values.get("01"),
        elements=tuple(elements),
        lot=values.get("10"),
        serial=values.get("21"),
        expires_on=gs1_date(printed, year_now) if printed else None,
        expires_precision=_precision(values.get("17")),
        expires_printed=printed,
        manufactured_on=days.get("11"),
        manufactured_precision=_precision(values.get("11")),
        best_before_on=days.get("15"),
        best_before_precision=_precision(values.get("15")),
        sscc=values.get("00"),
        quantity=int(count) if count else None,
        gsrn=values.get("8018") or values.get("8017"),
        problems=tuple(faults),
    )


def _precision(yymmdd: str | None) -> Literal["day", "month"]:
    """What six digits of a date tell: day 00 names the month only."""
    return "month" if yymmdd is not None and yymmdd.endswith("00") else "day"


def build(elements: Sequence[Element]) -> str:
    r"""The data of a GS1 barcode that holds these elements, in this order.

    Examples:
        >>> build([("01", "09521234543213"), ("10", "A"), ("21", "B")])
        '010952123454321310A\x1d21B'
    """
    text = ""
    for ai, value in elements:
        found = leading_identifier(ai)
        text += ai + value + (GS if found is not None and found.separator_required else "")
    return text.removesuffix(GS)
