"""What nobody should send, and people, scanners and programs send all the same."""

from typing import Final

MARKUP: Final = "<script>alert(1)</script>'\"^FD"
FOREIGN: Final = "\u202eمرحبا e\u0301👩🏽‍⚕️²{{1}}%s"
"""Right to left, a letter and its mark, beyond the BMP, joined, no digit, templates."""

FORMULA: Final = f"={MARKUP}"
HOSTILE: Final = f"{FORMULA}{FOREIGN}"
"""A formula, markup, quotes, a command of label printers, and what is foreign: all at once."""

LONG: Final = "9" * 5000
"""Digits, since those may be taken for a number."""

BLANK: Final = " \t "

NUL: Final = "a\0b"
HALF: Final = "a\ud800b"
"""NUL breaks one database only, half of a character breaks both."""

NUMBERS: Final = ("-1", "1e9", "１２", "²", "9" * 30)
COUNTED: Final = (0, -1, 10**30, 1.5, "1", True)
DATES: Final = ("2026-02-30", "２０２６-０１-０１", "0000-00-00", "9999-12-31")

SCANS: Final = ("]d2", "]d2\x1d(01)", "01" * 400, "+" * 40, "https://id.gs1.org/01/%00")
"""What a scanner may send that is no barcode of a pack: torn, empty, endless, half a link."""

TOO_MUCH: Final = b"x" * 10_000_000
