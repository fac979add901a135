"""`flask clinic`: set up sites, the places of a site, and the procedure that ships."""

import click

from inventory.cli.acting import Commands, act_of_command
from inventory.operations import cataloguing, enrolling, shipped

clinic = Commands("clinic", help="Set up sites, places and procedures.")


@clinic.command("add-site")
@click.argument("code")
@click.argument("name")
@click.option("--address", default="", help="As on papers.")
def add_site(code: str, name: str, address: str) -> None:
    """Set up a site, with its supplier, quarantine, transit, used, wasted and returned places."""
    try:
        site = cataloguing.add_site(code, name, address)
    except ValueError as mistake:
        raise click.ClickException(str(mistake)) from mistake
    enrolling.record_found(act_of_command())
    click.echo(f"{site.code}: {site.name}")


@clinic.command("add-place")
@click.argument("site")
@click.argument("code")
@click.argument("name")
def add_place(site: str, code: str, name: str) -> None:
    """Set up a place that holds stock: a pharmacy, a room, a cabinet."""
    try:
        place = cataloguing.add_store(act_of_command(), site, code, name)
    except ValueError as mistake:
        raise click.ClickException(str(mistake)) from mistake
    click.echo(f"{place.code}: {place.name}, label {place.label}")


@clinic.command("add-procedure")
@click.argument("code", type=click.Choice(sorted(shipped.PROCEDURES)))
def add_procedure(code: str) -> None:
    """Set up a procedure that ships with KitTrace."""
    cataloguing.add_procedure(shipped.PROCEDURES[code])
    click.echo(code)
