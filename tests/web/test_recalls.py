"""The pages of recalls: a notice typed in, looked at, opened, read, taken away, lifted."""

import csv
import io
import re

import pytest
from pypdf import PdfReader

from inventory import store
from inventory.domain.catalogue import ItemKind
from inventory.operations import looking
from inventory.operations.recalling import recall_report
from inventory.reports.recall_json import as_json
from inventory.store.lists import list_entries
from inventory.web.recalls import SUMS
from tests.web.conftest import beside
from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Lot R1: one kit used, one opened, one dropped; R2 used beside it; one refusal."""
    with working_clinic(tmp_path_factory.mktemp("recalls")) as working:
        clinic = working.clinic
        used, opened, dropped, left = clinic.receive_kits("R1", 4)
        (other,) = clinic.receive_kits("R2")
        working.exposed = [
            clinic.open_session("MRN 501", name="Rossi Maria", birth_date="1961-04-30"),
            clinic.open_session("MRN 502"),
        ]
        clinic.scan(working.exposed[0], used)
        clinic.use(working.exposed[0], used)
        clinic.scan(working.exposed[1], opened)
        working.doubtful = clinic.open_session("MRN 503", name="Gialli Anna")
        with working.app.app_context():
            looking.name_patient(clinic.act(), working.doubtful, "Verdi Anna", "", corrects=True)
        clinic.scan(working.doubtful, dropped)
        clinic.waste(working.doubtful, dropped, "contaminated")
        working.excluded = clinic.open_session("MRN 504", name="Neri Ada")
        clinic.scan(working.excluded, other)
        clinic.use(working.excluded, other)
        working.recall = clinic.recall("R1")
        clinic.scan(clinic.open_session("MRN 505"), left)
        yield working


def draft(work, do="preview", **more):
    fields = {
        "reference": "FSN 9",
        "manufacturer": "Acme",
        "reason": "seal",
        "item": work.clinic.kit,
        **more,
    }
    return work.as_role("quality").send("/recalls/new", do=do, **fields)


def opened(work, key="", **fields):
    """The draft looked at and opened, as a person does."""
    quality = work.as_role("quality")
    seen = re.search(r'name="seen"[^>]* value="(\w+)"', draft(work, **fields).text)
    return quality.send("/recalls/new/open", key=key, seen=seen[1], **fields)


def words_of(answer) -> str:
    reader = PdfReader(io.BytesIO(answer.data))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_an_item_is_found_by_name_ref_and_identifier(work):
    quality = work.as_role("quality")
    for search in ("lipo", "LIPO K", "09521234543213"):
        assert f"add:{work.clinic.kit}" in quality.get(f"/recalls/new/items?search={search}").text
    assert "No item fits" in quality.get("/recalls/new/items?search=moon").text
    page = draft(work, "find", item="", search="lipo").text
    assert f"add:{work.clinic.kit}" in page


def test_items_are_added_and_left_out_again(work):
    added = draft(work, f"add:{work.clinic.saline}").text
    assert f"lots-{work.clinic.kit}" in added
    assert f"lots-{work.clinic.saline}" in added
    assert f"lots-{work.clinic.kit}" not in draft(work, f"remove:{work.clinic.kit}").text


def test_the_preview_tells_what_is_here_unknown_and_only_alike(work):
    page = draft(work, **{f"lots-{work.clinic.kit}": "R1, r2\nNEVER"}).text
    assert re.search(r"covered, was here.*?R1", page, re.S)
    assert re.search(r"covered, never was here.*?NEVER", page, re.S)
    assert f"lot:{work.clinic.kit}:R2" in page
    assert "1 unit of use on hand" in page
    assert "Open the recall" in page


def test_a_lot_that_looks_alike_is_added_with_a_finger(work):
    page = draft(work, f"lot:{work.clinic.kit}:R2", **{f"lots-{work.clinic.kit}": "r2"}).text
    assert "r2\nR2" in page


def test_an_item_that_may_be_the_recalled_one_is_recalled_too_with_a_finger(work):
    clinic = work.clinic
    other = clinic.add_item("lipo k", ItemKind.CONSUMABLE, "09521234007777")
    clinic.receive(clinic.label("R1", gtin="09521234007777"))
    button = f"alike:{clinic.kit}:{other}"
    lots = {f"lots-{clinic.kit}": "R1\nR9"}
    assert re.search(
        rf"perhaps the same item, NOT covered.*?R1.*?{button}", draft(work, **lots).text, re.S
    )
    page = draft(work, button, **lots).text
    assert re.search(rf'name="lots-{other}"[^>]*>\s*R1\nR9', page)
    assert button not in page
    page = draft(work, button, **{f"every-{clinic.kit}": "yes"}).text
    assert re.search(rf'checked[^>]*name="every-{other}"', page)


def test_nothing_is_opened_while_something_is_missing(work):
    quality = work.as_role("quality")
    answer = quality.send("/recalls/new/open", reference="", manufacturer="", reason="")
    assert answer.status_code == 422
    assert "Choose the item that is recalled." in answer.text
    for field in ("reference", "manufacturer", "reason"):
        assert beside(field, answer.text) == f"Type the {field} of the notice."
    empty = opened(work, reference="F", manufacturer="A", reason="B", item=work.clinic.saline)
    told = "Type the recalled lots, or choose all lots."
    assert beside(f"lots-{work.clinic.saline}", empty.text) == told
    assert empty.text.count(told) == 1
    assert re.search('name="reference"[^>]*value="F"', empty.text)


def test_a_recall_is_opened_once_also_for_lots_that_never_came(work):
    quality, saline = work.as_role("quality"), work.clinic.saline
    fields = {"reference": "F2", "manufacturer": "Acme", "reason": "label", "item": saline}
    fields[f"lots-{saline}"] = "FUTURE"
    pages = [opened(work, key="once", **fields) for _ in range(2)]
    assert all("No covered lot was ever here" in page.text for page in pages)
    assert pages[0].request.path == pages[1].request.path
    assert quality.get("/recalls/").text.count(">F2<") == 1


def test_a_notice_of_five_thousand_lots_is_read(work):
    lots = "\n".join(f"LOT-{number:011}" for number in range(5000))
    page = draft(work, **{f"lots-{work.clinic.kit}": lots})
    assert page.status_code == 200
    assert "LOT-00000004999" in page.text


def test_only_what_was_looked_at_is_opened(work):
    lots, quality = f"lots-{work.clinic.kit}", work.as_role("quality")
    fields = {"reference": "F3", "manufacturer": "Acme", "reason": "x", "item": work.clinic.kit}
    page = draft(work, **fields, **{lots: "NEVER1"}).text
    seen = re.search(r'name="seen"[^>]* value="(\w+)"', page)[1]
    changed = {**fields, lots: "NEVER1\nNEVER2"}
    answer = quality.send("/recalls/new/open", seen=seen, **changed)
    assert answer.status_code == 422
    assert "The lots are not those that were shown." in answer.text
    assert "NEVER2" in answer.text.split("covered, never was here")[1]
    assert ">F3<" not in quality.get("/recalls/").text


def test_several_lots_pasted_as_one_are_taken_apart_with_a_finger(work):
    lots = f"lots-{work.clinic.kit}"
    page = draft(work, **{lots: "R1 R2 NEVER3"}).text
    assert "Read it as 3 lots: R1, R2, NEVER3" in page
    assert re.search(r"looks alike, NOT covered.*?R1.*?R2", page, re.S)
    apart = draft(work, f"apart:{work.clinic.kit}:R1 R2 NEVER3", **{lots: "R1 R2 NEVER3"}).text
    assert "R1\nR2\nNEVER3" in apart
    assert re.search(r"covered, was here.*?R1.*?R2.*?covered, never was here.*?NEVER3", apart, re.S)


def test_a_lot_that_is_too_long_is_told_at_the_lots_and_not_at_the_reason(work):
    lots = f"lots-{work.clinic.kit}"
    answer = opened(
        work, reference="F", manufacturer="A", reason="B", item=work.clinic.kit, **{lots: "9" * 41}
    )
    assert answer.status_code == 422
    assert beside(lots, answer.text).startswith("The lot is too long")
    assert "9" * 41 in answer.text
    assert not beside("reason", answer.text)


def test_a_recall_of_two_items_says_at_which_of_them_the_lots_are_missing(work):
    kit, saline = work.clinic.kit, work.clinic.saline
    fields = {"reference": "F4", "manufacturer": "A", "reason": "B", "item": [kit, saline]}
    page = opened(work, **fields, **{f"lots-{kit}": "ELSE-9"}).text
    assert beside(f"lots-{saline}", page) == "Type the recalled lots, or choose all lots."
    assert not beside(f"lots-{kit}", page)
    page = opened(work, **fields, **{f"lots-{kit}": "ELSE-9", f"every-{saline}": "yes"}).text
    assert "The recall is open." in page


def test_a_second_recall_of_the_same_notice_is_pointed_out(work):
    page = draft(work, reference="fsn 2026/07", **{f"lots-{work.clinic.kit}": "R2"}).text
    assert "A recall with this reference is open already:" in page
    assert work.recall in page


def test_the_page_names_every_session_in_its_ring(work):
    page = work.as_role("quality").get(f"/recalls/{work.recall}").text
    rings = dict(re.findall(r'<section id="([\w-]+)">(.*?)</section>', page, re.S))
    assert all(code in rings["exposed"] for code in work.exposed)
    assert work.doubtful in rings["cannot-be-excluded"]
    assert work.excluded in rings["excluded"]
    assert work.excluded not in rings["exposed"] + rings["cannot-be-excluded"]
    assert "balances" in rings["reconciliation"]
    assert "not counted" in rings["reconciliation"]
    assert "lot recalled" in rings["refusals"]
    assert "Rossi" not in page
    assert "MRN " not in page


def test_a_ring_is_read_page_by_page(work):
    auditor = work.as_role("auditor")
    page = auditor.get(f"/recalls/{work.recall}/rings/exposed").text
    assert all(code in page for code in work.exposed)
    for ring in ("cannot-be-excluded", "excluded"):
        assert auditor.get(f"/recalls/{work.recall}/rings/{ring}").status_code == 200
    assert auditor.get(f"/recalls/{work.recall}/rings/saturn").status_code == 404


def test_the_paper_names_every_session_and_no_patient(work):
    answer = work.as_role("pharmacist").get(f"/recalls/{work.recall}.pdf")
    assert answer.mimetype == "application/pdf"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="recall-{work.recall}.pdf"'
    words = words_of(answer)
    for code in (*work.exposed, work.doubtful, work.excluded):
        assert code in words
    assert "Rossi" not in words


def test_the_paper_is_said_in_the_readers_language(work):
    quality = work.as_role("quality")
    answer = quality.client.get(f"/recalls/{work.recall}.pdf", headers={"Accept-Language": "it"})
    assert "Riconciliazione" in words_of(answer)


def test_the_copy_with_names_is_for_quality_and_each_look_is_kept_first(work):
    answer = work.as_role("quality").send(f"/recalls/{work.recall}/identified.pdf")
    words = words_of(answer)
    assert "Rossi Maria" in words
    assert "1961-04-30" in words
    assert "Verdi Anna" in words
    assert "name corrected" in words
    assert "Gialli" not in words
    assert "Neri Ada" not in words
    assert "CONFIDENTIAL" in words
    assert answer.headers["Cache-Control"] == "no-store"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f'attachment; filename="recall-{work.recall}-confidential.pdf"'
    with work.app.app_context(), store.reading() as connection:
        looks, _ = list_entries(connection, kind="LOOK", about=work.recall)
    assert [look.by for look in looks] == ["quality1"]
    for role in ("nurse", "pharmacist", "auditor", "admin"):
        page = work.as_role(role).send(f"/recalls/{work.recall}/identified.pdf")
        assert page.status_code == 403


def test_the_csv_holds_every_ring(work):
    answer = work.as_role("quality").get(f"/recalls/{work.recall}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    rings = {row["session"]: row["ring"] for row in rows}
    assert rings[work.exposed[0]] == "exposed"
    assert rings[work.doubtful] == "cannot_be_excluded"
    assert rings[work.excluded] == "excluded"


def test_an_unknown_recall_is_not_there(work):
    for path in ("/recalls/RC00000000A", "/recalls/RC00000000A.pdf", "/recalls/RC00000000A.csv"):
        assert work.as_role("quality").get(path).status_code == 404


def test_a_recall_is_lifted_with_a_reason_only(work):
    quality = work.as_role("quality")
    code = work.clinic.recall("LIFTED")
    refused = quality.send(f"/recalls/{code}/lift")
    assert refused.status_code == 409
    assert beside("lift-reason", refused.text) == "Say why the recall is lifted."
    assert '<details class="kt-more" open>' in refused.text
    long = quality.send(f"/recalls/{code}/lift", reason="x" * 2001).text
    assert beside("lift-reason", long).startswith("The reason is too long")
    assert "x" * 2001 in long
    page = quality.send(f"/recalls/{code}/lift", reason="the maker corrected it").text
    assert "the maker corrected it" in page
    assert (
        "This recall was lifted already. If its lots must be stopped again, open a recall."
        in quality.send(f"/recalls/{code}/lift", reason="again").text
    )


def test_the_start_page_shows_open_recalls_to_those_who_act_on_them(work):
    assert work.recall in work.as_role("quality").get("/").text
    assert work.recall in work.as_role("pharmacist").get("/").text
    assert work.recall not in work.as_role("nurse").get("/").text


def test_the_list_is_taken_away_as_csv(work):
    csv_text = work.as_role("auditor").get("/recalls/recalls.csv?search=R1").text
    rows = list(csv.DictReader(io.StringIO(csv_text.removeprefix("\ufeff"))))
    assert [(row["Recall"], row["Lots"]) for row in rows] == [(work.recall, "R1")]


def test_what_lies_outside_quarantine_is_to_be_collected(work):
    page = work.as_role("quality").get(f"/recalls/{work.recall}").text
    assert re.search(r"On hand outside quarantine, to be collected:.*?TO-OR1.*?>1<", page, re.S)


def test_page_paper_csv_and_call_tell_the_same(work):
    """The same sessions in the same rings, and the same sums, whichever way it is read."""
    quality = work.as_role("quality")
    with work.app.app_context():
        facts = as_json(recall_report(work.recall, "quality1", work.clinic.now))
    page, words = (
        quality.get(f"/recalls/{work.recall}").text,
        words_of(quality.get(f"/recalls/{work.recall}.pdf")),
    )
    table = quality.get(f"/recalls/{work.recall}.csv").get_data(as_text=True)
    told = {}
    for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))):
        told.setdefault(row["ring"], []).append(row["session"])
    ids = {"cannot_be_excluded": "cannot-be-excluded"}
    for ring, lines in facts["rings"].items():
        sessions = [line["session"] for line in lines]
        assert told.get(ring, []) == sessions
        part = re.search(rf'<section id="{ids.get(ring, ring)}">(.*?)</section>', page, re.S)[1]
        assert re.findall(r">(PS[0-9A-Z]{9})</span></a>", part) == sessions
        assert all(session in words for session in sessions)
    (line,) = facts["reconciliation"]
    sums = [line[name] for name in SUMS]
    part = re.search(r'<section id="reconciliation">(.*?)</section>', page, re.S)[1]
    row = re.search(r"<tr>(.*?)</tr>", part.split("<tbody>")[1], re.S)[1]
    numbers = [
        int(number) for number in re.findall(r'<td class="num"[^>]*>(?:<a [^>]*>)?(\d+)<', row)
    ]
    assert numbers == [*sums, line["on_hand"]]
    assert " ".join(map(str, sums)) in " ".join(words.split())
