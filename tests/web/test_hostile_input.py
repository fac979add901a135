"""Whatever is put into any form: refused with a sentence, or kept exactly; nothing else is lost."""

import random
import re
import shutil
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import partial
from html import unescape
from typing import Any
from unicodedata import normalize
from urllib.parse import urlencode

import pytest
from flask import Request, json, request
from werkzeug.datastructures import ImmutableMultiDict

from inventory import create_app, store
from inventory.operations.verifying import verify_ledger
from inventory.store.people import ROLES
from tests.auditing import audit_and_leave
from tests.conftest import _fresh_database, settings_for
from tests.web.conftest import enrol, token_in
from tests.web.hostile import COMMON, FORMS, Form
from tests.web.hostile_world import World, send
from tests.web.working import Acting, Browser

MARKUP = "<script>alert(1)</script>'\"^FD"
FOREIGN = "\u202eمرحبا e\u0301👩🏽‍⚕️²{{1}}"
LONG = "9" * 5000
"""Digits, since those may be taken for a number."""

UNFIT = ("a\0b", "a\ud800b")
NUMBERS = ("-1", "1e9", "１２", "²", "9" * 30)
DATES = ("2026-02-30", "２０２６-０１-０１", "0000-00-00", "9999-12-31")
NUMERIC = {"quantity", "number", "port", "dpi", "start", "copies", "packaging-0-units", "volume_ml"}
DATED = {"birth_date", "processed_at", "expires_on", "occurred_at"}
COUNTED = (0, -1, 10**30, 1.5, "1", True)
CHOSEN = {
    *("kind", "tracking", "single_use", "packaging-0-issuer", "back", "location", "procedure"),
    *("outcome", "stock", "sheet", "dpi", "layout", "role", "roles", "target", "replaces", "here"),
    *("cancelled", "do", "seen", "next", "override_codes", "source", "destination", "entry"),
}
"""Fields that nobody types into: what is not offered there is refused or passed over."""

READING = {"web.items.read", "web.provisional.add", "web.receiving.read", "web.places.read"}

MUCH = {"web.receiving.book": b"x" * 17_000_000}
TOO_MUCH = b"x" * 10_000_000


NAMES: defaultdict[str, set[str]] = defaultdict(set)
"""Which fields the view of each endpoint asked for."""


def note(name: object) -> None:
    NAMES[request.endpoint or ""].add(str(name))


class NotedForm(ImmutableMultiDict[str, Any]):
    """A form that notes which of its fields are asked for."""

    def getlist(self, key: str, *more: Any, **named: Any) -> Any:
        note(key)
        return super().getlist(key, *more, **named)

    def get(self, key: str, *more: Any, **named: Any) -> Any:
        note(key)
        return super().get(key, *more, **named)

    def __contains__(self, key: object) -> bool:
        note(key)
        return super().__contains__(key)


class NotedObject(dict[str, Any]):
    """An object of JSON that does the same."""

    def get(self, key: str, *more: Any) -> Any:
        note(key)
        return super().get(key, *more)


class NotedJson:
    """Reads what a script sends."""

    loads = staticmethod(partial(json.loads, object_hook=NotedObject))


