"""ISBT 128 barcodes of tissue and blood containers, as ICCBBA assigns their numbers.

The one idea: every data structure begins with its own two characters and has a fixed length, so a
text is cut from front to end and what is left over makes it unreadable. Washing kits never carry
these; allograft and banked tissue do.

Source:
    ICCBBA ST-001 (technical specification), ST-017 and ST-012 (use in UDI).
"""

import re
from datetime import date
from typing import Final

from stdnum.iso7064 import mod_37_2

from inventory.domain.problem import Problem, say
from inventory.domain.udi.dates import day_of_year
from inventory.domain.udi.udi import Udi, UdiError

STRUCTURE: Final = re.compile(
    r"(?P<compound>=\+\d{5})"
    r"|(?P<di>=/[A-Z0-9]{16})"
    r"|(?P<serial>=,[A-Z0-9]{6})"
    r"|(?P<expiry>=>\d{6}|&>\d{10})"
    r"|(?P<made>=\}\d{6}|&\}\d{10})"
    r"|(?P<lot>&,1[A-Z0-9]{18})"
    r"|(?P<container>=\)[A-Z0-9]{10})"
    r"|(?P<container_lot>&\)[A-Z0-9]{10})"
    r"|(?P<donation>=[A-NP-Z1-9][A-Z0-9]{12}[0-9]{2})",
    re.ASCII,
)
NAME_LENGTHS: Final = {"donation": 1, "lot": 3}
"""Characters of a data identifier, where they are not two."""

CHECKS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"


def is_iccbba(body: str) -> bool:
    """Whether a text claims to be ISBT 128.

    Examples:
        >>> is_iccbba("=>028060"), is_iccbba("+A999KT00312")
        (True, False)
    """
    return body.startswith(("=", "&"))


def donation_flags(donation: str) -> str:
    """The two digits that guard a donation number, where flags are used for that.

    Args:
        donation: 13 characters, digits and capitals.

    Source:
        ICCBBA ST-001, appendix A: 60 more than the ISO 7064 mod 37-2 check value.

    Examples:
        >>> donation_flags("G123498654321")
        '77'
    """
    return str(60 + CHECKS.index(mod_37_2.calc_check_digit(donation)))


_PRINTED: Final = re.compile(
    r"(?P<facility>[A-NP-Z1-9][A-Z0-9]{4})\s?(?P<year>\d\d)\s?(?P<count>\d{6})"
    r"(?:[\s-]?\d\d)?(?:[\s-]?(?P<check>[0-9A-Z*]))?",
    re.ASCII,
)


def printed_donation(text: str) -> str:
    """The donation number in a text as it stands on a label; empty where it is none.

    Printed are five characters of who collected, the year, and six digits; behind them perhaps
    two digits of flags, and a check character in a frame.

    Source:
        ICCBBA ST-001, 7.1 (how the donation number is printed), appendix A (check character).

    Examples:
        >>> printed_donation("G1234 98 654321 00 H"), printed_donation("G123498654321")
        ('G123498654321', 'G123498654321')
        >>> printed_donation("G1234 98 654321 00 K"), printed_donation("LC-24A")
        ('', '')
    """
    found = _PRINTED.fullmatch(text.strip().upper())
    if found is None:
        return ""
    number = found["facility"] + found["year"] + found["count"]
    right = found["check"] in (None, mod_37_2.calc_check_digit(number))
    return number if right else ""


def read_iccbba(body: str) -> Udi:
    """Read one ISBT 128 scan, several data structures in one included.

    Args:
        body: The text without symbology identifier.

    Returns:
        The fields; `elements` holds pairs of data identifier and value.

    Raises:
        UdiError: If it cannot be cut to its end, or a compound message does not hold as many
            structures as it says (`unreadable`).

    Examples:
        >>> udi = read_iccbba("=/A9998KTR100T0101=,000031=>028060")
        >>> udi.di, udi.serial, udi.expires_on
        ('A9998KTR100T0101', '000031', datetime.date(2028, 2, 29))
    """
    found = _structures(body)
    values = {name: value for name, _, value in found}
    declared = values.get("compound")
    if declared is not None and int(declared[:2]) != len(found) - 1:
        raise _miscounted(int(declared[:2]), len(found) - 1)
    donation = values.get("donation", "")
    return Udi(
        issuer="iccbba",
        di=values.get("di") or values.get("container"),
        elements=tuple((identifier, value) for _, identifier, value in found),
        lot=values.get("lot") or values.get("container_lot"),
        serial=values.get("serial"),
        expires_on=_day(values["expiry"]) if "expiry" in values else None,
        expires_printed=values.get("expiry"),
        manufactured_on=_day(values["made"]) if "made" in values else None,
        donation_id=donation[:13] or None,
        problems=tuple(_check_donation(donation)),
    )


def _structures(body: str) -> list[tuple[str, str, str]]:
    """Cut a text into name, data identifier and value of each structure."""
    found: list[tuple[str, str, str]] = []
    values: dict[str, str] = {}
    position = 0
    while match := STRUCTURE.match(body, position):
        name = match.lastgroup or ""
        end = position + NAME_LENGTHS.get(name, 2)
        identifier, value = body[position:end], body[end : match.end()]
        if values.setdefault(name, value) != value:
            raise UdiError(
                say(
                    "%(identifier)s has two values, so these are not of one label. Scan one at a "
                    "time.",
                    identifier=identifier,
                )
            )
        found.append((name, identifier, value))
        position = match.end()
    if position < len(body) or not found:
        raise UdiError(
            say(
                "This begins as an ICCBBA barcode, but at character %(position)s of %(length)s no "
                "known data structure follows. Scan again.",
                position=position + 1,
                length=len(body),
            )
        )
    return found


def _day(digits: str) -> date:
    """The day of cYYJJJ, where c is 9 for the 1900s and the century's digit from 2000 on."""
    century = 1900 if digits[0] == "9" else 2000 + 100 * int(digits[0])
    day = day_of_year(century + int(digits[1:3]), int(digits[3:6]))
    if day is None:
        raise UdiError(
            say(
                "%(digits)s is no date: expected century, year and day of the year as cYYJJJ. "
                "Compare it with the print on the label and scan again.",
                digits=digits,
            )
        )
    return day


def _check_donation(donation: str) -> list[Problem]:
    """Whether flags 60 to 96 match the donation number (`check-digit-wrong`)."""
    number, flags = donation[:13], donation[13:]
    if not "60" <= flags <= "96" or donation_flags(number) == flags:
        return []
    return [
        Problem(
            "check-digit-wrong",
            say(
                "The donation number %(number)s is guarded by %(got)s, but must be by "
                "%(expected)s. Compare it with the print on the label and scan again.",
                number=number,
                got=flags,
                expected=donation_flags(number),
            ),
        )
    ]


def _miscounted(said: int, got: int) -> UdiError:
    return UdiError(
        say(
            "This compound barcode says that it holds %(said)s structures, but it holds %(got)s. "
            "Scan again.",
            said=said,
            got=got,
        )
    )
