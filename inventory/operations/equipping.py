"""Equipping: workstations get a name, a scanner's profile and a printer; each act is an entry."""

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import Json, plain_text
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind
from inventory.domain.problem import Problem, say
from inventory.domain.udi.wedge import Keyboard
from inventory.domain.workstation import (
    Printer,
    Workstation,
    check_keyboard,
    check_name,
    check_printer,
)
from inventory.operations.cataloguing import home_site
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.store import workstations
from labels.layout import STOCKS


def enrol(act: Act, name: str) -> Answer:
    """Make a workstation known.

    Returns:
        `{code, name, entry}`; refused with `name-missing`, `too-long`.

    Raises:
        Conflict: The name is taken, or the key was used before.
        NotFound: There is no site yet to keep the entry.
    """
    site = home_site()
    made = Workstation(new_code("WS", act.draw), plain_text(name.strip()))

    def story(connection: sa.Connection) -> Answer:
        if problems := check_name(made.name):
            return Answer({"accepted": False}, tuple(problems), refused=True)
        workstations.add_workstation(connection, made)
        draft = Draft(EntryKind.WORKSTATION, made.code, (), as_facts(made), reason="enrolled")
        posted = post(connection, act, site, draft)
        return Answer({"code": made.code, "name": made.name, "entry": posted.reference})

    return act_once(act, site, "enrol-workstation", name, story)


def rename(act: Act, code: str, name: str) -> Answer:
    """Call a workstation something else; entries made before keep the name it had.

    Returns:
        `{code, entry}`; refused with `name-missing`, `too-long`.

    Raises:
        NotFound: There is no such workstation.
        Conflict: The name is taken.
    """
    name = plain_text(name.strip())
    problems = check_name(name)
    return _change(act, code, "renamed", name, problems, lambda old: replace(old, name=name))


def set_keyboard(act: Act, code: str, keyboard: Keyboard) -> Answer:
    """Keep how a workstation's scanner is set up.

    Returns:
        `{code, entry}`; refused with `separator-unusable`.

    Raises:
        NotFound: There is no such workstation.
    """
    problems, asked = check_keyboard(keyboard), [keyboard.layout.value, keyboard.separator]
    return _change(
        act, code, "keyboard", [*asked], problems, lambda old: replace(old, keyboard=keyboard)
    )


def set_printer(
    act: Act, code: str, printer: Printer | None, sheet: str, *, names_allowed: bool
) -> Answer:
    """Keep which printer stands beside a workstation, and which sheets are used there.

    Args:
        act: Who sets it.
        code: Of the workstation.
        printer: None where there is none.
        sheet: Key of the sheet for labels on paper.
        names_allowed: Whether this person may give a name instead of a private address.

    Returns:
        `{code, entry}`; refused with the problems of `check_printer`, `stock-unknown`.

    Raises:
        NotFound: There is no such workstation.
    """
    problems = check_printer(printer, names_allowed=names_allowed) if printer else []
    problems += _check_stocks(printer, sheet)
    asked: list[Json] = [sheet]
    if printer:
        asked += [printer.host, printer.port, printer.dpi, printer.stock]
    return _change(
        act,
        code,
        "printer",
        asked,
        problems,
        lambda old: replace(old, printer=printer, sheet=sheet),
    )


def _check_stocks(printer: Printer | None, sheet: str) -> list[Problem]:
    """A printer has a roll; a sheet is a sheet."""
    roll = STOCKS.get(printer.stock) if printer else None
    wrong = [printer.stock] if printer and (roll is None or roll.per_page > 1) else []
    paper = STOCKS.get(sheet)
    wrong += [sheet] if paper is None or paper.per_page == 1 else []
    return [
        Problem(
            "stock-unknown", say("There are no labels of size %(stock)s here.", stock=name[:20])
        )
        for name in wrong
    ]


def _change(
    act: Act,
    code: str,
    reason: str,
    asked: Json,
    problems: list[Problem],
    changed: Callable[[Workstation], Workstation],
) -> Answer:
    """Change a workstation; a key stands for what was asked, whatever else changed meanwhile."""
    site = home_site()
    with store.reading() as connection:
        workstations.get_workstation(connection, code)

    def story(connection: sa.Connection) -> Answer:
        if problems:
            return Answer({"accepted": False}, tuple(problems), refused=True)
        new = changed(workstations.get_workstation(connection, code))
        workstations.update_workstation(connection, new)
        draft = Draft(EntryKind.WORKSTATION, code, (), as_facts(new), reason=reason)
        return Answer({"code": code, "entry": post(connection, act, site, draft).reference})

    return act_once(act, site, f"workstation-{reason}", [code, asked], story)


def as_facts(of: Workstation) -> dict[str, Json]:
    """A workstation as its entries hold it."""
    return {
        "name": of.name,
        "layout": of.keyboard.layout.value,
        "separator": of.keyboard.separator,
        "printer": of.printer.address if of.printer else "",
        "dpi": of.printer.dpi if of.printer else 0,
        "stock": of.printer.stock if of.printer else "",
        "sheet": of.sheet,
    }
