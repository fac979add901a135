"""The faces of papers, and how a text becomes lines in them: nothing cut, nothing unseen.

Prose is set in Vera, what is compared letter by letter (lots, codes, dates) in DejaVu Sans Mono.
Both are embedded; Vera comes with reportlab, the other with python-barcode. A character that they
cannot show, or that would show nothing (a control, a bidirectional mark, a blank at the end of a
lot), is written as `⟨U+202E⟩`, so that two texts which differ never look alike for that reason.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PROSE: Final = "Vera"
STRONG: Final = "Vera-Bold"
CODE: Final = "DejaVuSansMono"

Span: TypeAlias = tuple[str, str]
"""A face and a text to set in it."""

Show: TypeAlias = Callable[[str, float, str], str]
"""From face, size and text to the operators that show it."""

Cell: TypeAlias = str | tuple[Span, ...]
"""What stands in one place of a paper: a text in the face of the place, or spans."""

_FILES: Final = {
    PROSE: files("reportlab") / "fonts" / "Vera.ttf",
    STRONG: files("reportlab") / "fonts" / "VeraBd.ttf",
    CODE: files("barcode") / "fonts" / "DejaVuSansMono.ttf",
}
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSEEN_IN_CODE: Final = _UNSEEN | {"Mn", "Mc", "Me", "Zs"}
_ODD_BLANKS: Final = re.compile(r"^ +| +$| {2,}")
_WORD: Final = re.compile(r"\S+ *| +|\s")


class Run(NamedTuple):
    """A piece of a line in one face: points from its start, and the operators that show it."""

    x: float
    show: str


class Line(NamedTuple):
    """One line of a cell: its width in points and its runs."""

    width: float
    runs: tuple[Run, ...]


@cache
def advances(face: str) -> dict[str, float]:
    """Advance of each character that a face shows as itself, in points at size 1."""
    font = TTFont(face, str(_FILES[face]))
    pdfmetrics.registerFont(font)
    unseen = _UNSEEN_IN_CODE if face == CODE else _UNSEEN
    return {
        letter: font.face.getCharWidth(ord(letter)) / 1000
        for letter in map(chr, font.face.charToGlyph)
        if letter == " " or (letter not in "⟨⟩" and unicodedata.category(letter) not in unseen)
    }


@cache
def _shown(face: str) -> frozenset[str]:
    return frozenset(advances(face))


def width(face: str, text: str) -> float:
    """Width in points at size 1 of what `pieces` gave; every character of `CODE` is as wide."""
    if face == CODE:
        return len(text) * advances(CODE)["0"]
    return sum(map(advances(face).__getitem__, text))


def pieces(face: str, text: str) -> Iterator[Span]:
    """A text without line ends as spans that can be set, unseen characters by their number.

    Examples:
        >>> list(pieces(CODE, "A17")), list(pieces(CODE, "A17 "))
        ([('DejaVuSansMono', 'A17')], [('DejaVuSansMono', 'A17⟨U+0020⟩')])
        >>> list(pieces(PROSE, "so → però"))
        [('Vera', 'so '), ('DejaVuSansMono', '→'), ('Vera', ' però')]
    """
    if _sets_whole(face, text):
        yield face, text
        return
    odd = set[int]()
    if face == CODE:
        odd = {place for blanks in _ODD_BLANKS.finditer(text) for place in range(*blanks.span())}
    shown = (
        _letter(face, letter, place in odd)
        for place, letter in enumerate(text if face == CODE else unicodedata.normalize("NFC", text))
    )
    for used, letters in groupby(shown, key=lambda span: span[0]):
        yield used, "".join(letter for _, letter in letters)


def _sets_whole(face: str, text: str) -> bool:
    """Whether a text is seen as it is; nearly all are, and this is asked for every cell."""
    if not (text.isascii() and text.isprintable()) and not _shown(face).issuperset(text):
        return False
    return face != CODE or (text.strip(" ") == text and "  " not in text)


def _letter(face: str, letter: str, odd: bool) -> Span:
    if odd or letter not in _shown(face):
        if not odd and letter in _shown(CODE):
            return CODE, letter
        return CODE, f"⟨U+{ord(letter):04X}⟩"
    return face, letter


class Typesetter:
    """Breaks cells into lines; keeps what it has broken, for one paper and no longer."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._kept: dict[tuple[Cell, str, float, float], tuple[Line, ...]] = {}

    def lines(self, cell: Cell, face: str, size: float, room: float) -> tuple[Line, ...]:
        """The lines of a cell, at least one, none wider than `room` points.

        A line breaks at blanks, and inside a word only where the word alone is too wide. Line ends
        of prose are kept; in a code they are shown by their number.

        Args:
            cell: A text in `face`, or spans.
            face: The face of a plain text.
            size: In points.
            room: In points.
        """
        key = cell, face, size, room
        lines = self._kept.get(key)
        if lines is None:
            lines = self._kept[key] = self._whole(cell, face, size, room) or tuple(
                self._broken(((face, cell),) if isinstance(cell, str) else cell, size, room)
            )
        return lines

    def _whole(self, cell: Cell, face: str, size: float, room: float) -> tuple[Line] | None:
        """The one line of a plain text that fits as it is: the common case, quickly."""
        if isinstance(cell, str) and _sets_whole(face, cell):
            wide = width(face, cell) * size
            if wide <= room:
                return (Line(wide, (Run(0.0, self._show(face, size, cell)),) if cell else ()),)
        return None

    def _broken(self, spans: Sequence[Span], size: float, room: float) -> Iterator[Line]:
        for paragraph in _paragraphs(spans):
            if sum(width(*span) for span in paragraph) * size <= room:
                yield self._line(paragraph, size)
            else:
                yield from (self._line(part, size) for part in _filled(paragraph, size, room))

    def _line(self, spans: Sequence[Span], size: float) -> Line:
        x = 0.0
        runs = []
        for face, letters in groupby(spans, key=lambda span: span[0]):
            text = "".join(text for _, text in letters)
            if text:
                runs.append(Run(x, self._show(face, size, text)))
                x += width(face, text) * size
        return Line(x, tuple(runs))


