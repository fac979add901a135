"""Stock: by item and place, by expiry, with what must be known of a lot; and as CSV."""

import csv
import io
from datetime import timedelta

import pytest

from inventory.web.acting import clinic_today
from tests.clinic import SALINE
from tests.web.pharmacy import opened


@pytest.fixture(scope="module")
def pharmacy(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("stock")) as pharmacy:
        with pharmacy.app.app_context(), pharmacy.app.test_request_context():
            clinic = pharmacy.clinic
            soon = f"{clinic_today() + timedelta(days=20):%y%m%d}"
            clinic.receive_kits("LIPO-2017", 3, "TO-PHARMACY")
            clinic.receive(clinic.label("SOON", SALINE, soon), packs=7, location="TO-PHARMACY")
            clinic.receive(clinic.label("=BAD", SALINE), packs=2, location="CN-PHARMACY")
            clinic.recall("LIPO-2017")
        yield pharmacy


def test_every_lot_stands_under_its_item_with_its_sum(pharmacy):
    page = pharmacy.get("/stock/").text
    assert page.index("Lipo kit") < page.index("LIPO-2017") < page.index("Saline 500 mL")
    assert "3 lots · 12 units of use" in page
    assert "recalled" in page


def test_what_expires_soon_is_found_with_its_days(pharmacy):
    page = pharmacy.get("/stock/?expiring=30").text
    assert "20 days left" in page
    assert "LIPO-2017" not in page


def test_the_picture_of_what_expires_when_leads_to_what_it_sums(pharmacy):
    with pharmacy.app.app_context():
        month = f"{clinic_today() + timedelta(days=20):%Y-%m}"
    assert f'href="/stock/?month={month}&amp;page=1"' in pharmacy.get("/stock/").text
    assert 'href="/stock/?month=expired' not in pharmacy.get("/stock/").text
    page = pharmacy.get(f"/stock/?month={month}").text
    assert "1 lot · 7 units of use" in page
    assert "=BAD" not in page
    assert "1 lot" in pharmacy.get("/stock/?month=later&search=BAD").text
    assert pharmacy.get(f"/stock/stock.csv?month={month}").text.count("SOON") == 1


def test_one_place_and_one_word_are_found(pharmacy):
    assert "SOON" not in pharmacy.get("/stock/?place=CN-PHARMACY").text
    assert "LIPO-2017" not in pharmacy.get("/stock/?search=saline").text
    assert "Nothing on hand fits" in pharmacy.get("/stock/?search=nothing+like+it").text


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "expiring=x", "expiring=-4", "month=2026-99"]
)
def test_an_address_that_makes_no_sense_is_no_fault(pharmacy, query):
    assert pharmacy.get(f"/stock/?{query}").status_code == 200


def test_the_csv_holds_all_and_no_formula(pharmacy):
    answer = pharmacy.get("/stock/stock.csv")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["Item", "REF", "Lot", "Expires on", "Place", "State", "Units of use"]
    assert {row[2] for row in rows[1:]} == {"LIPO-2017", "SOON", "'=BAD"}
    assert [row[5] for row in rows if row[2] == "LIPO-2017"] == ["recalled"]
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_csv_is_in_the_readers_language(pharmacy):
    answer = pharmacy.get("/stock/stock.csv", headers={"Accept-Language": "it"})
    assert answer.text.startswith("\ufeffArticolo,REF,Lotto")
