"""Numbers as they are typed into a form: read, or refused by whoever knows what they are for."""

from collections.abc import Sequence

from wtforms import IntegerField

UNREADABLE = 0
"""Stands for what is no number; nothing here is ever counted as 0, so that it is refused."""


class NumberField(IntegerField):
    """A number; `UNREADABLE` where what was typed is none, and still shown as it was typed."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was sent; a field that was not sent keeps its default."""
        if valuelist:
            self.data = read_number(valuelist[0])


def read_number(text: str) -> int:
    """What was typed as a number; `UNREADABLE` for none, blank or more than nine digits.

    Examples:
        >>> [read_number(text) for text in ("24", " -1 ", "abc", "²", "9" * 30)]
        [24, -1, 0, 0, 0]
    """
    sign, digits = (-1, text.strip()[1:]) if text.strip()[:1] == "-" else (1, text.strip())
    readable = digits.isascii() and digits.isdigit() and len(digits) < 10
    return sign * int(digits) if readable else UNREADABLE
