"""How long the server takes to its first answer, and how much memory it holds."""

from typing import Any

from bench.ground import ground, server
from inventory import store
from inventory.store.people import list_people


def measure() -> dict[str, Any]:
    """The second start: the database is migrated and not empty."""
    with ground() as made:
        with server(made.environ, "wsgi.py") as first:
            seconds = first.seconds
        with store.reading() as connection:
            assert list_people(connection)
        with server(made.environ, "wsgi.py") as running:
            return {
                "first_start_with_demonstration_seconds": round(seconds, 1),
                "start_seconds": round(running.seconds, 1),
                "megabytes": round(running.megabytes()),
            }
