"""What is wrong with the set-up of a scanner, told from one scan of a test symbol.

The one idea: what the scanner was shown is known, so every damage on the way can be named, and the
repair is proved by running it: a keyboard is called right only if `barcode` then gives what stands
in the symbol.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from inventory.domain.problem import Problem, say
from inventory.domain.scanner_hearing import (
    GS1_TEXT,
    RISKY_TEXT,
    Heard,
    ShownSymbol,
    hearings,
    repaired,
    shown_symbol,
    split_prefix,
)
from inventory.domain.udi.wedge import (
    GS,
    LINE_END,
    PLAIN_KEYBOARD,
    STAND_INS,
    Keyboard,
    Layout,
    barcode,
)
from inventory.domain.workstation import is_safe_separator

LONGEST_SCAN: Final = 400
"""Characters of a scan that is looked at; a test symbol holds 38 at most."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one scan tells of a scanner.

    Attributes:
        symbol: Key of the symbol that was scanned, or empty if it was none of ours.
        problems: What is wrong; blocking where no profile undoes it, so that the scanner itself
            must be set up.
        keyboard: The profile with which KitTrace reads this scanner best.
        reads: Whether, with that profile, the scan gives exactly what stands in the symbol.
    """

    symbol: str
    problems: tuple[Problem, ...]
    keyboard: Keyboard
    reads: bool


def diagnose(received: str, *, caps_lock: bool | None = None) -> Diagnosis:
    r"""Say what is wrong with a scanner that was shown one of the test symbols.

    Args:
        received: Everything it sent, the key that ends a scan included (CR, LF or TAB).
        caps_lock: Whether Caps Lock is on at this computer; None where nobody knows.

    Returns:
        Problems by code: `no-line-end`, `ends-with-tab`, `separator-lost`, `separator-replaced`,
        `separator-unusable`, `identifier-missing`, `identifier-wrong`, `italian-layout`,
        `other-layout`, `caps-lock`, `case-inverted`, `case-lost`, `extra-prefix`, `extra-suffix`,
        `not-the-test-symbol`.

    Examples:
        >>> found = diagnose("+d2010952123454321310LC'24-a21Ser?7\r")
        >>> [problem.code for problem in found.problems], found.keyboard.layout.value, found.reads
        (['separator-lost', 'italian-layout'], 'italian', False)
    """
    received = received[:LONGEST_SCAN]
    text = received.rstrip(LINE_END)
    ended = _check_end(received[len(text) :])
    heard = next(hearings(text), None)
    if heard is None:
        return Diagnosis("", (*ended, _unknown(text)), PLAIN_KEYBOARD, reads=False)
    identifier, prefix = split_prefix(heard)
    symbol = shown_symbol(heard, identifier)
    keyboard, about_gap = _check_gap(heard)
    problems = [
        *ended,
        *_check_identifier(identifier, symbol),
        *about_gap,
        *_check_layout(heard),
        *_check_case(heard, caps_lock),
        *_check_extra(prefix, heard.after),
    ]
    reads = barcode(received, keyboard).body == symbol.text
    return Diagnosis(symbol.key, tuple(problems), keyboard, reads)


def _check_end(end: str) -> list[Problem]:
    if not end:
        message = say(
            "The scanner sends no Enter after a barcode, so a scan would wait in the field. "
            "Scan “add suffix: Enter (CR)” in the scanner's manual."
        )
        return [Problem("no-line-end", message)]
    if set(end) == {"\t"}:
        message = say(
            "The scanner ends a barcode with Tab. KitTrace takes it, but Enter is safer. Scan "
            "“suffix: Enter (CR)” in the scanner's manual."
        )
        return [Problem("ends-with-tab", message, blocking=False)]
    return []


def _check_identifier(identifier: str, symbol: ShownSymbol) -> list[Problem]:
    if not identifier:
        message = say(
            "The scanner sends no symbology identifier (%(expected)s before this one). KitTrace "
            "reads without it, but can repair less. Scan “transmit AIM ID” in the scanner's "
            "manual.",
            expected=symbol.identifier,
        )
        return [Problem("identifier-missing", message, blocking=False)]
    if identifier != symbol.identifier:
        message = say(
            "The scanner says %(got)s before this symbol; %(expected)s is right. Have its GS1 "
            "symbols switched on, and “AIM ID” rather than a code of its maker.",
            got=identifier,
            expected=symbol.identifier,
        )
        return [Problem("identifier-wrong", message, blocking=False)]
    return []


def _check_gap(heard: Heard) -> tuple[Keyboard, list[Problem]]:
    """What became of GS, and the keyboard that puts it back."""
    keyboard = Keyboard(heard.layout)
    if heard.gap is None:
        return keyboard, []
    gap = repaired(heard.gap, heard)
    if gap == GS or STAND_INS.fullmatch(gap):
        return keyboard, []
    if not gap:
        message = say(
            "The separator GS is lost: lot and serial run into one another. Scan “GS as Ctrl+]” "
            "or “replace GS by ~” in the scanner's manual."
        )
        return keyboard, [Problem("separator-lost", message)]
    if is_safe_separator(gap):
        message = say(
            "The scanner sends %(got)s for the separator GS. The profile tells KitTrace so.",
            got=_visible(gap),
        )
        found = replace(keyboard, separator=gap)
        return found, [Problem("separator-replaced", message, blocking=False)]
    message = say(
        "The scanner sends %(got)s for the separator GS, which a lot may hold too or which is more "
        "than one character. Scan “GS as Ctrl+]” or “replace GS by ~” in the scanner's manual.",
        got=_visible(gap),
    )
    return keyboard, [Problem("separator-unusable", message)]


def _check_layout(heard: Heard) -> list[Problem]:
    if heard.layout is Layout.US:
        return []
    message = say(
        "The scanner types for a US keyboard, this computer has an Italian one. The profile undoes "
        "it; better still, set the scanner to an Italian keyboard."
    )
    return [Problem("italian-layout", message, blocking=False)]


def _check_case(heard: Heard, caps_lock: bool | None) -> list[Problem]:
    if heard.case == "kept":
        return []
    if heard.case != "swapped":
        message = say(
            "The scanner makes all letters %(case)s. Lots tell a from A: switch the change of "
            "letters off in the scanner's manual.",
            case="A" if heard.case == "upper" else "a",
        )
        return [Problem("case-lost", message)]
    if caps_lock is False:
        message = say(
            "The scanner turns capitals into small letters and back. Scan “no case conversion” and "
            "“Caps Lock: off” in the scanner's manual."
        )
        return [Problem("case-inverted", message)]
    message = say("Caps Lock is on: letters arrive turned round. Switch it off and scan again.")
    return [Problem("caps-lock", message)]


def _check_extra(prefix: str, suffix: str) -> list[Problem]:
    problems = []
    if prefix:
        message = say(
            "The scanner puts %(got)s in front of every barcode. Scan “remove prefix” in the "
            "scanner's manual.",
            got=_visible(prefix),
        )
        problems.append(Problem("extra-prefix", message))
    if suffix:
        message = say(
            "The scanner adds %(got)s after every barcode. Scan “remove suffix”, then “suffix: "
            "Enter (CR)” in the scanner's manual.",
            got=_visible(suffix),
        )
        problems.append(Problem("extra-suffix", message))
    return problems


def _unknown(text: str) -> Problem:
    """No text of ours, or ours behind a keyboard layout that is neither US nor Italian."""
    letters = _letters(text)
    if any(_letters(sent) in letters for sent in (GS1_TEXT, RISKY_TEXT)):
        message = say(
            "Letters and digits arrive, other characters do not: this computer's keyboard is "
            "neither US nor Italian. Set the scanner to the keyboard language of this computer."
        )
        return Problem("other-layout", message)
    message = say(
        "This is none of the test symbols, or it arrived in pieces. Scan one of them again, slowly."
    )
    return Problem("not-the-test-symbol", message)


def _letters(text: str) -> str:
    return "".join(re.findall(r"[0-9A-Za-z]", text)).casefold()


def _visible(text: str) -> str:
    """Characters that somebody can compare with a manual; what cannot be seen by its number."""
    return "".join(
        letter if letter.isprintable() and letter != " " else f"[{ord(letter)}]"
        for letter in text[:20]
    )