def _paragraphs(spans: Sequence[Span]) -> Iterator[list[Span]]:
    paragraph: list[Span] = []
    for face, text in spans:
        if face == CODE:
            paragraph += pieces(face, text)
            continue
        first, *further = re.split(r"\r\n|[\n\r\u2028\u2029]", text.replace("\t", " "))
        paragraph += pieces(face, first)
        for part in further:
            yield paragraph
            paragraph = list(pieces(face, part))
    yield paragraph


def _filled(spans: Sequence[Span], size: float, room: float) -> Iterator[list[Span]]:
    line: list[Span] = []
    used = 0.0
    for word in _words(spans):
        wide = _extent(word) * size
        if line and used + wide > room:
            yield line
            line, used = [], 0.0
        if wide > room:
            *full, word = _chopped(word, room / size)
            yield from full
        line += word
        used += sum(width(face, text) for face, text in word) * size
    yield line


def _words(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Words with the blanks after them; a word may go on in another face."""
    word: list[Span] = []
    for face, text in spans:
        for part in _WORD.findall(text):
            if word and word[-1][1].endswith(" "):
                yield word
                word = []
            word.append((face, part))
    if word:
        yield word


def _extent(word: Sequence[Span]) -> float:
    """Width of a word at size 1 without the blanks at its end, which may hang over."""
    *head, (face, last) = word
    return sum(width(*span) for span in head) + width(face, last.rstrip(" "))


def _chopped(word: Sequence[Span], room: float) -> list[list[Span]]:
    parts: list[list[Span]] = [[]]
    left = room
    for face, text in word:
        for letter in text:
            wide = width(face, letter)
            if wide > left and parts[-1]:
                parts.append([])
                left = room
            parts[-1].append((face, letter))
            left -= wide
    return parts
