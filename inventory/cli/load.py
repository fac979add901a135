"""`flask load`: ledgers to measure with."""

import json
import time
from typing import cast
from zoneinfo import ZoneInfo

import click
from flask import current_app

from config import Settings
from inventory.cli.acting import Commands
from inventory.operations.synthesising import synthesise

load = Commands("load", help="Ledgers to measure with, in an empty database.")


@load.command()
@click.option("--movements", default=100_000, show_default=True, type=click.IntRange(min=100))
@click.option("--seed", default=1, show_default=True, help="Of all chance in it.")
@click.option(
    "--exposed",
    default=1_000,
    show_default=True,
    type=click.IntRange(min=0),
    help="Sessions that used the chosen lot; fewer where the ledger is too small.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def synthetic(movements: int, seed: int, exposed: int, as_json: bool) -> None:
    """Make a big ledger, the same again from the same seed; its codes and lots mean nothing."""
    settings = cast(Settings, current_app.config["SETTINGS"])
    zone = ZoneInfo(settings.time_zone)
    begun = time.perf_counter()
    made = synthesise(movements, seed, zone, settings.retention_years, exposed)
    seconds = time.perf_counter() - begun
    if as_json:
        said = {
            "item": made.item,
            "lot": made.lot,
            "lot_id": made.lot_id,
            "exposed": made.exposed,
            "movements": made.movements,
            "entries": made.entries,
            "sessions": made.sessions,
            "seconds": round(seconds, 1),
        }
        click.echo(json.dumps(said))
        return
    click.echo(
        f"{made.movements} movements in {made.entries} entries, {made.sessions} sessions,"
        f" {seconds:.1f} s ({made.movements / seconds:.0f} movements/s)"
    )
    click.echo(
        f"Lot {made.lot} (id {made.lot_id}) of item {made.item} was used in"
        f" {made.exposed} sessions."
    )
