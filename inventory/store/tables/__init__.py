"""All tables; importing this fills `db.metadata`."""

from inventory.store.tables import (
    catalogue,
    ledger,
    patient_sessions,
    patients,
    people,
    places,
    printing,
)

__all__ = ["catalogue", "ledger", "patient_sessions", "patients", "people", "places", "printing"]
