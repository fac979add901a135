"""Sentences and instants, said in the reader's language and the clinic's time."""

from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from flask_babel import gettext

from config import Settings
from inventory.domain.problem import Sentence
from inventory.reports.wording import is_code, parts, said


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a text for translation that is translated later, where it is shown."""
    return text


def spoken(sentence: Sentence) -> str:
    """A sentence in the language of this request, as papers say it in theirs."""
    return said(sentence, lambda text: str(gettext(text)))


def pieces(sentence: Sentence) -> list[tuple[bool, str]]:
    """A sentence in parts: whether each is a lot or a code, to be set in the face for codes."""
    found = parts(sentence, lambda text: str(gettext(text)))
    return [(is_value and is_code(text), text) for is_value, text in found]


def instant(value: datetime | None) -> str:
    """A moment as people here read it, with its zone: `2026-11-23 10:05 CET`."""
    if value is None:
        return ""
    zone = ZoneInfo(cast(Settings, current_app.config["SETTINGS"]).time_zone)
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def init_speech(app: Flask) -> None:
    """Give them to the templates as filters."""
    app.jinja_env.filters.update(spoken=spoken, pieces=pieces, instant=instant)
