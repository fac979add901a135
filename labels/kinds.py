"""The labels we print, as values; each says what stands on it as a `Content`.

No code holds a name: codes are digits and capitals that say nothing about anybody.
"""

import re
from dataclasses import dataclass
from typing import Final

from labels.content import Content, Field
from labels.faces import exact, shown
from labels.problems import NotPrintable
from labels.symbol import Kind, gs1_payload

PROCESSED_FAT: Final = "Processed autologous adipose tissue / tessuto adiposo autologo processato"
AUTOLOGOUS_ONLY: Final = "FOR AUTOLOGOUS USE ONLY / SOLO PER USO AUTOLOGO"
NOT_EVALUATED: Final = (
    "NOT EVALUATED FOR INFECTIOUS SUBSTANCES / NON VALUTATO PER SOSTANZE INFETTIVE"
)

TYPE_THE_LOT: Final = "Type/digitare LOT"
"""Stands below on the label of a lot whose barcode names no more than the item."""


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """One kit or piece of a lot, with our own code.

    Attributes:
        code: Our code, as in `KT7Q2M9XH4C`.
        item: Its name.
        reference: The manufacturer's REF.
        lot: Exactly as printed by the manufacturer; may be empty for what has none.
        expires_on: YYYY-MM-DD or YYYY-MM; may be empty.
        clinic: Whose label it is.
        manufacturer: Who made it.
    """

    code: str
    item: str
    reference: str
    lot: str
    expires_on: str
    clinic: str = ""
    manufacturer: str = ""

    def content(self) -> Content:
        """What stands on it."""
        return Content(
            name=shown(self.item),
            fields=_lot_fields(self.reference, self.lot, self.expires_on),
            code=self.code,
            matrix=("datamatrix", _own(self.code)),
            heading=shown(self.clinic),
            maker=shown(self.manufacturer),
        )


@dataclass(frozen=True, slots=True)
class LotLabel:
    """A lot on its shelf: scanned, it reads as the manufacturer's own label does.

    Attributes:
        item: Its name.
        reference: The manufacturer's REF.
        lot: Exactly as printed by the manufacturer.
        expires_on: YYYY-MM-DD or YYYY-MM; may be empty.
        gtin: The 14 digits of the manufacturer's label, if it is of GS1.
        hibc: Item, expiry and lot in one barcode, whole with its check character, if it is HIBC.
        code: Our code of the item, where neither can say the lot: it is read by eye, and said so.
        clinic: Whose label it is.
        manufacturer: Who made it.
    """

    item: str
    reference: str
    lot: str
    expires_on: str
    gtin: str = ""
    hibc: str = ""
    code: str = ""
    clinic: str = ""
    manufacturer: str = ""

    def content(self) -> Content:
        """What stands on it."""
        fields = _lot_fields(self.reference, self.lot, self.expires_on)
        if self.gtin:
            fields += (Field("gtin", exact("gtin", self.gtin), word="GTIN"),)
            matrix: tuple[Kind, str] = ("gs1-datamatrix", self.payload())
        elif self.hibc:
            matrix = ("datamatrix", self.hibc)
        else:
            matrix = ("datamatrix", _own(self.code))
        return Content(
            name=shown(self.item),
            fields=fields,
            code="" if self.gtin or self.hibc else TYPE_THE_LOT,
            matrix=matrix,
            bars=False,
            needs_bars=False,
            heading=shown(self.clinic),
            maker=shown(self.manufacturer),
        )

    def payload(self) -> str:
        """GTIN, expiry and lot as the symbol holds them; day 00 where only the month is known.

        Raises:
            NotPrintable: If the GTIN has not 14 digits.

        Source:
            GS1 General Specifications, 3.4.7 (AI 17).
        """
        if not re.fullmatch(r"[0-9]{14}", self.gtin):
            raise NotPrintable("gtin", f"A GTIN has 14 digits, got {self.gtin!r}")
        elements = [("01", self.gtin)]
        if self.expires_on:
            elements.append(("17", self.expires_on.replace("-", "")[2:].ljust(6, "0")))
        if self.lot:
            elements.append(("10", self.lot))
        return gs1_payload(elements)


