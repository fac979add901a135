import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from pypdf import PdfReader

from bench.recall_reports import a_checkpoint, a_code, a_report, a_session, an_exposure
from inventory.domain.chain import notes_in
from inventory.domain.ledger import LocationKind
from inventory.domain.recall import Opening, Rings
from inventory.domain.recall_report import RecallReport
from inventory.reports.page import Clinic
from inventory.reports.recall import recall_pdf
from inventory.reports.recall_csv import rings_csv
from inventory.reports.recall_json import data_hash
from inventory.reports.recall_setting import PatientName
from inventory.reports.seal import read, seal
from tests.labels.papers import render

CLINIC = Clinic("Clinica Aurora", "Via Po 1, 10123 Torino")
ITALIAN = {
    "Recall report": "Rapporto di richiamo",
    "Exposed sessions": "Sedute esposte",
    "Page %(page)s of %(pages)s": "Pagina %(page)s di %(pages)s",
    "No session is exposed.": "Nessuna seduta è esposta.",
    "not counted": "non contato",
    "used": "usato",
    "Only lot %(lot)s was opened, entry %(entry)s.": "Aperto solo il lotto %(lot)s: %(entry)s.",
}


def paper(report: RecallReport, **others: object) -> bytes:
    wanted = {"clinic": CLINIC, "checkpoints": [a_checkpoint()], "zone": ZoneInfo("Europe/Rome")}
    return recall_pdf(report, **(wanted | others))  # type: ignore[arg-type]


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def words(pdf: bytes) -> str:
    """All text with single blanks, so that a broken line does not hide a sentence."""
    return " ".join(" ".join(pages(pdf)).split())


@cache
def short() -> RecallReport:
    return a_report(30, 8, 12)


def empty() -> RecallReport:
    return replace(
        short(),
        rings=Rings((), (), ()),
        reconciliation=(),
        whereabouts=(),
        history=(),
        refusals=(),
    )


def with_lot(lot: str) -> RecallReport:
    line = replace(short().rings.exposed[0], lot=lot)
    return replace(short(), rings=replace(short().rings, exposed=(line,)), history=())


def section(text: str, title: str, until: str) -> str:
    return text[text.index(title) : text.index(until)]


def test_every_session_stands_in_its_ring() -> None:
    text = words(paper(short()))
    first = section(text, "2. Exposed sessions", "3. Sessions that cannot")
    second = section(text, "3. Sessions that cannot", "4. Excluded sessions")
    third = section(text, "4. Excluded sessions", "5. Reconciliation")
    for line in short().rings.exposed:
        for shown in (line.session.code, line.session.patient, line.lot, line.unit, line.entry):
            assert shown in first
    for ring, shown in (
        (short().rings.cannot_be_excluded, second),
        (short().rings.excluded, third),
    ):
        for judged in ring:
            assert judged.session.code in shown
            for reason in judged.why:
                assert str(reason.sentence) in shown


def test_an_exposure_is_dated_by_its_first_opening_and_names_all_of_them() -> None:
    line = short().rings.exposed[0]
    first = Opening("TO-7", datetime(2026, 1, 8, 9, 5, tzinfo=UTC), "anna")
    line = replace(line, openings=(first, *line.openings))
    report = replace(short(), rings=replace(short().rings, exposed=(line,)), history=())
    text = section(words(paper(report)), "2. Exposed sessions", "3. Sessions that cannot")
    assert "2026-01-08 10:05" in text
    assert "2026-03-02" not in text
    assert f"TO-7 {line.openings[1].entry}" in text
    (row, *_) = csv.DictReader(io.StringIO(rings_csv(report).removeprefix("\ufeff")))
    assert (row["entry"], row["entries"]) == ("TO-7", f"TO-7 {line.openings[1].entry}")


def test_the_numbers_stand_at_the_head() -> None:
    assert (
        "30 sessions exposed 8 sessions cannot be excluded 12 sessions excluded "
        "48 units of use on hand"
    ) in words(paper(short()))


