"""Who acts when a command is run: the name says that it was no person at a page."""

import getpass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup

from config import Settings
from inventory.operations.posting import Act
from inventory.store.errors import Conflict, NotFound


class Commands(AppGroup):
    """A group of commands that answer what is not there in a sentence, never with a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a refusal ends it with exit status 1 and its sentence."""
        try:
            return super().invoke(ctx)
        except (NotFound, Conflict) as refused:
            raise click.ClickException(str(refused)) from refused
        except OSError as failed:
            raise click.ClickException(f"{failed.filename or ''}: {failed.strerror}") from failed


def act_of_command() -> Act:
    """An act of whoever runs the command, now."""
    settings = cast(Settings, current_app.config["SETTINGS"])
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = "unknown"
    return Act(f"command:{name}", datetime.now(UTC), ZoneInfo(settings.time_zone))
