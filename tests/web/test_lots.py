"""The pages of lots: backward to the delivery, forward to the sessions, held and let go."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from inventory import store
from inventory.store.lists import PAGE, find_lots
from tests.clinic import SALINE, Clinic
from tests.web.conftest import beside
from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("lots")) as working:
        yield working


def address(work, number: str) -> str:
    with work.app.app_context(), store.reading() as connection:
        ((lot,), _) = find_lots(connection, number=number)
    return f"/lots/{lot.id}"


def test_a_lot_is_found_by_number_item_and_ref(work):
    work.clinic.receive_kits("FIND-1")
    nurse = work.as_role("nurse")
    for search in ("find-1", "lipo", "LIPO K"):
        assert "FIND-1" in nurse.get(f"/lots/?search={search}").text
    assert "No lot found" in nurse.get("/lots/?search=nowhere").text


def test_a_lot_tells_where_it_came_from_lies_and_went(work):
    used, left = work.clinic.receive_kits("L1", 2)
    session = work.clinic.open_session("MRN lot")
    work.clinic.scan(session, used)
    page = work.as_role("pharmacist").get(address(work, "L1")).text
    for word in ("DDT 7", "Acme Medical", session, used, left, "TO-OR1", "in use 1"):
        assert word in page
    assert "MRN " not in page


def test_the_sessions_of_a_lot_are_taken_away_as_csv(work):
    (unit,) = work.clinic.receive_kits("L2")
    session = work.clinic.open_session("MRN csv")
    work.clinic.scan(session, unit)
    answer = work.as_role("quality").get(f"{address(work, 'L2')}/sessions.csv")
    assert answer.mimetype == "text/csv"
    assert session in answer.get_data(as_text=True)


def test_a_held_lot_is_taken_nowhere_until_the_hold_is_lifted(work):
    label = work.clinic.label("L3", SALINE)
    work.clinic.receive(label, packs=5)
    session, quality = work.clinic.open_session("MRN hold"), work.as_role("quality")
    lot = address(work, "L3")
    for reason in ("", "mood"):
        refused = quality.send(f"{lot}/hold", reason=reason)
        assert refused.status_code == 409
        assert beside("reason", refused.text) == "Choose the reason."
    page = quality.send(f"{lot}/hold", reason="incident").text
    assert "until the hold is lifted" in page
    said = work.as_role("nurse").scan(session, label).get_json()
    assert (said["kind"], said["word"]) == ("stop", "On hold")
    for reason in ("other", ""):
        again = quality.send(f"{lot}/hold", reason=reason).text
        assert "This lot is on hold already." in again
        assert not beside("reason", again)  # the form there lifts the hold
    assert beside("reason", quality.send(f"{lot}/lift-hold").text) == "Choose the reason."
    assert "until the hold is lifted" not in quality.send(f"{lot}/lift-hold", reason="other").text
    assert work.as_role("nurse").scan(session, label).get_json()["kind"] == "taken"


def test_only_quality_holds(work):
    work.clinic.receive_kits("L4")
    for role in ("nurse", "pharmacist", "auditor", "admin"):
        answer = work.as_role(role).send(f"{address(work, 'L4')}/hold", reason="incident")
        assert answer.status_code == 403


def test_a_recalled_lot_says_so(work):
    work.clinic.receive_kits("L5")
    recall = work.clinic.recall("L5")
    assert f"/recalls/{recall}" in work.as_role("quality").get(address(work, "L5")).text
    assert f"/recalls/{recall}" not in work.as_role("nurse").get(address(work, "L5")).text


def test_an_unknown_lot_is_not_there(work):
    assert work.as_role("nurse").get("/lots/999999").status_code == 404
    assert work.as_role("nurse").get("/lots/999999/sessions.csv").status_code == 404


def test_a_lot_says_where_all_of_it_went(work):
    used, _, _ = work.clinic.receive_kits("L6", 3)
    session = work.clinic.open_session("MRN sums")
    work.clinic.scan(session, used)
    work.clinic.use(session, used)
    page = work.as_role("auditor").get(address(work, "L6")).text
    part = page.split("Where all of it went")[1].split("</table>")[0]
    assert re.findall(r">(\d+)</td>", part) == ["3", "0", "2", "0", "1", "0", "0", "0"]


def test_the_list_of_lots_is_taken_away_as_csv(work):
    work.clinic.receive_kits("L7")
    work.clinic.recall("L7")
    lines = work.as_role("nurse").get("/lots/lots.csv?search=L7").text.splitlines()
    assert lines[0].removeprefix("\ufeff") == "Lot,Item,REF,Expiry,State"
    assert lines[1].startswith("L7,Lipo kit,")
    assert lines[1].endswith(",recalled")


def test_the_sessions_of_a_lot_come_in_pages_that_hide_none(work):
    units = work.clinic.receive_kits("MANY", PAGE + 1)
    session = work.clinic.open_session("MRN many")
    for unit in units:
        work.clinic.scan(session, unit, overrule=("more-than-planned",), reason="a long day")
    quality, lot = work.as_role("quality"), address(work, "MANY")
    pages = [quality.get(f"{lot}?page={number}").text for number in (1, 2)]
    lists = [page.split('id="sessions"')[1].split("</table>")[0] for page in pages]
    assert sorted(re.findall(r"KT[0-9A-Z]{9}", "".join(lists))) == sorted(units)
    for page in pages:
        assert f'<span class="kt-count">{PAGE + 1}</span>' in page
    for page in (pages[0], quality.send(f"{lot}/hold").text):  # a refusal is this page too
        assert f'href="{lot}?page=2#sessions"' in page


def test_an_expiry_is_corrected_on_a_page_of_its_own_and_the_page_of_the_lot_tells_it(work):
    work.clinic.receive_kits("E1")
    lot, pharmacist = address(work, "E1"), work.as_role("pharmacist")
    assert f'href="{lot}/expiry"' in pharmacist.get(lot).text
    assert "2029-02-28" in pharmacist.get(f"{lot}/expiry").text
    page = pharmacist.send(f"{lot}/expiry", expires_on="2027-01-31", reason="typed-wrong").text
    assert "The expiry is corrected: 2027-01-31." in page
    assert "Pieces here whose label may show the old day: 1" in page
    page = pharmacist.get(lot).text
    assert "Expiry corrected to 2027-01-31 by" in page
    assert "It was typed wrong" in page
    assert f"{lot}/expiry" not in work.as_role("nurse").get(lot).text
    ledger = work.as_role("auditor").get("/ledger/?kind=CORRECT_EXPIRY").text
    assert "expiry corrected" in ledger


def test_sessions_after_the_last_day_stay_marked_on_the_page_of_the_lot_and_in_its_csv(tmp_path):
    with working_clinic(tmp_path) as work:
        with work.app.app_context():
            ago = datetime.now(UTC) - timedelta(days=3)
            clinic = Clinic(work.clinic.kit, work.clinic.saline, ago)
            good, late = clinic.receive_kits("E4", 2)
            before = clinic.open_session("MRN before")
            clinic.scan(before, good)
        after = work.clinic.open_session("MRN after")
        work.clinic.scan(after, late)
        check_marks(work, before, after)


def check_marks(work, before, after):
    lot, quality = address(work, "E4"), work.as_role("quality")
    assert "after its last day" not in quality.get(lot).text
    last = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    told = quality.send(f"{lot}/expiry", expires_on=last, reason="other").text
    assert f"Sessions that took this lot after its last day: 1 ({after})" in told
    rows = quality.get(lot).text.split('id="sessions"')[1].split("</table>")[0].split("<tr>")
    marked = {
        code: "after its last day" in row
        for row in rows
        for code in re.findall(r">(PS\w{9})<", row)
    }
    assert (marked[before], marked[after]) == (False, True)
    csv = quality.get(f"{lot}/sessions.csv").get_data(as_text=True).splitlines()
    assert [line.endswith("yes") for line in csv if "PS" in line] == [False, True]


def test_a_refused_correction_keeps_what_was_typed(work):
    work.clinic.receive_kits("E2")
    lot, pharmacist = address(work, "E2"), work.as_role("pharmacist")
    same = pharmacist.send(f"{lot}/expiry", expires_on="2029-02-28", reason="other")
    assert same.status_code == 409
    assert "Nothing was changed" in same.text
    assert 'value="2029-02-28"' in same.text
    other = pharmacist.send(
        f"{lot}/expiry", barcodes=work.clinic.label("E3", expiry="280131"), reason="other"
    )
    assert "This is not lot E2" in other.text
    assert "E3" in other.text
    none = pharmacist.send(f"{lot}/expiry", expires_on="2028-01-31")
    assert (none.status_code, "Choose the reason." in none.text) == (422, True)
    odd = pharmacist.send(f"{lot}/expiry", expires_on="31/01/2028", reason="other")
    assert odd.status_code == 422
    assert 'value="31/01/2028"' in odd.text
