"""The label of a lot on its shelf: scanned, it says item, lot and expiry as a pack of it does.

The one idea: our own reader decides. What it would not take for this lot is not encoded, and the
label says that the lot is typed.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from inventory.domain.catalogue import Lot, PackagingLevel
from inventory.domain.udi import Udi, hibc, read_udi
from inventory.domain.udi.dates import month_end
from labels.kinds import LotLabel
from labels.problems import NotPrintable


def lot_label(lot: Lot, clinic: str) -> LotLabel:
    """The label of a lot, in GS1 where its item has a GTIN that can say it, else in HIBC.

    Args:
        lot: Of which item, and when it expires.
        clinic: Whose label it is.
    """
    item = lot.item
    label = LotLabel(
        item=item.name,
        reference=item.reference,
        lot=lot.number,
        expires_on=printed_expiry(lot),
        code=item.code,
        clinic=clinic,
        manufacturer=item.manufacturer,
    )
    levels = sorted(item.packaging, key=lambda level: level.issuer != "gs1")
    return next(filter(None, (_as_made(lot, label, level) for level in levels)), label)


def printed_expiry(lot: Lot) -> str:
    """The last day of use as the manufacturer's label has it: without a day where it has none.

    Source:
        GS1 General Specifications, 3.4.7 (day 00); ANSI/HIBC 2.6, 2.2 (MMYY, four digits).
    """
    if lot.expires_on is None:
        return ""
    day, printed = lot.expires_on, lot.expires_printed
    month_only = len(printed) == 4 or (len(printed) == 6 and printed.endswith("00"))
    last_day = day == month_end(day.year, day.month)  # not of ISBT 128: 100 is a day of the year
    return f"{day:%Y-%m}" if month_only and last_day else day.isoformat()


def _as_made(lot: Lot, label: LotLabel, level: PackagingLevel) -> LotLabel | None:
    """The label as the manufacturer of a single pack would have it, if it reads as this lot.

    Readers of GS1 and HIBC decide. A lot that was typed may hold what no such barcode may, a blank
    or a `#`; an identifier may be misprinted.
    """
    if level.units != 1:
        return None
    if level.issuer == "gs1":
        made = replace(label, gtin=level.di, code="")
        try:
            scan = f"]d2{made.payload()}"
        except NotPrintable:
            return None
        return made if _reads_as(lot, scan, level.di) else None
    text = f"+{level.di}/{_hibc_data(lot)}"
    if level.issuer != "hibcc" or not set(text) <= set(hibc.ALPHABET):
        return None
    barcode = hibc.build(text)
    made = replace(label, hibc=barcode, code="")
    return made if _reads_as(lot, f"]d1{barcode}", level.di) else None


def _hibc_data(lot: Lot) -> str:
    """Expiry and lot as HIBC has them: a month stays a month.

    Source:
        ANSI/HIBC 2.6, 2.2 (secondary data).
    """
    printed = printed_expiry(lot)
    if lot.expires_on is None:
        return f"${lot.number}"
    month_only = len(printed) == len("2029-02")
    expiry = f"{lot.expires_on:%m%y}" if month_only else f"3{lot.expires_on:%y%m%d}"
    return f"$${expiry}{lot.number}"


def _reads_as(lot: Lot, scan: str, di: str) -> bool:
    """Whether our own reader takes a scan for that lot of that item.

    The century of the expiry is held against its own year: it is read in its time.
    """
    udi = read_udi([scan], lot.expires_on or ANY_DAY)
    return (
        isinstance(udi, Udi)
        and not udi.blocked
        and (udi.di, udi.lot or "", udi.expires_on) == (di, lot.number, lot.expires_on)
    )


ANY_DAY: Final = date(2000, 1, 1)
"""On which a symbol without an expiry is read: there is no century to decide."""
