"""The auditor: sums the whole ledger again, by another way than the application does."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.operations.verifying import verify_ledger

FREE = {"SUPPLIER", "VARIANCE"}

COUNTED = (
    *("item", "packaging_level", "lot", "unit", "movement", "receipt", "patient", "site"),
    *("patient_session", "recall", "recall_scope", "workstation", "person", "person_role"),
    *("location", "unit_label", "lot_expiry", "badge"),
)
CHANGED = {
    "item": "name || reference || manufacturer || kind",
    "person": "username || password || coalesce(language, '') || CAST(active AS varchar)",
    "person_role": "CAST(role_id AS varchar)",
    "workstation": "name || layout || separator || coalesce(printer_host, '') || label_stock",
}
HELD = "SELECT " + ", ".join(
    ["(SELECT count(name) + count(birth_date) FROM patient)"]
    + [f"(SELECT count(*) FROM {table})" for table in COUNTED]
    + [f"(SELECT string_agg({text}, '|') FROM {table})" for table, text in CHANGED.items()]
)


def audit(connection: sa.Connection) -> list[str]:
    """What does not add up: places below zero, lots that do not sum to zero, gaps in numbers."""
    held: dict[tuple[str, str, int], int] = {}
    rows = connection.exec_driver_sql(
        "SELECT s.code, s.kind, d.code, d.kind, m.lot_id, m.quantity FROM movement m"
        " JOIN location s ON s.id = m.source_id JOIN location d ON d.id = m.destination_id"
    ).all()
    for source, source_kind, destination, destination_kind, lot, quantity in rows:
        held[source, source_kind, lot] = held.get((source, source_kind, lot), 0) - quantity
        held[destination, destination_kind, lot] = (
            held.get((destination, destination_kind, lot), 0) + quantity
        )
    found = [
        f"{place} holds {count} of lot {lot}"
        for (place, kind, lot), count in held.items()
        if count < 0 and kind not in FREE
    ]
    by_lot: dict[int, int] = {}
    for (_, _, lot), count in held.items():
        by_lot[lot] = by_lot.get(lot, 0) + count
    found += [f"lot {lot} sums to {count}" for lot, count in by_lot.items() if count]
    units = connection.exec_driver_sql(
        "SELECT unit_id FROM movement m JOIN location d ON d.id = m.destination_id"
        " WHERE unit_id IS NOT NULL AND d.kind IN ('USED', 'REPROCESSING') GROUP BY unit_id"
        " HAVING count(*) > 1 + (SELECT count(*) FROM movement r JOIN location s"
        " ON s.id = r.source_id WHERE r.unit_id = m.unit_id AND s.kind IN ('USED', 'REPROCESSING'))"
    ).scalars()
    found += [f"unit {unit} was used twice" for unit in units]
    gaps = connection.exec_driver_sql(
        "SELECT site_id, count(*), max(number) FROM entry GROUP BY site_id"
        " HAVING count(*) <> max(number)"
    ).all()
    found += [f"site {site} has {count} entries up to {most}" for site, count, most in gaps]
    return found


def audit_and_leave(app: Flask) -> None:
    """After the tests of a database: its ledger adds up, its chains verify, and it is let go."""
    with app.app_context():
        with store.reading() as connection:
            faults = audit(connection)
        faults += [f"{fault.entry}: {fault.what}" for fault in verify_ledger().faults]
        store.db.engine.dispose()
    assert not faults, "\n".join(faults)


def holdings(connection: sa.Connection) -> tuple[Any, ...]:
    """What there is of everything that an act adds or changes; a refusal leaves it as it was."""
    return tuple(connection.exec_driver_sql(HELD).one())
