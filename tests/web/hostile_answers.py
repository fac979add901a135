"""What is put into each field of a form, and what is wrong with what is answered."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from copy import deepcopy
from html import unescape
from typing import Any, Final
from unicodedata import normalize

from inventory import store
from tests.hostile_values import (
    BLANK,
    COUNTED,
    DATES,
    FOREIGN,
    HALF,
    HOSTILE,
    LONG,
    MARKUP,
    NUL,
    NUMBERS,
    SCANS,
)
from tests.web.hostile import Form
from tests.web.hostile_world import World

NUMERIC: Final = {
    *("quantity", "number", "port", "dpi", "start", "copies", "packaging-0-units", "volume_ml")
}
DATED: Final = {"birth_date", "processed_at", "expires_on", "occurred_at"}
CHOSEN: Final = {
    *("kind", "tracking", "single_use", "packaging-0-issuer", "back", "location", "procedure"),
    *("outcome", "stock", "sheet", "layout", "role", "roles", "target", "replaces", "here"),
    *("cancelled", "do", "seen", "next", "override_codes", "source", "destination", "entry"),
    *("none", "key", "codes"),
}
"""Fields that nobody types into: what is not offered there is refused or passed over."""

SCANNED: Final = {"barcodes", "received"}
"""Fields that hold what a scanner sent."""

HELD: Final = {"after", "given_up", "held", "caps_lock", "one_look", "perhaps"}
"""What the screen in theatre sends beside a scan."""

CODES: Final = {"item", "unit", "entry", "about", "code"}
"""Fields that name what is there already."""

SAME_READER: Final = {
    *("web.finding.book_in", "web.finding.scan", "web.places.move"),
    *("web.printing.print_session", "web.printing.print_badge"),
    *("web.provisional.complete", "web.recall_drafts.draft"),
}
"""What they are sent is read as that of another form: numbers, dates and what is of no kind of a
field are put there.
"""

ONE_SCHEMA: Final = {
    *("web.items.read", "web.provisional.add", "web.receiving.read", "web.places.read"),
}
"""Their lines are of one schema with those that are booked and moved: each value is put there."""

NO_PICTURE: Final = (b64encode(b"\x89PNG\r\n\x1a\nthis is a text").decode(), "no base64")

OF_ITEM: Final = re.compile("lots-|every-|packaging-")
"""Beginnings of fields of which there are as many as items, or levels of packaging."""


def places_in(fields: Any, path: str = "") -> Iterator[str]:
    """Every place that holds a value: `name`, `head.supplier`, `lines.0.barcodes.0`."""
    if isinstance(fields, dict):
        for key, value in fields.items():
            yield from places_in(value, f"{path}.{key}" if path else key)
    elif isinstance(fields, list):
        for at in range(max(1, len(fields))):
            yield from places_in(fields[at] if fields else "", f"{path}.{at}")
    else:
        yield path


def put(fields: Any, place: str, value: Any) -> Any:
    """The same fields with another value at a place."""
    made = deepcopy(dict(fields))
    *way, last = place.split(".")
    at: Any = made
    for step in way:
        at = at[int(step) if isinstance(at, list) else step]
    if isinstance(at, list):
        at[int(last) :] = [value]
    else:
        at[last] = value
    return made


def named(place: str) -> str:
    """The innermost name of a place."""
    return next(part for part in reversed(place.split(".")) if not part.isdigit())


def values_for(form: Form, place: str) -> Iterator[Any]:
    """What is put there in place of the valid value."""
    name = named(place)
    yield HOSTILE
    if name in HELD or (place.startswith("lines.") and form.endpoint in ONE_SCHEMA):
        return
    if name in CHOSEN:
        yield ""
    elif name in form.secret:
        yield LONG
    elif form.is_json or name in CODES:
        yield from ("", LONG)
    else:
        yield from ("",) if form.endpoint in SAME_READER else ("", BLANK, LONG)
    if form.endpoint not in SAME_READER:
        if form.is_json:
            yield from COUNTED if name in NUMERIC else (7,)
        elif name in NUMERIC:
            yield from NUMBERS
        if name in DATED:
            yield from DATES
    if name in SCANNED:
        yield from SCANS
    if name == "photo":
        yield from NO_PICTURE


def apart(form: Form, place: str) -> tuple[str, ...]:
    """What is put there as well where all that is hostile at once was refused: each by itself."""
    if named(place) in form.secret | CHOSEN | NUMERIC | DATED | SCANNED | CODES | HELD:
        return ()
    return f"{'=+@-'[len(place) % 4]}{MARKUP}", FOREIGN


def with_unfit(fields: Any, odd: int) -> tuple[Any, set[str]]:
    """All fields with what no text holds, NUL in one and half of a character in the next.

    Returns:
        The fields, and the names of those that hold it.
    """
    places = list(places_in(fields))
    for at, place in enumerate(places):
        fields = put(fields, place, (NUL, HALF)[(at + odd) % 2])
    return fields, {named(place) for place in places}


REFUSAL: Final = re.compile(
    r'<div class="kt-notice kt-stop"|<div class="kt-field-error" id="[\w-]+">'
)

SENTENCES: Final = re.compile(
    r'kt-field-error"[^>]*>\s*<svg.*?</svg>(.*?)</div>'
    r'|kt-notice kt-stop".*?<strong>\w+</strong>(.*?)</div>'
    r'|kt-lead">(.*?)</p>',
    re.DOTALL,
)


def sentences_of(answer: Any, page: str) -> list[str]:
    """What a person is told of a refusal."""
    if answer.is_json:
        said = answer.json
        told = [said.get("detail"), *said.get("sentences", [])]
        return [*filter(None, told), *(each.get("message") for each in said.get("problems", []))]
    return [" ".join(unescape("".join(found)).split()) for found in SENTENCES.findall(page)]


def shown(page: str) -> str:
    """A page without what it holds for scripts."""
    return re.sub(r"<(noscript|template|script).*?</\1>", "", page, flags=re.DOTALL)


def markup_in(answer: Any) -> bool:
    """Whether what was sent stands in an answer as markup."""
    if answer.is_json:
        return "<script>alert" in "".join(x.get("html", "") for x in answer.json.get("lines", []))
    return answer.mimetype == "text/html" and "<script>alert" in answer.text


def faults_in(world: World, form: Form, place: str, value: Any, valid: Any, answer: Any) -> str:
    """What is wrong with an answer; empty for nothing."""
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.mimetype == "application/pdf":
        return ""
    follows = 300 <= answer.status_code < 400 and (value == "" or "script" in str(value))
    if follows:
        answer = world.as_role(form.role or "nurse").client.get(answer.location)
    if "Traceback" in answer.text or answer.status_code >= 500:
        return "a stack trace"
    if markup_in(answer):
        return "not escaped"
    if answer.headers["Content-Language"] != world.language:
        return f"not in {world.language}"
    page = shown(answer.text)
    if answer.status_code < 400 and not REFUSAL.search(page):
        return kept_otherwise(world, form, place, value)
    told = [each for each in sentences_of(answer, page) if len(each) > 10 and each[-1] in ".!)"]
    if not told:
        return f"{answer.status_code} without a sentence"
    world.told.update(told)
    if answer.is_json or form.is_short or "kt-fault" in page:
        fit = answer.status_code == 404 or not follows
        return "" if fit or "kt-fault" not in page else f"{answer.status_code} is a bare page"
    lost = [name for name in valid if name != place and not is_kept(form, page, name, valid[name])]
    return f"{lost} lost" if lost else ""


def is_kept(form: Form, page: str, name: str, value: str) -> bool:
    """Whether a page still holds what was typed or chosen."""
    if not value or name in form.secret or name in ("do", "seen", "key") or OF_ITEM.match(name):
        return True
    page = unescape(page)
    return f'value="{value}"' in page or re.search(f">(\r\n)?{re.escape(value)}<", page) is not None


def kept_otherwise(world: World, form: Form, place: str, value: Any) -> str:
    """What an accepted field became, where that is not what was sent."""
    query = form.stored.get(named(place))
    if not query or not isinstance(value, str):
        return ""
    with world.app.app_context(), store.reading() as connection:
        kept = connection.exec_driver_sql(query).scalar()
    return "" if kept == normalize("NFC", value.strip()) else f"stored as {kept!r:.40}"


def untried(form: Form, valid: Mapping[str, Any], read: set[str]) -> set[str]:
    """Names of fields that the program read and that no value was put into."""
    known = {part for place in places_in(valid) for part in place.split(".")} | {*valid}
    return {name for name in read - known - form.common if not OF_ITEM.match(name)}
