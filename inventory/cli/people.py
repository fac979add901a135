"""`flask people`: who may sign in."""

import json
import sys
from datetime import timedelta
from typing import Final

import click
from flask_security import hash_password

from inventory.cli.acting import Commands, act_of_command
from inventory.domain.problem import Problem
from inventory.operations import enrolling
from inventory.store import reading
from inventory.store.people import ROLES, PersonRow, list_people

LONGEST_PASSWORD: Final = 200
"""Characters; the pages take no longer one."""

people = Commands("people", help="People who may sign in, and tokens for machines.")


@people.command("add")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
def add(name: str, roles: tuple[str, ...]) -> None:
    """Add a person; the password is asked, or read from standard input."""
    _stop_at(enrolling.check_username(name))
    password = _password()
    _stop_at(enrolling.check_enrolment(name, password, roles))
    enrolling.enrol(act_of_command(), name, hash_password(password), roles)
    click.echo(f"{name} may sign in as {', '.join(roles)}.")


@people.command("token")
@click.argument("name")
@click.option(
    "--days", type=click.IntRange(1, 3650), help="Days until it expires; never if left out."
)
def token(name: str, days: int | None) -> None:
    """Print a new API token of a person, this once."""
    act = act_of_command()
    click.echo(enrolling.issue_token(act, name, act.at + timedelta(days) if days else None))


@people.command("revoke-tokens")
@click.argument("name")
def revoke_tokens(name: str) -> None:
    """End every token of a person; the person may still sign in."""
    count = enrolling.revoke_tokens(act_of_command(), name)
    click.echo(f"{count} tokens of {name} count no more.")


@people.command("roles")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
def roles(name: str, roles: tuple[str, ...]) -> None:
    """Give a person other roles, in place of those there were."""
    enrolling.change_roles(act_of_command(), name, roles)
    click.echo(f"{name} may sign in as {', '.join(roles)}.")


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON array instead of a table.")
def list_(as_json: bool) -> None:
    """Print everybody, those who left too."""
    with reading() as connection:
        everybody = list_people(connection)
    if as_json:
        click.echo(json.dumps([_as_dict(person) for person in everybody], ensure_ascii=False))
        return
    for person in everybody:
        state = "" if person.active else "  left"
        click.echo(f"{person.username:24} {', '.join(person.roles)}{state}")


@people.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Let a person never sign in again; tokens end too."""
    enrolling.dismiss(act_of_command(), name)
    click.echo(f"{name} can no longer sign in.")


@people.command("password")
@click.argument("name")
def password(name: str) -> None:
    """Give a person a new password; asked, or read from standard input."""
    secret = _password()
    _stop_at(enrolling.check_password(secret))
    enrolling.replace_password(act_of_command(), name, hash_password(secret))
    click.echo(f"{name} has a new password.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    try:
        typed = sys.stdin.readline(LONGEST_PASSWORD + 3).rstrip("\r\n")
    except UnicodeDecodeError:
        typed = "\0"
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in typed):
        raise click.ClickException("The password is no text in UTF-8. Choose another one.")
    if len(typed) > LONGEST_PASSWORD:
        raise click.ClickException(
            f"The password is too long. Choose one of at most {LONGEST_PASSWORD} characters."
        )
    return typed


def _stop_at(problems: list[Problem]) -> None:
    if problems:
        raise click.ClickException(" ".join(str(problem.message) for problem in problems))


def _as_dict(person: PersonRow) -> dict[str, object]:
    return {
        "username": person.username,
        "roles": list(person.roles),
        "active": person.active,
        "made_at": person.made_at.isoformat(),
    }
