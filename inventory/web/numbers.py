"""Numbers as they are typed into a form: read, or refused by whoever knows what they are for."""

from flask import request

UNREADABLE = 0
"""Stands for what is no number; nothing here is ever counted as 0, so that it is refused."""


def number_in(name: str, absent: int) -> int:
    """The number in a field of this form.

    Args:
        name: Of the field.
        absent: Where the form has no such field.

    Returns:
        The number, `UNREADABLE` for what is none, blank or of more than nine digits.
    """
    text = request.form.get(name)
    if text is None:
        return absent
    sign, digits = (-1, text.strip()[1:]) if text.strip()[:1] == "-" else (1, text.strip())
    readable = digits.isascii() and digits.isdigit() and len(digits) < 10
    return sign * int(digits) if readable else UNREADABLE
