"""What stands on a label of any kind, before anybody knows where."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal, Protocol

from labels.faces import Face
from labels.symbol import Kind

Marking = Literal["REF", "LOT", "use by", ""]


@dataclass(frozen=True, slots=True)
class Field:
    """A marked value that stands whole.

    Attributes:
        name: The field of the label value, for messages.
        value: What is printed.
        marking: A mark of ISO 15223-1 in front of it, or none.
        word: A word in front of it where no such mark exists.
        face: Monospaced for what is read letter by letter.
    """

    name: str
    value: str
    marking: Marking = ""
    word: str = ""
    face: Face = "mono"


@dataclass(frozen=True, slots=True)
class Content:
    """What stands on a label, before anybody knows where.

    Attributes:
        name: In bold, on at most two lines; only this, `heading` and `maker` may be shortened,
            visibly.
        fields: Whole, each with its mark.
        code: In text, below the symbols.
        matrix: Kind and payload of the symbol every label has.
        bars: Whether the code is given as Code 128 too, where the label is wide enough.
        needs_bars: Whether bars may not be left out where text needs their room.
        name_whole: Whether the name may not be shortened.
        notices: Sentences that stand whole.
        heading: The clinic.
        maker: The manufacturer.
    """

    name: str
    fields: tuple[Field, ...]
    code: str
    matrix: tuple[Kind, str]
    bars: bool = True
    needs_bars: bool = True
    name_whole: bool = False
    notices: tuple[str, ...] = ()
    heading: str = ""
    maker: str = ""


class Label(Hashable, Protocol):
    """Anything that can be printed on a label."""

    def content(self) -> Content:
        """What stands on it."""
