"""GS1 application identifiers: their format, their check digits, who may stand beside whom.

The one idea: biip knows what the value of an identifier looks like; what the GS1 General
Specifications demand beyond that, and biip leaves to its caller, stands here as tables. biip's own
readers of messages are not used: they ask the clock for the century.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier

from inventory.domain.problem import Problem, say
from inventory.domain.udi.dates import gs1_date, is_time
from inventory.domain.udi.udi import UdiError

Element = tuple[str, str]
"""An application identifier and its value as printed."""

CHECKED_DIGITS: Final = {
    "00": 18, "01": 14, "02": 14, "03": 14, "253": 13, "255": 13, "402": 17,
    "410": 13, "411": 13, "412": 13, "413": 13, "414": 13, "415": 13, "416": 13, "417": 13,
    "8003": 14, "8006": 14, "8017": 18, "8018": 18, "8026": 14,
}  # fmt: skip
"""How many leading digits of a value end in a check digit."""

DATES: Final = frozenset({"11", "12", "13", "15", "16", "17"})
STRICT_DATES: Final = frozenset({"4324", "4325", "4326", "7003", "7006", "7007", "7011", "8008"})
TIMED: Final = frozenset({"4324", "4325", "7003", "7011", "8008"})
"""Identifiers of a date behind which a time of day may stand."""
NO_TIME: Final = {"4324": "9999", "4325": "9999"}

EXCLUDES: Final = (
    ("01", "02"), ("01", "03"), ("01", "37"), ("01", "255"), ("02", "03"), ("21", "235"),
    ("8017", "8018"),
)  # fmt: skip
"""Pairs that never stand on one label; GS1 General Specifications, 4 (data relationships)."""

NEEDS: Final = (
    ("02", ("37",)), ("37", ("02",)), ("250", ("21",)),
    ("8019", ("8017", "8018")), ("8020", ("415",)),
)  # fmt: skip
"""An identifier and those of which one must stand beside it; the same place. That 37 needs 00 as
well is not asked: the number of the carton may stand in a barcode that nobody scans."""

MODELS: Final = frozenset({"8013", "8014"})
"""Global Model Number and Master UDI-DI, which end in a pair of check characters."""

PATIENT_DATA: Final = frozenset(str(number) for number in range(7241, 7260))
"""Media type, date of birth, name, sex and the like of a wristband: never kept."""

GMN_VALUES: Final = (
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)
GMN_CHECKS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GMN_WEIGHTS: Final = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
)  # fmt: skip


def check_digit(digits: str) -> str:
    """The digit that makes a GTIN, SSCC, GLN or GSRN of these.

    Args:
        digits: All but the last, most significant first.

    Source:
        GS1 General Specifications, 7.9.1.

    Examples:
        >>> check_digit("0952123454321"), check_digit("95212345432101234")
        ('3', '1')
    """
    total = sum(int(d) * (1 if i % 2 else 3) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def gmn_check_pair(model: str) -> str:
    """The two characters that end a Global Model Number.

    Source:
        GS1 General Specifications, 7.9.5.

    Examples:
        >>> gmn_check_pair("1987654Ad4X4bL5ttr2310c")
        '2K'
    """
    pairs = zip(reversed(model), GMN_WEIGHTS, strict=False)
    total = sum(GMN_VALUES.index(letter) * weight for letter, weight in pairs) % 1021
    return GMN_CHECKS[total // 32] + GMN_CHECKS[total % 32]


@lru_cache(maxsize=12_000)
def _identifier(head: str) -> GS1ApplicationIdentifier | None:
    try:
        found = GS1ApplicationIdentifier.extract(head)
    except ParseError:
        return None
    return found if found.ai == head else None


@lru_cache(maxsize=1_000)
def _pattern(ai: str) -> re.Pattern[str]:
    found = _identifier(ai)
    assert found is not None  # noqa: S101 - only known identifiers come here
    return re.compile(found.pattern.removesuffix("$"), re.ASCII)


def leading_identifier(text: str) -> GS1ApplicationIdentifier | None:
    """The application identifier with which a text begins.

    Examples:
        >>> leading_identifier("10LC-24A").ai, leading_identifier("LC-24A")
        ('10', None)
    """
    return next((ai for n in (2, 3, 4) if (ai := _identifier(text[:n]))), None)


def known(ai: str) -> bool:
    """Whether there is such an application identifier."""
    return _identifier(ai) is not None


def leading_value(ai: str, text: str) -> str:
    """As much of a text as the identifier's format takes, perhaps nothing.

    Args:
        ai: A known identifier.
        text: What follows it.

    Examples:
        >>> leading_value("01", "0952123454321310LC"), leading_value("01", "095")
        ('09521234543213', '')
    """
    match = _pattern(ai).match(ai + text)
    return match.group()[len(ai) :] if match else ""


def whole_value(ai: str, text: str) -> str:
    """A value that the identifier's format takes as a whole.

    Raises:
        UdiError: If it does not (`unreadable`).
    """
    if not text or leading_value(ai, text) != text:
        raise malformed(ai, len(text))
    return text


def malformed(ai: str, length: int) -> UdiError:
    """A value that does not have the format of its identifier; the value itself is not told."""
    found = _identifier(ai)
    return UdiError(
        say(
            "The value after (%(ai)s) has not the format %(format)s (%(title)s) within its "
            "%(length)s characters. Scan again, or take the label's other barcode.",
            ai=ai,
            format=found.format.partition("+")[2] if found else "?",
            title=found.data_title if found else "?",
            length=length,
        )
    )


def check_digits(element: Element) -> list[Problem]:
    """Whether the number in an element ends as its check digit demands (`check-digit-wrong`)."""
    ai, value = element
    if ai in MODELS and (len(value) < 3 or gmn_check_pair(value[:-2]) != value[-2:]):
        return [_wrong_check(value, gmn_check_pair(value[:-2]), value[-2:])]
    number = value[: CHECKED_DIGITS.get(ai, 0)]
    if number and check_digit(number[:-1]) != number[-1]:
        return [_wrong_check(number, check_digit(number[:-1]), number[-1])]
    return []


def _wrong_check(number: str, expected: str, got: str) -> Problem:
    return Problem(
        "check-digit-wrong",
        say(
            "The number %(number)s was misread or is misprinted: it ends in %(got)s, and must end "
            "in %(expected)s. Compare it with the print on the label and scan again.",
            number=number,
            got=got,
            expected=expected,
        ),
    )


def check_date(element: Element, year_now: int) -> None:
    """Whether an element that holds a date holds one that exists.

    Raises:
        UdiError: If not (`unreadable`).
    """
    ai, value = element
    if ai in DATES:
        sound = gs1_date(value, year_now) is not None
    elif ai in STRICT_DATES:
        parts = [value[:6], value[6:12]] if ai == "7007" and len(value) > 6 else [value[:6]]
        sound = all(gs1_date(part, year_now, day_zero=False) is not None for part in parts)
        sound = sound and (ai not in TIMED or value[6:] == NO_TIME.get(ai) or is_time(value[6:]))
    else:
        return
    if not sound:
        raise UdiError(
            say(
                "%(value)s after (%(ai)s) is no date: expected year, month and day as YYMMDD. "
                "Compare it with the print on the label and scan again.",
                value=value,
                ai=ai,
            )
        )


def check_neighbours(elements: Sequence[Element]) -> None:
    """Whether the elements of one label may stand together.

    A lot without a GTIN is no fault here: the GTIN may stand in the label's other barcode.

    Raises:
        UdiError: If not (`unreadable`).

    Source:
        GS1 General Specifications, 4 (data relationships).
    """
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            raise _repeated(ai)
    for one, other in EXCLUDES:
        if one in values and other in values:
            raise UdiError(
                say(
                    "(%(one)s) and (%(other)s) never stand on one label. Scan one label at a time.",
                    one=one,
                    other=other,
                )
            )
    for one, others in NEEDS:
        if one in values and not any(other in values for other in others):
            raise UdiError(
                say(
                    "(%(one)s) says nothing without (%(others)s). Scan the label's other barcode "
                    "with it.",
                    one=one,
                    others=") / (".join(others),
                )
            )


def _repeated(ai: str) -> UdiError:
    return UdiError(
        say("(%(ai)s) has two values, so these are not of one label. Scan one at a time.", ai=ai)
    )
