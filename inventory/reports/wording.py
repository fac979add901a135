"""The words of papers: marked here in English, said in the reader's language by whoever prints.

Reports know no Flask, so each is handed `texts`, which turns an English text into the reader's:
`gettext` of the pages, or `str` for English.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from inventory.domain.ledger import EntryKind, LocationKind
from inventory.domain.problem import Sentence

Texts: TypeAlias = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802 - the name by which pybabel finds texts said elsewhere
    """Mark a text for translation and give it back as it is."""
    return text


LOCATION_KINDS: Final[Mapping[LocationKind, str]] = {
    LocationKind.STORE: N_("store"),
    LocationKind.QUARANTINE: N_("quarantine"),
    LocationKind.TRANSIT: N_("in transit"),
    LocationKind.KIT: N_("kit"),
    LocationKind.SESSION: N_("patient session"),
    LocationKind.REPROCESSING: N_("reprocessing"),
    LocationKind.SUPPLIER: N_("supplier"),
    LocationKind.USED: N_("used"),
    LocationKind.WASTED: N_("wasted"),
    LocationKind.RETURNED: N_("returned to the supplier"),
    LocationKind.VARIANCE: N_("counting difference"),
}

ENTRY_KINDS: Final[Mapping[EntryKind, str]] = {
    EntryKind.RECEIVE: N_("received"),
    EntryKind.TRANSFER: N_("moved"),
    EntryKind.ASSEMBLE: N_("packed into a kit"),
    EntryKind.DISASSEMBLE: N_("taken out of a kit"),
    EntryKind.OPEN: N_("opened"),
    EntryKind.USE: N_("used"),
    EntryKind.RESTOCK: N_("restocked"),
    EntryKind.WASTE: N_("wasted"),
    EntryKind.RETURN: N_("returned to the supplier"),
    EntryKind.RELEASE: N_("released"),
    EntryKind.COUNT: N_("counted"),
    EntryKind.REVERSE: N_("reversed"),
}

WORDS: Final[Mapping[str, str]] = {
    "used": N_("used"),
    "in use": N_("in use"),
    "scanned": N_("scanned"),
    "typed": N_("typed"),
    "chosen": N_("chosen from a list"),
    "derived": N_("derived"),
    "dropped": N_("dropped"),
    "damaged-pack": N_("damaged pack"),
    "expired-found": N_("found expired"),
    "contaminated": N_("contaminated"),
    "wrong-size": N_("wrong size"),
    "procedure-changed": N_("procedure changed"),
    "procedure-cancelled": N_("procedure cancelled"),
    "procedure-broken-off": N_("procedure broken off"),
    "defective": N_("defective"),
    "never-happened": N_("never happened"),
    "wrong-lot": N_("wrong lot"),
    "wrong-item": N_("wrong item"),
    "wrong-quantity": N_("wrong quantity"),
    "wrong-patient": N_("wrong patient"),
    "wrong-place": N_("wrong place"),
    "other": N_("other reason"),
    "check-digit-wrong": N_("check digit wrong"),
    "not-in-procedure": N_("not in the procedure"),
    "more-than-planned": N_("more than planned"),
    "carton-code": N_("code of a carton"),
    "lot-garbled": N_("lot perhaps garbled by the keyboard"),
    "recalled-lot-resembles": N_("lot looks like a recalled one"),
    "not-here": N_("not in stock here"),
    "unreadable": N_("unreadable"),
    "unknown-item": N_("unknown item"),
    "lot-missing": N_("lot missing"),
    "lot-ambiguous": N_("lot in doubt"),
    "typed-differs": N_("typed differently"),
    "lot-known": N_("lot booked in before"),
    "too-long": N_("text too long"),
    "label-void": N_("label replaced"),
    "label-differs": N_("label and pack differ"),
    "quantity-wrong": N_("quantity wrong"),
    "occurred-at-wrong": N_("time wrong"),
    "lot-expired": N_("lot expired"),
    "lot-recalled": N_("lot recalled"),
    "on-hold": N_("on hold"),
    "unit-already-used": N_("piece already used"),
    "unit-label-needed": N_("label of the piece needed"),
    "patient-session-closed": N_("session closed"),
    "clock-suspect": N_("clock suspect"),
    "used-in-cancelled": N_("used, though it did not take place"),
    "patient-differs": N_("another name than the known patient's"),
    "name-known": N_("name written down already"),
    "serial-twice": N_("serial number twice"),
    "unit-twice": N_("piece twice in one list"),
    "expiry-differs": N_("two expiry dates"),
    "lot-too-long": N_("lot too long"),
    "no-lines": N_("nothing in the list"),
    "supplier-missing": N_("supplier missing"),
    "not-a-store": N_("no place for stock"),
    "same-place": N_("same place"),
    "receive-first": N_("still on its way"),
    "later-rests-on-it": N_("later entries rest on it"),
    "reversed-already": N_("reversed already"),
    "not-reversible": N_("moved nothing"),
    "reason-missing": N_("reason missing"),
    "outcome-missing": N_("outcome missing"),
    "required-missing": N_("required line without a lot"),
    "other-session": N_("label of another session"),
    "other-patient": N_("wristband of another patient"),
    "patient-unknown": N_("wristband of nobody here"),
    "printer-refused": N_("printer not to be reached"),
    "printer-silent": N_("printer does not answer"),
    "printer-hung": N_("printer stopped in the middle"),
    "printer-broken": N_("printer hung up in the middle"),
    "printer-unconfirmed": N_("sent, not confirmed by the printer"),
    "print-unknown": N_("not known whether it was printed"),
    "printer-open": N_("printer open"),
    "printer-no-labels": N_("printer out of labels"),
    "printer-no-ribbon": N_("printer out of ribbon"),
    "printer-paused": N_("printer paused"),
}
"""Outcomes, ways of telling, reasons, refused and overruled checks, by their code."""

CODED: Final = frozenset({"reason", "checks"})
"""Values of sentences that are codes of `WORDS`, blanks between them."""


def word(code: str, texts: Texts) -> str:
    """A code of `WORDS` for people; an unknown one is shown as it is.

    Examples:
        >>> word("damaged-pack", str), word("wrong-moon", str)
        ('damaged pack', 'wrong-moon')
    """
    return texts(WORDS[code]) if code in WORDS else code


def listed(codes: str, texts: Texts) -> str:
    """Codes of `WORDS`, blanks between them, for people.

    Examples:
        >>> listed("lot-recalled more-than-planned", str)
        'lot recalled, more than planned'
    """
    return ", ".join(word(code, texts) for code in codes.split())


_VALUE: Final = re.compile(r"%\((\w+)\)s")


def parts(sentence: Sentence, texts: Texts) -> Iterator[tuple[bool, str]]:
    """The pieces of a sentence in the reader's language: whether it is a value, and its text.

    Codes of reasons and checks become words, and the value called `name`, a line of a procedure or
    a noun, is translated. A value that the template does not know stays visible as its placeholder.

    Examples:
        >>> list(parts(Sentence("Lot %(lot)s is 5%% off.", {"lot": "A17"}), str))
        [(False, 'Lot '), (True, 'A17'), (False, ' is 5% off.')]
    """
    template = texts(sentence.template)
    if not sentence.values:
        yield False, template
        return
    for place, piece in enumerate(_VALUE.split(template)):
        if place % 2 and piece in CODED and piece in sentence.values:
            yield False, listed(sentence.values[piece], texts)
        elif place % 2 and piece == "name" and sentence.values.get(piece):
            yield False, texts(sentence.values[piece])
        elif place % 2:
            yield True, sentence.values.get(piece, f"%({piece})s")
        elif piece:
            yield False, piece.replace("%%", "%")


_CODE: Final = re.compile(r"\S+(?: \(\S+\))?")


def is_code(text: str) -> bool:
    """Whether a value is set in the face for codes: one word, or a lot with its unit in brackets.

    Examples:
        >>> is_code("TO-17"), is_code("A17 (KT8X7BGJFPX)"), is_code("Saline 500 mL")
        (True, True, False)
    """
    return _CODE.fullmatch(text) is not None


def said(sentence: Sentence, texts: Texts = str) -> str:
    """A sentence in the reader's language.

    Examples:
        >>> said(Sentence("Lot %(lot)s.", {"lot": "A17"}), {"Lot %(lot)s.": "Lotto %(lot)s."}.get)
        'Lotto A17.'
    """
    return "".join(text for _, text in parts(sentence, texts))
