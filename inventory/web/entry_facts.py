"""The facts of an entry in words: its keys, the codes of problems, and the names of items."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from inventory.reports.wording import WORDS, Texts, word
from inventory.web.speech import N_

NAMES: Final = {
    "active": N_("may sign in"),
    "barcodes": N_("barcodes as read"),
    "cancelled": N_("did not take place"),
    "code": N_("code"),
    "dpi": N_("dots per inch"),
    "entered": N_("told"),
    "entry": N_("entry"),
    "expires_on": N_("expires on"),
    "expires_printed": N_("expiry as printed"),
    "item": N_("item"),
    "items": N_("items"),
    "kind": N_("kind"),
    "label": N_("label"),
    "labels": N_("labels"),
    "layout": N_("keyboard layout"),
    "length": N_("characters read"),
    "lines": N_("lines"),
    "location": N_("place"),
    "lot": N_("lot"),
    "lot_as_read": N_("lot as read"),
    "lots": N_("lots"),
    "manual": N_("typed by hand"),
    "manufacturer": N_("manufacturer"),
    "match": N_("held against"),
    "name": N_("name"),
    "note": N_("reason in own words, sealed"),
    "note_digest": N_("digest of the sealed reason"),
    "notice_digest": N_("digest of the notice"),
    "opened_at": N_("opened at"),
    "packaging": N_("barcodes and units in each"),
    "patient": N_("patient"),
    "patients": N_("patients"),
    "patient_commit": N_("commitment to the patient"),
    "photo": N_("photo, sealed"),
    "photo_digest": N_("digest of the sealed photo"),
    "printer": N_("printer"),
    "problems": N_("problems"),
    "procedure": N_("procedure"),
    "purpose": N_("purpose"),
    "receipt_digest": N_("digest of the delivery"),
    "reference": N_("reference"),
    "retain_until": N_("kept until"),
    "roles": N_("roles"),
    "scanned": N_("scanned"),
    "scope": N_("scope"),
    "separator": N_("separator"),
    "serials": N_("serial numbers"),
    "sheet": N_("sheet"),
    "since": N_("since"),
    "single_use": N_("for single use"),
    "stock": N_("labels in the printer"),
    "token": N_("token"),
    "tokens": N_("tokens"),
    "tracking": N_("tracked by"),
    "unit": N_("piece"),
    "units": N_("pieces"),
    "was": N_("before"),
}
"""What the keys of facts are called; a key without a word is shown as it is."""

_ITEMS: Final = frozenset({"item", "items"})
_CODED: Final = frozenset({"problems", "entered", "manual"})
_DEEPEST: Final = 5
"""Levels of facts within facts that are laid out; below them nothing is known to stand."""


def items_in(facts: Any) -> Iterator[str]:
    """The codes of items that facts name, wherever they stand."""
    if isinstance(facts, dict):
        for name, value in facts.items():
            if name in _ITEMS:
                yield from (each for each in _as_list(value) if isinstance(each, str))
            yield from items_in(value)
    elif isinstance(facts, list):
        for each in facts:
            yield from items_in(each)


def laid_out(
    facts: Mapping[str, Any], items: Mapping[str, str], texts: Texts
) -> tuple[tuple[str, str], ...]:
    """The facts of an entry, name by name, in words.

    Args:
        facts: As the entry keeps them.
        items: Names of items by their code.
        texts: Turns an English text into the reader's.

    Examples:
        >>> laid_out({"location": "TO-OR1", "problems": ["not-here"], "cancelled": True}, {}, str)
        (('place', 'TO-OR1'), ('problems', 'not in stock here'), ('did not take place', 'yes'))
        >>> laid_out({"serials": {}, "dpi": 0}, {}, str)
        (('serial numbers', '–'), ('dots per inch', '0'))
        >>> laid_out({"lines": [{"item": "MT1", "lot": "A17"}]}, {"MT1": "Lipo kit"}, str)
        (('lines', 'item Lipo kit (MT1), lot A17'),)
    """
    return tuple(
        (texts(NAMES.get(name, name)), _plain(name, value, items, texts))
        for name, value in facts.items()
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(
    name: str, value: Any, items: Mapping[str, str], texts: Texts, deep: int = _DEEPEST
) -> str:
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return texts(_YES if value else _NO)
    if isinstance(value, list) and deep:
        parts = [_plain(name, each, items, texts, deep - 1) for each in value]
        return ("; " if any(isinstance(each, dict | list) for each in value) else ", ").join(parts)
    if isinstance(value, dict) and deep:
        return ", ".join(
            f"{texts(NAMES.get(str(key), str(key)))} {_plain(key, each, items, texts, deep - 1)}"
            for key, each in value.items()
        )
    text = str(value)
    if name in _ITEMS and text in items:
        return f"{items[text]} ({text})"
    return word(text, texts) if name in _CODED and text in WORDS else text


_YES: Final = N_("yes")
_NO: Final = N_("no")
