"""Printing pages: a preview, a paper, a printer beside the workstation, and why none."""

import re
import socket
import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inventory.domain.workstation import Printer
from inventory.operations import equipping
from labels.layout import STOCKS
from tests.labels.printers import a_printer_that_answers, a_printer_that_hangs, host_status
from tests.web.conftest import beside, token_in
from tests.web.pharmacy import opened

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture(scope="module")
def pharmacy(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("print")) as pharmacy:
        with pharmacy.app.app_context():
            pharmacy.clinic.units["A17"] = pharmacy.clinic.receive_kits("A17", 4)
        pharmacy.clinic.now = datetime.now(UTC)  # pages act by the real clock
        yield pharmacy


@pytest.fixture(autouse=True)
def no_workstation(pharmacy):
    for browser in pharmacy.browsers.values():
        browser.delete_cookie("workstation")


def post(client, address, **data):
    token = token_in(client.get("/workstations/here").text)
    return client.post(address, data={"csrf_token": token, **data})


def a_workstation(pharmacy, name, port):
    with pharmacy.app.app_context():
        code = equipping.enrol(pharmacy.clinic.act(), name).body["code"]
        printer = Printer("127.0.0.1", port)
        equipping.set_printer(pharmacy.clinic.act(), code, printer, "a4-65", names_allowed=False)
    return code


@pytest.mark.parametrize("kind", ["unit", "place"])
def test_a_label_of_stock_is_shown_and_printed(pharmacy, kind):
    code = {"unit": pharmacy.clinic.units["A17"][1], "place": "TO-OR1"}[kind]
    client = pharmacy.browser("pharmacist")
    page = client.get(f"/printing/stock/{kind}/{code}")
    assert page.status_code == 200
    preview = client.get(f"/printing/stock/{kind}/{code}.png?stock=a4-65")
    assert preview.mimetype == "image/png"
    paper = post(client, f"/printing/stock/{kind}/{code}", stock="roll-57x32", target="paper")
    assert paper.mimetype == "application/pdf"


def test_a_reprint_asks_for_a_reason_and_can_replace_the_label(pharmacy):
    unit = pharmacy.clinic.units["A17"][2]
    client = pharmacy.browser("nurse")
    address = f"/printing/stock/unit/{unit}"
    post(client, address, stock="a4-24", target="paper")
    assert "Why it is printed again" in client.get(address).text
    refused = post(client, address, stock="a4-24", target="paper")
    assert refused.status_code == 409
    assert "Say why they are printed again" in refused.text
    paper = post(client, address, stock="a4-24", target="paper", reason="damaged", replaces="yes")
    assert paper.mimetype == "application/pdf"
    assert "This label replaced an older one" in client.get(address).text


@pytest.mark.parametrize(
    ("kind", "offered", "withheld"),
    [
        ("lot", ["lost", "damaged", "unreadable", "more", "outdated"], []),
        ("place", ["lost", "damaged", "unreadable", "more"], ["outdated"]),
        ("session", ["lost", "damaged", "unreadable", "more"], ["outdated"]),
        ("badge", ["lost", "damaged", "unreadable", "outdated"], ["more"]),
    ],
)
def test_the_page_of_every_label_asks_why_it_is_printed_again(pharmacy, kind, offered, withheld):
    with pharmacy.app.app_context():
        address = {
            "lot": "/printing/stock/lot/1",
            "place": "/printing/stock/place/CN-OR1",
            "session": f"/printing/session/session/{pharmacy.clinic.open_session('MRN 9')}",
            "badge": "/printing/badge/pharmacist1",
        }[kind]
    client = pharmacy.browser({"session": "nurse", "badge": "admin"}.get(kind, "pharmacist"))
    paper = {"stock": "a4-24", "target": "paper"}
    assert "it is the first one" in client.get(address).text
    assert post(client, address, **paper).mimetype == "application/pdf"
    page = client.get(address).text
    assert "Why it is printed again" in page
    assert [reason for reason in offered if f'<option value="{reason}"' not in page] == []
    assert [reason for reason in withheld if f'<option value="{reason}"' in page] == []
    refused = post(client, address, **paper)
    assert refused.status_code == 409
    assert "Say why" in refused.text
    assert 'name="reason" required' in refused.text
    for reason in offered:
        assert post(client, address, reason=reason, **paper).mimetype == "application/pdf"
    for reason in withheld:
        assert post(client, address, reason=reason, **paper).status_code == 409


