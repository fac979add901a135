"""What a person scanned: a device's label, one of our own labels, a patient's or a badge.

The one idea: whatever comes out of a scanner ends as one of seven values, and a text that is none
of them is not kept, because somebody may have typed a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from inventory.domain.codes import KINDS, LENGTH, own_kind
from inventory.domain.problem import Problem, Sentence, say
from inventory.domain.udi import PLAIN_KEYBOARD, Keyboard, Udi, Unreadable, read_udi
from inventory.domain.udi.assemble import LONGEST
from inventory.domain.udi.udi import Fault
from inventory.domain.udi.wedge import barcode

PROVIDER: Final = "8017"
RECIPIENT: Final = "8018"

PLAIN: Final[Mapping[Fault, Sentence]] = {
    "foreign": say(
        "This barcode is not one of a medical product. Scan another barcode on the pack, or type"
        " REF and lot."
    ),
    "damaged": say(
        "This barcode was read only in part, or is misprinted. Scan it once more; if that fails,"
        " scan another barcode on the pack, or type REF and lot."
    ),
    "garbled": say(
        "These letters stand in no barcode: the scanner may be set to another keyboard. Type REF"
        " and lot, and have pharmacy check this scanner."
    ),
    "several": say(
        "These barcodes are not of one label. Scan one pack at a time, one barcode after the other."
    ),
    "empty": say("Nothing was scanned. Scan a barcode, or type REF and lot."),
}
"""What is said to the person with the scanner; `read_udi` tells why in the standards' words."""


@dataclass(frozen=True, slots=True)
class UdiScan:
    """The label of a device."""

    udi: Udi
    """What the label says; look at its problems before it is used."""


@dataclass(frozen=True, slots=True)
class UnitScan:
    """Our label on one piece of a lot."""

    code: str
    """`KT` and nine further characters, in capitals."""

    pack: tuple[Udi, ...] = ()
    """What the maker's barcodes say that were scanned with it: one value, or one for each barcode
    where they are not of one label; nothing of a person."""


@dataclass(frozen=True, slots=True)
class SessionScan:
    """Our code of a patient session."""

    code: str
    """`PS` and nine further characters, in capitals."""


@dataclass(frozen=True, slots=True)
class PlaceScan:
    """Our label on a place."""

    code: str
    """`PL` and nine further characters, in capitals."""


@dataclass(frozen=True, slots=True)
class PatientScan:
    """A patient's code or wristband; nothing else that the wristband says is kept."""

    code: str | None = None
    """`PT` and nine further characters, in capitals, of our own code."""

    gsrn: str | None = None
    """Service relation number of the recipient, 18 digits, AI 8018."""


@dataclass(frozen=True, slots=True)
class BadgeScan:
    """The badge of a member of staff."""

    gsrn: str = ""
    """Service relation number of the provider, 18 digits, AI 8017; empty on a badge of ours."""

    code: str = ""
    """`SB` and nine further characters, in capitals, of a badge that we printed."""


Scan = UdiScan | UnitScan | SessionScan | PlaceScan | PatientScan | BadgeScan | Unreadable


