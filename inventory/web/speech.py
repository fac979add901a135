"""Sentences and instants, said in the reader's language and the clinic's time."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from flask_babel import gettext

from config import Settings
from inventory.domain.problem import STAMP, Sentence
from inventory.reports.wording import is_code, parts, said

INSTANTS: Final = frozenset({"at", "now", "latest"})
"""Values of sentences that are instants as `stamp` keeps them."""


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a text for translation that is translated later, where it is shown."""
    return text


def spoken(sentence: Sentence) -> str:
    """A sentence in the language of this request and the clinic's time."""
    return said(_in_clinic_time(sentence), lambda text: str(gettext(text)))


def pieces(sentence: Sentence) -> list[tuple[bool, str]]:
    """A sentence in parts: whether each is a lot or a code, to be set in the face for codes."""
    found = parts(_in_clinic_time(sentence), lambda text: str(gettext(text)))
    return [(is_value and is_code(text), text) for is_value, text in found]


def _in_clinic_time(sentence: Sentence) -> Sentence:
    values = dict(sentence.values)
    for name in INSTANTS & values.keys():
        with suppress(ValueError):
            values[name] = instant(datetime.strptime(values[name], STAMP).replace(tzinfo=UTC))
    return Sentence(sentence.template, values)


def instant(value: datetime | None) -> str:
    """A moment as people here read it, with its zone: `2026-11-23 10:05 CET`."""
    if value is None:
        return ""
    zone = ZoneInfo(cast(Settings, current_app.config["SETTINGS"]).time_zone)
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def init_speech(app: Flask) -> None:
    """Give them to the templates as filters."""
    app.jinja_env.filters.update(spoken=spoken, pieces=pieces, instant=instant)
