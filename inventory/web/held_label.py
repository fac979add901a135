"""A label that is not whole: what is said while it is held, and once it is given up."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from inventory.domain.udi.label import of_one_label
from inventory.domain.udi.udi import Udi
from inventory.operations.identifying import Asked, Identified, identify
from inventory.store import reading
from inventory.web.acting import clinic_today, keyboard_of_request
from inventory.web.speech import spoken


def said_while_held(barcodes: Sequence[str], lacks: str) -> dict[str, Any]:
    """What a page shows of a label that lacks its item or its lot, and what it fills its form with.

    Args:
        barcodes: Of the label so far.
        lacks: `item` or `lot`.

    Returns:
        `kind`, `word`, `thing`, `sentences`, and `code`: `{item, name, reference, lot, typing}`,
        the last being the words of the button that leads to the form.
    """
    udi, found = _read(barcodes)
    code = {"item": "", "name": "", "reference": "", "lot": udi.lot or "" if udi else ""}
    if lacks == "item":
        word = gettext("Item: scan the other barcode of the label")
        sentences = [
            gettext(
                "The first barcode is kept, and nothing is recorded yet. If the label has no other"
                " one, choose the item and type its lot."
            )
        ]
        typing = gettext("Choose the item")
    elif found.item:
        code |= {"item": found.item.code, "name": f"{found.item.name} · {found.item.reference}"}
        word = gettext("Lot and expiry: scan the second barcode")
        sentences = [
            gettext(
                "The first barcode is kept, and nothing is recorded yet. If the label has no second"
                " one, type the lot."
            )
        ]
        wrong = [each for each in found.problems if each.blocking and each.code != "lot-missing"]
        sentences += [spoken(each.message) for each in wrong]
        typing = gettext("Type the lot")
    else:
        code["reference"] = _reference(udi) if udi else ""
        word = gettext("Item unknown: scan the second barcode")
        sentences = [
            gettext("No item here has the code %(code)s.", code=udi.di if udi else "?"),
            gettext(
                "It is kept, and nothing is recorded yet. Scan the second barcode, then say what"
                " sort of thing it is. If the label has no second one, type REF and lot."
            ),
        ]
        typing = gettext("Type REF and lot")
    thing = found.item.name if found.item else ""
    said: dict[str, Any] = {"kind": "look", "word": word, "thing": thing, "sentences": sentences}
    return said | {"code": code | {"typing": typing}}


def given_up(held: Sequence[str], taken: Sequence[str]) -> str:
    """What is said of barcodes that were held when something else was scanned; empty of none.

    Args:
        held: That the page had kept.
        taken: That stand for what was scanned now.
    """
    if not held:
        return ""
    today, keyboard = clinic_today(), keyboard_of_request()
    now = of_one_label(taken, today, keyboard) if taken else None
    if now and now.has_item and of_one_label([*held, *taken], today, keyboard):
        return ""  # the same label, scanned once more
    udi, found = _read(held)
    if found.item:
        thing = found.item.name
    elif udi and udi.di:
        thing = gettext("code %(code)s", code=udi.di)
    else:
        thing = gettext("lot %(lot)s", lot=udi.lot or udi.serial or "?" if udi else "?")
    return str(
        gettext(
            "NOT recorded: what was scanned before, %(thing)s. Scan it again, then its other"
            " barcode, or type its lot.",
            thing=thing,
        )
    )


def _read(barcodes: Sequence[str]) -> tuple[Udi | None, Identified]:
    today, keyboard = clinic_today(), keyboard_of_request()
    with reading() as connection:
        found = identify(connection, Asked(tuple(barcodes), keyboard=keyboard), today)
    return of_one_label(barcodes, today, keyboard), found


def _reference(udi: Udi) -> str:
    """The REF, where the code says it: AI 240, or what HIBC names the item by."""
    if udi.issuer == "hibcc" and udi.di:
        return udi.di[4:-1]
    return udi.element("240") or ""
