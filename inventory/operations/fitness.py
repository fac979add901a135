"""Whether the database may hold a ledger at all: asked before anything is served from it."""

from inventory import store
from inventory.domain.problem import Problem, say
from inventory.store.engine import UnfitDatabase, check_engine
from inventory.store.guards import may_unguard, missing_guards


def check_fit() -> None:
    """The version, the settings that keep what was acknowledged, and the guards of the past.

    Raises:
        UnfitDatabase: It must not serve; the sentence says why.
    """
    with store.reading() as connection:
        check_engine(connection)
        absent = missing_guards(connection)
    if absent:
        raise UnfitDatabase(
            f"guards of the ledger are missing: {', '.join(absent)}. Somebody has taken them off:"
            " run `flask ledger verify`, and bring back the last backup that verifies"
        )


def what_to_warn_of() -> tuple[Problem, ...]:
    """What is weaker than it could be, though it may serve: `serves-as-owner`."""
    with store.reading() as connection:
        if not may_unguard(connection):
            return ()
    message = say(
        "KitTrace serves with a role of the database that could take the guards off the ledger: it"
        " owns the tables or is a superuser. Give another role its rights with flask ledger grant,"
        " and serve with that one: docs/guide-admin.md, PostgreSQL."
    )
    return (Problem("serves-as-owner", message, blocking=False),)
