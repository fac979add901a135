"""Our own codes: what stands on labels and in addresses, and says nothing about anybody.

Two letters for the kind, eight characters drawn at random from digits and capitals without I, L,
O, U, and an ISO 7064 mod 37,36 check character. Digits and capitals only: these survive a wrong
keyboard layout, and Caps Lock is undone by comparing in capitals.
"""

import random
from typing import Final

from stdnum.iso7064 import mod_37_36

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

KINDS: Final = {
    "KT": "unit",
    "PS": "patient session",
    "PT": "patient",
    "RC": "recall",
    "RE": "receipt",
    "TR": "transfer",
    "MT": "item",
    "PL": "place",
    "WS": "workstation",
    "SB": "badge",
}
LENGTH: Final = 11

SYSTEM_RANDOM: Final = random.SystemRandom()


def new_code(kind: str, draw: random.Random = SYSTEM_RANDOM) -> str:
    """A fresh code of a kind; 32^8 of each, so that a guess does not find one.

    Args:
        kind: Two letters of `KINDS`.
        draw: Where chance comes from; a seeded one only for demonstrations and tests.

    Examples:
        >>> code = new_code("KT", random.Random(7))
        >>> len(code), own_kind(code)
        (11, 'KT')
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of code: {kind!r}")
    while True:
        body = kind + "".join(draw.choice(ALPHABET) for _ in range(8))
        check = str(mod_37_36.calc_check_digit(body))
        if check in ALPHABET:
            return body + check


def looks_own(text: str) -> bool:
    """Whether a text has the shape of our codes, its check character aside.

    Examples:
        >>> looks_own("KT00000000A"), looks_own("KT0000"), looks_own("XX00000000A")
        (True, False, False)
    """
    text = text.upper()
    return (
        len(text) == LENGTH and text[:2] in KINDS and all(letter in ALPHABET for letter in text[2:])
    )


def own_kind(text: str) -> str | None:
    """The kind of one of our codes, or None if it is none or its check character is wrong."""
    text = text.upper()
    if looks_own(text) and mod_37_36.is_valid(text):
        return text[:2]
    return None
