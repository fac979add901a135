"""`flask recall`: list recalls and write their report."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app

from inventory import store
from inventory.cli.acting import Commands, act_of_command
from inventory.operations import recalling
from inventory.operations.papering import address_for_paper, checkpoints_for_paper
from inventory.reports.page import Clinic
from inventory.reports.recall import recall_pdf
from inventory.reports.recall_json import as_json as report_as_json
from inventory.store import recalls

recall = Commands("recall", help="Recalls and their reports.")


@recall.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_cases(as_json: bool) -> None:
    """All recalls, the latest first."""
    with store.reading() as connection:
        cases = recalls.list_recalls(connection)
    if as_json:
        said = [
            {
                "code": c.code,
                "reference": c.reference,
                "manufacturer": c.manufacturer,
                "open": c.lifted_at is None,
            }
            for c in cases
        ]
        click.echo(json.dumps(said))
        return
    for case in cases:
        state = "lifted" if case.lifted_at else "open"
        click.echo(f"{case.code}  {state:6}  {case.reference}  {case.manufacturer}")


@recall.command()
@click.argument("code")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer the report's data in JSON as well.")
def report(code: str, out: Path, as_json: bool) -> None:
    """Write the internal recall report, without names, to a PDF file."""
    settings = current_app.config["SETTINGS"]
    act = act_of_command()
    found = recalling.recall_report(code.upper(), act.by, act.at)
    paper = recall_pdf(
        found,
        clinic=Clinic(settings.clinic_name, address_for_paper(settings.clinic_address)),
        checkpoints=checkpoints_for_paper(act.at),
        zone=ZoneInfo(settings.time_zone),
    )
    out.write_bytes(paper)
    if as_json:
        click.echo(json.dumps(report_as_json(found)))
    else:
        rings = found.rings
        click.echo(
            f"{out}: {len(rings.exposed_sessions)} sessions exposed,"
            f" {len(rings.cannot_be_excluded)} cannot be excluded, {len(rings.excluded)} excluded"
        )