def test_a_session_with_two_exposed_lots_counts_once() -> None:
    first = short().rings.exposed[0]
    rings = replace(short().rings, exposed=(first, replace(first, lot="A18")))
    assert "1 session exposed" in words(paper(replace(short(), rings=rings)))


def test_the_head_says_what_was_recalled_by_whom_and_when() -> None:
    text = words(paper(short()))
    for said in (
        "Manufacturer's reference FSN-2026-0311",
        "Manufacturer Fatwash Medical GmbH",
        "Opened 2026-09-18 09:30 by quality.rossi",
        "Lifted not lifted",
        "local times of the zone Europe/Rome",
        "FW-240-S",
        "04012345678901",
        "A17 (2027-05-31)",
        "20 CHARS LOT-0O1I-99 (no expiry)",
        "Look alike, NOT covered a-17 (looks like A17)",
    ):
        assert said in text
    case = replace(
        short().case, lifted_at=short().made_at, lifted_by="anna", lifted_reason="Replaced."
    )
    text = words(paper(replace(short(), case=case)))
    assert "Lifted 2026-09-20 09:30 by anna: Replaced." in text


def test_all_lots_are_said_in_words() -> None:
    items = (replace(short().items[0], lots_asked=None),)
    assert "Lots of the notice all lots" in words(paper(replace(short(), items=items)))


def test_names_stand_only_on_the_identified_copy_which_says_so_on_every_page() -> None:
    corrected = datetime(2026, 9, 21, 8, tzinfo=UTC)
    who = PatientName("Rossi Anna Maria", "2026/00017", date(1970, 1, 2), corrected)
    names = {a_session(0).patient: who}
    plain, identified = paper(short()), paper(short(), names=names)
    assert not re.search("Rossi Anna|2026/00017|1970|CONFIDENTIAL", words(plain))
    said = "Rossi Anna Maria born 1970-01-02 record 2026/00017 name corrected 2026-09-21 10:00"
    assert said in words(identified)
    assert "Name not known here" in words(identified)
    for page in pages(identified):
        assert "CONFIDENTIAL: contains patient names" in page


def test_a_drill_says_so_on_every_page() -> None:
    assert "DRILL" not in words(paper(short()))
    for page in pages(paper(short(), drill=True)):
        assert "DRILL: an exercise, no device is recalled" in page


def test_every_page_has_its_number_the_hash_the_checkpoint_and_the_clinic() -> None:
    shown = pages(paper(short()))
    assert len(shown) > 3
    for number, page in enumerate(shown, start=1):
        assert f"Page {number} of {len(shown)}" in page
        assert data_hash(short()) in page
        assert "kittrace.example/TO 9003" in page
        assert "Clinica Aurora" in page


def test_the_signed_notes_stand_whole_on_the_paper() -> None:
    notes = [a_checkpoint("TO"), a_checkpoint("MI", 120)]
    text = words(paper(short(), checkpoints=notes))
    for note in notes:
        assert " ".join(note.note.split()) in text


def test_a_phone_reads_every_signed_note_off_the_printed_paper(tmp_path) -> None:
    notes = [a_checkpoint("TO"), a_checkpoint("MI", 120), a_checkpoint("A" * 12, 9_999_999)]
    seen = []
    pdf = paper(short(), checkpoints=notes)
    for page in range(1, len(pages(pdf)) + 1):
        drawn = render(pdf, 150, tmp_path, page)
        seen += [each.bytes.decode() for each in zxingcpp.read_barcodes(drawn)]
    assert sorted(seen) == sorted(note.note for note in notes)


def test_a_seal_holds_its_note_to_the_byte() -> None:
    for number in range(40):
        note = a_checkpoint(f"S{number}", 7**number % 10**9).note
        assert read(seal(note)) == note


def test_more_checkpoints_than_the_foot_can_hold_are_named_by_one_hash() -> None:
    notes = [a_checkpoint(f"S{number}", number) for number in range(60)]
    pdf = paper(short(), checkpoints=notes)
    for page in pages(pdf):
        assert "60 checkpoints, SHA-256 over their notes" in page
    assert " ".join(notes[59].note.split()) in words(pdf)