def read(barcodes: Sequence[str], today: date, *, keyboard: Keyboard = PLAIN_KEYBOARD) -> Scan:
    """Read what was scanned.

    Our own label decides where it stands beside a manufacturer's; what that says is read as well,
    so that a wrong sticker on a pack is noticed.

    Args:
        barcodes: As the scanner sent them, in scanning order.
        today: The day of the scan, in the clinic's time zone.
        keyboard: How the workstation's scanner is set up.

    Returns:
        One of the values above; `Unreadable` with `unreadable` for everything else. A device's
        label with a wrong check digit is a `UdiScan` whose `Udi` says so.

    Examples:
        >>> scan = read(["0109521234543213"], date(2026, 8, 1))
        >>> isinstance(scan, UdiScan) and scan.udi.gtin
        '09521234543213'
        >>> read(["8018952123454321012341"], date(2026, 8, 1))
        PatientScan(code=None, gsrn='952123454321012341')
    """
    length = sum(map(len, barcodes))
    owns = [_own_text(text, keyboard) for text in barcodes]
    codes = {code for code in owns if code}
    if len(codes) > 1:
        return _unreadable(
            say("Two of our own labels were scanned at once. Scan one after the other."), length
        )
    if codes:
        own = _own_scan(codes.pop(), length)
        if not isinstance(own, UnitScan):
            return own
        others = [text for text, code in zip(barcodes, owns, strict=True) if not code]
        return replace(own, pack=_pack(others, today, keyboard))
    found = read_udi(barcodes, today, keyboard=keyboard)
    if isinstance(found, Unreadable):
        return _plainly(found)
    if found.gsrn is not None:
        return _person(found, found.gsrn, length)
    if not found.elements:
        return _unreadable(
            say("This barcode of a wristband names nobody. Scan the one with the number."), length
        )
    return UdiScan(found)


def _pack(barcodes: Sequence[str], today: date, keyboard: Keyboard) -> tuple[Udi, ...]:
    """What the barcodes beside our label say of a pack; what cannot be read is left out."""
    alone = {text: read_udi([text], today, keyboard=keyboard) for text in barcodes}
    packs = {text: udi for text, udi in alone.items() if isinstance(udi, Udi) and _is_pack(udi)}
    if not packs:
        return ()
    together = read_udi([*packs], today, keyboard=keyboard)
    return (together,) if isinstance(together, Udi) else tuple(packs.values())


def _is_pack(udi: Udi) -> bool:
    return udi.gsrn is None and bool(udi.elements and udi.raw)


def _plainly(found: Unreadable) -> Unreadable:
    """The same said in words that need no standard; what the scanner does wrong stays told."""
    told = tuple(problem for problem in found.problems if not problem.blocking)
    return replace(found, problems=(Problem("unreadable", PLAIN[found.fault]), *told))


def _own_text(raw: str, keyboard: Keyboard) -> str | None:
    """The text of one of our labels in capitals, its check character right or wrong."""
    if len(raw) > LONGEST:
        return None
    text = barcode(raw, keyboard).body.upper()
    ours = len(text) == LENGTH and text.isascii() and text.isalnum() and text[:2] in KINDS
    return text if ours else None


def _own_scan(code: str, length: int) -> Scan:
    match own_kind(code):
        case "KT":
            return UnitScan(code)
        case "PS":
            return SessionScan(code)
        case "PL":
            return PlaceScan(code)
        case "PT":
            return PatientScan(code=code)
        case "SB":
            return BadgeScan(code=code)
        case None:
            return _unreadable(
                say("This looks like one of our labels, but one character is wrong. Scan again."),
                length,
            )
        case "MT":
            return _unreadable(
                say(
                    "This label of a lot names the item, and its barcode cannot say the lot. Scan "
                    "the pack; if that cannot be read, choose the item and type the lot."
                ),
                length,
            )
        case kind:
            return _unreadable(
                say(
                    "This is one of our codes, but %(kind)s is none that is scanned here. Scan a "
                    "unit (KT), a session (PS), a place (PL) or a patient (PT).",
                    kind=kind,
                ),
                length,
            )


def _person(udi: Udi, gsrn: str, length: int) -> Scan:
    """The patient or the member of staff that a service relation number names."""
    if udi.blocked:
        return _unreadable(
            say(
                "The number of this wristband or badge fails its check digit. Scan again; if it "
                "fails once more, have the wristband or badge printed anew."
            ),
            length,
        )
    if udi.element(RECIPIENT) is not None:
        return PatientScan(gsrn=gsrn)
    return BadgeScan(gsrn)


def _unreadable(message: Sentence, length: int) -> Unreadable:
    return Unreadable((Problem("unreadable", message),), length)
