"""What the promises share: a house that other processes can enter, seeds, and how often."""

import os
import random
from pathlib import Path

import pytest

from inventory import store
from inventory.domain.catalogue import ItemKind
from inventory.domain.procedure import ProcedureDefinition, ProcedureLine
from inventory.operations import cataloguing
from tests.clinic import Clinic
from tests.trust.workers import House


def how_often(name: str, usually: int) -> int:
    """How often a promise is tried: `KITTRACE_KILLS=500` and the like for a night."""
    return int(os.environ.get(name, usually))


@pytest.fixture
def seed() -> int:
    """A seed: fixed, or from KITTRACE_SEED; `random` draws one. Printed if the test fails."""
    given = os.environ.get("KITTRACE_SEED", "20261123")
    drawn = random.SystemRandom().randrange(2**32) if given == "random" else int(given)
    print(f"KITTRACE_SEED={drawn}")
    return drawn


@pytest.fixture
def house(clinic: Clinic, database: str, tmp_path: Path) -> House:
    """The clinic's database as another process finds it, with a procedure that takes any number."""
    return ready_house(clinic, database, tmp_path)


def ready_house(clinic: Clinic, database: str, folder: Path) -> House:
    """The same of a database of which an application is at work."""
    lines = (
        ProcedureLine(1, "processing", "Kit", ItemKind.PROCESSING_KIT, frozenset(), 0, None),
        ProcedureLine(2, "harvest", "Fluid", ItemKind.FLUID, frozenset(), 0, None),
    )
    cataloguing.add_procedure(ProcedureDefinition("any", "Any number", lines))
    keep_sequences()
    return House(database, folder, clinic.now)


def keep_sequences() -> None:
    """Have PostgreSQL write down how far its sequences are.

    In a database copied by CREATE DATABASE the next thirty values are not in the log: after a
    crash it would give them again.
    """
    with store.transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                "SELECT setval(quote_ident(sequencename)::regclass, last_value)"
                " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
            )
