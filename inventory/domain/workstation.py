"""Workstations: a place with a browser, the scanner that types into it, the printer beside it."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

from inventory.domain.problem import Problem, say
from inventory.domain.udi.wedge import PLAIN_KEYBOARD, Keyboard

DPI: Final = (203, 300, 600)
"""Dots per inch of print heads."""

PORT: Final = 9100
"""Where network printers listen for raw data."""

LONGEST_NAME: Final = 40
LONGEST_HOST: Final = 253

_IN_CODES: Final = frozenset("!\"%&'()*+,-./:;<=>?_$] ")
"""Beside letters and digits, what a GS1 lot (CSET 82), an HIBC code or an identifier may hold."""


@dataclass(frozen=True, slots=True)
class Printer:
    """A label printer in the network.

    Attributes:
        host: Address or name.
        port: 1024 to 65535.
        dpi: One of `DPI`.
        stock: Key of the roll that is in it.
    """

    host: str
    port: int = PORT
    dpi: int = 203
    stock: str = "roll-50x25"

    @property
    def address(self) -> str:
        """How people read it: `10.0.0.7:9100`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Workstation:
    """A place with a browser.

    Attributes:
        code: Our code, `WS...`.
        name: What people call it; stands in every entry made there.
        keyboard: How its scanner is set up.
        printer: Its label printer, or None.
        sheet: Key of the sheet for labels on paper.
    """

    code: str
    name: str
    keyboard: Keyboard = PLAIN_KEYBOARD
    printer: Printer | None = None
    sheet: str = "a4-24"


def is_safe_separator(text: str) -> bool:
    """Whether a scanner may send this for GS: one character that no code holds.

    Source:
        GS1 General Specifications, 7.11 (CSET 82); ANSI/HIBC 2.6 (its alphabet).

    Examples:
        >>> [is_safe_separator(text) for text in ("~", "|", "-", "A", "~~", "")]
        [True, True, False, False, False, False]
    """
    if len(text) != 1 or not text.isprintable():
        return False
    return text not in _IN_CODES and not (text.isascii() and text.isalnum())


def check_keyboard(keyboard: Keyboard) -> list[Problem]:
    """A separator is one character that no code holds, or none.

    Errors: `separator-unusable`.
    """
    if not keyboard.separator or is_safe_separator(keyboard.separator):
        return []
    message = say(
        "The separator must be one character that no barcode holds, such as ~ or |; got %(got)s.",
        got=keyboard.separator[:10],
    )
    return [Problem("separator-unusable", message)]


def check_name(name: str) -> list[Problem]:
    """A workstation is called something short.

    Errors: `name-missing`, `too-long`.
    """
    if not name.strip():
        return [Problem("name-missing", say("Say what people call this workstation."))]
    if len(name.strip()) > LONGEST_NAME:
        message = say("A name has at most %(most)s characters.", most=LONGEST_NAME)
        return [Problem("too-long", message)]
    return []


def check_printer(printer: Printer, *, names_allowed: bool) -> list[Problem]:
    """A printer stands in the clinic's own network: KitTrace opens connections nowhere else.

    Errors: `printer-address-wrong`, `printer-port-wrong`, `printer-dpi-wrong`.

    Args:
        printer: As typed.
        names_allowed: Whether whoever sets it may give a name instead of a private address.
    """
    problems = []
    if not _is_private(printer.host) and not (names_allowed and _is_name(printer.host)):
        message = say(
            "%(host)s is no address in the clinic's own network (10.…, 172.16-31.…, 192.168.…)."
            " An administrator may give the printer's name instead.",
            host=printer.host[:60] or "-",
        )
        problems.append(Problem("printer-address-wrong", message))
    if not 1024 <= printer.port <= 65535:
        message = say(
            "A printer's port is 1024 to 65535, nearly always 9100; got %(got)s.", got=printer.port
        )
        problems.append(Problem("printer-port-wrong", message))
    if printer.dpi not in DPI:
        message = say(
            "Print heads have 203, 300 or 600 dots per inch; got %(got)s.", got=printer.dpi
        )
        problems.append(Problem("printer-dpi-wrong", message))
    return problems


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False  # 169.254.169.254 hands out the secrets of a cloud's machines
    return (address.is_private and not address.is_reserved) or address.is_loopback


def _is_name(host: str) -> bool:
    label = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
    whole = re.fullmatch(rf"{label}(\.{label})*", host)
    return bool(whole) and len(host) <= LONGEST_HOST and not re.fullmatch(r"[0-9.]+", host)
