"""`flask demo`: the demonstration clinic."""

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time
from typing import Final, cast
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask_security import hash_password

from config import Settings
from inventory import store
from inventory.cli.acting import Commands, act_of_command
from inventory.operations import enrolling
from inventory.operations.demonstrating import Demonstration, load_demonstration
from inventory.operations.demonstration_data import PASSWORD, PEOPLE
from inventory.store.ledger import is_empty
from inventory.store.people import list_people
from inventory.store.places import list_sites

SEED: Final = 2026
_STOPS_AT: Final = time(11, 40)
"""When the story of a day that is over stops."""

demo = Commands("demo", help="The demonstration clinic.")


@demo.command()
@click.option("--seed", default=SEED, show_default=True, help="Of all chance in it.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Its last day; today if left out.",
)
def load(seed: int, until: datetime | None, as_json: bool) -> None:
    """Fill an empty database with a clinic at two sites, three months of it, and a recall."""
    made = _load(seed, until.date() if until else None)
    if as_json:
        people = [{"username": name, "role": role, "password": PASSWORD} for name, role in PEOPLE]
        click.echo(json.dumps({**asdict(made), "people": people}))
        return
    click.echo(
        f"{made.sessions} sessions at two sites; {made.open_session} is going on;"
        f" recall {made.recall} stands."
    )
    _print_sign_ins()


def load_if_empty() -> None:
    """Load the demonstration where there is no entry, no person and no site yet."""
    with store.reading() as connection:
        begun = list_people(connection) or list_sites(connection)
        fresh = is_empty(connection) and not begun
    if fresh:
        _load(SEED, None)
        click.echo("This database was empty: it now holds a demonstration clinic.")
        _print_sign_ins()


def _load(seed: int, until: date | None) -> Demonstration:
    settings = cast(Settings, current_app.config["SETTINGS"])
    zone = ZoneInfo(settings.time_zone)
    now = datetime.now(UTC)
    if until is not None and until != now.astimezone(zone).date():
        stops = datetime.combine(until, _STOPS_AT, zone).astimezone(UTC)
        if stops > now:
            raise click.ClickException("The demonstration cannot end in the future.")
        now = stops
    made = load_demonstration(seed, now, zone, settings.retention_years)
    with store.reading() as connection:
        there = {person.username for person in list_people(connection)}
    password = hash_password(PASSWORD)
    act = replace(act_of_command(), at=now)
    for name, role in PEOPLE:
        if name not in there:
            enrolling.enrol(act, name, password, [role])
    return made


def _print_sign_ins() -> None:
    click.echo("Sign in as:")
    for name, role in PEOPLE:
        click.echo(f"  {name:10} {role}")
    click.echo(f"with the password {PASSWORD}")
