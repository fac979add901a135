"""The frame of a paper: clinic, title and marks above, hash and page number below, text between.

The one idea: everything is placed first and inked last, so that each foot knows how many pages
there are. A page is a list of operators, one text object in reading order, then
the rules.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from reportlab import rl_config
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import getFont
from reportlab.pdfgen.canvas import Canvas

from inventory.reports.typeface import CODE, PROSE, STRONG, Cell, Line, Typesetter, advances

rl_config.useA85 = 0
"""Streams stay binary: a fifth smaller, and reportlab encodes base 85 in Python."""

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
    """What is inked on one page, as operators of PDF, a run or a rule each.

    They are written here, not by reportlab's text objects, which format every number and escape
    every text in Python; it makes a long paper in half the time (bench/recall_pdf.py). Source:
    ISO 32000-1, 8.5 and 9.4.

    Attributes:
        texts: In reading order.
        rules: Straight lines.
    """

    texts: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    def ink(self, line: Line, x: float, y: float) -> None:
        """Put a line on the page; `y` is its base line."""
        for shift, show in line.runs:
            self.texts.append(f"1 0 0 1 {x + shift:.2f} {y:.2f} Tm {show}")

    def rule(self, x1: float, y1: float, x2: float, y2: float, thickness: float = 0.25) -> None:
        """Put a rule on the page."""
        self.rules.append(f"{thickness:g} w {x1:.2f} {y1:.2f} m {x2:.2f} {y2:.2f} l S")


class Paper:
    """A paper being laid out, from its head down; all measures are in points."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.pages: list[Page] = []
        self._stream = io.BytesIO()
        self._canvas = _canvas(self._stream, frame)
        self.typesetter = Typesetter(self._show)
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
            self.page.ink(line, LEFT, self.y - 8 - place * 10)
        for place, line in enumerate(right):
            self.page.ink(line, RIGHT - line.width, self.y - 8 - place * 10)
        self.y -= max(len(left), len(right)) * 10 + 2
        self.page.rule(LEFT, self.y, RIGHT, self.y, 0.8)
        self.y -= 10
        self._body_top = self.y

    def _mark(self, mark: str) -> None:
        for line in self.typesetter.lines(mark, STRONG, 10, BODY_WIDTH - 12):
            self.page.ink(line, (LEFT + RIGHT - line.width) / 2, self.y - 11)
            self.box(LEFT, self.y - 15, RIGHT, self.y, 1.2)
            self.y -= 15
        self.y -= 4

    def need(self, height: float) -> None:
        """Turn the page if less than this height is left."""
        if height > self.room:
            self.turn()

    @property
    def page(self) -> Page:
        """The page that is being filled."""
        return self.pages[-1]

    def box(self, x1: float, y1: float, x2: float, y2: float, thickness: float = 0.25) -> None:
        """Put the four sides of a box on the page."""
        for side in ((x1, y1, x2, y1), (x2, y1, x2, y2), (x2, y2, x1, y2), (x1, y2, x1, y1)):
            self.page.rule(*side, thickness)

    def heading(self, title: str, follows: float = 96) -> None:
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
            self.page.ink(line, LEFT, self.y - 11)
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
            self.page.ink(line, x, self.y - size)
            self.y -= leading

    def pairs(self, rows: Sequence[tuple[str, Cell]], label_width: float = 145) -> None:
        """Names and what they stand for, one below the other."""
        for label, cell in rows:
            labels = self.typesetter.lines(label, STRONG, 8.5, label_width - 8)
            self.need(len(labels) * 11.5)
            for place, line in enumerate(labels):
                self.page.ink(line, LEFT, self.y - 8.5 - place * 11.5)
            foot = self.y - len(labels) * 11.5
            before = len(self.pages)
            self.block(cell, LEFT + label_width, BODY_WIDTH - label_width, PROSE, 8.5)
            if len(self.pages) == before:
                self.y = min(self.y, foot)
            self.y -= 1.5

    def pdf(self) -> bytes:
        """The finished paper."""
        canvas = self._canvas
        marks = iter(self._outline)
        mark = next(marks, None)
        for number, page in enumerate(self.pages):
            while mark is not None and mark[0] == number:
                _, y, title = mark
                key = f"{number}-{y:.0f}"
                canvas.bookmarkHorizontalAbsolute(key, y + 6)
                canvas.addOutlineEntry(title, key, 0)
                mark = next(marks, None)
            self._foot_of(page, number + 1)
            canvas._code += ["BT", *page.texts, "ET", *page.rules]
            canvas.showPage()
        canvas.save()
        return self._stream.getvalue()

    def _show(self, face: str, size: float, text: str) -> str:
        """Operators for a text, as hexadecimal strings: there is nothing to escape."""
        font, document = getFont(face), self._canvas._doc
        return " ".join(
            f"{font.getSubsetInternalName(subset, document)} {size:g} Tf <{part.hex()}> Tj"
            for subset, part in font.splitString(text, document)
        )

    def _foot_of(self, page: Page, number: int) -> None:
        y = self.bottom - 7
        for line in self._foot:
            y -= _FOOT_SIZE + 2
            page.ink(line, LEFT, y)
        page_of = self.frame.page_of % {"page": number, "pages": len(self.pages)}
        (line, *_) = self.typesetter.lines(page_of, PROSE, 8, _NUMBER_WIDTH)
        page.ink(line, RIGHT - line.width, self.bottom - 16)


def _canvas(stream: io.BytesIO, frame: Frame) -> Canvas:
    for face in (PROSE, STRONG, CODE):
        advances(face)
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
