"""The procedure definition: what a procedure opens, holds ready and must not lack.

A line names a kind of item or particular items, how many pieces at least and at most, and whether
they are opened or only held ready. It records; it never advises.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from inventory.domain.catalogue import Item, ItemKind
from inventory.domain.problem import Problem, say


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """One line of a procedure definition.

    Attributes:
        position: Place in the list, from 1.
        step: Step of the procedure, `harvest`.
        name: What people call the line, in English; the pages translate it.
        kind: The kind of item it admits, or None where it names particular items.
        items: Codes of the particular items, empty where a kind is named.
        minimum: Pieces a session must have; 0 for what is held ready only.
        maximum: Pieces planned at most, or None for any number.
    """

    position: int
    step: str
    name: str
    kind: ItemKind | None
    items: frozenset[str]
    minimum: int
    maximum: int | None

    def admits(self, code: str, kind: ItemKind) -> bool:
        """Whether an item may stand on this line."""
        return code in self.items if self.items else kind is self.kind


@dataclass(frozen=True, slots=True)
class ProcedureDefinition:
    """The preference card of one procedure.

    Attributes:
        code: Its name in commands and calls, `disc-fat-prf`.
        name: What people call it, in English; the pages translate it.
        lines: In the order of the procedure.
    """

    code: str
    name: str
    lines: tuple[ProcedureLine, ...]

    def planned(self, code: str, kind: ItemKind) -> tuple[ProcedureLine, ...]:
        """The lines on which an item may stand."""
        return tuple(line for line in self.lines if line.admits(code, kind))


@dataclass(frozen=True, slots=True)
class Taken:
    """Pieces of one item in one patient session.

    Attributes:
        code: Code of the item.
        kind: Its kind.
        opened: Opened and not put back, wasted ones included.
        kept: Opened or used: what can satisfy a line.
    """

    code: str
    kind: ItemKind
    opened: int
    kept: int


def missing(
    definition: ProcedureDefinition, taken: Iterable[Taken]
) -> list[tuple[ProcedureLine, int]]:
    """The required lines that lack pieces, and how many.

    A piece counts for one line only. Lines that name particular items are served first, so that
    a disc needle is not spent on the line for any needle.
    """
    left = {have.code: have.kept for have in taken}
    kinds = {have.code: have.kind for have in taken}
    lacking: dict[int, int] = {}
    for line in sorted(definition.lines, key=lambda line: (not line.items, line.position)):
        wanted = line.minimum
        for code in sorted(left):
            if wanted and left[code] and line.admits(code, kinds[code]):
                served = min(wanted, left[code])
                left[code] -= served
                wanted -= served
        if wanted:
            lacking[line.position] = wanted
    return [(line, lacking[line.position]) for line in definition.lines if line.position in lacking]


def check_planned(
    definition: ProcedureDefinition, item: Item, quantity: int, taken: Iterable[Taken]
) -> list[Problem]:
    """Hold an item that is about to be opened against the procedure.

    Errors: `not-in-procedure`, `more-than-planned`; a person may overrule both with a reason.
    """
    lines = definition.planned(item.code, item.kind)
    if not lines:
        return [
            Problem(
                "not-in-procedure",
                say(
                    "%(item)s is not in this procedure. Take the right item, or give a reason.",
                    item=item.name,
                ),
            )
        ]
    most = [line.maximum for line in lines]
    if None in most:
        return []
    planned = sum(each for each in most if each is not None)
    opened = sum(have.opened for have in taken if any(_same(line, have) for line in lines))
    if opened + quantity <= planned:
        return []
    return [
        Problem(
            "more-than-planned",
            say(
                "%(planned)s of %(item)s planned, %(opened)s already opened."
                " Put it back, or go on with a reason.",
                planned=planned,
                item=item.name,
                opened=opened,
            ),
        )
    ]


def _same(line: ProcedureLine, have: Taken) -> bool:
    return line.admits(have.code, have.kind)