def test_reconciliation_sets_the_count_beside_the_book() -> None:
    text = section(words(paper(short())), "5. Reconciliation", "6. Where every unit")
    assert "A17 29 0 12 0 15 2 0 0 0 12 11 -1" in text
    assert "A18 31 0 12 0 17 2 0 0 0 12 not counted –" in text
    assert "All lots 116 0 48 0 60 8 0 0 0 48 not all counted –" in text
    assert "Lots that do not add up: 0. Lots not counted: 3." in text


def test_a_lot_that_does_not_add_up_is_named() -> None:
    lines = (replace(short().reconciliation[0], received=30, counted=14),)
    text = words(paper(replace(short(), reconciliation=lines)))
    assert "A17 30 0 12 0 15 2 0 0 1 12 14 +2" in text
    assert "Lots that do not add up: 1." in text


def test_what_lies_outside_quarantine_is_told_while_the_recall_stands() -> None:
    place = short().whereabouts[0]
    loose = replace(
        short(),
        whereabouts=(
            place,
            replace(place, location="TO-OR1", kind=LocationKind.STORE, quantity=2),
            replace(place, location="CN-TRANSIT", kind=LocationKind.TRANSIT, quantity=1),
        ),
    )
    told = "On hand outside quarantine, to be collected: CN-TRANSIT 1 TO-OR1 2"
    assert told in words(paper(loose))
    lifted = replace(loose.case, lifted_at=loose.made_at)
    assert "to be collected" not in words(paper(replace(loose, case=lifted)))
    assert "to be collected" not in words(paper(short()))


def test_where_every_unit_is_adds_up_to_a_total() -> None:
    total = sum(place.quantity for place in short().whereabouts)
    part = section(words(paper(short())), "6. Where every unit", "7. Who did what")
    assert part.endswith(f"All lots {total} ")


def test_the_head_names_the_entries_that_opened_and_lifted_it() -> None:
    assert "2026-09-18 09:30 by quality.rossi entry TO-8990 CN-411" in words(paper(short()))


def test_a_checkpoint_is_read_back_from_the_text_of_the_paper() -> None:
    copied = "\n".join(pages(paper(short())))
    assert notes_in(copied) == [a_checkpoint().note]


def test_places_acts_and_refusals_are_told() -> None:
    text = words(paper(short()))
    assert "A17 quarantine OR-STORE 12" in text
    assert "TO-1000 2026-03-02 08:40 opened nurse.bianchi" in text
    assert f"TO-9000 2026-09-19 09:30 nurse.bianchi {a_session(0).code} lot recalled" in text


def test_a_movement_told_late_or_put_right_says_so() -> None:
    late = replace(
        short().history[0],
        occurred_at=datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
        entered="typed",
        reason="wrong-lot",
        overridden="check-digit-wrong",
        reversed_by="TO-77",
    )
    assert (
        "happened 2026-03-02 08:00; typed; reason: wrong lot; overruled: check digit wrong; "
        "reversed by TO-77"
    ) in words(paper(replace(short(), history=(late,))))


def test_an_empty_report_says_so_in_sentences() -> None:
    text = words(paper(empty(), checkpoints=[]))
    for sentence in (
        "No session is exposed.",
        "There is no session in doubt.",
        "No other session used the item since a covered lot first came.",
        "there is nothing to reconcile.",
        "No piece of a covered lot is or was here.",
        "No covered lot was ever moved here.",
        "No act was refused because of this recall.",
        "No checkpoint was signed for this paper.",
    ):
        assert sentence in text


