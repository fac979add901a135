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
from typing import Final

from inventory.domain.problem import Problem, say
from inventory.domain.udi.hibc_data import read_segments
from inventory.domain.udi.udi import Udi, UdiError, together

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
TEXT: Final = re.compile(r"\+[0-9A-Z\-. $/+%]+")
FRAMED: Final = re.compile(r"\*(\+.+)\*", re.DOTALL)

PRIMARY_BODY: Final = r"\+([A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9])"
PRIMARY: Final = re.compile(PRIMARY_BODY + "(.)")
CONCATENATED: Final = re.compile(PRIMARY_BODY + "/(.+)(.)")
JOINED: Final = re.compile("(" + PRIMARY_BODY + r".)(\+[$0-9].+)")
SECONDARY: Final = re.compile(r"\+([$0-9].*)(.)(.)")


def mod43(body: str) -> str:
    """The check character of a text: everything before it, the `+` included.

    Source:
        ANSI/HIBC 2.6, check character.

    Examples:
        >>> mod43("+A999KT0031"), mod43("+A999KT0031/$$3280229LC03/S0003")
        ('2', ' ')
    """
    return ALPHABET[sum(map(ALPHABET.index, body)) % 43]


def is_hibc(body: str) -> bool:
    """Whether a text claims to be HIBC.

    Examples:
        >>> is_hibc("+A999KT00312"), is_hibc("*+A999KT00312*"), is_hibc("01095")
        (True, True, False)
    """
    return body.startswith(("+", "*+"))


def read_hibc(body: str, year_now: int) -> Udi:
    """Read one HIBC scan.

    Args:
        body: The text without symbology identifier; `*` before and behind, as printed, may stay,
            and then `_` for a blank as link or check character.
        year_now: The year of the scan, which decides the century of dates.

    Returns:
        The fields; `elements` holds pairs of flag and value, with `link` and `check` for the two
        characters; `check-digit-wrong` among the problems where the check character is another,
        and `blank-lost` with it where it was a blank that did not arrive: the fields are then
        those of the whole barcode, if it names its item.

    Raises:
        UdiError: If it has not the structure of the standard (`unreadable`).

    Examples:
        >>> udi = read_hibc("+A999KT0031/$$528060LC035", 2026)
        >>> udi.di, udi.lot, udi.expires_on
        ('A999KT0031', 'LC03', datetime.date(2028, 2, 29))
    """
    text = _as_scanned(body)
    if not TEXT.fullmatch(text):
        raise UdiError(
            say(
                "This begins as an HIBC barcode, but holds characters that HIBC has not; small "
                "letters mean that Caps Lock is on. Switch it off and scan again."
            )
        )
    if match := JOINED.fullmatch(text):
        return together(linked([read_hibc(match[part], year_now) for part in (1, 3)]))
    if _lost_its_blank(text):
        udi = _one(text + " ", year_now)
        return replace(udi, problems=(*udi.problems, _not_vouched_for(), _blank_lost()))
    return _one(text, year_now)


def _as_scanned(body: str) -> str:
    """A text without the `*` of its printed form, in which blanks at the end stand as `_`."""
    framed = FRAMED.fullmatch(body)
    if not framed:
        return body
    text = framed[1]
    end = -2 if SECONDARY.fullmatch(text) else -1
    return text[:end] + text[end:].replace("_", " ")


def _one(text: str, year_now: int) -> Udi:
    """Read one barcode of HIBC's alphabet, its check character the last."""
    if match := PRIMARY.fullmatch(text):
        return _checked(text, Udi("hibcc", di=match[1], elements=(("+", match[1]),)))
    if match := CONCATENATED.fullmatch(text):
        primary = Udi("hibcc", di=match[1], elements=(("+", match[1]),))
        return _checked(text, together([primary, *read_segments(match[2], year_now)]))
    if match := SECONDARY.fullmatch(text):
        secondary = together(read_segments(match[1], year_now))
        return _checked(
            text, replace(secondary, elements=(*secondary.elements, ("link", match[2])))
        )
    raise UdiError(
        say(
            "This begins as an HIBC barcode, but neither an item number nor a lot follows where "
            "it must. Scan again, or take the label's other barcode."
        )
    )


