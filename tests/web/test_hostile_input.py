"""Whatever is put into any form: refused with a sentence, or kept exactly; nothing else is lost."""

import random
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from inventory import create_app, store
from inventory.operations.verifying import verify_ledger
from inventory.store.people import ROLES
from tests.auditing import audit
from tests.conftest import _fresh_database, settings_for
from tests.web.conftest import enrol, token_in
from tests.web.hostile import FORMS, Form
from tests.web.hostile_world import World, send
from tests.web.working import Acting, Browser

MARKUP = "<script>alert(1)</script>'\"^FD"
FOREIGN = "\u202eمرحبا e\u0301👩🏽‍⚕️²{{1}}"


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
    for role in ROLES:
        enrol(app, f"{role}1", role)
    acting = Acting(app, replace(clinic, units={}, draw=random.Random(3)))
    yield World(app, acting, on_postgresql=bool(template))
    with app.app_context():
        with store.reading() as connection:
            assert audit(connection) == []
        assert verify_ledger().faults == ()
        store.db.engine.dispose()
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
    ("web.outcomes.say", "quantity", "abc", "The quantity must be 1 to"),
    ("web.outcomes.say", "quantity", "-1", "The quantity must be 1 to"),
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
    found = {"item": world.clinic.saline, "lot": lot, "quantity": 1, "kind": "fluid"}
    assert send(nurse, f"/sessions/{world.session}/found", found).json["accepted"]
    with world.app.app_context():
        assert verify_ledger().faults == ()
