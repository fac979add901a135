"""Workstations, the scanner check and printing, as pages."""

import json
import re
from datetime import UTC, datetime

import pytest

from inventory import store
from inventory.domain.scanner_hearing import DAMAGE_ITALIAN, GS1_TEXT, SYMBOLS
from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.domain.workstation import Printer, Workstation
from inventory.operations import equipping
from inventory.store import workstations
from inventory.store.lists import list_entries
from inventory.store.tables.printing import workstation as workstation_table
from tests.auditing import audit_and_leave
from tests.clinic import Clinic, build_clinic
from tests.web.conftest import ROLES, beside, enrol, make_app, sign_in, token_in


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A clinic with a kit in it, and somebody of every role."""
    made = make_app(tmp_path_factory.mktemp("print"), clinic_name="Clinica Monviso")
    for role in ROLES:
        enrol(made, f"{role}1", role)
    yield made
    audit_and_leave(made)


@pytest.fixture(scope="module")
def clinic(app) -> Clinic:
    with app.app_context():
        made = build_clinic()
        made.units["A17"] = made.receive_kits("A17", 4)
    made.now = datetime.now(UTC)  # pages act by the real clock
    return made


@pytest.fixture(scope="module")
def browsers(app):
    return {}


@pytest.fixture
def browser(app, clinic, browsers):
    def of(role):
        if role not in browsers:
            browsers[role] = app.test_client()
            sign_in(browsers[role], f"{role}1")
        browsers[role].delete_cookie("workstation")
        return browsers[role]

    return of


def post(client, address, **data):
    token = token_in(client.get("/workstations/here").text)
    return client.post(address, data={"csrf_token": token, **data})


def ask(client, address, body):
    token = token_in(client.get("/workstations/here").text)
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    return client.post(address, json=body, headers=headers)


def a_workstation(app, clinic, name, port=0):
    with app.app_context():
        code = equipping.enrol(clinic.act(), name).body["code"]
        if port:
            printer = Printer("127.0.0.1", port)
            equipping.set_printer(clinic.act(), code, printer, "a4-65", names_allowed=False)
    return code


def kept(app, code):
    with app.app_context(), store.reading() as connection:
        return workstations.get_workstation(connection, code)


def test_a_browser_is_enrolled_and_remembers_it(app, browser):
    client = browser("pharmacist")
    answer = post(client, "/workstations/", name="Pharmacy desk", here="yes")
    assert answer.status_code == 302
    assert "Pharmacy desk" in client.get("/workstations/here").text
    cookie = client.get_cookie("workstation")
    assert cookie.http_only
    assert cookie.same_site == "Strict"
    assert cookie.max_age > 300 * 86_400


def test_a_browser_chooses_one_that_is_known_and_can_forget_it(app, clinic, browser):
    code = a_workstation(app, clinic, "Room 7")
    client = browser("nurse")
    post(client, "/workstations/here", code=code)
    assert "<h1>Room 7</h1>" in client.get("/workstations/here").text
    post(client, "/workstations/here", code="")
    assert client.get_cookie("workstation") is None


def test_an_act_is_recorded_with_the_workstations_name(app, clinic, browser):
    code = a_workstation(app, clinic, "Room 8")
    client = browser("nurse")
    post(client, "/workstations/here", code=code)
    unit = clinic.units["A17"][0]
    post(client, f"/printing/stock/unit/{unit}", target="paper", stock="a4-24")
    with app.app_context(), store.reading() as connection:
        entries, _ = list_entries(connection, kind="PRINT")
    assert json.loads(entries[0].text)["workstation"] == "Room 8"


@pytest.mark.parametrize("value", ["Room 8", "WS00000000A", "x.y", "x" * 3000, "é"])
def test_a_cookie_that_we_did_not_sign_names_no_workstation(browser, value):
    client = browser("nurse")
    client.set_cookie("workstation", value)
    assert "Say once which workstation" in client.get("/workstations/here").text


def test_the_cookie_of_a_workstation_that_is_gone_names_none(app, clinic, browser):
    code = a_workstation(app, clinic, "Gone")
    client = browser("nurse")
    post(client, "/workstations/here", code=code)
    with app.app_context(), store.transaction() as connection:
        connection.execute(workstation_table.delete().where(workstation_table.c.code == code))
    assert "Say once which workstation" in client.get("/workstations/here").text


def test_a_nurse_sets_no_printer(app, clinic, browser):
    code = a_workstation(app, clinic, "Room 9")
    answer = post(browser("nurse"), f"/workstations/{code}/printer", host="10.0.0.7", port="9100")
    assert answer.status_code == 403
    assert kept(app, code).printer is None


@pytest.mark.parametrize(
    ("role", "host", "is_kept"),
    [
        ("pharmacist", "10.0.0.7", True),
        ("pharmacist", "zebra.local", False),
        ("pharmacist", "169.254.169.254", False),
        ("pharmacist", "8.8.8.8", False),
        ("admin", "zebra.local", True),
        ("admin", "169.254.169.254", False),
    ],
)
def test_a_printer_is_an_address_of_the_clinics_own(app, clinic, browser, role, host, is_kept):
    code = a_workstation(app, clinic, f"{role} {host}")
    form = {"host": host, "port": "9100", "dpi": "300", "stock": "roll-57x32", "sheet": "a4-40"}
    client = browser(role)
    answer = post(client, f"/workstations/{code}/printer", **form)
    assert answer.status_code == (302 if is_kept else 409)
    assert is_kept or (host in answer.text and "no address in the clinic" in answer.text)
    expected = Printer(host, 9100, 300, "roll-57x32") if is_kept else None
    assert kept(app, code).printer == expected
    page = client.get(f"/workstations/{code}").text
    assert ("The printer is kept." in page) is is_kept


def test_a_name_twice_is_said(app, clinic, browser):
    a_workstation(app, clinic, "Twice")
    client = browser("admin")
    for address, more in (("/workstations/", {}), ("/workstations/", {"here": "yes"})):
        answer = post(client, address, name="Twice", **more)
        assert answer.status_code == 409
        assert "Another workstation is called Twice" in answer.text
        assert 'value="Twice"' in answer.text


def test_what_is_wrong_with_a_workstation_stands_beside_its_field(app, clinic, browser):
    taken = a_workstation(app, clinic, "Taken")
    code = a_workstation(app, clinic, "Refused")
    client = browser("admin")
    printer = {"host": "10.0.0.7", "port": "9100", "dpi": "300", "stock": "roll-57x32"}
    for form, typed, field, sentence in (
        ("name", {"name": "Taken"}, "name", "Another workstation is called Taken"),
        ("name", {"name": " "}, "name", "Say what people call this workstation."),
        ("name", {"name": "x" * 41}, "name", "A name has at most 40 characters."),
        ("keyboard", {"layout": "klingon", "separator": "|"}, "layout", "Choose how the keyboard"),
        ("keyboard", {"layout": "us", "separator": "-"}, "separator", "The separator must be one"),
        ("printer", {**printer, "host": "8.8.8.8"}, "host", "8.8.8.8 is no address"),
        ("printer", {**printer, "port": "nine"}, "port", "nearly always 9100; got 0."),
        ("printer", {**printer, "dpi": "77"}, "dpi", "Print heads have 203, 300 or 600"),
        ("printer", {**printer, "stock": "a4-24"}, "stock", "no labels of size a4-24"),
        ("printer", {**printer, "sheet": "roll-57x32"}, "sheet", "no labels of size roll-57x32"),
    ):
        sent = {"sheet": "a4-40", **typed} if form == "printer" else typed
        answer = post(client, f"/workstations/{code}/{form}", **sent)
        assert answer.status_code == 409
        assert sentence in beside(field, answer.text), (field, sentence)
        for name, value in sent.items():
            assert name == field or f'value="{value}"' in answer.text, (field, name)
    assert (kept(app, code), kept(app, taken)) == (
        Workstation(code, "Refused"),
        Workstation(taken, "Taken"),
    )


def test_no_workstation_without_a_name(browser):
    client = browser("admin")
    for more, word in (({}, "Enrol"), ({"here": "yes"}, "Enrol this browser")):
        answer = post(client, "/workstations/", name=" ", **more)
        assert answer.status_code == 409
        assert "Say what people call this workstation." in beside("name", answer.text)
        assert f">{word}</button>" in answer.text


def test_the_scanner_check_shows_three_symbols_and_prints_them(browser):
    client = browser("nurse")
    assert len(re.findall("<svg xmlns", client.get("/scanner-check/").text)) == 3
    paper = client.get("/scanner-check/symbols.pdf")
    assert paper.mimetype == "application/pdf"
    assert paper.data.startswith(b"%PDF")


def test_the_scanner_check_says_what_is_wrong_and_keeps_the_profile(app, clinic, browser):
    code = a_workstation(app, clinic, "Room 10")
    client = browser("nurse")
    post(client, "/workstations/here", code=code)
    received = (SYMBOLS[0].identifier + GS1_TEXT).translate(DAMAGE_ITALIAN) + "\r"
    said = ask(client, "/scanner-check/read", {"received": received, "caps_lock": False}).json
    assert said["kind"] == "look"
    assert [problem["code"] for problem in said["problems"]] == ["italian-layout"]
    assert said["keepable"]
    assert ask(client, "/scanner-check/keep", said["keyboard"]).status_code == 200
    assert kept(app, code).keyboard == Keyboard(Layout.ITALIAN)
    assert ask(client, "/scanner-check/read", {"received": received}).json["is_kept"]


def test_the_scanner_check_speaks_italian(browser):
    client = browser("nurse")
    token = token_in(client.get("/workstations/here").text)
    headers = {"X-CSRFToken": token, "Accept-Language": "it", "Accept": "application/json"}
    said = client.post("/scanner-check/read", json={"received": "hello"}, headers=headers).json
    assert said["word"] == "Questo lettore va configurato"


@pytest.mark.parametrize(
    "body", [[], {}, {"received": 7}, {"received": "x" * 401}, {"received": None}]
)
def test_what_is_no_scan_is_refused(browser, body):
    assert ask(browser("nurse"), "/scanner-check/read", body).status_code == 422


def test_a_profile_that_cannot_be_is_not_kept(app, clinic, browser):
    code = a_workstation(app, clinic, "Room 11")
    client = browser("nurse")
    post(client, "/workstations/here", code=code)
    for body, status in (
        ({"layout": "klingon", "separator": ""}, 422),
        ({"layout": "us", "separator": "-"}, 409),
        ([], 422),
    ):
        assert ask(client, "/scanner-check/keep", body).status_code == status
    assert kept(app, code).keyboard == Keyboard()


def test_without_a_workstation_no_profile_is_kept(browser):
    body = {"layout": "us", "separator": ""}
    assert ask(browser("nurse"), "/scanner-check/keep", body).status_code == 409
