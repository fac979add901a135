"""What all sections of a recall paper are drawn with: paper, facts, language, zone and names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from inventory.domain.recall import SessionFacts
from inventory.domain.recall_report import RecallReport
from inventory.reports.page import Paper
from inventory.reports.table import Column, Table
from inventory.reports.typeface import CODE, PROSE, Cell, Span
from inventory.reports.wording import N_, Texts

CODE_MM: Final = 19
ENTRY_MM: Final = 22
REF_MM: Final = 26
TIME_MM: Final = 26
LOT_MM: Final = 32
"""Widths of one of our codes, of an entry, of a REF, of a date with its time, and of a GS1 lot of
20 characters."""


@dataclass(frozen=True, slots=True)
class PatientName:
    """Who a pseudonym is; only on the identified copy.

    Attributes:
        name: Name as the clinic writes it.
        record_number: Number of the patient's record, or empty.
        birth_date: Date of birth, or None.
        corrected_at: When name or birth date was last corrected, or None.
    """

    name: str
    record_number: str
    birth_date: date | None
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What all sections are drawn with.

    Attributes:
        paper: Where they go.
        report: What they show.
        texts: Says an English text in the reader's language.
        zone: The clinic's time zone.
        names: Pseudonym to person; None for a paper without identity.
    """

    paper: Paper
    report: RecallReport
    texts: Texts
    zone: ZoneInfo
    names: Mapping[str, PatientName] | None

    def local(self, at: datetime) -> str:
        """An instant in the clinic's zone, with its offset in the hour that comes twice."""
        there = at.astimezone(self.zone)
        text = there.isoformat(" ", "minutes")[:16]
        twice = there.utcoffset() != there.replace(fold=1 - there.fold).utcoffset()
        return f"{text} {there:%z}" if twice else text

    def table(
        self,
        title: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell]],
        total: Sequence[Cell] | None = None,
    ) -> None:
        """A table under a heading that it repeats where it goes on, with a last row in bold."""
        again = self.texts(N_("%(section)s (continued)")) % {"section": title}
        Table(self.paper, again, columns).draw(rows, total)

    def reference(self, item: str) -> str:
        """The manufacturer's REF of a covered item, or nothing; its name stands at the head."""
        return next((one.reference for one in self.report.items if one.code == item), "")

    def patient_columns(self) -> tuple[Column, ...]:
        """The pseudonym, and who that is on the identified copy."""
        pseudonym = Column(self.texts(N_("Patient")), CODE_MM, CODE)
        if self.names is None:
            return (pseudonym,)
        return pseudonym, Column(self.texts(N_("Name")), 36, grows=True)

    def patient_cells(self, patient: str) -> tuple[Cell, ...]:
        """What stands in `patient_columns`."""
        if self.names is None:
            return (patient,)
        who = self.names.get(patient)
        if who is None:
            return patient, self.texts(N_("Name not known here"))
        spans: list[Span] = [(PROSE, who.name)]
        if who.birth_date is not None:
            born = self.texts(N_("born"))
            spans += [(PROSE, f"\n{born} "), (CODE, who.birth_date.isoformat())]
        if who.record_number:
            record = self.texts(N_("record"))
            spans += [(PROSE, f"\n{record} "), (CODE, who.record_number)]
        if who.corrected_at is not None:
            corrected = self.texts(N_("name corrected"))
            spans += [(PROSE, f"\n{corrected} "), (CODE, self.local(who.corrected_at))]
        return patient, tuple(spans)

    def session_columns(self) -> tuple[Column, ...]:
        """What every ring says of a session."""
        texts = self.texts
        return (
            Column(texts(N_("Session")), CODE_MM, CODE),
            Column(texts(N_("Date")), TIME_MM, CODE),
            Column(texts(N_("Site")), 11, CODE),
            Column(texts(N_("Room")), CODE_MM, CODE),
            *self.patient_columns(),
        )

    def session_cells(
        self, session: SessionFacts, exposed_at: datetime | None = None
    ) -> tuple[Cell, ...]:
        """What stands in `session_columns`; dated by the exposure, where there is one."""
        return (
            session.code,
            self.local(exposed_at or session.opened_at),
            session.site,
            session.location,
            *self.patient_cells(session.patient),
        )
