"""What stands on a label: texts, frames, filled shapes and symbols, in mm from its top left corner.

A label is composed into marks once; the sheet, the preview and the printer language draw the same.
"""

from dataclasses import dataclass, replace
from typing import Final

from labels.faces import Face
from labels.symbol import Symbol

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `y` is its baseline, `size` in points."""

    x: float
    y: float
    text: str
    face: Face
    size: float


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle drawn as a thin line."""

    x: float
    y: float
    width: float
    height: float
    line: float = 0.2


@dataclass(frozen=True, slots=True)
class Shape:
    """Black polygons, each filled for itself."""

    x: float
    y: float
    polygons: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A symbol: its module in mm, and for bars their height in mm."""

    x: float
    y: float
    symbol: Symbol
    module: float
    height: float


Mark = Text | Frame | Shape | Code

HOURGLASS: Final[tuple[Polygon, ...]] = (
    ((0.0, 0.0), (0.7, 0.0), (0.7, 0.09), (0.0, 0.09)),
    ((0.0, 0.91), (0.7, 0.91), (0.7, 1.0), (0.0, 1.0)),
    ((0.05, 0.04), (0.17, 0.04), (0.65, 0.96), (0.53, 0.96)),
    ((0.65, 0.04), (0.53, 0.04), (0.05, 0.96), (0.17, 0.96)),
)
"""Use by: ISO 15223-1, 5.1.4, one unit high."""

FACTORY: Final[tuple[Polygon, ...]] = (
    (
        (0.0, 1.0),
        (0.0, 0.0),
        (0.22, 0.0),
        (0.22, 0.55),
        (0.55, 0.3),
        (0.55, 0.55),
        (0.88, 0.3),
        (0.88, 0.55),
        (1.2, 0.3),
        (1.2, 1.0),
    ),
)
"""Manufacturer: ISO 15223-1, 5.1.1, one unit high."""


def shape(polygons: tuple[Polygon, ...], x: float, y: float, height: float) -> Shape:
    """A shape of one unit drawn at a height in mm."""
    scaled = tuple(tuple((px * height, py * height) for px, py in p) for p in polygons)
    return Shape(x, y, scaled)


def shifted(mark: Mark, x: float, y: float) -> Mark:
    """The same mark elsewhere."""
    return replace(mark, x=mark.x + x, y=mark.y + y)
