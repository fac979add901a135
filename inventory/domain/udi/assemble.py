"""The barcodes of one label, in any order and any mix, read as one value.

The one idea: each barcode is read alone by the reader that its first characters name, and the
values are then joined. Nothing here raises: a text nobody can read gives `Unreadable`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from inventory.domain.problem import Problem, say
from inventory.domain.udi.ai import PATIENT_DATA, check_neighbours
from inventory.domain.udi.brackets import read_brackets
from inventory.domain.udi.digital_link import is_address, read_address
from inventory.domain.udi.gs1 import (
    as_udi,
    is_bare_number,
    read_bare_number,
    read_element_strings,
)
from inventory.domain.udi.hibc import is_hibc, linked, read_hibc
from inventory.domain.udi.iccbba import is_iccbba, read_iccbba
from inventory.domain.udi.udi import Fault, Udi, UdiError, Unreadable, each_once, together
from inventory.domain.udi.wedge import (
    PLAIN_KEYBOARD,
    Barcode,
    Keyboard,
    Layout,
    barcode,
    keyboard_layout,
    looks_italian,
)

LONGEST: Final = 4096
"""Characters of one scan; the largest symbol in use, a QR code, holds 4,296 letters."""

MOST_BARCODES: Final = 12
"""Barcodes of one label."""

GRAVITY: Final[Sequence[Fault]] = ("garbled", "several", "damaged", "foreign", "empty")
"""What is told of several barcodes none of which can be read: the first of these."""


def read_udi(
    barcodes: Sequence[str], today: date, *, keyboard: Keyboard = PLAIN_KEYBOARD
) -> Udi | Unreadable:
    """Read the barcodes of one label.

    Args:
        barcodes: As the scanner sent them, in scanning order; the same one twice counts once.
        today: The day of the scan, in the clinic's time zone; it decides the century of dates.
        keyboard: How the workstation's scanner is set up.

    Returns:
        What the label says, all fields given even where a check digit is wrong: then a blocking
        `check-digit-wrong` is among its problems. A barcode that cannot be read beside one that
        can is told as `barcode-ignored`. `Unreadable` (`unreadable`) if none can be read, or if
        they are not of one label.

    Examples:
        >>> udi = read_udi(["0109521234543213", "1728020010LC-24A"], date(2026, 8, 1))
        >>> udi.gtin, udi.lot, str(udi.expires_on)
        ('09521234543213', 'LC-24A', '2028-02-29')
        >>> read_udi(["Maria Rossi"], date(2026, 8, 1)).length
        11
    """
    length = sum(map(len, barcodes))
    if not length or len(barcodes) > MOST_BARCODES or max(map(len, barcodes)) > LONGEST:
        return Unreadable((_no_label(),), length, "several" if length else "empty")
    scans = [_read(raw, today.year, keyboard) for raw in dict.fromkeys(barcodes)]
    udis = [scan for scan in scans if isinstance(scan, Udi)]
    problems = [p for scan in scans if isinstance(scan, Unreadable) for p in scan.problems]
    if not udis:
        faults = [scan.fault for scan in scans if isinstance(scan, Unreadable)]
        return Unreadable(each_once(problems), length, min(faults, key=GRAVITY.index))
    try:
        udi = _join(udis)
    except UdiError as error:
        return Unreadable((error.problem,), length, "several" if len(udis) > 1 else error.fault)
    if problems:
        ignored = [_ignored(len(scans) - len(udis), len(scans))]
        ignored += [problem for problem in problems if not problem.blocking]
        udi = replace(udi, problems=each_once([*udi.problems, *ignored]))
    return udi


def _join(udis: Sequence[Udi]) -> Udi:
    check_neighbours([pair for udi in udis if udi.issuer == "gs1" for pair in udi.elements])
    return together(linked(udis))


def _read(raw: str, year_now: int, keyboard: Keyboard) -> Udi | Unreadable:
    """Read one barcode; if it cannot be read, look whether the keyboard layout is to blame."""
    scan = barcode(raw, keyboard)
    try:
        udi = _keep(scan, _dispatch(scan, year_now))
    except UdiError as error:
        problems = (error.problem, *scan.problems)
        found: Udi | Unreadable = Unreadable(problems, len(raw), error.fault)
    else:
        if not udi.blocked:
            return udi
        found = udi
    if keyboard.layout is Layout.ITALIAN or not looks_italian(raw):
        return found
    guess = _read(raw, year_now, replace(keyboard, layout=Layout.ITALIAN))
    if isinstance(guess, Udi) and not guess.blocked and (guess.gtin or guess.issuer == "hibcc"):
        return replace(guess, problems=(*guess.problems, keyboard_layout(undone=True)))
    found = replace(found, problems=(*found.problems, keyboard_layout(undone=False)))
    return replace(found, fault="garbled") if isinstance(found, Unreadable) else found


def _dispatch(scan: Barcode, year_now: int) -> Udi:
    """Read one barcode by the standard that its first characters name.

    Raises:
        UdiError: If it is no barcode of that standard (`unreadable`).
    """
    body = scan.body
    if not body.isascii():
        raise UdiError(
            say("No barcode of a device holds letters such as these. Scan the barcode."), "garbled"
        )
    if is_hibc(body):
        return read_hibc(body, year_now)
    if is_iccbba(body):
        return read_iccbba(body)
    if is_address(body):
        elements, problems = read_address(body)
        return as_udi(elements, year_now, problems)
    if body.startswith("("):
        elements, problems = read_brackets(body)
        return replace(as_udi(elements, year_now, problems), typed=True)
    if is_bare_number(scan.symbology, body):
        return read_bare_number(body, scan.symbology)
    return read_element_strings(body, scan.symbology, year_now)


def _keep(scan: Barcode, udi: Udi) -> Udi:
    """The value with the text it came from, unless that holds a patient's data."""
    problems = (*udi.problems, *scan.problems, *_swapped_letters(udi))
    udi = replace(udi, symbology=scan.symbology, problems=problems)
    harmless = tuple(pair for pair in udi.elements if pair[0] not in PATIENT_DATA)
    if harmless != udi.elements:
        return replace(udi, elements=harmless)
    return replace(udi, raw=(scan.raw,), repaired=(scan.repaired,))


def _swapped_letters(udi: Udi) -> list[Problem]:
    """Whether a scanned lot or serial number holds what an Italian layout makes of `-` and `_`."""
    if udi.typed or not set("'?") & {*(udi.lot or ""), *(udi.serial or "")}:
        return []
    return [keyboard_layout(undone=False)]


def _no_label() -> Problem:
    return Problem(
        "unreadable",
        say(
            "One to %(most)s barcodes of at most %(longest)s characters were expected. Scan one "
            "label at a time.",
            most=MOST_BARCODES,
            longest=LONGEST,
        ),
    )


def _ignored(how_many: int, of: int) -> Problem:
    return Problem(
        "barcode-ignored",
        say(
            "%(ignored)s of %(all)s barcodes could not be read and were left out. If lot or expiry "
            "is missing, scan that barcode again.",
            ignored=how_many,
            all=of,
        ),
        blocking=False,
    )
