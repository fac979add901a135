"""What people are told of labels that a printer did not take, did not confirm, or keeps waiting."""

from collections.abc import Mapping
from typing import Final

from inventory.domain.problem import Problem, Sentence, say
from inventory.domain.workstation import Workstation
from labels.port9100 import WAITING, Fate

_WORDS: Final[Mapping[Fate, Sentence]] = {
    Fate.REFUSED: say(
        "The printer of %(workstation)s (%(address)s) is not to be reached; nothing was"
        " printed. Is it switched on, and its network cable in? Then print again."
    ),
    Fate.SILENT: say(
        "The printer of %(workstation)s (%(address)s) does not answer; nothing was printed. Is"
        " it switched on, and its network cable in? Then print again."
    ),
    Fate.HUNG: say(
        "The printer of %(workstation)s (%(address)s) stopped in the middle. Is there paper,"
        " is the lid closed? Count what came out, then print again only what is missing."
    ),
    Fate.BROKEN: say(
        "The printer of %(workstation)s (%(address)s) hung up in the middle. Switch it off and"
        " on. Count what came out, then print again only what is missing."
    ),
    Fate.UNCONFIRMED: say(
        "The labels were sent, but the printer of %(workstation)s (%(address)s) did not confirm"
        " that it has them. Look at it: is it switched on, are there labels in it, is the lid"
        " closed? If nothing comes out, print again, with the reason where one is asked."
    ),
    Fate.OPEN: say(
        "The printer of %(workstation)s (%(address)s) is open. The labels lie in it and come out"
        " when it is closed: close it, and do not print them again."
    ),
    Fate.NO_LABELS: say(
        "The printer of %(workstation)s (%(address)s) is out of labels. Those sent lie in it and"
        " come out when it has a new roll: put one in, and do not print them again."
    ),
    Fate.NO_RIBBON: say(
        "The printer of %(workstation)s (%(address)s) is out of ribbon. The labels lie in it and"
        " come out when it has a new one: put one in, and do not print them again."
    ),
    Fate.PAUSED: say(
        "The printer of %(workstation)s (%(address)s) is paused. The labels lie in it and come"
        " out when it goes on: press its pause button, and do not print them again."
    ),
}


def fate_problems(place: Workstation, fate: Fate) -> list[Problem]:
    """Why labels were not printed, or what keeps them in the printer; nothing where they were sent.

    Errors: `printer-refused`, `printer-silent`, `printer-hung`, `printer-broken`,
    `printer-unconfirmed`; told only: `printer-open`, `printer-no-labels`, `printer-no-ribbon`,
    `printer-paused`.
    """
    if fate is Fate.SENT:
        return []
    address = place.printer.address if place.printer else "-"
    message = say(_WORDS[fate].template, workstation=place.name, address=address)
    return [Problem(f"printer-{fate.value}", message, blocking=fate not in WAITING)]
