"""English and Italian, from the first screen on."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from config import PROJECT
from inventory.domain.problem import say, stamp
from inventory.web.languages import compiled_catalogues
from inventory.web.speech import instant, spoken
from tests.web.conftest import enrol, sign_in, token_in

ITALIAN = {"Accept-Language": "it-IT,it;q=0.9,en;q=0.5"}


@pytest.fixture(scope="module")
def catalogue():
    with (PROJECT / "inventory/translations/it/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="it")


def test_the_browser_is_asked_first(client):
    assert '<html lang="it"' in client.get("/sign-in", headers=ITALIAN).text
    assert "Accedi" in client.get("/sign-in", headers=ITALIAN).text
    assert '<html lang="en"' in client.get("/sign-in", headers={"Accept-Language": "de"}).text


def test_a_choice_is_kept_and_leads_back(client):
    token = token_in(client.get("/sign-in").text)
    answer = client.post(
        "/language/it", data={"csrf_token": token, "next": "/sign-in?next=/people/"}
    )
    assert answer.location == "/sign-in?next=/people/"
    assert '<html lang="it"' in client.get("/sign-in").text


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "x"]
)
def test_a_choice_never_leads_to_another_site(client, target):
    token = token_in(client.get("/sign-in").text)
    answer = client.post("/language/it", data={"csrf_token": token, "next": target})
    assert answer.location == "/"


def test_a_persons_choice_follows_to_the_next_browser(app, client):
    enrol(app, "lettrice", "nurse")
    sign_in(client, "lettrice")
    client.post("/language/it", data={"csrf_token": token_in(client.get("/").text)})
    other = app.test_client()
    sign_in(other, "lettrice")
    assert '<html lang="it"' in other.get("/").text


def test_there_is_no_third_language(client):
    token = token_in(client.get("/sign-in").text)
    assert client.post("/language/xx", data={"csrf_token": token}).status_code == 404


def test_a_sentence_is_said_with_its_values(app):
    with app.test_request_context(headers=ITALIAN):
        said = spoken(
            say("The user name %(username)s is taken. Choose another one.", username="anna")
        )
    assert said == "Il nome utente anna è già in uso. Sceglierne un altro."


def test_the_value_called_name_is_translated_too(app):
    with app.test_request_context(headers=ITALIAN):
        assert spoken(say("%(name)s may sign in.", name="nurse")).startswith("infermiere")


def test_a_moment_in_a_sentence_is_that_of_the_clock_on_the_wall(app):
    at = stamp(datetime(2026, 7, 1, 9, 5, tzinfo=UTC))
    with app.test_request_context():
        assert spoken(say("Closed at %(at)s.", at=at)) == "Closed at 2026-07-01 11:05 CEST."
        assert spoken(say("Look at %(at)s.", at="the label")) == "Look at the label."


def test_an_instant_carries_the_clinics_zone(app):
    with app.test_request_context():
        assert instant(datetime(2026, 11, 23, 9, 5, tzinfo=UTC)) == "2026-11-23 10:05 CET"
        assert instant(datetime(2026, 7, 1, 9, 5, tzinfo=UTC)) == "2026-07-01 11:05 CEST"
        assert instant(None) == ""


def test_the_catalogue_keeps_every_placeholder(catalogue):
    places = re.compile(r"%\(\w+\)[sd]")
    wrong = []
    for message in catalogue:
        if not message.id or not message.string:
            continue
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if {p for t in originals for p in places.findall(t)} != {
            p for t in said for p in places.findall(t)
        }:
            wrong.append(message.id)
    assert wrong == []


def test_a_stale_catalogue_is_compiled_elsewhere_where_its_folder_is_read_only(
    tmp_path, monkeypatch
):
    source = tmp_path / "source"
    po = source / "it" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n')
    assert compiled_catalogues(source, tmp_path / "instance") == source
    mo = po.with_suffix(".mo")
    assert mo.exists()
    first = mo.stat().st_mtime_ns
    assert compiled_catalogues(source, tmp_path / "instance") == source
    assert mo.stat().st_mtime_ns == first

    mo.unlink()
    write = Path.open

    def refuse(self, mode="r", *rest, **named):
        if "w" in mode and source in self.parents:
            raise PermissionError("read-only")
        return write(self, mode, *rest, **named)

    monkeypatch.setattr(Path, "open", refuse)
    folder = compiled_catalogues(source, tmp_path / "instance")
    assert folder == tmp_path / "instance" / "translations"
    assert (folder / "it" / "LC_MESSAGES" / "messages.mo").exists()


def test_every_sentence_of_the_code_has_its_italian(catalogue):
    """Where this fails, run `make messages` and translate what the Italian catalogue lacks."""
    method_map = [("**.py", "python"), ("**.html", "jinja2")]
    keywords = {**DEFAULT_KEYWORDS, "say": None, "N_": None, "lazy_gettext": None}
    texts = {
        message
        for folder in ("inventory", "labels", "templates")
        for _, _, message, _, _ in extract_from_dir(
            str(PROJECT / folder), method_map=method_map, keywords=keywords
        )
    }
    said = {message.id for message in catalogue if message.id and all(message.string)}
    missing = sorted(str(text) for text in texts - said)
    assert missing == []


def test_every_sentence_marked_within_another_has_its_italian_too(catalogue):
    """What is marked within an f-string is not collected, and would stay English unnoticed."""
    marks = {"N_", "say", "gettext", "lazy_gettext"}
    texts = {
        call.args[0].value
        for folder in ("inventory", "labels")
        for path in (PROJECT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in marks
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    known = {message.id for message in catalogue} | {
        message.id[0] for message in catalogue if isinstance(message.id, tuple)
    }
    assert texts - known == set()
