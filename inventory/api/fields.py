"""The values a call takes: strict, bounded, each fault a sentence in the reader's language.

No value is bent until it fits: a number in quotes is no number, `1.5` and `true` no whole one, and
a text is kept as it came but for NFC, the form in which the ledger hashes it. `1.0` is the whole
number 1, as JSON Schema has it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, ClassVar, Final

from flask_babel import lazy_gettext
from marshmallow import RAISE, Schema, ValidationError, fields, validate

_SENTENCES: Final = {
    "required": lazy_gettext("This field is missing."),
    "null": lazy_gettext("This must not be null."),
    "unknown": lazy_gettext("This field is not known here."),
    "type": lazy_gettext("This must be an object with named fields."),
}
_NO_TEXT: Final = lazy_gettext("This must be a text.")
_NO_WHOLE: Final = lazy_gettext("This must be a whole number, without quotes.")
_NO_FLAG: Final = lazy_gettext("This must be true or false.")
_NO_DATE: Final = lazy_gettext("This must be a date such as 2028-02-29.")
_NO_INSTANT: Final = lazy_gettext("This must be an instant with its zone: 2026-11-02T10:00:00Z.")
_NO_LIST: Final = lazy_gettext("This must be a list.")
_LENGTH: Final = lazy_gettext("This must have {min} to {max} characters.")
_COUNT: Final = lazy_gettext("This must have {min} to {max} lines.")
_RANGE: Final = lazy_gettext("This must be {min} to {max}.")
_CHOICE: Final = lazy_gettext("This must be one of: {choices}.")

EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2999, 1, 1, tzinfo=UTC)

NO_NUL: Final = r"^[^\u0000]*$"
"""The characters of every text, for the description; `inventory.web.input` refuses the others."""


def _faults(**more: Any) -> dict[str, Any]:
    """The sentences of a kind of field."""
    return {**_SENTENCES, **more}


class Body(Schema):
    """What a call may bring; a field that is not named here is refused."""

    class Meta:
        """Unknown fields are refused, and the description says so."""

        unknown = RAISE

    may_be_absent: ClassVar[bool] = False
    error_messages = _SENTENCES


class Text(fields.String):
    """A text of 1 to some characters, in NFC."""

    default_error_messages = _faults(invalid=_NO_TEXT)

    def __init__(self, most: int, *, least: int = 1, **more: Any) -> None:
        length = validate.Length(least, most, error=_LENGTH)
        metadata = {"pattern": NO_NUL, **more.pop("metadata", {})}
        super().__init__(validate=length, metadata=metadata, **more)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value if value.isascii() else unicodedata.normalize("NFC", value)


class Name(Text):
    """A code that people gave, of a place or a procedure: blanks around it are none of it."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, *args, **kwargs).strip()


class Code(Name):
    """A code of ours: capitals and digits, however it was typed."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, *args, **kwargs).upper()


class Raw(Text):
    """What a scanner sent, character by character; GS (U+001D) is one of them."""

    def __init__(self) -> None:
        super().__init__(4000, metadata={"description": "As the scanner sent it, GS included."})

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class Choice(fields.String):
    """One of some words."""

    default_error_messages = _faults(invalid=_NO_TEXT)

    def __init__(self, choices: Iterable[str], **more: Any) -> None:
        super().__init__(validate=validate.OneOf(list(choices), error=_CHOICE), **more)


class Word(fields.Enum[Any]):
    """One of the values of an enumeration."""

    default_error_messages = _faults(unknown=_CHOICE)

    def __init__(self, enum: type[Enum], **more: Any) -> None:
        super().__init__(enum, by_value=True, **more)
        self.choices = ", ".join(str(each.value) for each in enum)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError(str(_CHOICE).format(choices=self.choices))
        try:
            return self.enum(value)
        except ValueError:
            raise ValidationError(str(_CHOICE).format(choices=self.choices)) from None


class Whole(fields.Integer):
    """A whole number from 1, or from `least`, to some other."""

    default_error_messages = _faults(invalid=_NO_WHOLE, too_large=_NO_WHOLE)

    def __init__(self, most: int, *, least: int = 1, **more: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most, error=_RANGE), **more)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid")
        if isinstance(value, float) and not value.is_integer():
            raise self.make_error("invalid")
        return int(value)


class Count(Whole):
    """A whole number in an address, where everything is a text."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not (isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(\.0{1,9})?", value)):
            raise self.make_error("invalid")
        return int(value.partition(".")[0])


class Flag(fields.Boolean):
    """True or false, and nothing that merely means it."""

    default_error_messages = _faults(invalid=_NO_FLAG)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Day(fields.Date):
    """A date, `2028-02-29`."""

    default_error_messages = _faults(invalid=_NO_DATE)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> date:
        if not (isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)):
            raise self.make_error("invalid")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.make_error("invalid") from None


class Instant(fields.AwareDateTime):
    """An instant with its zone, as UTC.

    One that nobody can mean is brought to the years 1900 to 2999: the act refuses it in its own
    words, and no time zone is asked about a year it does not know.
    """

    default_error_messages = _faults(
        invalid=_NO_INSTANT, invalid_awareness=_NO_INSTANT, format=_NO_INSTANT
    )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        if not (isinstance(value, str) and len(value) >= 20 and value[10] in "Tt "):
            raise self.make_error("invalid")
        try:
            read = datetime.fromisoformat(value.upper())
        except ValueError:
            raise self.make_error("invalid") from None
        if read.tzinfo is None:
            raise self.make_error("invalid")
        if not EARLIEST.year < read.year < LATEST.year:
            return EARLIEST if read.year <= EARLIEST.year else LATEST
        return read.astimezone(UTC)


class Lines(fields.List[Any]):
    """A list with a bounded number of members."""

    default_error_messages = _faults(invalid=_NO_LIST)

    def __init__(self, each: fields.Field[Any], most: int, *, least: int = 0, **more: Any) -> None:
        length = validate.Length(least, most, error=_COUNT)
        super().__init__(each, validate=length, **more)


def sentences(messages: Any) -> Any:
    """What a schema found: fields with a list of sentences each, in the reader's language."""
    if isinstance(messages, Mapping):
        return {str(name): sentences(each) for name, each in messages.items()}
    return [str(each) for each in (messages if isinstance(messages, list) else [messages])]


def told(messages: Any, path: str = "") -> list[tuple[str, str]]:
    """The fields that a schema refused, `patient`, `lines.0.packs`, each with its sentence.

    What is wrong of a body as a whole, or of a line as a whole, is told of `content`.
    """
    if not isinstance(messages, Mapping):
        listed = messages if isinstance(messages, list) else [messages]
        return [(path, str(each)) for each in listed]
    found = []
    for name, each in messages.items():
        shown = "".join(letter for letter in str(name) if letter.isprintable())[:60]
        part = "content" if shown == "_schema" else shown
        found += told(each, f"{path}.{part}" if path else part)
    return found
