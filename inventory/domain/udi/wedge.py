"""What a scanner that plays keyboard does to a barcode on the way, and how it is undone.

The one idea: the text as it came is kept for ever, and everything works on a repaired copy. Python
counts the separator GS as white space, so no scan is ever split or stripped of blanks here; an HIBC
check character may itself be a blank.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inventory.domain.problem import Problem, say

GS: Final = "\x1d"
STAND_INS: Final = re.compile(r"<GS>|\{GS\}|\^\]|␝")
AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
LETTER: Final = re.compile(r"[A-Za-z]")
LINE_END: Final = "\r\n\t"

US_KEYS: Final = "`-=[]\\;'/~@#^&*()_+{}|:\"<>?"
ITALIAN_KEYS: Final = "\\'ìè+ùòà-|\"£&/()=?^é*§ç°;:_"
REPAIR_ITALIAN: Final = str.maketrans(ITALIAN_KEYS, US_KEYS)

INTACT: Final = re.compile(r"\][A-Za-z][0-9]|\(\d{2,4}\)|https?://|HTTPS?://")
"""How a text begins that went through no foreign keyboard layout."""

SWAPPED: Final = re.compile(
    r"\+(?:d[12]|e0|C[01]|Q[13]|J[01]|E[04]|I1|A[01])|\^[A-Z0-9$]|https?ç--"
)
"""How a text begins that was sent as `]d2…`, `+A999…` or `https://…` to an Italian layout."""

UNDER_CAPS_LOCK: Final = re.compile(r"\](?:D[12]|c[01]|q[13]|j[01])")
"""Identifiers that no scanner sends, because Caps Lock turned their letter round."""

UPRIGHT: Final = re.compile(r"\](?:d[12]|C[01]|Q[13]|J[01])|\+|https://|http://")
"""How a text begins whose letters Caps Lock did not turn round, though it was on: some scanners
undo it themselves, and HIBC, after a `+`, is refused where it holds small letters."""


class Layout(StrEnum):
    """The keyboard layout of the computer that the scanner types into."""

    US = "us"
    ITALIAN = "italian"


@dataclass(frozen=True, slots=True)
class Keyboard:
    """How the scanner of one workstation is set up."""

    layout: Layout = Layout.US
    """`us` also where the layout does no harm: camera, serial port, a scanner set to Italian."""

    separator: str = ""
    """One character that the scanner was programmed to send for GS, or nothing."""

    caps_lock: bool = False
    """Whether Caps Lock was on at the computer while the scanner typed."""


PLAIN_KEYBOARD: Final = Keyboard()


@dataclass(frozen=True, slots=True)
class Barcode:
    """One scan, ready to be read."""

    raw: str
    """As the scanner sent it."""

    repaired: str
    """With layout, Caps Lock and separators put right."""

    symbology: str
    """AIM symbology identifier, `]d2`, or empty."""

    body: str
    """What follows the identifier."""

    problems: tuple[Problem, ...] = ()
    """What was repaired without being asked to."""


def barcode(raw: str, keyboard: Keyboard = PLAIN_KEYBOARD) -> Barcode:
    r"""Undo what the keyboard did to one scan.

    Args:
        raw: The text as it came, a trailing CR, LF or TAB included.
        keyboard: How the workstation's scanner is set up.

    Source:
        ISO/IEC 15424 (AIM symbology identifiers).

    Examples:
        >>> barcode("]d210LC-24A<GS>21S1\r\n").body
        '10LC-24A\x1d21S1'
        >>> barcode("+d210LC'24-A", Keyboard(Layout.ITALIAN)).body
        '10LC-24/A'
    """
    text = raw.rstrip(LINE_END)
    if keyboard.layout is Layout.ITALIAN and not INTACT.match(text):
        text = text.translate(REPAIR_ITALIAN)
    problems: tuple[Problem, ...] = ()
    if UNDER_CAPS_LOCK.match(text):
        text = text.swapcase()
        problems = (caps_lock(),)
    elif keyboard.caps_lock and not UPRIGHT.match(text):
        problems = (
            (case_doubtful(),) if LETTER.search(text[3:] if AIM.match(text) else text) else ()
        )
    if keyboard.separator:
        text = text.replace(keyboard.separator, GS)
    text = STAND_INS.sub(GS, text)
    symbology = text[:3] if AIM.match(text) else ""
    return Barcode(raw, text, symbology, text[len(symbology) :], problems)


def looks_italian(raw: str) -> bool:
    """Whether a scan begins as a barcode does that an Italian keyboard layout garbled.

    Examples:
        >>> looks_italian("+d20109521234543213"), looks_italian("+A999KT00312")
        (True, False)
    """
    return bool(SWAPPED.match(raw)) or raw.startswith("ì")


def caps_lock() -> Problem:
    """The warning that Caps Lock was on."""
    return Problem(
        "caps-lock",
        say(
            "Caps Lock is on and turned the letters of this scan round; it was undone. "
            "Switch it off."
        ),
        blocking=False,
    )


def case_doubtful() -> Problem:
    """The warning that Caps Lock was on, and nothing proves whether it turned the letters round."""
    return Problem(
        "case-doubtful",
        say(
            "Caps Lock is on: the letters of this scan may have arrived with the wrong case. "
            "Switch it off."
        ),
        blocking=False,
    )


def keyboard_layout(*, undone: bool) -> Problem:
    """The warning that the scanner types into another layout than it believes.

    Args:
        undone: Whether a check character or identifier proved it, so that the text was repaired.
    """
    if undone:
        message = say(
            "The scanner types for a US keyboard, this computer has an Italian one; it was undone. "
            "Choose the Italian layout in this workstation's scanner settings."
        )
    else:
        message = say(
            "This looks like a barcode garbled by the keyboard language: the scanner types for a "
            "US keyboard, this computer has an Italian one. Print the test barcode in this "
            "workstation's scanner settings, choose the layout, and scan again."
        )
    return Problem("keyboard-layout", message, blocking=False)
