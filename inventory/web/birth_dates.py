"""The birth date of a patient as it is typed: a day that there was, or nothing."""

import re
from datetime import date
from typing import Final

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import Optional, ValidationError

from inventory.web.acting import clinic_today

_WRITTEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def birth_date_field() -> StringField:
    """A field of a form for a birth date, which may stay empty."""
    return StringField(
        lazy_gettext("Birth date"),
        description=lazy_gettext("Year-month-day, 1961-04-30."),
        filters=[lambda text: text.strip() if text else text],
        validators=[Optional(), _check_birth_date],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


def _check_birth_date(_form: FlaskForm, field: Field) -> None:
    """Somebody was born that day, or before today at least."""
    if not is_birth_date(field.data, clinic_today()):
        raise ValidationError(
            gettext("This is no birth date. Type year, month and day, such as 1961-04-30.")
        )


def is_birth_date(text: str, today: date) -> bool:
    """Whether a text is a day up to today, as year-month-day.

    Examples:
        >>> today = date(2026, 11, 2)
        >>> [is_birth_date(text, today) for text in ("1961-04-30", "2026-02-30", "2026-11-03")]
        [True, False, False]
    """
    try:
        return bool(_WRITTEN.fullmatch(text)) and date.fromisoformat(text) <= today
    except ValueError:
        return False