def test_no_page_offers_a_further_copy_of_the_label_of_a_piece(pharmacy):
    unit = pharmacy.clinic.units["A17"][0]
    client = pharmacy.browser("pharmacist")
    for address in (f"/printing/stock/unit/{unit}", f"/labels/?code={unit}"):
        page = client.get(address).text
        assert '<option value="lost"' in page
        assert '<option value="more"' not in page
    refused = post(client, f"/printing/stock/unit/{unit}", stock="a4-24", reason="more")
    assert refused.status_code == 409
    assert "only if it is lost, damaged, out of date" in refused.text


def test_the_ledger_says_why_a_badge_was_printed_again(pharmacy):
    client = pharmacy.browser("admin")
    paper = {"stock": "a4-24", "target": "paper"}
    post(client, "/printing/badge/auditor1", **paper)
    post(client, "/printing/badge/auditor1", reason="outdated", **paper)
    auditor = pharmacy.browser("auditor")
    latest = re.search(r'href="(/ledger/TO-\d+)"', auditor.get("/ledger/?about=auditor1").text)
    assert "what stands on it has changed" in auditor.get(latest[1]).text


def test_the_page_of_a_badge_says_until_when_the_old_one_counts_and_asks_for_no_copies(pharmacy):
    page = pharmacy.browser("admin").get("/printing/badge/nurse1").text
    assert "counts until the new one has come out" in page
    assert 'type="hidden" name="copies" value="1"' in page


def test_a_session_and_its_product_are_printed_without_a_name(pharmacy):
    with pharmacy.app.app_context():
        session = pharmacy.clinic.open_session("MRN 5", name="Rossi Anna")
    client = pharmacy.browser("nurse")
    for kind in ("session", "product"):
        page = client.get(f"/printing/session/{kind}/{session}")
        assert page.status_code == 200
        assert "Rossi" not in page.text
        assert client.get(f"/printing/session/{kind}/{session}.png").mimetype == "image/png"
    refused = post(client, f"/printing/session/product/{session}", stock="a4-24", target="paper")
    assert refused.status_code == 409
    assert "Say when processing ended" in refused.text


def test_only_an_administrator_prints_badges(pharmacy):
    assert pharmacy.browser("nurse").get("/printing/badge/nurse1").status_code == 403
    client = pharmacy.browser("admin")
    assert "nurse1" in client.get("/printing/badge/nurse1").text
    paper = post(client, "/printing/badge/nurse1", stock="roll-57x32", target="paper")
    assert paper.mimetype == "application/pdf"


@pytest.mark.parametrize(
    "address",
    [
        "/printing/stock/badge/x",
        "/printing/stock/unit/KT00000000A",
        "/printing/stock/lot/x",
        "/printing/stock/lot/999",
        "/printing/stock/session/x",
        "/printing/session/unit/x",
        "/printing/session/product/PS00000000A",
        "/printing/stock/place/NOWHERE",
    ],
)
def test_there_is_no_label_for_what_is_not_there(pharmacy, address):
    client = pharmacy.browser("pharmacist")
    assert client.get(address).status_code == 404
    assert client.get(f"{address}.png").status_code == 404


def test_a_label_goes_to_the_printer_beside_the_workstation(pharmacy):
    got = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                while piece := connection.recv(4096):
                    got.append(piece)

        thread = threading.Thread(target=serve)
        thread.start()
        code = a_workstation(pharmacy, "With printer", listener.getsockname()[1])
        client = pharmacy.browser("pharmacist")
        post(client, "/workstations/here", code=code)
        unit = pharmacy.clinic.units["A17"][3]
        post(client, f"/printing/stock/unit/{unit}", target="printer", key="p1")
        thread.join(5)
    assert unit.encode() in b"".join(got)
    assert "Sent to the printer" in client.get(f"/printing/stock/unit/{unit}").text


def test_a_printer_that_does_not_answer_is_named(pharmacy):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    code = a_workstation(pharmacy, "Off", port)
    client = pharmacy.browser("nurse")
    post(client, "/workstations/here", code=code)
    post(client, f"/workstations/{code}/test")
    page = client.get("/workstations/here").text
    assert f"The printer of Off (127.0.0.1:{port}) is not to be reached" in page


