"""Items: found, shown with their lots, and added from the barcodes of their packs."""

import re

import pytest

from tests.clinic import CARTON, KIT
from tests.web.conftest import beside
from tests.web.pharmacy import opened

FORM = {
    "name": "Wash set",
    "reference": "WS-1",
    "manufacturer": "Acme",
    "kind": "consumable",
    "tracking": "lot",
    "single_use": "y",
    "packaging-0-di": "09521234000099",
    "packaging-0-issuer": "gs1",
    "packaging-0-units": "1",
}


@pytest.fixture(scope="module")
def pharmacy(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("items")) as pharmacy:
        with pharmacy.app.app_context():
            pharmacy.clinic.receive_kits("A17", 3, "TO-PHARMACY")
        yield pharmacy


def read(pharmacy, *barcodes):
    return pharmacy.send("/items/read", {"lines": [{"barcodes": list(barcodes)}]})


def test_items_are_found_by_name_kind_and_identifier(pharmacy):
    assert "Lipo kit" in pharmacy.get(f"/items/?search={CARTON}").text
    assert "Lipo kit" not in pharmacy.get("/items/?kind=fluid").text
    assert "Nothing found" in pharmacy.get("/items/?search=nothing+like+it").text
    assert pharmacy.get("/items/?kind=nonsense").status_code == 200


def test_an_item_shows_its_levels_and_lots(pharmacy):
    page = pharmacy.get(f"/items/{pharmacy.clinic.kit}").text
    assert KIT in page
    assert CARTON in page
    assert re.search(r"A17.*TO-PHARMACY", page, re.DOTALL)
    assert "3 units of use" in page
    assert pharmacy.get("/items/MT00000000A").status_code == 404


def test_a_further_barcode_of_an_item_is_added_on_its_page(pharmacy):
    place = f"/items/{pharmacy.clinic.saline}"
    assert f"{place}/packaging" in pharmacy.get(place).text
    page = pharmacy.get(f"{place}/packaging?di=09521234000976")
    assert 'value="09521234000976"' in page.text
    form = {"packaging-0-issuer": "gs1", "packaging-0-units": "10"}
    wrong = pharmacy.post(f"{place}/packaging", data={**form, "packaging-0-di": "09521234000975"})
    assert (wrong.status_code, "no identifier of a pack" in wrong.text) == (409, True)
    taken = pharmacy.post(f"{place}/packaging", data={**form, "packaging-0-di": KIT})
    assert (taken.status_code, "Use that item." in taken.text) == (409, True)
    none = pharmacy.post(f"{place}/packaging", data={**form, "packaging-0-di": ""})
    assert (none.status_code, "Scan a pack of this item" in none.text) == (409, True)
    pharmacy.post(f"{place}/packaging", data={**form, "packaging-0-di": "09521234000976"})
    page = pharmacy.get(place).text
    assert "09521234000976" in page
    assert "is known by this barcode too." in page


def test_a_barcode_gives_the_identifier_and_the_ref(pharmacy):
    answer = read(pharmacy, "0109521234000099240WS-1\x1d10L1")
    assert answer.json == {
        "di": "09521234000099",
        "issuer": "gs1",
        "reference": "WS-1",
        "taken": "",
    }
    assert read(pharmacy, f"01{KIT}").json["taken"] == "Lipo kit"


@pytest.mark.parametrize("text", ["Mario Rossi", "0109521234543214", "10L1", "KT00000000A"])
def test_a_barcode_without_an_item_is_refused_with_a_reason(pharmacy, text):
    answer = read(pharmacy, text)
    assert answer.status_code == 409
    assert answer.json["problems"][0]["message"]


def test_a_wrong_item_is_refused_beside_the_field_and_nothing_is_lost(pharmacy):
    wrong = {**FORM, "name": "Rinse set", "packaging-0-di": "09521234000098"}
    answer = pharmacy.post("/items/new", data=wrong)
    assert answer.status_code == 409
    assert "09521234000098 is no identifier of a pack" in answer.text
    assert 'value="Rinse set"' in answer.text
    empty = pharmacy.post("/items/new", data={**FORM, "name": "", "manufacturer": ""})
    assert empty.status_code == 422
    assert (beside("name", empty.text), beside("manufacturer", empty.text)) == (
        "Type the name.",
        "Type the manufacturer.",
    )
    assert 'value="WS-1"' in empty.text


def test_an_item_is_added_once_and_the_delivery_goes_on(pharmacy):
    data = {**FORM, "key": "k1", "back": "receiving"}
    answer = pharmacy.post("/items/new", data=data)
    assert (answer.status_code, answer.location) == (302, "/receiving/new")
    again = pharmacy.post("/items/new", data=data)
    assert again.status_code == 302
    assert pharmacy.get("/items/?search=Wash+set").text.count("WS-1") == 1
    other = pharmacy.post("/items/new", data={**FORM, "name": "Copy"})
    assert other.status_code == 409
    assert "is already the identifier of Wash set" in other.text
    twin = {**FORM, "name": "Copy", "reference": "ws1", "packaging-0-di": "09521234007777"}
    told = pharmacy.post("/items/new", data=twin, follow_redirects=True).text
    assert "Wash set of Acme" in told
    assert "has this REF too: WS-1." in told


def test_the_barcode_of_an_unknown_item_starts_the_form(pharmacy):
    page = pharmacy.get("/items/new?di=09521111111116&back=receiving").text
    assert 'value="09521111111116"' in page
    assert 'name="back" type="hidden" value="receiving"' in page


def test_a_nurse_reads_items_and_adds_none(pharmacy):
    assert "New item" not in pharmacy.get("/items/", role="nurse").text
    assert pharmacy.get("/items/new", role="nurse").status_code == 403
