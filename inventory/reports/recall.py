"""The recall report as a paper: landscape A4, black on white, for an inspector to check.

What concerns patients comes first, then where every piece is, then the proof. Times are those of
the clinic. Only the copy that is given names shows any, and says so on every page.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from inventory.domain.chain import Checkpoint
from inventory.domain.problem import Sentence
from inventory.domain.recall_report import CoveredItem, RecallReport
from inventory.reports import recall_proof, recall_rings, recall_stock
from inventory.reports.page import BODY_WIDTH, LEFT, RIGHT, Clinic, Frame, Paper
from inventory.reports.recall_json import data_hash
from inventory.reports.recall_setting import PatientName, Setting
from inventory.reports.typeface import CODE, PROSE, STRONG, Cell, Span
from inventory.reports.wording import N_, Texts, parts

SECTIONS: Final = (
    N_("What is recalled"),
    N_("Exposed sessions"),
    N_("Sessions that cannot be excluded"),
    N_("Excluded sessions"),
    N_("Reconciliation"),
    N_("Where every unit is now"),
    N_("Who did what, and when"),
    N_("Refused acts"),
    N_("Proof"),
    N_("Signatures"),
)
"""Titles in their order; the first is number 1."""


def _title(number: int, texts: Texts) -> str:
    return f"{number}. {texts(SECTIONS[number - 1])}"


def recall_pdf(
    report: RecallReport,
    *,
    clinic: Clinic,
    checkpoints: Sequence[Checkpoint],
    zone: ZoneInfo,
    texts: Texts = str,
    language: str = "en",
    names: Mapping[str, PatientName] | None = None,
    drill: bool = False,
) -> bytes:
    """A recall report as PDF; the same arguments give the same bytes.

    Args:
        report: What it shows.
        clinic: Whose paper it is.
        checkpoints: The signed state of every site's chain, printed whole at the end.
        zone: The clinic's time zone, for all times on the paper.
        texts: Says an English text in the reader's language.
        language: That language, BCP 47.
        names: Pseudonym to person, for the identified copy; None for a paper without identity.
        drill: The recall is an exercise; every page says so.
    """
    digest: Span = (CODE, data_hash(report))
    frame = Frame(
        clinic=clinic,
        title=texts(N_("Recall report")),
        subject=report.case.code,
        marks=_marks(texts, names, drill),
        foot=recall_proof.foot(digest, checkpoints, texts),
        page_of=texts(N_("Page %(page)s of %(pages)s")),
        language=language,
        made_at=report.made_at,
    )
    paper = Paper(frame)
    setting = Setting(paper, report, texts, zone, names)
    _head(setting)
    _figures(setting)
    _scope(setting)
    _rings(setting)
    _stock(setting)
    recall_proof.proof(setting, _title(9, setting.texts), digest, checkpoints)
    recall_proof.signatures(setting, _title(10, setting.texts))
    return paper.pdf()


def _marks(texts: Texts, names: Mapping[str, PatientName] | None, drill: bool) -> tuple[str, ...]:
    marks = []
    if drill:
        marks.append(texts(N_("DRILL: an exercise, no device is recalled")))
    if names is not None:
        marks.append(texts(N_("CONFIDENTIAL: contains patient names")))
    return tuple(marks)


def _head(setting: Setting) -> None:
    report, texts, paper = setting.report, setting.texts, setting.paper
    case = report.case
    paper.paragraph(texts(N_("Recall report")), STRONG, 17)
    spans: tuple[Span, ...] = (
        (CODE, case.code),
        (PROSE, f"   {case.manufacturer}   "),
        (CODE, case.reference),
    )
    paper.paragraph(spans, size=10.5)
    paper.y -= 6
    lifted: Cell = texts(N_("not lifted"))
    if case.lifted_at is not None:
        lifted = _when(setting, case.lifted_at, case.lifted_by, case.lifted_in)
        if case.lifted_reason:
            lifted = (*lifted, (PROSE, f": {case.lifted_reason}"))
    paper.pairs(
        [
            (texts(N_("Recall")), ((CODE, case.code),)),
            (texts(N_("Manufacturer's reference")), ((CODE, case.reference),)),
            (texts(N_("Manufacturer")), case.manufacturer),
            (texts(N_("Reason")), case.reason),
            (
                texts(N_("Opened")),
                _when(setting, case.opened_at, case.opened_by, case.opened_in),
            ),
            (texts(N_("Lifted")), lifted),
            (
                texts(N_("Report made")),
                _when(setting, report.made_at, report.made_by),
            ),
            (
                texts(N_("Times")),
                texts(N_("All times are local times of the zone %(zone)s."))
                % {"zone": setting.zone.key},
            ),
        ]
    )


def _when(setting: Setting, at: datetime, by: str, entries: Sequence[str] = ()) -> tuple[Span, ...]:
    told = setting.texts(N_("by %(person)s")) % {"person": by}
    spans: tuple[Span, ...] = ((CODE, setting.local(at)), (PROSE, f" {told}"))
    if entries:
        label = setting.texts(N_("entry"))
        spans += ((PROSE, f"   {label} "), *_listed([((CODE, one),) for one in entries]))
    return spans


def _figures(setting: Setting) -> None:
    """The three numbers and the pieces on hand, large, side by side."""
    texts, paper, rings = setting.texts, setting.paper, setting.report.rings
    figures = (
        _counted(rings.exposed_sessions, texts, N_("session exposed"), N_("sessions exposed")),
        _counted(
            rings.cannot_be_excluded,
            texts,
            N_("session cannot be excluded"),
            N_("sessions cannot be excluded"),
        ),
        _counted(rings.excluded, texts, N_("session excluded"), N_("sessions excluded")),
        (
            sum(line.on_hand for line in setting.report.reconciliation),
            texts(N_("units of use on hand")),
        ),
    )
    height, width = 30, BODY_WIDTH / len(figures)
    paper.need(height + 12)
    paper.y -= 6
    paper.box(LEFT, paper.y, RIGHT, paper.y - height, 0.8)
    for place, (number, label) in enumerate(figures):
        x = LEFT + place * width
        if place:
            paper.page.rule(x, paper.y, x, paper.y - height)
        (line, *_) = paper.typesetter.lines(str(number), STRONG, 17, width)
        paper.page.ink(line, x + 8, paper.y - 21)
        room = width - line.width - 14
        for row, words in enumerate(paper.typesetter.lines(f" {label}", PROSE, 8.5, room)):
            paper.page.ink(words, x + 8 + line.width, paper.y - 21 - row * 8)
    paper.y -= height + 6


def _counted(found: Sequence[object], texts: Texts, one: str, several: str) -> tuple[int, str]:
    return len(found), texts(one if len(found) == 1 else several)


def _scope(setting: Setting) -> None:
    texts, paper = setting.texts, setting.paper
    paper.heading(_title(1, setting.texts), follows=90)
    if not setting.report.items:
        paper.paragraph(texts(N_("No item is covered.")))
    for item in setting.report.items:
        paper.pairs(_covered(item, texts))
        paper.page.rule(LEFT, paper.y - 1, RIGHT, paper.y - 1)
        paper.y -= 6


def _covered(item: CoveredItem, texts: Texts) -> list[tuple[str, Cell]]:
    none = texts(N_("none"))
    asked: Cell = texts(N_("all lots"))
    if item.lots_asked is not None:
        asked = _listed([((CODE, lot),) for lot in item.lots_asked]) or none
    no_expiry = texts(N_("no expiry"))
    seen = [
        ((CODE, lot), (PROSE, " ("), (CODE, str(on)) if on else (PROSE, no_expiry), (PROSE, ")"))
        for lot, on in item.lots_seen
    ]
    rows: list[tuple[str, Cell]] = [
        (texts(N_("Item")), ((PROSE, f"{item.name}  "), (CODE, item.code))),
        (
            texts(N_("REF, manufacturer")),
            ((CODE, item.reference), (PROSE, f"  {item.manufacturer}")),
        ),
        (
            texts(N_("Device identifiers")),
            _listed([((CODE, one),) for one in item.identifiers]) or none,
        ),
        (texts(N_("Lots of the notice")), asked),
        (texts(N_("Lots that were here, with expiry")), _listed(seen) or none),
    ]
    alike = [
        ((CODE, lot), (PROSE, " ("), *_looks_like(asked_lot, texts), (PROSE, ")"))
        for asked_lot, lots in item.resembling.items()
        for lot in lots
    ]
    if alike:
        rows.append((texts(N_("Look alike, NOT covered")), _listed(alike)))
    return rows


def _looks_like(lot: str, texts: Texts) -> list[Span]:
    sentence = Sentence(N_("looks like %(lot)s"), {"lot": lot})
    return [(CODE if is_value else PROSE, text) for is_value, text in parts(sentence, texts)]


def _listed(given: Sequence[tuple[Span, ...]]) -> tuple[Span, ...]:
    """Parts with wide blanks between them; no comma, which could be taken for a part of a lot."""
    spans: list[Span] = []
    for place, part in enumerate(given):
        if place:
            spans.append((PROSE, "   "))
        spans += part
    return tuple(spans)


def _rings(setting: Setting) -> None:
    texts, rings = setting.texts, setting.report.rings
    recall_rings.exposed(setting, _title(2, setting.texts))
    recall_rings.judged(
        setting,
        _title(3, setting.texts),
        texts(N_("These sessions may have met a covered lot. Each stays here until cleared up.")),
        texts(N_("There is no session in doubt.")),
        rings.cannot_be_excluded,
    )
    recall_rings.judged(
        setting,
        _title(4, setting.texts),
        texts(
            N_(
                "These sessions used or could have used the item since a covered lot first came, "
                "and did not meet a covered lot."
            )
        ),
        texts(N_("No other session used the item since a covered lot first came.")),
        rings.excluded,
    )


def _stock(setting: Setting) -> None:
    recall_stock.reconciliation(setting, _title(5, setting.texts))
    recall_stock.places(setting, _title(6, setting.texts))
    recall_stock.history(setting, _title(7, setting.texts))
    recall_stock.refusals(setting, _title(8, setting.texts))