def test_a_printer_that_hangs_with_one_label_is_said_to_have_confirmed_nothing(pharmacy):
    unit = pharmacy.clinic.units["A17"][0]
    client = pharmacy.browser("nurse")
    address = f"/printing/stock/unit/{unit}"
    with a_printer_that_hangs() as port:
        post(client, "/workstations/here", code=a_workstation(pharmacy, "Hung", port))
        answers = [post(client, address, target="printer", key="hung") for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 409
        assert f"the printer of Hung (127.0.0.1:{port}) did not confirm" in answer.text
        assert "Look at it" in answer.text
        assert "If nothing comes out, print again, with the reason" in answer.text
        assert "Why it is printed again" in answer.text  # the form, which asks for the reason
        assert "Sent to the printer" not in answer.text
    pharmacist = pharmacy.browser("pharmacist")
    listed = pharmacist.get(f"/ledger/?about={unit}&kind=REFUSAL").text
    (entry,) = set(re.findall(r"/ledger/TO-\d+", listed))
    assert "sent, not confirmed by the printer" in pharmacist.get(entry).text


def test_a_printer_without_labels_is_said_to_print_when_it_has_some(pharmacy):
    client = pharmacy.browser("nurse")
    with a_printer_that_answers(host_status(no_labels=1)) as port:
        post(client, "/workstations/here", code=a_workstation(pharmacy, "Empty", port))
        again = {"target": "printer", "reason": "more"}
        answer = post(client, "/printing/stock/place/TO-OR1", key="empty", **again)
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "Sent to the printer" in page
    assert f"The printer of Empty (127.0.0.1:{port}) is out of labels" in page
    assert "do not print them again" in page


def test_a_test_label_that_waits_in_a_paused_printer_is_said_to_lie_there(pharmacy):
    client = pharmacy.browser("nurse")
    with a_printer_that_answers(host_status(paused=1)) as port:
        code = a_workstation(pharmacy, "Paused", port)
        post(client, "/workstations/here", code=code)
        post(client, f"/workstations/{code}/test")
    page = client.get("/workstations/here").text
    assert f"The printer of Paused (127.0.0.1:{port}) is paused" in page


def test_printing_to_a_printer_needs_a_workstation(pharmacy):
    answer = post(pharmacy.browser("nurse"), "/printing/stock/place/TO-OR1", target="printer")
    assert answer.status_code == 409


def test_what_is_wrong_with_an_order_to_print_stands_beside_its_field(pharmacy):
    with pharmacy.app.app_context():
        session = pharmacy.clinic.open_session("MRN beside")
    client = pharmacy.browser("nurse")
    done = f"{datetime.now(ROME) - timedelta(minutes=5):%Y-%m-%dT%H:%M}"
    right = {"stock": "a4-40", "start": "3", "copies": "2", "reason": "lost", "volume_ml": "9,5"}
    right |= {"processed_at": done, "target": "paper"}
    for field, typed, sentence in (
        ("stock", "a4-99", "There are no labels of size a4-99 here."),
        ("start", "41", "This sheet has positions 1 to 40."),
        ("copies", "two", "Print 1 to 20 copies at once."),
        ("reason", "because", "Choose one of the reasons."),
        ("volume_ml", "much", "Type the volume in mL, such as 12.5; at most 999.9."),
        ("processed_at", "", "Say when processing ended."),
    ):
        sent = {**right, field: typed}
        page = post(client, f"/printing/session/product/{session}", **sent)
        assert page.status_code == 409
        assert beside(field, page.text) == sentence
        for name, value in sent.items():
            offered = name in ("stock", "reason", "target") and name == field
            assert offered or f'value="{value}"' in page.text, (field, name)
        assert ".png?stock=a4-40" in page.text or field == "stock"
    paper = post(client, f"/printing/session/product/{session}", **right)
    assert paper.mimetype == "application/pdf"


@pytest.mark.parametrize("stock", STOCKS)
def test_the_label_of_the_fullest_syringe_is_drawn_at_every_size(pharmacy, stock):
    with pharmacy.app.app_context():
        session = pharmacy.clinic.open_session(f"MRN {stock}")
    client = pharmacy.browser("nurse")
    address = f"/printing/session/product/{session}"
    preview = client.get(f"{address}.png?stock={stock}")
    assert preview.mimetype == "image/png"
    done = f"{datetime.now(ROME) - timedelta(minutes=5):%Y-%m-%dT%H:%M}"
    said = {"processed_at": done, "volume_ml": "999.9", "target": "paper"}
    assert post(client, address, stock=stock, **said).mimetype == "application/pdf"
    refused = post(client, address, stock=stock, **{**said, "volume_ml": "1000"})
    assert refused.status_code == 409
    assert 'value="1000"' in refused.text