class NotingRequest(Request):
    """A request that notes what is asked for of what it brings."""

    json_module = NotedJson

    def _load_form_data(self) -> None:
        super()._load_form_data()
        if not isinstance(self.__dict__["form"], NotedForm):
            self.__dict__["form"] = NotedForm(self.__dict__["form"])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One clinic for each database; afterwards its ledger is summed and verified."""
    folder = tmp_path_factory.mktemp("hostile") / "data"
    source, clinic, *template = request.getfixturevalue(f"{request.param}_clinic")
    shutil.copytree(source, folder)
    url, drop = f"sqlite:///{folder / 'instance' / 'kittrace.db'}", ""
    if template:
        admin, _ = request.getfixturevalue("postgresql_template")
        url, drop = _fresh_database(admin, *template)
    app = create_app(settings_for(url, folder))
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a fault is answered, as it is in a clinic
    app.request_class = NotingRequest
    for role in ROLES:
        enrol(app, f"{role}1", role)
    acting = Acting(app, replace(clinic, units={}, draw=random.Random(3)))
    yield World(app, acting, on_postgresql=bool(template))
    audit_and_leave(app)
    if drop:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {drop} WITH (FORCE)")


def browser_of(world: World, form: Form) -> Browser:
    if form.role:
        return world.as_role(form.role)
    client = world.app.test_client()
    return Browser(client, token_in(client.get("/sign-in").text))


def post(browser: Browser, form: Form, path: str, fields: Any) -> Any:
    if form.is_json:
        return send(browser, path, fields)
    data = {"csrf_token": browser.token, **fields}
    body = "&".join(f"{encoded(name)}={encoded(text)}" for name, text in data.items())
    return browser.client.post(path, data=body, content_type="application/x-www-form-urlencoded")


def encoded(text: str) -> str:
    """Percent-encoded byte by byte, also what is no text."""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


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


def values_for(world: World, form: Form, place: str) -> Iterator[Any]:
    """What is put there in place of the valid value; what no database ever sees, with one only."""
    name = place.rpartition(".")[2]
    if world.on_postgresql and (name in form.secret | CHOSEN or form.endpoint in READING):
        return  # kept as a hash, never kept, or held against what is offered
    yield f"{'=+@-'[len(place) % 4]}{MARKUP}"
    if place.startswith("lines.") and form.endpoint in READING:
        return  # their lines are of one schema with those that are booked
    if name in form.secret or not (form.secret or name in CHOSEN):  # each secret costs a slow hash
        yield from (FOREIGN, LONG)
    yield from UNFIT  # one of them breaks one database only
    if world.on_postgresql:
        return
    if not form.secret:
        yield from ("",) if name in CHOSEN else ("", " \t ")
    if form.is_json:
        yield from COUNTED if name in NUMERIC else (7,)
    elif name in NUMERIC:
        yield from NUMBERS
    if name in DATED:
        yield from DATES


REFUSAL = re.compile(r'<div class="kt-notice kt-stop"|<div class="kt-field-error" id="[\w-]+">')

SENTENCES = re.compile(
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


def faults_in(world: World, form: Form, place: str, value: Any, valid: Any, answer: Any) -> str:
    """What is wrong with an answer; empty for nothing."""
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.mimetype == "application/pdf":
        return ""
    follows = 300 <= answer.status_code < 400 and (value == "" or "script" in str(value))
    if follows:
        answer = world.as_role(form.role or "nurse").client.get(answer.location)
    text = answer.text
    if "Traceback" in text or answer.status_code >= 500:
        return "a stack trace"
    html = (
        "".join(x.get("html", "") for x in answer.json.get("lines", [])) if answer.is_json else text
    )
    if "<script>alert" in html:
        return "not escaped"
    page = shown(text)
    if answer.status_code < 400 and not REFUSAL.search(page):
        return kept_otherwise(world, form, place, value)
    if not any(len(each) > 10 and each[-1] in ".!)" for each in sentences_of(answer, page)):
        return f"{answer.status_code} without a sentence"
    if answer.is_json or form.is_short or "kt-fault" in page:
        fit = value in UNFIT or answer.status_code == 404 or not follows
        return "" if fit or "kt-fault" not in page else f"{answer.status_code} is a bare page"
    lost = [
        name
        for name, each in valid.items()
        if name != place and not is_kept(form, page, name, each)
    ]
    return f"{lost} lost" if lost else ""


def is_kept(form: Form, page: str, name: str, value: str) -> bool:
    """Whether a page still holds what was typed or chosen."""
    if not value or name in form.secret or name in ("do", "seen") or OF_ITEM.match(name):
        return True
    page = unescape(page)
    return f'value="{value}"' in page or re.search(f">(\r\n)?{re.escape(value)}<", page) is not None


def kept_otherwise(world: World, form: Form, place: str, value: Any) -> str:
    """What an accepted field became, where that is not what was sent."""
    query = form.stored.get(place.rpartition(".")[2])
    if not query or not isinstance(value, str):
        return ""
    with world.app.app_context(), store.reading() as connection:
        kept = connection.exec_driver_sql(query).scalar()
    return "" if kept == normalize("NFC", value.strip()) else f"stored as {kept!r:.40}"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.endpoint)
def test_a_form_takes_what_it_gets_or_says_why_not(world: World, form: Form) -> None:
    browser, faults = browser_of(world, form), []
    answer = post(browser, form, form.path(world), form.valid(world))
    assert answer.status_code < 400 or form.endpoint in REFUSED_ALWAYS, answer.text
    much = () if world.on_postgresql else ((MUCH.get(form.endpoint, TOO_MUCH), "text/plain"),)
    for body, kind in (*much, (b"", None)):
        headers = {"X-CSRFToken": browser.token}
        answer = browser.client.post(
            form.path(world), data=body, content_type=kind, headers=headers
        )
        assert answer.status_code < 500, answer.status_code
        assert body == b"" or answer.status_code in (413, 415), answer.status_code
    for place in places_in(form.valid(world)):
        for value in values_for(world, form, place):
            valid = form.valid(world)
            answer = post(browser, form, form.path(world), put(valid, place, value))
            if fault := faults_in(world, form, place, value, valid, answer):
                faults.append(f"{place}={value!r:.40}: {fault}")
    known = {part for place in places_in(form.valid(world)) for part in place.split(".")}
    untried = {name for name in NAMES[form.endpoint] - known - COMMON if not OF_ITEM.match(name)}
    faults += [f"{name} is read and not tried" for name in untried]
    assert not faults, "\n" + "\n".join(faults)


OF_ITEM = re.compile("lots-|every-|packaging-")
"""Beginnings of fields of which there are as many as items, or levels of packaging."""

REFUSED_ALWAYS = {"web.camera.read_frame", "web.people.disable", "web.people.password"}


def test_every_form_of_the_application_is_tried(world: World) -> None:
    rules = [rule for rule in world.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    pages = {rule.endpoint for rule in rules if not rule.endpoint.startswith("api.")}
    assert pages == {form.endpoint for form in FORMS}


def test_a_list_takes_any_question(world: World) -> None:
    names = (
        *("search", "page", "kind", "item", "state", "month", "expiring", "place", "about", "by"),
        *("begin", "end", "lot", "sum", "site", "role", "code", "q", "sort", "stock", "di", "next"),
    )
    for path in addresses(world, lambda rule: not rule.arguments):
        values = (f"={MARKUP}{FOREIGN}", "9" * 30)
        asked = [urlencode(dict.fromkeys(names, value)) for value in values]
        for question in asked[:1] if world.on_postgresql else [*asked, "page=%ed%a0%80&search=%ff"]:
            check_page(world, f"{path}?{question}")


def test_an_address_may_hold_anything(world: World) -> None:
    unfit = () if world.on_postgresql else ("a%00b", "x" * 5000)
    for value in (*unfit, "9" * 30, "%E2%80%AE%D7%A9%3Cscript%3Ealert(1)"):
        for path in addresses(world, lambda rule: rule.arguments, value):
            check_page(world, path)


def check_page(world: World, path: str) -> None:
    """A page is never broken by what its address holds, nor carries it as markup."""
    answer = get(world, path)
    assert answer.status_code < 500, (path[:80], answer.status_code)
    assert answer.mimetype != "text/html" or b"<script>alert" not in answer.data, path[:80]
    answer.get_data()  # a list that is taken away is read while it is sent
    answer.close()


def addresses(world: World, wanted: Any, value: str = "") -> Iterator[str]:
    """Every page that is wanted, with a value in the place of each part of its address."""
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("web.") and wanted(rule):
            yield re.sub(r"<(?:\w+(?:\([^)]*\))?:)?\w+>", value, rule.rule)


def get(world: World, path: str, **more: Any) -> Any:
    """A page as somebody sees it who may do everything."""
    if "everybody" not in world.browsers:
        enrol(world.app, "everybody1", *ROLES)
    return world.as_role("everybody").client.get(path, **more)


def test_what_is_no_picture_is_said_to_be_none(world: World) -> None:
    nurse, pretending = world.as_role("nurse"), b"\x89PNG\r\n\x1a\nthis is a text"
    headers = {"X-CSRFToken": nurse.token, "Accept": "application/json"}
    for data, status in ((b"", 422), (b"a text", 422), (pretending, 422), (b"x" * 10_000_000, 413)):
        answer = nurse.client.post("/camera/frames", data=data, headers=headers)
        assert (answer.status_code, len(answer.json["detail"]) > 20) == (status, True)
    for photo in (b64encode(pretending).decode(), b64encode(b"text").decode(), "no base64"):
        scan = {"reference": "SALINE", "lot": world.saline, "photo": photo}
        answer = send(nurse, f"/sessions/{world.session}/manual", scan)
        assert (answer.status_code, len(answer.json["detail"]) > 20) == (422, True)


TAKEN_OTHERWISE = (
    ("web.outcomes.say", "quantity", "abc", "Type a number from 1 to"),
    ("web.outcomes.say", "quantity", "-1", "Type a number from 1 to"),
    ("web.printing.print_stock", "start", "abc", "This sheet has positions 1 to 24."),
    ("web.printing.print_stock", "copies", "²", "Print 1 to 20 copies at once."),
    ("web.printing.print_stock", "reason", "because", "Choose one of the reasons."),
    ("web.labels.sheet", "start", "99", "This sheet has positions 1 to 24."),
    ("web.workstations.set_keyboard", "layout", "klingon", "Choose how the keyboard"),
    ("web.patients.name", "name", " \t ", "Type family and given name."),
    ("web.patients.name", "birth_date", "2026-02-30", "This is no birth date."),
    ("web.sessions.add", "birth_date", "２０２６-０１-０１", "This is no birth date."),
    ("web.receiving.book", "head.document", "x" * 81, "The document is too long"),
    ("web.receiving.book", "head.supplier", "x" * 201, "look at supplier"),
    ("web.items.new", "packaging-²-di", "1", "a field that no page of ours sends"),
)
"""What was once taken for something else, cut short, kept wrong, or said to be done."""


def test_nothing_is_taken_for_something_else(world: World) -> None:
    forms = {form.endpoint: form for form in FORMS}
    for endpoint, place, value, sentence in TAKEN_OTHERWISE:
        form = forms[endpoint]
        browser = browser_of(world, form)
        answer = post(browser, form, form.path(world), put(form.valid(world), place, value))
        if answer.status_code == 302:
            answer = browser.client.get(answer.location)
        text = str(answer.json) if answer.is_json else unescape(answer.text)
        assert sentence in text, (endpoint, place, value)


def test_a_lot_in_loose_marks_leaves_the_ledger_as_it_was_written(world: World) -> None:
    """The text of an entry composes letters and marks; the lot that it names has to be the same."""
    nurse, lot = world.as_role("nurse"), "LE\u0301-1"
    found = {"item": world.clinic.saline, "lot": lot, "again": ["", lot], "quantity": 1}
    assert send(nurse, f"/sessions/{world.session}/found", found).json["accepted"]
    with world.app.app_context():
        assert verify_ledger().faults == ()
