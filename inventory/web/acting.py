"""From a request to the act that it is: who, when, with which key, at which workstation."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from flask import current_app, request

from config import Settings
from inventory.domain.udi import PLAIN_KEYBOARD, Keyboard
from inventory.operations.posting import Act
from inventory.web.access import current_person
from inventory.web.workstation_cookie import find_workstation_here

LONGEST_KEY: Final = 80
"""Characters of an idempotency key; a UUID has 36."""


def settings() -> Settings:
    """The settings of the running application."""
    return cast(Settings, current_app.config["SETTINGS"])


def clinic_zone() -> ZoneInfo:
    """The clinic's time zone."""
    return ZoneInfo(settings().time_zone)


def clinic_today() -> date:
    """The clinic's day, now."""
    return datetime.now(clinic_zone()).date()


def clinic_instant(text: str) -> datetime | None:
    """A moment typed in the clinic's time, `2026-11-23T10:05`, as UTC; None where it is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clinic_zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def act_from_request() -> Act:
    """The act that a request asks for.

    The key is the header `Idempotency-Key`, or the field `key` of a form; without one a retry is a
    new act.
    """
    key = request.headers.get("Idempotency-Key") or request.form.get("key") or ""
    workstation = find_workstation_here()
    return Act(
        current_person().username,
        datetime.now(UTC),
        clinic_zone(),
        key[:LONGEST_KEY],
        workstation.name if workstation else "",
    )


def keyboard_of_request(*, caps_lock: bool = False) -> Keyboard:
    """How the scanner of this request's workstation is set up.

    Args:
        caps_lock: Whether the page says that Caps Lock was on.
    """
    workstation = find_workstation_here()
    keyboard = workstation.keyboard if workstation else PLAIN_KEYBOARD
    return replace(keyboard, caps_lock=caps_lock)
