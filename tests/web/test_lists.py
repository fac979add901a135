"""What every list has in common: the address bar narrows it, pages end, and all of it is a CSV."""

import csv
import io
import re

import pytest

from inventory.store.lists import paging
from inventory.web import listing
from tests.clinic import SALINE
from tests.web.working import Working, working_clinic

LISTS = (
    ("pharmacist", "/items/", "/items/items.csv"),
    ("pharmacist", "/items/provisional", "/items/provisional.csv"),
    ("pharmacist", "/receiving/", "/receiving/receipts.csv"),
    ("pharmacist", "/stock/", "/stock/stock.csv"),
    ("pharmacist", "/transfers/", "/transfers/transfers.csv"),
    ("pharmacist", "/labels/", "/labels/labels.csv"),
    ("pharmacist", "/lots/", "/lots/lots.csv"),
    ("nurse", "/sessions/", "/sessions/sessions.csv"),
    ("quality", "/recalls/", "/recalls/recalls.csv"),
    ("auditor", "/ledger/", "/ledger/entries.csv"),
    ("admin", "/people/", "/people/people.csv"),
    ("admin", "/workstations/", "/workstations/workstations.csv"),
)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("lists")) as working:
        clinic = working.clinic
        clinic.receive_kits("A17", 2)
        clinic.receive(clinic.label("=BAD", SALINE), packs=7, location="TO-PHARMACY")
        clinic.move("TO-PHARMACY", "TO-OR1", clinic.label("=BAD", SALINE), quantity=2)
        clinic.open_session("MRN 1", name="Rossi Ada")
        clinic.recall("A17")
        working.as_role("admin").send("/workstations/", name="Room 1")
        yield working


def rows(work: Working, role: str, path: str) -> list[list[str]]:
    answer = work.as_role(role).get(path)
    assert answer.mimetype == "text/csv", (path, answer.status_code)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.data.decode("utf-8-sig")
    return [*csv.reader(io.StringIO(text))]


@pytest.mark.parametrize(("role", "page", "whole"), LISTS)
def test_every_list_is_taken_away_as_csv_from_the_head_of_its_page(work, role, page, whole):
    shown = work.as_role(role).get(page).text
    head = shown[shown.index('class="kt-head"') :].partition("<form")[0]
    assert f'href="{whole}"' in head
    headings, *lines = rows(work, role, whole)
    assert all(headings)
    assert all(len(line) == len(headings) for line in lines)
    assert lines or page == "/items/provisional"
    assert not any(cell[:1] in {"=", "+", "@"} for line in lines for cell in line)


@pytest.mark.parametrize(("role", "page", "whole"), LISTS)
def test_a_search_without_result_says_so_and_leads_back(work, role, page, whole):
    name = "about" if page == "/ledger/" else "search"
    shown = work.as_role(role).get(f"{page}?{name}=nothing-has-this").text
    if page == "/items/provisional":  # nothing is to be completed here at all
        return
    assert 'class="kt-empty"' in shown
    assert f'href="{page}"' in shown[shown.index('class="kt-empty"') :]
    assert f'href="{whole}?{name}=nothing-has-this"' in shown
    assert rows(work, role, f"{whole}?{name}=nothing-has-this")[1:] == []


@pytest.mark.parametrize(("role", "page", "whole"), LISTS)
def test_a_page_beyond_the_end_leads_to_the_last_one(work, role, page, whole):
    answer = work.as_role(role).get(f"{page}?search=&page=999")
    assert answer.status_code == 302
    last = int(re.search(r"page=(\d+)$", answer.location)[1])
    assert last < 999
    assert work.as_role(role).get(answer.location).status_code == 200


def pages_of(monkeypatch, lines):
    """Have pages so short that a small clinic fills many."""
    for module in (paging, listing):
        monkeypatch.setattr(module, "PAGE", lines)


def test_pages_are_walked_by_links_with_words_and_the_title_says_which(work, monkeypatch):
    pages_of(monkeypatch, 1)
    auditor = work.as_role("auditor")
    last = int(auditor.get("/ledger/?site=TO&page=999").location.rpartition("=")[2])
    assert last > 4
    page = auditor.get("/ledger/?site=TO&page=3").text
    nav = page[page.index('class="kt-pager"') :].partition("</nav>")[0]
    links = re.findall(r'href="[^"]*page=(\d+)">(\w+)<', nav)
    assert links == [("1", "First"), ("2", "Previous"), ("4", "Next"), (str(last), "Last")]
    assert all("site=TO" in address for address in re.findall(r'href="([^"]+)"', nav))
    assert f"<title>Ledger · Page 3 of {last} · " in page


def test_a_csv_has_every_line_that_the_address_bar_keeps_and_not_one_page(work, monkeypatch):
    every = rows(work, "auditor", "/ledger/entries.csv")[1:]
    pages_of(monkeypatch, 2)
    assert len(rows(work, "auditor", "/ledger/entries.csv?page=2")[1:]) == len(every)
    of_maria = rows(work, "auditor", "/ledger/entries.csv?by=maria")[1:]
    assert 0 < len(of_maria) <= len(every)
    assert {line[4] for line in of_maria} == {"maria"}


def test_sessions_are_taken_away_by_code_and_pseudonym_never_by_name(work):
    (line,) = rows(work, "nurse", "/sessions/sessions.csv")[1:]
    assert line[0].startswith("PS")
    assert line[5].startswith("PT")
    assert line[7] == "open now"
    assert not {"Rossi", "Ada", "MRN"} & {word for cell in line for word in cell.split()}


def test_a_figure_of_stock_leads_to_the_entries_that_make_it(work):
    quality = work.as_role("quality")
    page = quality.get("/stock/?search=BAD&place=TO-PHARMACY").text
    address, figure = re.search(r'href="(/ledger/\?[^"]+)"[^>]*>(\d+)<', page).groups()
    assert figure == "5"
    entries = quality.get(address.replace("&amp;", "&")).text
    assert "2 entries" in entries
    assert "Only what moved lot" in entries
    assert "received" in entries
    assert "moved" in entries


def test_who_may_not_read_the_ledger_sees_the_figure_alone(work):
    page = work.as_role("nurse").get("/stock/").text
    assert "/ledger/" not in page
    assert '<td data-label="Units" class="num">5</td>' in page


def test_a_reconciliation_leads_to_entries_and_to_the_lot(work):
    quality = work.as_role("quality")
    code = rows(work, "quality", "/recalls/recalls.csv")[1][0]
    page = quality.get(f"/recalls/{code}").text
    table = page[page.index('id="reconciliation"') :].partition("</section>")[0]
    received = re.search(r'href="(/ledger/\?lot=\d+&amp;sum=received)"', table)[1]
    assert "1 entry" in quality.get(received.replace("&amp;", "&")).text
    assert re.search(r'href="/lots/\d+"', table)


@pytest.mark.parametrize("lot", ["x", "-1", "0", "99999999999999999999", ""])
def test_a_lot_that_makes_no_sense_narrows_nothing(work, lot):
    assert work.as_role("auditor").get(f"/ledger/?lot={lot}").status_code == 200


def test_a_lot_that_is_not_there_is_not_found(work):
    assert work.as_role("auditor").get("/ledger/?lot=123456").status_code == 404


def test_the_entry_of_a_workstation_has_a_page(work):
    auditor = work.as_role("auditor")
    page = auditor.get("/ledger/?kind=WORKSTATION").text
    assert "workstation changed" in page
    entry = re.search(r'href="(/ledger/TO-\d+)"', page)[1]
    assert "Added" in auditor.get(entry).text
