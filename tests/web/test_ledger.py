"""The pages of the ledger: found, read, reversed, proved."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from inventory import store
from inventory.domain.ledger import EntryKind
from inventory.operations import fitness
from inventory.operations.posting import Act, Draft, post
from inventory.store import ledger, places
from inventory.store.lists import list_entries
from inventory.store.lists.proof import link_of_entry
from inventory.web.ledger import KIND_WORDS
from tests.clinic import ROME
from tests.web.conftest import beside
from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("ledger")) as working:
        yield working


def latest(work, **asked):
    with work.app.app_context(), store.reading() as connection:
        return list_entries(connection, **asked)[0][0]


def test_entries_are_found_by_act_person_site_and_subject(work):
    (unit,) = work.clinic.receive_kits("E1")
    session = work.clinic.open_session("MRN ledger")
    work.clinic.scan(session, unit)
    auditor = work.as_role("auditor")
    opened = latest(work, kind="OPEN").reference
    for query in (f"about={session}", "kind=OPEN", "by=maria", "site=TO"):
        assert f"/ledger/{opened}" in auditor.get(f"/ledger/?{query}").text
    assert f"/ledger/{opened}" not in auditor.get("/ledger/?site=CN").text
    assert "No entry found" in auditor.get("/ledger/?by=nobody").text


def test_an_entry_is_laid_out_with_its_link(work):
    work.clinic.receive_kits("E2", 2)
    page = work.as_role("auditor").get(f"/ledger/{latest(work, kind='RECEIVE').reference}").text
    for word in ("E2", "TO-SUPPLIER", "TO-OR1", "OR1-PC", "MAC over this entry"):
        assert word in page


def test_facts_and_problems_are_said_in_words_and_items_by_their_name(work):
    (unit,) = work.clinic.receive_kits("E8")
    work.clinic.recall("E8")
    work.clinic.scan(work.clinic.open_session("MRN words"), unit)
    auditor = work.as_role("auditor")
    page = auditor.get(f"/ledger/{latest(work, kind='REFUSAL').reference}").text
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", page))
    assert facts["item"] == f"Lipo kit ({work.clinic.kit})"
    assert (facts["lot"], facts["piece"], facts["problems"]) == ("E8", unit, "lot recalled")
    received = auditor.get(f"/ledger/{latest(work, kind='RECEIVE').reference}").text
    assert f'<a href="/items/{work.clinic.kit}">Lipo kit</a>' in received


def test_every_kind_of_entry_has_a_page(work):
    (unit,) = work.clinic.receive_kits("E3")
    session = work.clinic.open_session("MRN kinds")
    work.clinic.scan(session, "rubbish")
    work.clinic.scan(session, unit)
    work.clinic.use_all_and_close(session)
    work.clinic.recall("E9")
    work.as_role("quality").send(f"/sessions/{session}/patient")
    auditor = work.as_role("auditor")
    with work.app.app_context(), store.reading() as connection:
        entries, _ = list_entries(connection, size=500)
    assert len({entry.kind for entry in entries}) >= 8
    for entry in {entry.kind: entry for entry in entries}.values():
        assert auditor.get(f"/ledger/{entry.reference}").status_code == 200


def test_an_entry_is_reversed_with_a_reason_once(work):
    work.clinic.receive_kits("E4")
    pharmacist, entry = work.as_role("pharmacist"), latest(work, kind="RECEIVE").reference
    for reason in ("", "mood"):
        refused = pharmacist.send(f"/ledger/{entry}/reverse", reason=reason)
        assert refused.status_code == 409
        assert beside("reason", refused.text) == "Choose the reason."
    page = pharmacist.send(f"/ledger/{entry}/reverse", reason="wrong-quantity").text
    assert "Reversed." in page
    assert f"/ledger/{entry}" in page
    again = pharmacist.send(f"/ledger/{entry}/reverse", reason="wrong-quantity").text
    assert "was reversed already" in again
    for role in ("nurse", "auditor", "admin"):
        answer = work.as_role(role).send(f"/ledger/{entry}/reverse", reason="other")
        assert answer.status_code == 403


def test_the_reason_stays_where_later_entries_rest_on_the_one_that_is_reversed(work):
    (unit,) = work.clinic.receive_kits("E6")
    entry = latest(work, kind="RECEIVE").reference
    work.clinic.scan(work.clinic.open_session("MRN rests"), unit)
    page = work.as_role("quality").send(f"/ledger/{entry}/reverse", reason="wrong-lot").text
    opened = latest(work, kind="OPEN").reference
    assert f"in this order: {opened}." in page
    assert f'<ol><li><a href="/ledger/{opened}">' in page
    assert '<details class="kt-more" open>' in page
    assert '<option selected value="wrong-lot">' in page


def test_a_closed_session_is_opened_again_by_reversing_its_close(work):
    (unit,) = work.clinic.receive_kits("E5")
    session = work.clinic.open_session("MRN reopen")
    work.clinic.scan(session, unit)
    work.clinic.use_all_and_close(session)
    closing = latest(work, kind="CLOSE_SESSION", about=session).reference
    work.as_role("quality").send(f"/ledger/{closing}/reverse", reason="other")
    assert 'id="scan"' in work.as_role("nurse").get(f"/sessions/{session}").text


def test_the_proof_says_when_the_guards_could_be_taken_off(work, monkeypatch):
    auditor, sentence = work.as_role("auditor"), "could take the guards off the ledger"
    assert sentence not in auditor.get("/ledger/proof").text
    monkeypatch.setattr(fitness, "may_unguard", lambda _: True)
    assert sentence in auditor.get("/ledger/proof").text
    assert sentence in auditor.send("/ledger/proof").text


def test_the_proof_recomputes_everything_on_demand(work):
    auditor = work.as_role("auditor")
    page = auditor.get("/ledger/proof").text
    assert "kittrace/" in page
    assert "Every entry is as it was written." in auditor.send("/ledger/proof").text
    assert work.as_role("pharmacist").get("/ledger/proof").status_code == 200
    assert work.as_role("pharmacist").send("/ledger/proof").status_code == 403


def test_what_does_not_exist_is_not_there(work):
    for reference in ("TO-999999", "nonsense", "TO--1", "TO-1e3"):
        assert work.as_role("auditor").get(f"/ledger/{reference}").status_code == 404


def test_every_kind_of_entry_has_a_word():
    assert set(KIND_WORDS) == set(EntryKind)


def test_entries_are_found_by_day_and_taken_away_as_csv(work):
    work.clinic.receive_kits("E8")
    entry, auditor = latest(work, kind="RECEIVE"), work.as_role("auditor")
    day = entry.at.astimezone(ROME).date()
    after = (day + timedelta(days=1)).isoformat()
    assert entry.reference in auditor.get(f"/ledger/?begin={day}&end={day}").text
    assert "No entry found" in auditor.get(f"/ledger/?begin={after}").text
    for days in ("begin=someday&end=9999-12-31", "begin=0001-01-01&end=0001-01-01"):
        assert auditor.get(f"/ledger/?{days}").status_code == 200
    csv = auditor.get(f"/ledger/entries.csv?kind=RECEIVE&begin={day}").text.splitlines()
    assert csv[0].removeprefix("\ufeff").startswith("Entry,Recorded,Happened,Act,By,About")
    assert csv[1].startswith(f"{entry.reference},")
    assert all(",received," in line for line in csv[1:])


def test_the_ledger_is_held_against_the_text_of_a_paper(work):
    auditor = work.as_role("auditor")
    note = re.search(r"<pre[^>]*>(.*?)</pre>", auditor.get("/ledger/proof").text, re.S)[1]
    copied = "Recall report\n" + note.replace("\n\n", "\n  ") + "\nPage 2 of 3"
    assert "fits the ledger" in auditor.send("/ledger/proof", paper=copied).text
    whole = "2026-11-25 08:40 opened A17\n" * 7_000 + copied  # a report of many pages
    assert "fits the ledger" in auditor.send("/ledger/proof", paper=whole).text
    size = note.split("\n")[1]
    page = auditor.send("/ledger/proof", paper=copied.replace(f"\n{size}\n", "\n1\n")).text
    assert "signature is not ours" in page
    assert "fits the ledger" not in page
    assert "nothing was compared" in auditor.send("/ledger/proof", paper="Recall report").text
    stranger = copied.replace("kittrace/", "other/")
    assert "a chain that is not here" in auditor.send("/ledger/proof", paper=stranger).text


def test_an_entry_shows_when_it_happened_and_its_link_in_the_chain(work):
    work.clinic.receive_kits("E9")
    entry = latest(work, kind="RECEIVE")
    with work.app.app_context(), store.reading() as connection:
        link = link_of_entry(connection, ledger.get_entry(connection, entry.reference)[0])
    page = work.as_role("auditor").get(f"/ledger/{entry.reference}").text
    assert link.leaf in page
    assert link.mac in page
    assert link.occurred_at.isoformat() in page.split("Happened")[1].split("</dd>")[0]


def test_where_a_clock_ran_ahead_page_and_command_say_until_when_acts_are_refused(work):
    """The last one here, for CN waits from now on."""
    then = datetime.now(UTC) + timedelta(days=2)
    with work.app.app_context():
        with store.transaction(2) as connection:
            site = places.list_sites(connection)[1]
            post(connection, Act("maria", then, ROME), site, Draft(EntryKind.LOOK))
        told = work.app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert told.exit_code == 0
    assert f"AHEAD: CN ends at {then:%Y-%m-%dT%H:%M}" in told.output
    assert "AHEAD: TO" not in told.output
    page = work.as_role("auditor").send("/ledger/proof").text
    assert f"The latest entry of CN is of {then.astimezone(ROME):%Y-%m-%d %H:%M}" in page
    assert "Every entry is as it was written." in page
