"""Whether the database may hold a ledger at all: asked before anything is served from it."""

from inventory import store
from inventory.store.engine import UnfitDatabase, check_engine
from inventory.store.guards import missing_guards


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
