"""SIGKILL to PostgreSQL's own processes."""

import os
import random
import signal

import sqlalchemy as sa

from tests.trust.workers import House


def kill_backend(house: House, draw: random.Random) -> None:
    """SIGKILL one of PostgreSQL's own processes, which serves this database."""
    engine = sa.create_engine(house.url, poolclass=sa.NullPool)
    query = sa.text(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    try:
        with engine.connect() as connection:
            backends = list(connection.execute(query).scalars())
    except sa.exc.OperationalError:
        return  # it recovers from the kill before
    if backends:
        os.kill(draw.choice(backends), signal.SIGKILL)
