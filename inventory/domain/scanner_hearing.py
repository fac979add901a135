"""The test symbols of the scanner check, and how one is recognised in what a scanner sent.

What the scanner was shown is known, so each way of damaging it is tried until one fits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from inventory.domain.udi.wedge import GS, ITALIAN_KEYS, REPAIR_ITALIAN, US_KEYS, Layout

GS1_TEXT: Final = f"010952123454321310LC-24/a{GS}21Ser_7"
"""GTIN of the GS1 demonstration prefix, a lot that needs GS after it, and a serial."""

RISKY_TEXT: Final = f"KTaZ{US_KEYS}zA9"
"""Every character that an Italian keyboard layout changes, between letters of both cases."""

DAMAGE_ITALIAN: Final = str.maketrans(US_KEYS, ITALIAN_KEYS)
_IDENTIFIER: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]\Z")


@dataclass(frozen=True, slots=True)
class ShownSymbol:
    """A symbol that the scanner is shown.

    Attributes:
        key: How addresses name it.
        identifier: The AIM symbology identifier that a scanner sends before it.
        text: What it holds.
    """

    key: str
    identifier: str
    text: str


SYMBOLS: Final = (
    ShownSymbol("gs1-datamatrix", "]d2", GS1_TEXT),
    ShownSymbol("gs1-128", "]C1", GS1_TEXT),
    ShownSymbol("datamatrix", "]d1", RISKY_TEXT),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """A test text found in what was received.

    Attributes:
        text: Which one.
        layout: Whose keys turned it.
        case: `kept`, `swapped`, `upper` or `lower`.
        before: What came before it.
        gap: What came for GS; None for a text without one.
        after: What came after it, the end of the line left out.
    """

    text: str
    layout: Layout
    case: str
    before: str
    gap: str | None
    after: str


def hearings(text: str) -> Iterator[Heard]:
    """Every way in which the text is one of ours after some damage, the least damage first."""
    for case in ("kept", "swapped", "upper", "lower"):
        for layout in Layout:
            for sent in (GS1_TEXT, RISKY_TEXT):
                heard = _hear(_folded(text), text, sent, layout, case)
                if heard is not None:
                    yield heard


def _hear(folded: str, text: str, sent: str, layout: Layout, case: str) -> Heard | None:
    first, *rest = (_damaged(part, layout, case) for part in sent.split(GS))
    start = folded.find(first)
    if start < 0:
        return None
    end = start + len(first)
    gap = None
    for part in rest:
        found = folded.find(part, end)
        if found < 0:
            return None
        gap, end = text[end:found], found + len(part)
    return Heard(sent, layout, case, text[:start], gap, text[end:])


_ACCENTED: Final = str.maketrans("ÈÒÀÙÌÉÇ", "èòàùìéç")


def _folded(text: str) -> str:
    """Accented letters in lower case: Caps Lock turns some of them, by system."""
    return text.translate(_ACCENTED)


def _damaged(text: str, layout: Layout, case: str) -> str:
    turned = {
        "kept": text,
        "swapped": text.swapcase(),
        "upper": text.upper(),
        "lower": text.lower(),
    }[case]
    return turned.translate(DAMAGE_ITALIAN) if layout is Layout.ITALIAN else turned


def repaired(text: str, heard: Heard) -> str:
    """Layout and case of something that came along, put right."""
    if heard.layout is Layout.ITALIAN:
        text = _folded(text).translate(REPAIR_ITALIAN)
    return text.swapcase() if heard.case == "swapped" else text


def split_prefix(heard: Heard) -> tuple[str, str]:
    """The symbology identifier and what came before it, both put right."""
    before = repaired(heard.before, heard)
    if before.endswith(GS):  # some scanners send the FNC1 of the first place too
        before = before[:-1]
    found = _IDENTIFIER.search(before)
    if found is None:
        return "", before
    return found[0], before[: found.start()]


def shown_symbol(heard: Heard, identifier: str) -> ShownSymbol:
    """The symbol that was shown; without an identifier, the first that holds the text."""
    holding = [symbol for symbol in SYMBOLS if symbol.text == heard.text]
    shown = identifier[:2].casefold()
    return next((s for s in holding if s.identifier[:2].casefold() == shown), holding[0])
