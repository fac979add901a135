"""What the demonstration clinic stocks, and who is treated there. All of it is made up.

Makers, items and people do not exist. GTINs are of prefix 952, which GS1 keeps for demonstrations;
the HIBC labeler code is a made-up one as well.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from stdnum import ean

from inventory.domain.catalogue import ItemKind, PackagingLevel, Tracking
from inventory.domain.udi import gs1, hibc

SITES: Final = (
    ("TO", "Torino", "Clinica Monviso, Corso Re Umberto 71, 10128 Torino"),
    ("CN", "Cuneo", "Clinica Monviso, Via Roma 18, 12100 Cuneo"),
)
PLACES: Final = (
    ("TO", "TO-PHARMACY", "Pharmacy"),
    ("TO", "TO-OR1", "Operating room 1"),
    ("TO", "TO-OR2", "Operating room 2"),
    ("CN", "CN-PHARMACY", "Pharmacy"),
    ("CN", "CN-OR1", "Operating room 1"),
)
PEOPLE: Final = (
    ("maria", "nurse"),
    ("luca", "nurse"),
    ("elena", "nurse"),
    ("paolo", "pharmacist"),
    ("chiara", "pharmacist"),
    ("giulia", "quality"),
    ("admin", "admin"),
    ("auditor", "auditor"),
)
"""User names with their one role; Elena and Chiara work in Cuneo."""

PASSWORD: Final = "kittrace-demo-2026"  # noqa: S105 - printed for everybody, on a demonstration


@dataclass(frozen=True, slots=True)
class Ware:
    """An item of the demonstration.

    Attributes:
        key: How the demonstration names it.
        name: As on the pack.
        reference: The maker's REF.
        maker: Name of the maker.
        kind: What sort of thing it is.
        tracking: By lot or by unit.
        di: Number of the single pack: twelve digits of GS1 without the check digit, or HIBC.
        carton: Units of use in a carton.
        par: Units of use that a room should hold.
        life_days: How long after delivery it expires, at least and at most.
        lots: How its lots look; `#` is a digit.
    """

    key: str
    name: str
    reference: str
    maker: str
    kind: ItemKind
    tracking: Tracking
    di: str
    carton: int
    par: int
    life_days: tuple[int, int]
    lots: str

    @property
    def is_hibc(self) -> bool:
        """Whether HIBC identifies it."""
        return not self.di.isdigit()

    @property
    def packaging(self) -> tuple[PackagingLevel, ...]:
        """The single pack and the carton."""
        if self.is_hibc:
            levels = ((self.di + "1", 1), (self.di + "5", self.carton))
            return tuple(PackagingLevel(di, "hibcc", units) for di, units in levels)
        bodies = (("0" + self.di, 1), ("1" + self.di, self.carton))
        return tuple(
            PackagingLevel(body + str(ean.calc_check_digit(body)), "gs1", units)
            for body, units in bodies
        )

    def label(self, lot: str, expires_on: date, *, carton: bool = False) -> str:
        """The barcode on a pack."""
        di = self.packaging[carton].di
        if self.is_hibc:
            return hibc.build(f"+{di}/$$3{expires_on:%y%m%d}{lot}")
        return gs1.build([("01", di), ("17", f"{expires_on:%y%m%d}"), ("10", lot)])


_SERRAVALLE: Final = "Serravalle Biomedica S.r.l."
_NORDLUND: Final = "Nordlund Kirurgi ApS"
_LAGORAI: Final = "Lagorai Dispositivi S.p.A."
_HELVIA: Final = "Helvia Spine Technik AG"
_VALDARNO: Final = "Farmaceutici Valdarno S.p.A."

_Row: TypeAlias = tuple[str, str, str, str, str, str, str, int, int, tuple[int, int], str]

_ROWS: Final[tuple[_Row, ...]] = (
    ("kit", "Lipoclar 60 fat processing kit, single-use", "LCL-60", _SERRAVALLE,
     "processing_kit", "unit", "952100100101", 5, 3, (300, 700), "LC26-####"),
    ("loop", "Adiloop 40 closed-loop fat processing kit", "ADL-40C", _NORDLUND,
     "processing_kit", "unit", "952100200117", 4, 2, (200, 500), "N6#####"),
    ("harvest", "Harvest cannula 3.0 mm x 23 cm, blunt, single-use", "HC30-230", _SERRAVALLE,
     "cannula", "unit", "952100100224", 10, 4, (500, 1400), "SV6###H"),
    ("infiltration", "Infiltration cannula 2.0 mm x 15 cm, single-use", "IC20-150", _SERRAVALLE,
     "cannula", "unit", "952100100231", 10, 4, (500, 1400), "SV6###I"),
    ("electrode", "RF electrode 20G x 15 cm, active tip 20 mm", "RFE-20-150-20", _HELVIA,
     "electrode", "unit", "H952RFE20150", 5, 4, (350, 900), "H26W##"),
    ("disc", "Disc needle 18G x 15 cm, bevelled", "DN-18-150", _HELVIA,
     "needle", "lot", "H952DN18150", 10, 6, (500, 1500), "H26K##"),
    ("needle", "Hypodermic needle 25G x 40 mm", "LG-N2540", _LAGORAI,
     "needle", "lot", "952100300019", 100, 20, (700, 1600), "26##N"),
    ("syringe10", "Syringe 10 mL, Luer lock", "LG-S10LL", _LAGORAI,
     "syringe", "lot", "952100300125", 100, 24, (700, 1600), "26##S"),
    ("syringe60", "Syringe 60 mL, Luer lock", "LG-S60LL", _LAGORAI,
     "syringe", "lot", "952100300132", 25, 10, (700, 1600), "26##T"),
    ("lidocaine", "Lidocaine 20 mg/mL, vial 10 mL", "VD-LID20-10", _VALDARNO,
     "medicine", "lot", "952100400018", 10, 10, (250, 540), "L#####"),
    ("ringer", "Ringer's lactate 500 mL, bag", "VD-RL500", _VALDARNO,
     "fluid", "lot", "952100400162", 20, 8, (300, 700), "26#####A"),
    ("gauze", "Gauze 10 x 10 cm, sterile, pack of 10", "LG-G1010", _LAGORAI,
     "consumable", "lot", "952100300330", 50, 16, (900, 1700), "26##G"),
    ("drape", "Fenestrated drape 75 x 90 cm, sterile", "LG-D7590", _LAGORAI,
     "consumable", "lot", "952100300347", 30, 8, (700, 1500), "26##D"),
    ("swab", "Chlorhexidine 2% skin applicator 10 mL", "VD-CHX10", _VALDARNO,
     "consumable", "lot", "952100400209", 25, 8, (120, 400), "C#####"),
)  # fmt: skip

WARES: Final = tuple(
    Ware(
        key, name, reference, maker, ItemKind(kind), Tracking(tracking), di, carton, par, life, lots
    )
    for key, name, reference, maker, kind, tracking, di, carton, par, life, lots in _ROWS
)
"""The catalogue: kits of two makers, and what every step of the procedure takes."""

BY_KEY: Final = {ware.key: ware for ware in WARES}

RECALLED: Final = ("kit", "LC26-0914")
"""The lot that a notice will be about; nobody picks it up but where the story wants it."""

PLAN: Final = (
    ("swab", 1),
    ("drape", 1),
    ("syringe10", 2),
    ("needle", 1),
    ("lidocaine", 2),
    ("infiltration", 1),
    ("ringer", 1),
    ("harvest", 1),
    ("syringe60", 1),
    ("kit", 1),
    ("disc", 1),
    ("electrode", 1),
    ("gauze", 2),
)
"""What a session takes, in the order in which it is opened."""

SESSIONS: Final = (
    (0, "TO-OR1", 9, 10),
    (1, "CN-OR1", 14, 5),
    (2, "TO-OR2", 10, 0),
    (3, "CN-OR1", 9, 30),
    (4, "TO-OR1", 9, 15),
)
"""The week: day, room, hour and minute. Monday is 0."""

EPISODES: Final = {
    (12, "TO-OR1", 0): "unknown-item",
    (11, "CN-OR1", 1): "dropped-syringe",
    (10, "TO-OR2", 2): "other-room",
    (8, "TO-OR1", 4): "restocked-cannula",
    (7, "CN-OR1", 3): "cancelled",
    (6, "TO-OR1", 0): "late",
    (4, "TO-OR1", 0): "recalled-kit",
    (4, "CN-OR1", 1): "recalled-kit",
    (4, "TO-OR2", 2): "typed-kit",
    (3, "TO-OR1", 0): "restocked-kit",
    (3, "CN-OR1", 1): "expired-drape",
    (3, "TO-OR2", 2): "used-twice",
    (3, "CN-OR1", 3): "recalled-kit",
    (3, "TO-OR1", 4): "contaminated-kit",
    (2, "TO-OR1", 0): "recalled-kit",
    (2, "TO-OR2", 2): "undone-kit",
    (2, "CN-OR1", 3): "dropped-kit",
    (1, "CN-OR1", 1): "other-room",
}
"""What does not go by the book: weeks ago, room, day."""

GIVEN: Final = (
    "Adele", "Alberto", "Anna Maria", "Bruno", "Carla", "Cesare", "Daniela", "Davide", "Elisa",
    "Enrico", "Federica", "Franco", "Gianni", "Ines", "Irma", "Lidia", "Livio", "Lorenzo",
    "Marisa", "Michele", "Nadia", "Nicola", "Olga", "Piera", "Renato", "Rosanna", "Sergio",
    "Silvana", "Tommaso", "Vera",
)  # fmt: skip
FAMILY: Final = (
    "Allasia", "Barberis", "Bertone", "Bianco", "Bosio", "Cavallera", "Cerutti", "Chiapello",
    "Dalmasso", "Fantino", "Ferrero", "Gallo", "Garelli", "Giordano", "Giraudo", "Lerda",
    "Mandrile", "Marengo", "Mattalia", "Migliore", "Oggero", "Peano", "Pellegrino", "Racca",
    "Revelli", "Rinaudo", "Rosso", "Sordello", "Tallone", "Viale",
)  # fmt: skip
