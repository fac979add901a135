"""Who acts when a command is run: the name says that it was no person at a page."""

import getpass
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app

from config import Settings
from inventory.operations.posting import Act


def act_of_command() -> Act:
    """An act of whoever runs the command, now."""
    settings = cast(Settings, current_app.config["SETTINGS"])
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        name = "unknown"
    return Act(f"command:{name}", datetime.now(UTC), ZoneInfo(settings.time_zone))