@dataclass(frozen=True, slots=True)
class PlaceLabel:
    """A shelf, cupboard or room.

    Attributes:
        code: Our code, as in `PL7Q2M9XH4A`.
        name: What people call it.
        within: The place it is in; may be empty.
        clinic: Whose it is.
    """

    code: str
    name: str
    within: str = ""
    clinic: str = ""

    def content(self) -> Content:
        """What stands on it."""
        fields = (Field("within", shown(self.within), face="sans"),) if self.within else ()
        return _plain(self.name, fields, self.code, self.clinic)


@dataclass(frozen=True, slots=True)
class SessionLabel:
    """A patient session, for its papers and its tray; it names nobody.

    Attributes:
        code: Our code, as in `PS7Q2M9XH4N`.
        procedure: What is done.
        planned_on: YYYY-MM-DD or YYYY-MM-DD hh:mm; may be empty.
        room: Where; may be empty.
        clinic: Whose it is.
    """

    code: str
    procedure: str
    planned_on: str = ""
    room: str = ""
    clinic: str = ""

    def content(self) -> Content:
        """What stands on it."""
        fields = (
            Field("planned_on", shown(self.planned_on), word="Date / Data"),
            Field("room", shown(self.room), word="Room / Sala", face="sans"),
        )
        given = tuple(field for field in fields if field.value)
        return _plain(self.procedure, given, self.code, self.clinic)


@dataclass(frozen=True, slots=True)
class ProductLabel:
    """The syringe of processed fat, to be scanned against the wristband; it names nobody.

    Attributes:
        session_code: The code of the patient session, as in `PS7Q2M9XH4N`.
        processed_at: When processing ended, with its zone, as in `2026-11-23 10:40 +01:00`.
        volume_ml: As text, as in `12.5`.
        clinic: Whose it is.
    """

    session_code: str
    processed_at: str
    volume_ml: str
    clinic: str = ""

    def content(self) -> Content:
        """What stands on it."""
        return Content(
            name=PROCESSED_FAT,
            name_whole=True,
            fields=(
                Field(
                    "processed_at",
                    exact("processed_at", self.processed_at),
                    word="Time / Ora",
                ),
                Field("volume_ml", exact("volume_ml", f"{self.volume_ml} mL"), word="Volume"),
            ),
            notices=(AUTOLOGOUS_ONLY, NOT_EVALUATED),
            code=self.session_code,
            matrix=("datamatrix", _own(self.session_code)),
            needs_bars=False,
            heading=shown(self.clinic),
        )


@dataclass(frozen=True, slots=True)
class StaffBadge:
    """A badge to sign on with; the name stands beside the code, never in it.

    Attributes:
        code: Digits and capitals drawn at random.
        name: Whose badge it is.
        role: What they do; may be empty.
        clinic: Where.
        role_in_italian: The same in Italian, on a row of its own; empty where `role` says all.
    """

    code: str
    name: str
    role: str = ""
    clinic: str = ""
    role_in_italian: str = ""

    def content(self) -> Content:
        """What stands on it."""
        said = (self.role, self.role_in_italian)
        fields = tuple(Field("role", shown(text), face="sans") for text in said if text)
        return _plain(self.name, fields, self.code, self.clinic)


def _plain(name: str, fields: tuple[Field, ...], code: str, clinic: str) -> Content:
    return Content(
        name=shown(name),
        fields=fields,
        code=code,
        matrix=("datamatrix", _own(code)),
        needs_bars=False,
        heading=shown(clinic),
    )


def _lot_fields(reference: str, lot: str, expires_on: str) -> tuple[Field, ...]:
    if expires_on and not re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", expires_on):
        raise NotPrintable("expires_on", f"Expected YYYY-MM-DD or YYYY-MM, got {expires_on!r}")
    fields = (
        Field("reference", shown(reference), "REF"),
        Field("lot", exact("lot", lot), "LOT"),
        Field("expires_on", expires_on, "use by"),
    )
    return tuple(field for field in fields if field.value)


def _own(code: str) -> str:
    """A code that survives any keyboard layout and cannot be taken for a UDI."""
    if not re.fullmatch(r"[0-9A-Z]{4,24}", code) or code.isdigit():
        raise NotPrintable("code", f"A code is 4 to 24 digits and capitals, got {code!r}")
    return code
