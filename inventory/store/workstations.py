"""Workstations: set-up data, changed in place; who changed what stands in the ledger."""

from typing import Any, Final

import sqlalchemy as sa

from inventory.domain.problem import say
from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.domain.workstation import PORT, Printer, Workstation
from inventory.store import AnyRow
from inventory.store.errors import Conflict, no_such
from inventory.store.lists.paging import Found, matches
from inventory.store.tables.printing import workstation

_SELECT: Final = sa.select(
    workstation.c.code,
    workstation.c.name,
    workstation.c.layout,
    workstation.c.separator,
    workstation.c.printer_host,
    workstation.c.printer_port,
    workstation.c.printer_dpi,
    workstation.c.label_stock,
    workstation.c.sheet_stock,
)
_BY_CODE: Final = _SELECT.where(workstation.c.code == sa.bindparam("workstation_code"))


def _workstation(row: AnyRow) -> Workstation:
    code, name, layout, separator, host, port, dpi, stock, sheet = row
    printer = Printer(host, port, dpi, stock) if host else None
    return Workstation(code, name, Keyboard(Layout(layout), separator), printer, sheet)


def _values(of: Workstation) -> dict[str, Any]:
    printer = of.printer or Printer("", PORT)
    return {
        "name": of.name,
        "layout": of.keyboard.layout.value,
        "separator": of.keyboard.separator,
        "printer_host": printer.host,
        "printer_port": printer.port,
        "printer_dpi": printer.dpi,
        "label_stock": printer.stock,
        "sheet_stock": of.sheet,
    }


def workstations_found(*, search: str = "") -> Found[Workstation]:
    """Workstations by name; searched by part of the name, the code or the printer's address."""
    query = _SELECT
    if search:
        texts = (workstation.c.name, workstation.c.code, workstation.c.printer_host)
        query = query.where(matches(search, *texts))
    return Found(query.order_by(workstation.c.name), _workstation)


def list_workstations(connection: sa.Connection) -> list[Workstation]:
    """All workstations, by name."""
    return workstations_found().all(connection)


def find_workstation(connection: sa.Connection, code: str) -> Workstation | None:
    """The workstation of a code, or None."""
    row = connection.execute(_BY_CODE, {"workstation_code": code}).first()
    return None if row is None else _workstation(row)


def get_workstation(connection: sa.Connection, code: str) -> Workstation:
    """The workstation of a code.

    Raises:
        NotFound: There is none.
    """
    found = find_workstation(connection, code)
    if found is None:
        raise no_such("workstation", code)
    return found


def add_workstation(connection: sa.Connection, made: Workstation) -> None:
    """A further workstation.

    Raises:
        Conflict: Another one has the name (`name-taken`).
    """
    _check_name_free(connection, made)
    connection.execute(sa.insert(workstation), {"code": made.code, **_values(made)})


def update_workstation(connection: sa.Connection, changed: Workstation) -> None:
    """Keep a workstation as it is now.

    Raises:
        Conflict: Another one has the name (`name-taken`).
    """
    _check_name_free(connection, changed)
    connection.execute(
        sa.update(workstation).where(workstation.c.code == changed.code).values(**_values(changed))
    )


def _check_name_free(connection: sa.Connection, of: Workstation) -> None:
    taken = sa.select(workstation.c.code).where(
        workstation.c.name == of.name, workstation.c.code != of.code
    )
    if connection.execute(taken).first():
        raise Conflict(
            say("Another workstation is called %(name)s. Choose another name.", name=of.name),
            "name-taken",
        )