def _checked(text: str, udi: Udi) -> Udi:
    """The fields with the check character, and a problem if it is the wrong one."""
    expected, got = mod43(text[:-1]), text[-1]
    udi = replace(udi, elements=(*udi.elements, ("check", got)))
    if expected == got:
        return udi
    problem = Problem(
        "check-digit-wrong",
        say(
            "This barcode was misread or is misprinted: it ends in '%(got)s', and must end in "
            "'%(expected)s'. Compare lot and expiry with the print on the label and scan again.",
            got=got,
            expected=expected,
        ),
    )
    hints = [_blank_lost()] if mod43(text) == " " else []
    return replace(udi, problems=(*udi.problems, problem, *hints))


def _lost_its_blank(text: str) -> bool:
    """Whether a barcode with its item is whole but for a blank as check character, trimmed away.

    Of a secondary alone nobody can tell: its last character may as well be a wrong check character.
    """
    trimmed = mod43(text) == " " != text[-1] and mod43(text[:-1]) != text[-1]
    return trimmed and not SECONDARY.fullmatch(text)


def _blank_lost() -> Problem:
    """The hint that a blank as check character was trimmed away (`blank-lost`)."""
    message = say(
        "The check character of this barcode may be a blank that was lost on the way: the program "
        "or field that passed it on must not trim what is scanned."
    )
    return Problem("blank-lost", message, blocking=False)


def _not_vouched_for() -> Problem:
    """The fault of a text whose check character was not seen, so that any other may have been."""
    message = say(
        "The check character of this barcode did not arrive. Compare lot and expiry with the "
        "print on the label and scan again."
    )
    return Problem("check-digit-wrong", message)


def linked(udis: Sequence[Udi]) -> list[Udi]:
    """The barcodes of a label, each secondary held against the primary that it is linked to.

    The link of a secondary is the check character of its primary. Without a primary there is
    nothing to hold it against yet. Some printers leave the link out of the secondary's own check:
    that is accepted where the link is right, and told as `check-without-link`.

    Args:
        udis: What `read_hibc` gave for each HIBC barcode of one label, and any others, which are
            left as they are.

    Raises:
        UdiError: If a secondary is linked to another item, or may have lost its check character, a
            blank, so that its link stands where that should (`unreadable`).

    Source:
        ANSI/HIBC 2.6, 2.2 (link character).
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
    lost = udi.di is None and any(problem.code == "blank-lost" for problem in udi.problems)
    if lost and udi.element("check") in checks:
        raise UdiError(_not_vouched_for().message)
    if link not in checks:
        raise UdiError(
            say(
                "The barcode with the lot is linked to another item: link character '%(link)s', "
                "expected '%(checks)s'. Scan both barcodes of one label.",
                link=link,
                checks="', '".join(sorted(filter(None, checks))),
            )
        )
    segments = [pair for pair in udi.elements if pair[0] not in ("link", "check")]
    without_link = mod43("+" + "/".join(flag + value for flag, value in segments))
    if not udi.blocked or udi.di is not None or udi.element("check") != without_link:
        if lost:  # the link is perhaps the end of the lot, and right by chance
            raise UdiError(_not_vouched_for().message)
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


def build(body: str, link: str = "") -> str:
    """A whole HIBC barcode: the text, its link character if it is a secondary, and its check.

    Args:
        body: From the `+` on, without link and check character.
        link: The check character of the primary barcode it belongs to.

    Examples:
        >>> build("+A999KT0031"), build("+$$528060LC03", link="2")
        ('+A999KT00312', '+$$528060LC0326')
    """
    return body + link + mod43(body + link)