def test_the_paper_speaks_the_readers_language() -> None:
    pdf = paper(short(), texts=lambda text: ITALIAN.get(text, text), language="it")
    text = words(pdf)
    for said in ("Rapporto di richiamo", "2. Sedute esposte", "Pagina 1 di", "non contato"):
        assert said in text
    assert "Aperto solo il lotto B20: TO-38." in text
    reader = PdfReader(io.BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"] == "it"  # type: ignore[index]


@pytest.mark.parametrize("report", [short(), empty()], ids=["full", "empty"])
def test_no_english_word_bypasses_translation(report: RecallReport) -> None:
    def blotted(text: str) -> str:
        return "".join(re.findall(r"%\(\w+\)s", text)) or "#"

    left = re.sub(r"[^a-z ]", " ", words(paper(report, texts=blotted, names={}, drill=True)))
    ours = {"session", "exposed", "unit", "page", "by", "opened", "received", "counted"}
    assert not ours & set(left.split())


def test_the_file_has_title_date_and_outline() -> None:
    reader = PdfReader(io.BytesIO(paper(short())))
    assert reader.metadata is not None
    assert reader.metadata.title == f"Recall report {a_code('RC', 1)}"
    assert reader.metadata.creation_date == short().made_at
    titles = [entry.title for entry in reader.outline]  # type: ignore[union-attr]
    assert [title.split(".")[0] for title in titles] == [str(n) for n in range(1, 11)]


def test_all_fonts_are_embedded() -> None:
    for page in PdfReader(io.BytesIO(paper(short()))).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            assert "/FontFile2" in font.get_object()["/FontDescriptor"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert paper(short()) == paper(a_report(30, 8, 12))
    assert paper(short()) != paper(replace(short(), made_by="somebody.else"))


@pytest.mark.parametrize(
    ("lot", "shown"),
    [
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("=1+1", "=1+1"),
        (")Tj(", ")Tj("),
        ("\\057", "\\057"),
        ("A\u202e17", "A⟨U+202E⟩17"),
        ("A17 ", "A17⟨U+0020⟩"),
        ("A\u00a017", "A⟨U+00A0⟩17"),
        ("e\u0301", "e⟨U+0301⟩"),
        ("🧪", "⟨U+1F9EA⟩"),
        ("שלום", "⟨U+05E9⟩⟨U+05DC⟩⟨U+05D5⟩⟨U+05DD⟩"),
        ("a\tb\nc", "a⟨U+0009⟩b⟨U+000A⟩c"),
        ("⟨U+0020⟩", "⟨U+27E8⟩U+0020⟨U+27E9⟩"),
    ],
)
def test_a_hostile_lot_is_printed_exactly(lot: str, shown: str) -> None:
    text = section("".join(words(paper(with_lot(lot))).split()), "2.Exposed", "3.Sessions")
    assert "".join(shown.split()) in text


def test_markup_in_the_reason_is_text() -> None:
    reason = "<img src='/etc/passwd'/> %(lot)s {0} \u202egnp.exe\r\nsecond line →"
    text = words(paper(replace(short(), case=replace(short().case, reason=reason))))
    assert "<img src='/etc/passwd'/> %(lot)s {0} ⟨U+202E⟩gnp.exe second line →" in text


def test_a_cell_higher_than_a_page_goes_on_and_loses_nothing() -> None:
    lot = "".join(f"{number:05}" for number in range(2000))
    pdf = paper(with_lot(lot))
    text = "".join(words(pdf).split())
    chunk = [lot[place : place + 15] for place in range(0, len(lot) - 15, 15)]
    assert sum(part in text for part in chunk) > len(chunk) / 2
    digits = re.findall(r"(?m)^\d{15,20}$", "\n".join(pages(pdf)))
    assert "".join(digits) in lot
    assert len("".join(digits)) > 0.99 * len(lot)


def test_an_hour_that_comes_twice_shows_its_offset() -> None:
    opening = Opening("TO-7", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "anna")
    line = replace(an_exposure(0, a_code("MT", 1)), openings=(opening,))
    report = replace(short(), rings=replace(short().rings, exposed=(line,)))
    assert "2026-10-25 02:30 +0100" in words(paper(report))


def test_a_thousand_sessions_have_the_head_of_the_table_on_every_page() -> None:
    report = a_report(1000)
    shown = pages(paper(report))
    found = [page for page in shown if "PS" in page and "Outcome" in page]
    codes = {line.session.code for line in report.rings.exposed}
    holding = [
        page for page in shown if re.search(r"TO-\d+\n", page) and "Exposed sessions" in page
    ]
    assert found == holding
    assert len(found) > 20
    assert codes <= set(re.findall(r"PS\w{9}", " ".join(found)))
