"""What an act meets that is no problem of the goods: nothing there, or something in the way."""

from inventory.domain.problem import Sentence, say


class NotFound(LookupError):
    """What was asked for does not exist, or not for this person; becomes a 404.

    Args:
        sentence: What was looked for, for people.
    """

    def __init__(self, sentence: Sentence | None = None) -> None:
        super().__init__(str(sentence) if sentence else "not found")
        self.sentence = sentence


class Conflict(RuntimeError):
    """What was asked for contradicts what is kept already; becomes a 409.

    Args:
        sentence: What contradicts what, and what to do next.
        code: The noun of the fault, for machines.
    """

    def __init__(self, sentence: Sentence, code: str = "conflict") -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.code = code


_NOUNS = (
    say("entry"),
    say("item"),
    say("key of patient"),
    say("location"),
    say("lot"),
    say("patient"),
    say("person"),
    say("procedure"),
    say("recall"),
    say("receipt"),
    say("session"),
    say("site"),
    say("unit"),
    say("workstation"),
)
"""What `no_such` is asked for: marked here, so that it is translated with the sentence."""


def no_such(what: str, asked: str) -> NotFound:
    """The refusal for a code or number that names nothing.

    Args:
        what: The noun in English, `item`; the pages translate it.
        asked: The code or number as it was asked for.
    """
    return NotFound(say("There is no %(name)s %(asked)s. Check the code.", name=what, asked=asked))
