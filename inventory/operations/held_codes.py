"""A pack whose barcode says no lot: its lot is typed, and its code is kept beside it."""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from inventory.domain.problem import Problem, say
from inventory.operations.asking import Asked, Identified
from inventory.operations.identifying import identify


def beside_held(
    connection: sa.Connection, found: Identified, asked: Asked, today: date
) -> Identified:
    """What was typed, held against the barcodes of the pack that were scanned before.

    What is wrong with the code stays said, and a carton stays one. A code that no item here has
    says nothing more than what was typed.

    Errors: those of reading the code but for its lot; `typed-differs`, if it is of another item.
    """
    if not asked.held or found.item is None:
        return found
    code = identify(connection, Asked(asked.held, keyboard=asked.keyboard), today)
    if code.item is None:
        return found
    problems = [problem for problem in code.problems if problem.code != "lot-missing"]
    if code.item.id != found.item.id:
        message = say(
            "The barcode of this pack is of %(scanned)s, and %(typed)s was typed. Look at the pack:"
            " choose the item again, or scan the barcode again.",
            scanned=code.item.name,
            typed=found.item.name,
        )
        problems.append(Problem("typed-differs", message))
    return replace(
        found,
        units_in_pack=code.units_in_pack,
        facts={**code.facts, **found.facts},
        problems=(*found.problems, *problems),
    )
