"""What can be wrong with an act, said so that a person knows what to do next.

The one idea: a rule returns problems, it does not raise. All problems of an act are collected and
shown at once. The sentence is kept as an English template and its values, so that the pages can
say it in the reader's language and the ledger can keep it without choosing one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence for people: an English template and the values to put in.

    Examples:
        >>> str(say("Lot %(lot)s is recalled.", lot="A17"))
        'Lot A17 is recalled.'
    """

    template: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


def say(template: str, /, **values: object) -> Sentence:
    """A sentence from its English template; the name marks it for translation.

    Args:
        template: English, with `%(name)s` where a value goes in; without values it is taken as is.
        **values: What goes in; each is kept as its `str`.
    """
    return Sentence(template, {name: str(value) for name, value in values.items()})


STAMP: Final = "%Y-%m-%d %H:%MZ"
"""How a sentence keeps an instant, in UTC; pages say it in the clinic's time."""


def stamp(at: datetime) -> str:
    """An instant in UTC, as sentences keep it.

    Examples:
        >>> stamp(datetime(2026, 11, 23, 9, 5, tzinfo=UTC))
        '2026-11-23 09:05Z'
    """
    return at.astimezone(UTC).strftime(STAMP)


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason to refuse an act, or to warn of it.

    Attributes:
        code: The noun of the fault, `lot-expired`; the list stands in docs/architecture.md.
        message: What, of which thing, expected and got, and what to do next.
        blocking: False where the act goes on and the person is only told.
    """

    code: str
    message: Sentence
    blocking: bool = True


OVERRULABLE = frozenset(
    {
        "check-digit-wrong",
        "lot-garbled",
        "recalled-lot-resembles",
        "not-in-procedure",
        "more-than-planned",
        "carton-code",
    }
)
"""Problems that a person may overrule with a reason; the reason and the code are kept for ever."""


def blocking(problems: Iterable[Problem], overruled: frozenset[str] = frozenset()) -> list[Problem]:
    """Those that stop the act, once what may be overruled and was overruled is taken away.

    Examples:
        >>> stop = Problem("lot-expired", say("Lot A17 expired."))
        >>> ask = Problem("not-in-procedure", say("Not planned."))
        >>> [p.code for p in blocking([stop, ask], frozenset({"not-in-procedure", "lot-expired"}))]
        ['lot-expired']
    """
    return [p for p in problems if p.blocking and p.code not in overruled & OVERRULABLE]
