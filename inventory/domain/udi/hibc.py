"""HIBC barcodes of medical devices: primary, secondary, both in one, or joined in one scan.

The one idea: check and link characters may be any of 43, the blank and the slash among them, so a
text is cut by its structure from the front and never searched for its last slash. Every value is
checked against one character; where it does not match, the fields are still given.

Source:
    ANSI/HIBC 2.6, Health Industry Supplier Labeling Standard.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from inventory.domain.problem import Problem, say
from inventory.domain.udi.dates import calendar_day, day_of_year, full_year, month_end
from inventory.domain.udi.udi import Udi, UdiError, together

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
TEXT: Final = re.compile(r"\+[0-9A-Z\-. $/+%]+")
FRAMED: Final = re.compile(r"\*(\+.+)\*", re.DOTALL)

PRIMARY_BODY: Final = r"\+([A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9])"
PRIMARY: Final = re.compile(PRIMARY_BODY + "(.)")
CONCATENATED: Final = re.compile(PRIMARY_BODY + "/(.+)(.)")
JOINED: Final = re.compile("(" + PRIMARY_BODY + r".)(\+.+)")
SECONDARY: Final = re.compile(r"\+([$0-9].*)(.)(.)")

SUPPLEMENT: Final = re.compile(r"(S)(.{1,18})|(1[46]D)(\d{8})|(Q)(\d{1,5})")
QUANTITY: Final = re.compile(r"8(\d{2})|9(\d{5})")
LONGEST_LOT: Final = 18


def mod43(body: str) -> str:
    """The check character of a text: everything before it, the `+` included.

    Source:
        ANSI/HIBC 2.6, appendix B.

    Examples:
        >>> mod43("+A99912345"), mod43("+A999KT0031/$$3280229LC03/S0003")
        ('7', ' ')
    """
    return ALPHABET[sum(map(ALPHABET.index, body)) % 43]


def is_hibc(body: str) -> bool:
    """Whether a text claims to be HIBC.

    Examples:
        >>> is_hibc("+A999123457"), is_hibc("*+A999123457*"), is_hibc("01095")
        (True, True, False)
    """
    return body.startswith(("+", "*+"))


def read_hibc(body: str, year_now: int) -> Udi:
    """Read one HIBC scan.

    Args:
        body: The text without symbology identifier; `*` before and behind, as printed, may stay.
        year_now: The year of the scan, which decides the century of dates.

    Returns:
        The fields; `elements` holds pairs of flag and value, with `link` and `check` for the two
        characters; `check-digit-wrong` among the problems where the check character is another.

    Raises:
        UdiError: If it has not the structure of the standard (`unreadable`).

    Examples:
        >>> udi = read_hibc("+A99912345/$$52001510X33", 2020)
        >>> udi.di, udi.lot, udi.expires_on
        ('A99912345', '10X3', datetime.date(2020, 1, 15))
    """
    framed = FRAMED.fullmatch(body)
    text = framed[1] if framed else body
    if not TEXT.fullmatch(text):
        raise _malformed("a character that HIBC does not know, or small letters (Caps Lock?)")
    if match := PRIMARY.fullmatch(text):
        return _checked(text, Udi("hibcc", di=match[1], elements=(("+", match[1]),)))
    if match := CONCATENATED.fullmatch(text):
        primary = Udi("hibcc", di=match[1], elements=(("+", match[1]),))
        return _checked(text, together([primary, *_segments(match[2], year_now)]))
    if match := JOINED.fullmatch(text):
        return together(linked([read_hibc(match[part], year_now) for part in (1, 3)]))
    if match := SECONDARY.fullmatch(text):
        secondary = together(_segments(match[1], year_now))
        return _checked(
            text, replace(secondary, elements=(*secondary.elements, ("link", match[2])))
        )
    raise _malformed("no item number or production data where they must stand")


def _checked(text: str, udi: Udi) -> Udi:
    """The fields with the check character, and a problem if it is the wrong one."""
    expected, got = mod43(text[:-1]), text[-1]
    udi = replace(udi, elements=(*udi.elements, ("check", got)))
    if expected == got:
        return udi
    problem = Problem(
        "check-digit-wrong",
        say(
            "This HIBC barcode ends in the check character '%(got)s', but it must be "
            "'%(expected)s'. Compare lot and expiry with the print on the label and scan again.",
            got=got,
            expected=expected,
        ),
    )
    return replace(udi, problems=(*udi.problems, problem))


def linked(udis: Sequence[Udi]) -> list[Udi]:
    """The barcodes of a label, each secondary held against the primary that it is linked to.

    The link of a secondary is the check character of its primary. Without a primary there is
    nothing to hold it against yet. Some printers leave the link out of the secondary's own check:
    that is accepted where the link is right, and told as `check-without-link`.

    Args:
        udis: What `read_hibc` gave for each HIBC barcode of one label, and any others, which are
            left as they are.

    Raises:
        UdiError: If a secondary is linked to another item (`unreadable`).

    Source:
        ANSI/HIBC 2.6, 2.2.2 (link character).
    """
    primaries = [udi for udi in udis if udi.issuer == "hibcc" and udi.di is not None]
    checks = {mod43(f"+{udi.di}") for udi in primaries} | {
        udi.element("check") for udi in primaries
    }
    return [
        _held_against(checks, udi) if checks and udi.element("link") is not None else udi
        for udi in udis
    ]


def _held_against(checks: set[str | None], udi: Udi) -> Udi:
    """A secondary whose link is one of these characters."""
    link = udi.element("link")
    if link not in checks:
        raise UdiError(
            say(
                "The barcode with the lot is linked to another item: link character '%(link)s', "
                "expected '%(checks)s'. Scan both barcodes of one label.",
                link=link,
                checks="' or '".join(sorted(filter(None, checks))),
            )
        )
    segments = [pair for pair in udi.elements if pair[0] not in ("link", "check")]
    without_link = mod43("+" + "/".join(flag + value for flag, value in segments))
    if not udi.blocked or udi.di is not None or udi.element("check") != without_link:
        return udi
    warning = Problem(
        "check-without-link",
        say(
            "The check character of the barcode with the lot leaves out the link character. The "
            "link itself is right, so it was accepted: compare the lot with the print."
        ),
        blocking=False,
    )
    return replace(udi, problems=(warning,))


def _segments(text: str, year_now: int) -> list[Udi]:
    """Read production data: a first segment, and after each slash a further one."""
    first, *others = text.split("/")
    udis = [_first_segment(first, year_now, lone=not others)]
    return udis + [_supplement(segment, year_now) for segment in others]


def _first_segment(segment: str, year_now: int, *, lone: bool) -> Udi:
    if segment.startswith("$$+"):
        return _dated(segment[3:], year_now, "$$+", "serial")
    if segment.startswith("$$"):
        return _dated(segment[2:], year_now, "$$", "lot")
    if segment.startswith("$+"):
        return _numbered(segment[2:], "$+", "serial", empty=False)
    if segment.startswith("$"):
        return _numbered(segment[1:], "$", "lot", empty=not lone)
    if segment[:1] in ("S", "Q") or segment[:3] in ("14D", "16D"):
        return _supplement(segment, year_now)
    day = _date(segment[:5], "yyjjj", year_now)
    return _with_expiry(_numbered(segment[5:], "", "lot"), segment, day, segment[:5])


def _supplement(segment: str, year_now: int) -> Udi:
    """Read what stands behind a slash: serial, dates, quantity, or further flagged data."""
    if segment.startswith("$"):
        return _first_segment(segment, year_now, lone=True)
    match = SUPPLEMENT.fullmatch(segment)
    if match is None:
        raise _malformed("supplemental data of no known identifier or length")
    if match[1]:
        return _numbered(match[2], "S", "serial", empty=False)
    if match[5]:
        return Udi("hibcc", quantity=int(match[6]), elements=(("Q", match[6]),))
    digits = match[4]
    day = calendar_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if day is None:
        raise _no_date()
    elements = ((match[3], digits),)
    if match[3] == "16D":
        return Udi("hibcc", manufactured_on=day, elements=elements)
    return Udi("hibcc", expires_on=day, expires_printed=digits, elements=elements)


DATE_FORMS: Final = {
    "2": (6, "mmddyy"),
    "3": (6, "yymmdd"),
    "4": (8, "yymmddhh"),
    "5": (5, "yyjjj"),
    "6": (7, "yyjjjhh"),
}
"""The flag of a date after `$$`, its digits and their order; 0 and 1 begin MMYY, 7 is no date."""


def _dated(text: str, year_now: int, flag: str, name: str) -> Udi:
    """Read quantity, expiry and number after `$$` or `$$+`."""
    elements = ((flag, text),)
    quantity, rest = None, text
    if match := QUANTITY.match(text):
        quantity, rest = int(match[1] or match[2]), text[match.end() :]
        if not rest:
            return Udi("hibcc", quantity=quantity, elements=elements)
    day, printed, precise = None, None, True
    if rest[:1] in DATE_FORMS:
        length, form = DATE_FORMS[rest[0]]
        printed, rest = rest[1 : 1 + length], rest[1 + length :]
        day = _date(printed, form, year_now)
    elif rest[:1] in ("0", "1"):
        printed, rest, precise = rest[:4], rest[4:], False
        day = _date(printed, "mmyy", year_now)
    elif rest[:1] == "7":
        rest = rest[1:]
    else:
        raise _no_date()
    udi = replace(_numbered(rest, flag, name), quantity=quantity, elements=elements)
    if printed is None:
        return udi
    return replace(
        udi,
        expires_on=day,
        expires_precision="day" if precise else "month",
        expires_printed=printed,
    )


def _with_expiry(udi: Udi, segment: str, day: date, printed: str) -> Udi:
    return replace(udi, expires_on=day, expires_printed=printed, elements=(("", segment),))


def _date(digits: str, form: str, year_now: int) -> date:
    """The day that digits name in a form such as `yyjjjhh`."""
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
    """A lot or serial number of at most 18 characters."""
    if len(text) > LONGEST_LOT or not (text or empty):
        raise _malformed(f"a {name} of {len(text)} characters instead of 1 to {LONGEST_LOT}")
    elements = ((flag, text),)
    if name == "lot":
        return Udi("hibcc", lot=text or None, elements=elements)
    return Udi("hibcc", serial=text or None, elements=elements)


def _malformed(what: str) -> UdiError:
    return UdiError(
        say(
            "This begins as an HIBC barcode, but holds %(what)s. Scan again, or take the label's "
            "other barcode.",
            what=what,
        )
    )


def _no_date() -> UdiError:
    return _malformed("an expiry that is no date")


def build(body: str, link: str = "") -> str:
    """A whole HIBC barcode: the text, its link character if it is a secondary, and its check.

    Args:
        body: From the `+` on, without link and check character.
        link: The check character of the primary barcode it belongs to.

    Examples:
        >>> build("+A99912345"), build("+$$52001510X3", link="7")
        ('+A999123457', '+$$52001510X374')
    """
    return body + link + mod43(body + link)
