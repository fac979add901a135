"""The frame of a paper: clinic, title and marks above, hash and page number below, text between.

The one idea: everything is placed first and inked last, so that each foot knows how many pages
there are. A page is a list of runs and rules; reportlab sees only text objects, one for a page,
in reading order.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from inventory.reports.typeface import CODE, PROSE, STRONG, Cell, Line, Typesetter, advances

WIDTH: Final[float] = landscape(A4)[0]
HEIGHT: Final[float] = landscape(A4)[1]
LEFT: Final[float] = 18 * mm
RIGHT: Final[float] = WIDTH - 12 * mm
BODY_WIDTH: Final[float] = RIGHT - LEFT
_TOP: Final[float] = HEIGHT - 10 * mm
_FOOT: Final[float] = 8 * mm
_FOOT_SIZE: Final = 6
_NUMBER_WIDTH: Final = 34 * mm


@dataclass(frozen=True, slots=True)
class Clinic:
    """Whose paper it is, as it stands at its head.

    Attributes:
        name: Name of the clinic.
        address: Its address in one line.
    """

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on every page.

    Attributes:
        clinic: Whose paper it is.
        title: What it is, `Recall report`; with the subject the title of the file.
        subject: Of what, one line.
        marks: Warnings at the head of every page, capital letters and all.
        foot: Lines at the foot: what the content can be checked against.
        page_of: `Page %(page)s of %(pages)s` in the reader's language.
        language: Language of the paper, BCP 47: `it`.
        made_at: Date of the file; the same paper of the same instant has the same bytes.
    """

    clinic: Clinic
    title: str
    subject: str
    marks: tuple[str, ...]
    foot: tuple[Cell, ...]
    page_of: str
    language: str
    made_at: datetime


@dataclass(slots=True)
class Page:
    """What is inked on one page.

    Attributes:
        runs: x, y, face, size, text; in reading order.
        rules: Thickness, x, y, x, y.
    """

    runs: list[tuple[float, float, str, float, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float, float]] = field(default_factory=list)


