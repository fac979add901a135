"""Who acts when a command is run: the name says that it was no person at a page."""

import getpass
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import click
import sqlalchemy.exc
from flask import current_app
from flask.cli import AppGroup

from config import Settings
from inventory.operations.posting import Act
from inventory.store.engine import UnfitDatabase
from inventory.store.errors import Conflict, NotFound
from inventory.store.trouble import why


class Commands(AppGroup):
    """Commands that answer in a sentence what is not there or not to be used, never a trace."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the words of a command, all of which are texts."""
        if any("\ud800" <= letter <= "\udfff" for word in args for letter in word):
            raise click.UsageError("A word of this command is no text in UTF-8. Write it again.")
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a refusal ends it with exit status 1 and its sentence."""
        try:
            return super().invoke(ctx)
        except (NotFound, Conflict, UnfitDatabase) as refused:
            raise click.ClickException(str(refused)) from refused
        except sqlalchemy.exc.DBAPIError as failed:
            if sentence := why(failed):
                raise click.ClickException(sentence) from failed
            raise
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
