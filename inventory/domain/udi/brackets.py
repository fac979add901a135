"""The text under a GS1 barcode, as a person types it: `(01)09521234543213(10)LC-24A`.

The one idea: brackets may be part of a lot, so only two to four digits in brackets begin an
element, a backslash takes a bracket as it is, and brackets left over must close.
"""

import re
from typing import Final

from inventory.domain.problem import Problem, say
from inventory.domain.udi.ai import Element, known, whole_value
from inventory.domain.udi.udi import UdiError

AI: Final = re.compile(r"(?<!\\)\((\d{2,4})\)", re.ASCII)
ESCAPED: Final = re.compile(r"\\([()\\])")


def read_brackets(body: str) -> tuple[list[Element], list[Problem]]:
    """Cut typed text into GS1 elements.

    Blanks are ignored around the brackets only.

    Args:
        body: Text that begins with a bracket.

    Returns:
        The elements, and `ambiguous-text` where a value holds brackets itself.

    Raises:
        UdiError: If it cannot be cut, or a bracket does not close (`unreadable`).

    Source:
        GS1 General Specifications, 4 (human readable interpretation).

    Examples:
        >>> read_brackets("(01) 09521234543213 (10) LC-24A")[0]
        [('01', '09521234543213'), ('10', 'LC-24A')]
    """
    pieces = AI.split(body.strip(" "))
    if pieces[0] or len(pieces) < 3:
        raise UdiError(
            say(
                "Typed text must begin with an application identifier in brackets, such as (01). "
                "Type it as it stands under the barcode, or scan the barcode."
            )
        )
    elements: list[Element] = []
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for ai, typed in zip(pieces[1::2], (piece.strip(" ") for piece in pieces[2::2]), strict=True):
        if not known(ai):
            raise UdiError(
                say("There is no GS1 application identifier (%(ai)s). Type it again.", ai=ai)
            )
        if "\\" not in typed and _unbalanced(typed):
            raise _unclosed(ai)
        value = whole_value(ai, ESCAPED.sub(r"\1", typed))
        if values.setdefault(ai, value) != value:
            raise _repeated(ai)
        elements.append((ai, value))
        if "(" in ESCAPED.sub("", typed):
            problems.append(_ambiguous(ai, value))
    return elements, problems


def _unbalanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            return True
    return depth != 0


def _unclosed(ai: str) -> UdiError:
    return UdiError(
        say(
            "A bracket in the value of (%(ai)s) does not close. Scan the barcode, or write \\( for "
            "a bracket that belongs to the value.",
            ai=ai,
        )
    )


def _repeated(ai: str) -> UdiError:
    return UdiError(
        say(
            "(%(ai)s) stands twice with different values, so one may be part of a lot. Scan the "
            "barcode, or write \\( for a bracket that belongs to a value.",
            ai=ai,
        )
    )


def _ambiguous(ai: str, value: str) -> Problem:
    return Problem(
        "ambiguous-text",
        say(
            "The brackets in %(value)s were taken as part of the value of (%(ai)s). Compare it "
            "with the print on the label, or scan the barcode.",
            value=value,
            ai=ai,
        ),
        blocking=False,
    )