class Paper:
    """A paper being laid out, from its head down; all measures are in points."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.pages: list[Page] = []
        self.typesetter = Typesetter()
        self._outline: list[tuple[int, float, str]] = []
        foot_width = BODY_WIDTH - _NUMBER_WIDTH
        self._foot = [
            line
            for cell in frame.foot
            for line in self.typesetter.lines(cell, CODE, _FOOT_SIZE, foot_width)
        ]
        self.bottom: Final[float] = _FOOT + len(self._foot) * (_FOOT_SIZE + 2) + 9
        self.y = 0.0
        self._body_top = 0.0
        self.turn()

    @property
    def room(self) -> float:
        """Height that is left on the page."""
        return self.y - self.bottom

    @property
    def full_room(self) -> float:
        """Height of an empty page."""
        return self._body_top - self.bottom

    def turn(self) -> None:
        """Begin a new page."""
        self.pages.append(Page())
        self.y = _TOP
        for mark in self.frame.marks:
            self._mark(mark)
        clinic = self.frame.clinic
        head: Cell = ((STRONG, clinic.name), (PROSE, f"   {clinic.address}"))
        subject: Cell = ((PROSE, f"{self.frame.title}   {self.frame.subject}"),)
        left = self.typesetter.lines(head, PROSE, 8, BODY_WIDTH * 0.55)
        right = self.typesetter.lines(subject, PROSE, 8, BODY_WIDTH * 0.42)
        for place, line in enumerate(left):
            self.ink(line, LEFT, self.y - 8 - place * 10, 8)
        for place, line in enumerate(right):
            self.ink(line, RIGHT - line.width, self.y - 8 - place * 10, 8)
        self.y -= max(len(left), len(right)) * 10 + 2
        self.rule(LEFT, self.y, RIGHT, self.y, 0.8)
        self.y -= 10
        self._body_top = self.y

    def _mark(self, mark: str) -> None:
        for line in self.typesetter.lines(mark, STRONG, 10, BODY_WIDTH - 12):
            self.ink(line, (LEFT + RIGHT - line.width) / 2, self.y - 11, 10)
            self.box(LEFT, self.y - 15, RIGHT, self.y, 1.2)
            self.y -= 15
        self.y -= 4

    def need(self, height: float) -> None:
        """Turn the page if less than this height is left."""
        if height > self.room:
            self.turn()

    def ink(self, line: Line, x: float, y: float, size: float) -> None:
        """Put a line on the page; `y` is its base line."""
        runs = self.pages[-1].runs
        for run in line.runs:
            runs.append((x + run.x, y, run.face, size, run.text))

    def rule(self, x1: float, y1: float, x2: float, y2: float, thickness: float = 0.25) -> None:
        """Put a rule on the page."""
        self.pages[-1].rules.append((thickness, x1, y1, x2, y2))

    def box(self, x1: float, y1: float, x2: float, y2: float, thickness: float = 0.25) -> None:
        """Put the four sides of a box on the page."""
        for side in ((x1, y1, x2, y1), (x2, y1, x2, y2), (x2, y2, x1, y2), (x1, y2, x1, y1)):
            self.rule(*side, thickness)

    def heading(self, title: str, follows: float = 48) -> None:
        """A heading with its place in the outline, never alone at the foot of a page.

        Args:
            title: Its text.
            follows: Height of what must stand on the same page.
        """
        lines = self.typesetter.lines(title, STRONG, 11, BODY_WIDTH)
        self.need(12 + len(lines) * 14 + follows)
        if self.y < self._body_top:
            self.y -= 12
        self._outline.append((len(self.pages) - 1, self.y, title))
        for line in lines:
            self.ink(line, LEFT, self.y - 11, 11)
            self.y -= 14
        self.y -= 3

    def paragraph(self, cell: Cell, face: str = PROSE, size: float = 8.5) -> None:
        """Text over the whole width; it may run on to the next page."""
        self.block(cell, LEFT, BODY_WIDTH, face, size)
        self.y -= 3

    def block(self, cell: Cell, x: float, room: float, face: str, size: float) -> None:
        """Lines of text at a place, on as many pages as they need."""
        leading = size * 1.35
        for line in self.typesetter.lines(cell, face, size, room):
            self.need(leading)
            self.ink(line, x, self.y - size, size)
            self.y -= leading

    def pairs(self, rows: Sequence[tuple[str, Cell]], label_width: float = 130) -> None:
        """Names and what they stand for, one below the other."""
        for label, cell in rows:
            labels = self.typesetter.lines(label, STRONG, 8.5, label_width - 8)
            self.need(len(labels) * 11.5)
            for place, line in enumerate(labels):
                self.ink(line, LEFT, self.y - 8.5 - place * 11.5, 8.5)
            foot = self.y - len(labels) * 11.5
            before = len(self.pages)
            self.block(cell, LEFT + label_width, BODY_WIDTH - label_width, PROSE, 8.5)
            if len(self.pages) == before:
                self.y = min(self.y, foot)
            self.y -= 1.5

    def pdf(self) -> bytes:
        """The finished paper."""
        for face in (PROSE, STRONG, CODE):
            advances(face)
        stream = io.BytesIO()
        canvas = self._canvas(stream)
        marks = iter(self._outline)
        mark = next(marks, None)
        for number, page in enumerate(self.pages):
            while mark is not None and mark[0] == number:
                _, y, title = mark
                key = f"{number}-{y:.0f}"
                canvas.bookmarkHorizontalAbsolute(key, y + 6)
                canvas.addOutlineEntry(title, key, 0)
                mark = next(marks, None)
            _ink(canvas, page, [*page.runs, *self._foot_runs(number + 1)])
            canvas.showPage()
        canvas.save()
        return stream.getvalue()

    def _canvas(self, stream: io.BytesIO) -> Canvas:
        frame = self.frame
        canvas = Canvas(
            stream,
            pagesize=(WIDTH, HEIGHT),
            pageCompression=1,
            invariant=1,
            initialFontName=PROSE,
            lang=frame.language,
        )
        made_at = frame.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
        canvas.setDateFormatter(lambda *_: made_at)
        canvas.setTitle(f"{frame.title} {frame.subject}")
        canvas.setAuthor(frame.clinic.name)
        canvas.setSubject(frame.subject)
        canvas.setCreator("KitTrace")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.showOutline()
        return canvas

    def _foot_runs(self, number: int) -> Iterator[tuple[float, float, str, float, str]]:
        y = self.bottom - 9
        for line in self._foot:
            y -= _FOOT_SIZE + 2
            for run in line.runs:
                yield LEFT + run.x, y + 2, run.face, _FOOT_SIZE, run.text
        page_of = self.frame.page_of % {"page": number, "pages": len(self.pages)}
        (line, *_) = self.typesetter.lines(page_of, PROSE, 8, _NUMBER_WIDTH)
        for run in line.runs:
            yield RIGHT - line.width + run.x, self.bottom - 16, run.face, 8, run.text


def _ink(canvas: Canvas, page: Page, runs: Sequence[tuple[float, float, str, float, str]]) -> None:
    text = canvas.beginText()
    set_in = ("", 0.0)
    for x, y, face, size, words in runs:
        if (face, size) != set_in:
            set_in = face, size
            text.setFont(face, size)
        text.setTextOrigin(x, y)
        text.textLine(words)
    canvas.drawText(text)
    for thickness in sorted({rule[0] for rule in page.rules}):
        canvas.setLineWidth(thickness)
        canvas.lines([rule[1:] for rule in page.rules if rule[0] == thickness])
