"""Procedure definitions. A changed one is a further one, so they are remembered once read."""

import sqlalchemy as sa
from flask import current_app

from inventory.domain.catalogue import ItemKind
from inventory.domain.procedure import ProcedureDefinition, ProcedureLine
from inventory.store import row_id
from inventory.store.errors import no_such
from inventory.store.tables.catalogue import (
    item,
    procedure_definition,
    procedure_line,
    procedure_line_item,
)


def _remembered() -> dict[str, tuple[int, ProcedureDefinition]]:
    known: dict[str, tuple[int, ProcedureDefinition]]
    known = current_app.extensions.setdefault("kittrace.procedures", {})
    return known


def get_procedure(connection: sa.Connection, code: str) -> tuple[int, ProcedureDefinition]:
    """A procedure definition and its key; capitals mean small letters.

    Raises:
        NotFound: There is none.
    """
    known = _remembered()
    if code in known:
        return known[code]
    head = connection.execute(
        sa.select(procedure_definition.c.id, procedure_definition.c.name).where(
            procedure_definition.c.code == code
        )
    ).first()
    if head is None and code != code.lower():
        return get_procedure(connection, code.lower())
    if head is None:
        raise no_such("procedure", code)
    made = (head[0], ProcedureDefinition(code, head[1], _lines(connection, head[0])))
    known[code] = made
    return made


def _lines(connection: sa.Connection, procedure_id: int) -> tuple[ProcedureLine, ...]:
    named: dict[int, set[str]] = {}
    for line_id, code in connection.execute(
        sa.select(procedure_line_item.c.line_id, item.c.code)
        .join(item, item.c.id == procedure_line_item.c.item_id)
        .join(procedure_line, procedure_line.c.id == procedure_line_item.c.line_id)
        .where(procedure_line.c.procedure_id == procedure_id)
    ):
        named.setdefault(line_id, set()).add(code)
    rows = connection.execute(
        sa.select(procedure_line)
        .where(procedure_line.c.procedure_id == procedure_id)
        .order_by(procedure_line.c.position)
    )
    return tuple(
        ProcedureLine(
            row.position,
            row.step,
            row.name,
            ItemKind(row.kind) if row.kind else None,
            frozenset(named.get(row.id, ())),
            row.minimum,
            row.maximum,
        )
        for row in rows
    )


def list_procedures(connection: sa.Connection) -> list[ProcedureDefinition]:
    """All procedure definitions, by code."""
    codes = connection.execute(
        sa.select(procedure_definition.c.code).order_by(procedure_definition.c.code)
    ).scalars()
    return [get_procedure(connection, code)[1] for code in list(codes)]


def add_procedure(connection: sa.Connection, fresh: ProcedureDefinition) -> None:
    """A further procedure definition; the items its lines name must be there."""
    key = row_id(
        connection.execute(
            sa.insert(procedure_definition), {"code": fresh.code, "name": fresh.name}
        )
    )
    for line in fresh.lines:
        values = {
            "procedure_id": key,
            "position": line.position,
            "step": line.step,
            "name": line.name,
            "kind": line.kind.value if line.kind else None,
            "minimum": line.minimum,
            "maximum": line.maximum,
        }
        line_id = row_id(connection.execute(sa.insert(procedure_line), values))
        for code in sorted(line.items):
            item_id = connection.execute(sa.select(item.c.id).where(item.c.code == code)).scalar()
            if item_id is None:
                raise no_such("item", code)
            connection.execute(
                sa.insert(procedure_line_item), {"line_id": line_id, "item_id": item_id}
            )
