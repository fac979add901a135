"""The Italian of the screens: one voice, and one word for one thing."""

import re

import pytest
from babel.messages.pofile import read_po

from config import PROJECT

ONLY_TU = (
    "accedi|aggiungi|apri|attendi|chiudi|correggi|esci|fai|inserisci|leggi|metti|prendi|premi|procedi"
    "|prosegui|ricevi|rimuovi|scegli|scrivi|spegni|togli|trasferisci|vai"
)
"""Commands that are never he, she or it: nowhere in a sentence."""
TU_AT_THE_START = (
    "annulla|avvisa|butta|cambia|cerca|compila|conferma|conserva|consulta|continua|controlla|digita"
    "|dimentica|disattiva|evita|guarda|imposta|incolla|indica|inquadra|invia|passa|registra|ricarica"
    "|riprova|ristampa|salva|scansiona|scarta|scatta|segnala|stampa|torna|verifica"
)
"""Commands that are also he, she or it: not where a sentence begins."""
OF_A_BUTTON = (
    "accedi|aggiungi|annulla|apri|cambia|cerca|chiudi|conferma|continua|controlla|correggi|disattiva"
    "|esci|registra|ricarica|ricevi|riprova|salva|stampa|togli|torna|trasferisci|vai|verifica"
)
"""What a person tells KitTrace to do: the words of buttons, which end without a full stop."""
TU = (
    rf"\b(?:tu|te|tuo|tuoi|tua|tue|hai|puoi|devi|vuoi|di[’'](?= )"
    rf"|(?:{ONLY_TU}|{TU_AT_THE_START})(?:l[oaie]|ne))(?!\w)"
)
"""Tu itself, and commands with their pronoun: nowhere."""

NOT_OUR_WORDS = {
    r"tesserin[oi]": "badge",
    r"luog(o|hi)": "ubicazione",
    r"serial[ei]": "numero di serie",
    r"sospes[oaie]": "bloccato",
    r"scanner": "lettore",
    r"leggere di nuovo": "scansionare di nuovo",
    r"scriver(e|lo|la|li|le|ne)|scritt[oaie] a mano": "digitare, digitato",
    r"usat[oaie] nella seduta": "utilizzato",
    r"rimess[oaie] in giacenza": "rimesso a scorta",
    r"bloc maiusc": "blocco maiuscole",
    r"statunitense": "USA",
    r"banca dati|base di dati": "database",
    r"processament[oi]": "processazione",
    r"produttore del (kit|dispositivo)": "fabbricante",
}
"""What the glossary, or a choice made once, says otherwise."""


@pytest.fixture(scope="module")
def said() -> list[str]:
    """Every Italian text, plural forms each by itself."""
    with (PROJECT / "inventory/translations/it/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="it") if message.id]
    texts = []
    for message in messages:
        assert not message.fuzzy, message.id
        texts += message.string if isinstance(message.string, tuple) else [message.string]
    assert all(texts)
    return texts


def addressed(text: str) -> str:
    """The first word of a text by which it says tu to the reader, or nothing."""
    is_button = not re.search(r"[.?!]", text)
    for sentence in re.split(r"(?<=[.?!:;…])\s+", text.lower()):
        start = re.match(rf"\W*({ONLY_TU}|{TU_AT_THE_START})\b", sentence)
        if start and not (is_button and re.fullmatch(OF_A_BUTTON, start[1])):
            return start[1]
        within = "" if is_button else rf"|\b(?:{ONLY_TU})\b"
        if found := re.search(TU + within, sentence):
            return found[0]
    return ""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Scansiona il braccialetto", "scansiona"),
        ("È accesa? Poi stampa di nuovo. Controllala.", "controllala"),
        ("Il blocco maiuscole è attivo. Disattivalo.", "disattivalo"),
        ("Non è dei nostri, oppure scegli un altro nome.", "scegli"),
        ("Di’ prima quale postazione è questo browser.", "di’"),
        ("È registrato che hai guardato.", "hai"),
        ("Salva il nome.", "salva"),
        ("Salva il nome", ""),
        ("Chiudi: non avvenuta", ""),
        ("A chi scansiona la vecchia etichetta si dice di gettarla.", ""),
    ],
)
def test_who_is_addressed_is_found(text, word):
    assert addressed(text) == word


def test_nobody_is_called_tu(said):
    """Where this fails: instructions stand in the infinitive, «Scansionare di nuovo.»"""
    assert {text: word for text in said if (word := addressed(text))} == {}


def test_apostrophes_and_quotes_are_those_of_print(said):
    """Where this fails: ’ and «»."""
    assert [text for text in said if re.search("['\"“”`´]", text)] == []


def test_one_thing_has_one_word(said):
    wrong = {
        text: word
        for text in said
        for pattern, word in NOT_OUR_WORDS.items()
        if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)
    }
    assert wrong == {}
