"""`flask ledger`: verify it, sign its end, read it, and set up PostgreSQL's roles."""

import json
from pathlib import Path

import click

from inventory import store
from inventory.cli.acting import Commands, act_of_command
from inventory.domain.chain import instant, notes_in
from inventory.operations import checkpointing, verifying
from inventory.store import answers, guards, places
from inventory.store import ledger as entries

ledger = Commands("ledger", help="Verify the ledger and what proves it.")


@ledger.command()
@click.option("--checkpoint", "kept", multiple=True, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def verify(kept: tuple[Path, ...], as_json: bool) -> None:
    """Recompute every chain; exit 1 and name the first bad entry if one does not hold.

    --checkpoint takes files with signed checkpoints kept elsewhere, as printed on papers; the text
    around them is passed over.
    """
    notes = [note for path in kept for note in _notes(path)]
    verdict = verifying.verify_ledger(notes)
    fit = not verdict.faults and not verdict.strangers
    ahead = verifying.ahead_of(act_of_command().at)
    if as_json:
        faults = [{"entry": fault.entry, "what": fault.what} for fault in verdict.faults]
        sites = {
            code: {"entries": count, "head": verdict.heads[code], "root": verdict.roots[code]}
            for code, count in verdict.entries.items()
        }
        click.echo(
            json.dumps(
                {
                    "sound": not faults,
                    "sites": sites,
                    "faults": faults,
                    "elsewhere": [*verdict.elsewhere],
                    "compared": [{"chain": name, "entries": n} for name, n in verdict.compared],
                    "strangers": [*verdict.strangers],
                    "ahead": {code: instant(at) for code, at in ahead.items()},
                }
            )
        )
    else:
        for code, count in verdict.entries.items():
            click.echo(f"{code}: {count} entries, head {verdict.heads[code]}")
        for fault in verdict.faults:
            click.echo(f"NOT SOUND: {fault.entry}: {fault.what}")
        for name in verdict.elsewhere:
            click.echo(f"These keys have signed for another database as well: {name}")
        for code, at in ahead.items():
            click.echo(f"AHEAD: {code} ends at {instant(at)}; until then its acts are refused.")
        for name in verdict.strangers:
            click.echo(f"NOT COMPARED: the checkpoint names {name}, a chain that is not here.")
        if not verdict.faults:
            for name, count in verdict.compared:
                click.echo(f"The checkpoint of {name} fits: {count} entries.")
            click.echo(f"Sound: {sum(verdict.entries.values())} entries.")
    raise SystemExit(0 if fit else 1)


def _notes(path: Path) -> list[str]:
    notes = notes_in(path.read_bytes().decode("utf-8", "replace"))
    if not notes:
        raise click.ClickException(f"{path} holds no signed checkpoint.")
    return notes


@ledger.command()
def checkpoint() -> None:
    """Sign the end of each site's chain and print the notes, to be kept elsewhere."""
    act = act_of_command()
    with store.reading() as connection:
        sites = places.list_sites(connection)
    for site in sites:
        click.echo(checkpointing.checkpoint_now(site, act.at).note)


@ledger.command()
@click.argument("reference")
def show(reference: str) -> None:
    """Print the canonical text of an entry, `TO-17`."""
    with store.reading() as connection:
        _, entry = entries.get_entry(connection, reference)
    click.echo(entry.text)


@ledger.command()
@click.argument("role")
def grant(role: str) -> None:
    """Give a PostgreSQL role what the application needs, and nothing that changes the past."""
    with store.transaction() as connection:
        if connection.dialect.name == "sqlite":
            raise click.ClickException("Roles are PostgreSQL's; the embedded database has none.")
        try:
            guards.grant_application(connection, role)
        except ValueError as mistake:
            raise click.ClickException(str(mistake)) from mistake
    click.echo(f"{role} may use the application's tables and cannot change the past.")


@ledger.command("purge-answers")
@click.option("--days", default=30, type=click.IntRange(min=30), show_default=True)
def purge_answers(days: int) -> None:
    """Forget answers kept for retries that nobody will send any more, as the tables' owner."""
    act = act_of_command()
    with store.transaction() as connection:
        if not answers.may_purge(connection):
            raise click.ClickException(
                "This role of the database may keep answers and forget none. Run it as the owner of"
                " the tables: DATABASE_URL=postgresql://OWNER@HOST/NAME flask ledger purge-answers."
            )
        gone = answers.purge_answers(connection, act.days_before(days))
    click.echo(f"{gone} answers forgotten.")
