"""What may come in at all: its size, and no character that a database or a paper chokes on.

NUL breaks PostgreSQL and passes SQLite, a lone surrogate breaks both, so both are refused here,
before anything reads them.
"""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, request
from flask_babel import gettext
from werkzeug.exceptions import BadRequest

from inventory.web.speech import N_

BODY_BYTES: Final = 64 * 1024
LARGE_BODY_BYTES: Final = 1024 * 1024

DRAINED_BYTES: Final = 32 * 1024 * 1024
"""So much of a body that is too large is still taken in, and thrown away, before it is refused."""

PHOTOGRAPHED: Final = {"web.receiving.book": 16 * LARGE_BODY_BYTES}
"""Endpoints that take several photos at once, and how much."""

LONGEST_FIELD_NAME: Final = 80
"""Characters of the name of a field of a form."""

MOST_NAMED: Final = 20
"""Fields that one refusal names, at most."""

LARGE_BODIES: Final = (
    *("web.receiving.", "/api/v1/receipts", "web.camera.", "web.finding."),
    *("web.ledger.verify", "web.recall_drafts."),
)
"""Beginnings of endpoints and addresses that take long lists, a picture, a notice or a paper."""


def init_input(app: Flask) -> None:
    """Bound and check what every request brings."""
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGE_BODY_BYTES
    app.before_request(check_input)
    app.after_request(drain)


def drain(answer: Response) -> Response:
    """Take in the body that an answer refuses unread.

    A sender hears nothing before it has sent all: closed on, it would report a broken connection
    and nobody would learn what was too large.
    """
    left = request.content_length or 0
    if answer.status_code == 413 and BODY_BYTES < left <= DRAINED_BYTES:
        sent = request.environ["wsgi.input"]
        while left > 0 and (piece := sent.read(min(left, BODY_BYTES))):
            left -= len(piece)
    return answer


def check_input() -> None:
    """Refuse a request that holds NUL, a lone surrogate or bytes that are no text, naming where.

    Raises:
        BadRequest: It does.
        RequestEntityTooLarge: Its body is larger than its address takes.
    """
    if request.path.startswith(LARGE_BODIES) or (request.endpoint or "").startswith(LARGE_BODIES):
        request.max_content_length = PHOTOGRAPHED.get(request.endpoint or "", LARGE_BODY_BYTES)
    broken = _broken_fields()
    if not broken and _is_plain():
        return
    for place, text in _texts():
        if "\0" in text:
            broken.setdefault(place, gettext("a NUL character"))
        elif not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
            broken.setdefault(place, _half())
    if broken:
        named = list(broken.items())[:MOST_NAMED]
        raise BadRequest(" ".join(_sentence(place, what) for place, what in named))
    _check_field_names()


def _is_plain() -> bool:
    """Whether a call brings nothing but plain letters, which hides nothing; most do."""
    if not request.is_json or request.query_string or not request.path.isascii():
        return False
    data = request.get_data()
    plain = data.isascii() and b"\0" not in data and b"\\u" not in data
    return plain and "\0" not in request.path and _json() is not None


def _broken_fields() -> dict[str, str]:
    """The fields of a form whose bytes are no text, each with what it holds.

    What they break would be kept as other characters than were sent.
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        return {}
    broken = {}
    for field in request.get_data().split(b"&"):
        name, _, value = field.partition(b"=")
        try:
            unquote_to_bytes(value).decode()
        except UnicodeDecodeError:
            broken[unquote_to_bytes(name).decode(errors="replace")] = _half()
    return broken


def _check_field_names() -> None:
    """The fields of our pages have short plain names; numbers in them are of our alphabet."""
    if request.method in ("GET", "HEAD") or request.is_json:
        return
    if any(not name.isascii() or len(name) > LONGEST_FIELD_NAME for name in request.form):
        raise BadRequest(
            gettext("This form has a field that no page of ours sends. Load the page again.")
        )


def _half() -> str:
    return str(gettext("half of a character (a lone surrogate)"))


def _sentence(place: str, what: str) -> str:
    shown = "".join(letter for letter in place if letter.isprintable())[:60]
    sentence: str = gettext(
        "%(place)s holds %(what)s, which no label carries. Check the scanner's settings.",
        place=gettext(place) if place in _PLACES else shown or "?",
        what=what,
    )
    return sentence


_ADDRESS: Final = N_("The address")
_CONTENT: Final = N_("The content")
_FIELD_NAME: Final = N_("The name of a field")
_PLACES: Final = (_ADDRESS, _CONTENT, _FIELD_NAME)


def _texts() -> Iterator[tuple[str, str]]:
    """Every string of the request, with the name of its field or one of `_PLACES`."""
    yield _ADDRESS, request.path
    for key, value in request.args.items(multi=True):
        yield _FIELD_NAME, key
        yield key, value
    if request.method in ("GET", "HEAD"):
        return
    if request.is_json:
        yield from _texts_of_json(_json(), _CONTENT)
        return
    for key, value in request.form.items(multi=True):
        yield _FIELD_NAME, key
        yield key, value
    for key, file in request.files.items(multi=True):
        yield key, file.filename or ""


def _json() -> Any:
    """The body as JSON; None where it is none, which the view will say in its own words."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        raise BadRequest(gettext("The content is nested too deeply.")) from None


def _texts_of_json(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every string of a JSON value, keys too, with the field it stands in."""
    pending = [(place, value)]
    while pending:
        where, found = pending.pop()
        if isinstance(found, str):
            yield where, found
        elif isinstance(found, list):
            pending.extend((where, each) for each in found)
        elif isinstance(found, dict):
            for key, each in found.items():
                yield _FIELD_NAME, key
                pending.append((key, each))
