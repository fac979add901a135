"""What the model of R5 is made of: lots, and what was done with their pieces."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime


def site_of(place: str) -> str:
    return place[:2]


@dataclass
class ModelLot:
    """One lot: when it expires, whether it is recalled, who holds how much of it."""

    number: str
    by_unit: bool
    expires_on: date
    recall: str = ""
    held: Counter[str] = field(default_factory=Counter)

    def move(self, source: str, destination: str, quantity: int) -> None:
        self.held[source] -= quantity
        self.held[destination] += quantity

    def unfit(self, day: date) -> set[str]:
        """Why it may not be used on a day."""
        found = {"lot-expired"} if day > self.expires_on else set()
        return found | ({"lot-recalled"} if self.recall else set())


@dataclass
class Done:
    """An entry that is not reversed: what it moved, and with which units."""

    reference: str
    lot: ModelLot
    units: tuple[str, ...]
    source: str
    destination: str
    quantity: int
    turn: int
    at: datetime
