"""Whatever is put into any form: refused with a sentence, or kept exactly; nothing else is lost.

On SQLite it is answered in English, on PostgreSQL in Italian.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from html import unescape
from typing import Any
from unittest import mock
from urllib.parse import quote, urlencode

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from config import PROJECT
from inventory.operations.verifying import verify_ledger
from inventory.store.people import ROLES
from inventory.web.input import check_input
from tests.conftest import shared_clinic
from tests.hostile_values import HOSTILE, LONG, MARKUP, TOO_MUCH
from tests.web.conftest import enrol, token_in
from tests.web.hostile import FORMS, Form
from tests.web.hostile_answers import (
    apart,
    faults_in,
    markup_in,
    places_in,
    put,
    sentences_of,
    untried,
    values_for,
    with_unfit,
)
from tests.web.hostile_world import World, send
from tests.web.noting import FIELDS, PARAMETERS, note_what_is_read
from tests.web.working import Acting, Browser

MUCH = {"web.receiving.book": b"x" * 17_000_000}


class Italian(FlaskClient):
    """A browser of somebody who reads Italian."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.environ_base["HTTP_ACCEPT_LANGUAGE"] = "it"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """One clinic for each database; afterwards its ledger is summed and verified."""
    kind, folder = request.param, tmp_path_factory.mktemp("hostile") / "data"
    with shared_clinic(request, kind, folder) as (app, clinic):
        app.config["PROPAGATE_EXCEPTIONS"] = False  # a fault is answered, as it is in a clinic
        note_what_is_read(app)
        if kind == "postgresql":
            app.test_client_class = Italian
        for role in ROLES:
            enrol(app, f"{role}1", role)
        yield World(app, Acting(app, clinic), language="it" if kind == "postgresql" else "en")


def browser_of(world: World, form: Form) -> Browser:
    if form.role:
        return world.as_role(form.role)
    client = world.app.test_client()
    return Browser(client, token_in(client.get("/sign-in").text))


def post(browser: Browser, form: Form, path: str, fields: Any, key: str = "") -> Any:
    if form.is_json:
        return send(browser, path, fields, key)
    data = {"csrf_token": browser.token, "key": key, **fields}
    body = "&".join(f"{encoded(name)}={encoded(text)}" for name, text in data.items())
    return browser.client.post(path, data=body, content_type="application/x-www-form-urlencoded")


def encoded(text: str) -> str:
    """Percent-encoded byte by byte, also what is no text."""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def tried(world: World, browser: Browser, form: Form, place: str, value: Any) -> tuple[str, bool]:
    """What is wrong with how a value is taken, and whether it was refused."""
    valid, path = form.valid(world), form.path(world)
    before = world.held()
    answer = post(browser, form, path, put(valid, place, value))
    fault = faults_in(world, form, place, value, valid, answer)
    refused = answer.status_code >= 400
    if not refused:
        world.changed()
    elif not fault and world.held(again=True) != before:
        fault = f"{answer.status_code} changed something"
    return fault and f"{place}={value!r:.40}: {fault}", refused


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.endpoint)
def test_a_form_takes_what_it_gets_or_says_why_not(world: World, form: Form) -> None:
    browser, valid = browser_of(world, form), form.valid(world)
    answer = post(browser, form, form.path(world), valid)
    assert answer.status_code < 400 or form.endpoint in REFUSED_ALWAYS, answer.text
    faults = list(whole_faults(world, browser, form))
    for place in places_in(valid):
        for value in values_for(form, place):
            fault, refused = tried(world, browser, form, place, value)
            faults.append(fault)
            if refused and value == HOSTILE:
                faults += [tried(world, browser, form, place, x)[0] for x in apart(form, place)]
    faults += [
        f"{name} is read and not tried" for name in untried(form, valid, FIELDS[form.endpoint])
    ]
    assert not any(faults), "\n" + "\n".join(filter(None, faults))


def whole_faults(world: World, browser: Browser, form: Form) -> Iterator[str]:
    """What is wrong with how a form is taken that brings nothing, 10 MB, or no text anywhere."""
    headers, path = {"X-CSRFToken": browser.token}, form.path(world)
    valid = {**form.valid(world), "key": ""}
    before = world.held(again=True)
    answer = browser.client.post(
        path, data=MUCH.get(form.endpoint, TOO_MUCH), content_type="text/plain", headers=headers
    )
    if answer.status_code not in (413, 415) or not sentences_of(answer, answer.text):
        yield f"10 MB: {answer.status_code}"
    for odd in (0, 1):
        fields, names = with_unfit(valid, odd)
        answer = post(browser, form, path, fields)
        said = " ".join(sentences_of(answer, answer.text))
        if answer.status_code != 400 or not all(name in said for name in names):
            yield f"{answer.status_code} for what is no text: {said}"
    if world.held(again=True) != before:
        yield "refused, and something changed"
    world.changed()
    answer = post(browser, form, path, form.valid(world), key=f"{MARKUP}{LONG}")
    if answer.status_code >= 500 or markup_in(answer):
        yield f"a key of anything: {answer.status_code}"
    answer = browser.client.post(path, data=b"", headers=headers)
    if answer.status_code >= 500:
        yield f"nothing at all: {answer.status_code}"


REFUSED_ALWAYS = {"web.camera.read_frame", "web.people.disable", "web.people.password"}


def test_every_form_of_the_application_is_tried(world: World) -> None:
    rules = [rule for rule in world.app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    pages = {rule.endpoint for rule in rules if not rule.endpoint.startswith("api.")}
    assert pages == {form.endpoint for form in FORMS}


ASKED = (
    *("search", "page", "kind", "item", "state", "month", "expiring", "place", "about", "by"),
    *("begin", "end", "lot", "sum", "site", "role", "code", "q", "sort", "stock", "di", "next"),
    *("frame", "photo", "back"),
)
"""What an address may ask for."""


def test_a_list_takes_any_question(world: World) -> None:
    for path in addresses(world, lambda rule: not rule.arguments):
        for value in (HOSTILE, "9" * 30):
            check_page(world, f"{path}?{urlencode(dict.fromkeys(ASKED, value))}")
        check_page(world, f"{path}?page=%ed%a0%80&search=%ff&lot=%00")
    asked = {name for endpoint, names in PARAMETERS.items() for name in names}
    assert asked - set(ASKED) == set()


def test_an_address_may_hold_anything(world: World) -> None:
    for value in ("a%00b", "9" * 30, quote(HOSTILE.replace("/", "")) + "x" * 5000):
        for path in addresses(world, lambda rule: rule.arguments, value):
            check_page(world, path)
        for form in FORMS:
            check_form_at(world, form, value)


def check_form_at(world: World, form: Form, value: str) -> None:
    """A form that is sent to an address of nothing is refused in a sentence."""
    rules = world.app.url_map.iter_rules(form.endpoint)
    rule = next(rule for rule in rules if "POST" in (rule.methods or ()))
    if rule.arguments:
        answer = post(browser_of(world, form), form, at(rule, value), form.valid(world))
        assert answer.status_code in (400, 404, 405), (form.endpoint, answer.status_code)
        assert sentences_of(answer, answer.text), form.endpoint
        assert not markup_in(answer), form.endpoint


def check_page(world: World, path: str) -> None:
    """A page is never broken by what its address holds, nor carries it as markup."""
    answer = get(world, path)
    assert answer.status_code < 500, (path[:80], answer.status_code)
    assert answer.mimetype != "text/html" or b"<script>alert" not in answer.data, path[:80]
    if answer.status_code >= 400 and answer.mimetype == "text/html":
        assert sentences_of(answer, answer.text), path[:80]
    answer.get_data()  # a list that is taken away is read while it is sent
    answer.close()


def addresses(world: World, wanted: Any, value: str = "") -> Iterator[str]:
    """Every page that is wanted, with a value in the place of each part of its address."""
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith("web.") and wanted(rule):
            yield at(rule, value)


def at(rule: Rule, value: str) -> str:
    """The address of a rule with a value in the place of each of its parts."""
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?\w+>", lambda _: value, rule.rule)


def get(world: World, path: str, **more: Any) -> Any:
    """A page as somebody sees it who may do everything."""
    if "everybody" not in world.browsers:
        enrol(world.app, "everybody1", *ROLES)
    return world.as_role("everybody").client.get(path, **more)


def test_a_browser_may_bring_anything_beside_what_it_sends(world: World) -> None:
    browser, names = world.as_role("nurse"), ("kittrace", "language", "workstation")
    for value in (quote(HOSTILE), "x" * 5000, '"\\000\\377"', ""):
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name in names)}
        others = dict.fromkeys(("Accept-Language", "Referer", "Accept", "User-Agent"), value)
        for headers in (cookies, others, {**others, "Origin": value, "X-CSRFToken": value}):
            client = world.app.test_client() if headers is cookies else browser.client
            for answer in (
                client.get("/sessions/new", headers=headers),
                client.post("/sessions/new", data={"patient": "MRN 1"}, headers=headers),
            ):
                assert answer.status_code < 500, (headers, answer.status_code)
                assert not markup_in(answer), headers


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
        said = sentence in text if world.language == "en" else sentences_of(answer, answer.text)
        assert said, (endpoint, place, value)


def test_a_lot_in_loose_marks_leaves_the_ledger_as_it_was_written(world: World) -> None:
    """The text of an entry composes letters and marks; the lot that it names has to be the same."""
    nurse, lot = world.as_role("nurse"), "LE\u0301-1"
    found = {"item": world.clinic.saline, "lot": lot, "again": ["", lot], "quantity": 1}
    assert send(nurse, f"/sessions/{world.session}/found", found).json["accepted"]
    with world.app.app_context():
        assert verify_ledger().faults == ()


TOLD: dict[str, set[str]] = {}


def test_who_reads_italian_is_told_nothing_in_english(world: World) -> None:
    """Of what the forms above said; on SQLite they said it in English.

    What is marked and waits for its translation is not meant: `test_italian.py` misses that.
    """
    TOLD[world.language] = world.told
    same = TOLD.get("en", set()) & TOLD.get("it", set())
    assert same - (waiting() if same else set()) == set()


def waiting() -> set[str]:
    """Sentences of the program that are marked to be translated, and are not yet."""
    with (PROJECT / "inventory/translations/it/LC_MESSAGES/messages.po").open("rb") as file:
        known = {message.id for message in read_po(file, locale="it") if message.string}
    names = dict.fromkeys(("say", "N_", "gettext", "lazy_gettext", "_"))
    kinds = [("inventory/**.py", "python"), ("templates/**.html", "jinja2")]
    marked = extract_from_dir(PROJECT, kinds, keywords=names)
    return {message for _, _, message, *_ in marked if message not in known}


def test_control_where_characters_are_not_checked_the_faults_are_found(world: World) -> None:
    """A program without `check_input`; and a form that reads a field into which nothing was put."""
    form = next(form for form in FORMS if form.endpoint == "web.items.new")
    hooks = world.app.before_request_funcs
    kept = {None: [hook for hook in hooks[None] if hook is not check_input]}
    with mock.patch.dict(hooks, kept):
        found = list(whole_faults(world, browser_of(world, form), form))
    assert len(found) >= 2, found
    assert untried(form, form.valid(world), {"name", "a new field"}) == {"a new field"}
