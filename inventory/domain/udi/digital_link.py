"""GS1 Digital Link: the elements of a label written as a web address.

The one idea: the address is only taken apart. It is never opened: whoever owns the domain would
learn who scanned what.
"""

import re
from typing import Final
from urllib.parse import unquote, unquote_plus

from inventory.domain.problem import Problem, say
from inventory.domain.udi.ai import Element, known, whole_value
from inventory.domain.udi.gs1 import check_circulation
from inventory.domain.udi.udi import UdiError

ADDRESS: Final = re.compile(
    r"(?:https?|HTTPS?)://[A-Za-z0-9.\-\[\]:]+(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?"
)
ALLOWED: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")

QUALIFIERS: Final = {
    "01": ("22", "10", "21", "235"),
    "8006": ("22", "10", "21"),
    "8010": ("8011",),
    "8017": ("8019",),
    "8018": ("8019",),
    "414": ("254", "7040"),
    "417": ("7040",),
    "00": (), "253": (), "255": (), "401": (), "402": (), "8003": (), "8004": (), "8013": (),
}  # fmt: skip
"""Keys that a path may name, and in which order what narrows them."""

NEVER_IN_QUERY: Final = frozenset({"21", "235", "254", "8011", "8019", "8020"})


def is_address(body: str) -> bool:
    """Whether a text is a web address; one in mixed case is plain text.

    Examples:
        >>> is_address("HTTPS://id.gs1.org/01/0"), is_address("HtTps://id.gs1.org/01/0")
        (True, False)
    """
    return body.startswith(("http://", "https://", "HTTP://", "HTTPS://"))


def read_address(body: str) -> tuple[list[Element], list[Problem]]:
    """Take a GS1 Digital Link apart.

    Args:
        body: A web address, in one case.

    Returns:
        The elements, key first; `short-gtin` if the GTIN in the path has fewer than 14 digits.

    Raises:
        UdiError: If the address is no Digital Link (`unreadable`).

    Source:
        GS1 Digital Link Standard: URI Syntax, 1.4.

    Examples:
        >>> read_address("https://id.gs1.org/01/09521234543213/10/32a%2Fb?17=280200")[0]
        [('01', '09521234543213'), ('10', '32a/b'), ('17', '280200')]
    """
    parts = ADDRESS.fullmatch(body) if ALLOWED.fullmatch(body) else None
    if parts is None:
        raise _no_link()
    elements, problems = _path(parts["path"])
    qualifiers = QUALIFIERS[elements[0][0]]
    for pair in filter(None, re.split("[&;]", parts["query"] or "")):
        ai, _, value = pair.partition("=")
        if not (ai.isascii() and ai.isdigit()):
            continue  # linkType and the like are meant for whoever resolves the address
        if not known(ai) or ai in NEVER_IN_QUERY or ai in qualifiers or ai in dict(elements):
            raise _misplaced(ai)
        elements.append((ai, whole_value(ai, unquote_plus(value, errors="replace"))))
    return elements, problems


def _path(path: str) -> tuple[list[Element], list[Problem]]:
    """The key and its qualifiers: the last segment that can be a key begins them."""
    segments = path.split("/")[1:]
    for start in range(len(segments) - 2, -1, -1):
        if segments[start] in QUALIFIERS and (len(segments) - start) % 2 == 0:
            break
    else:
        raise _no_link()
    pairs = list(zip(segments[start::2], segments[start + 1 :: 2], strict=True))
    key, number = pairs[0][0], unquote(pairs[0][1], errors="replace")
    problems: list[Problem] = []
    if key == "01" and len(number) in (8, 12, 13):
        check_circulation(number)
        number = number.rjust(14, "0")
        problems.append(
            Problem(
                "short-gtin",
                say("The web address holds a GTIN of fewer than 14 digits; zeros were put before."),
                blocking=False,
            )
        )
    elements = [(key, whole_value(key, number))]
    order = QUALIFIERS[key]
    for ai, value in pairs[1:]:
        if ai not in order:
            raise _misplaced(ai) if known(ai) else _no_link()
        order = order[order.index(ai) + 1 :]
        elements.append((ai, whole_value(ai, unquote(value, errors="replace"))))
    return elements, problems


def _no_link() -> UdiError:
    return UdiError(
        say("This web address names no GS1 item. Scan another barcode of the label."), "foreign"
    )


def _misplaced(ai: str) -> UdiError:
    return UdiError(
        say(
            "(%(ai)s) may not stand where it stands in this web address. Scan another barcode of "
            "the label.",
            ai=ai[:4],
        )
    )
