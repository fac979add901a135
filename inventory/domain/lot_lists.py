"""Lists of lots as notices print them, and the lots here that a list may mean without naming them.

The one idea: a recall covers the lots that were written, character by character, and nothing is
applied silently. What a list was pasted with (bullets, quotes, blanks of a word processor, its own
kinds of hyphen) is taken off; whatever else could hide a lot is shown for a person to decide.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from inventory.domain.udi.iccbba import printed_donation
from inventory.domain.udi.swallowed import shorter

_SEPARATORS: Final = re.compile(r"[,;\t]")
_BULLET: Final = re.compile(r"^[-•·▪◦‣*–—]\s+")
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_UNSEEN: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_QUOTES: Final = "\"'“”„‘’«»"
_RANGE: Final = re.compile(
    r"^\W*(?:(?:da|dal|from|von|lots?|lotto|lotti)\b\W*)*(?P<first>\S*\d\S*?)\s*"
    r"(?:\s(?:to|through|thru|until|a|al|fino a|fino al|bis)\s|\s?(?:-|\.\.\.?|…)\s?)"
    r"\s*(?P<last>\S*\d\S*)\W*$",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"^(?P<before>.*?)(?P<number>[0-9]{1,18})(?P<after>[^0-9]*)$", re.S)
_LONGEST_RANGE: Final = 200
_LONGEST_TEXT: Final = 120
_INTRODUCED: Final = re.compile(r"^(?:lots?|lotto|lotti|batch|batches|partita|nr?\.?)\b", re.I)
_CONFUSED: Final = str.maketrans("OQIL", "0011")


def split_lots(text: str, known: Collection[str] = ()) -> list[str]:
    r"""Lot numbers pasted from a notice: one a line, or parted by comma, semicolon or tab.

    A line or a part that is a lot of ours stays as it is, for GS1 allows commas, semicolons and
    quotes in a lot (General Specifications, 7.11).

    Args:
        text: What was pasted.
        known: Lots of the item that ever came in.

    Examples:
        >>> split_lots("A17, B 02;C3\n\nA17")
        ['A17', 'B 02', 'C3']
        >>> split_lots("• A\u201117\u00a0\n“B2”")
        ['A-17', 'B2']
        >>> split_lots("A;17, C3\nB,2", {"A;17"})
        ['A;17', 'C3', 'B', '2']
    """
    lots = (
        lot
        for line in text.splitlines()
        for part in ([line] if _plain(line, known) in known else _parts(line, known))
        if (lot := _plain(part, known))
    )
    return list(dict.fromkeys(lots))


def _parts(line: str, known: Iterable[str]) -> Iterator[str]:
    """A line at its separators, but for those within a lot of ours."""
    for lot in sorted(filter(_SEPARATORS.search, known), key=len, reverse=True):
        whole = re.compile(rf"(?<![^\s,;]){re.escape(lot)}(?![^\s,;])")
        if whole.search(line):
            yield lot
            line = whole.sub(",", line)
    yield from _SEPARATORS.split(line)


def _plain(text: str, known: Collection[str]) -> str:
    """A part without what it was pasted with; untouched where it is a lot of ours as it stands."""
    if text in known:
        return text
    text = text.translate(_UNSEEN).translate(_DASHES).strip()
    if text in known:
        return text
    text = _BULLET.sub("", unicodedata.normalize("NFKC", text)).strip()
    if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        text = text[1:-1].strip()
    return text


def resembling(asked: Iterable[str], known: Iterable[str]) -> dict[str, list[str]]:
    """Lots of ours that an asked one may mean but does not name, for a person to decide.

    They look like it: upper and lower case, blanks, signs and leading zeros are passed over, and O
    and 0, I, L and 1 are held for the same. Or it names them among other words, or lies around
    them as a range, or is a donation number with what is printed behind it; or one of ours is it
    with what a scanner glued behind it where a separator was lost. It is shown, never silently
    applied.

    Examples:
        >>> resembling(["a-0017"], ["A17", "A-0017", "B2"])
        {'a-0017': ['A-0017']}
        >>> resembling(["0017"], ["17", "0017"])
        {'0017': ['17']}
        >>> resembling(["Lot A17 (exp. 2027)", "B08 to B10"], ["A17", "B09", "B11"])
        {'Lot A17 (exp. 2027)': ['A17'], 'B08 to B10': ['B09']}
        >>> resembling(["a-17"], ["A1721SER9", "A1717280200", "A17B"])
        {'a-17': ['A1717280200', 'A1721SER9']}
    """
    read: dict[str, set[str]] = {}
    shapes: dict[str, set[str]] = {}
    for lot in known:
        for each in (lot, *shorter(lot)):
            read.setdefault(each, set()).add(lot)
            shapes.setdefault(_shape(each), set()).add(lot)
    found = {}
    for lot in dict.fromkeys(asked):
        meant = {_shape(lot), *map(_shape, _words(lot))}
        if donation := printed_donation(lot):
            meant.add(_shape(donation))
        alike = {each for shape in meant for each in shapes.get(shape, ())}
        alike |= {ours for each in _within(lot, read) for ours in read[each]}
        if alike - {lot}:
            found[lot] = sorted(alike - {lot})
    return found


def alike_but_not_asked(asked: Collection[str], known: Iterable[str]) -> dict[str, list[str]]:
    """Asked lot to lots of ours that look like it and are asked for under no name."""
    return resembling(sorted(asked), [lot for lot in known if lot not in asked])


def no_donations(asked: Iterable[str], known: Collection[str]) -> list[str]:
    """Asked lots of a tissue that are neither ours nor donation numbers: nothing is found by them.

    Examples:
        >>> no_donations(["A999826123456", "B-77", "C-1"], {"C-1"})
        ['B-77']
    """
    return sorted(lot for lot in {*asked} - {*known} if not printed_donation(lot))


def is_several(lot: str) -> bool:
    """Whether one asked lot looks like a range, several lots, or a lot among other words."""
    words = _words(lot)
    if len(lot.split()) > 1 and printed_donation(lot):
        return True
    introduced = bool(_INTRODUCED.match(lot)) and len(lot.split()) > 1
    return _ends(lot) is not None or len(words) > 1 or (introduced and bool(words))


def apart(lot: str) -> list[str]:
    """The lots that one asked lot may stand for; none where it is one, or a range of hundreds.

    Examples:
        >>> apart("A17 A18"), apart("A08 to A10"), apart("Lot: A17")
        (['A17', 'A18'], ['A08', 'A09', 'A10'], ['A17'])
        >>> apart("A17"), apart("B 02"), apart("A-17"), apart("LC26-0914")
        ([], [], [], [])
        >>> apart("A9998 26 123456 00"), apart("A999826123456")
        (['A999826123456'], [])
        >>> apart("A0017-0019")
        ['A0017', 'A0018', 'A0019']
    """
    if len(lot.split()) > 1 and (donation := printed_donation(lot)):
        return [donation]
    if ends := _ends(lot):
        before, first, last, after, digits = ends
        if last - first >= _LONGEST_RANGE:
            return []
        return [f"{before}{number:0{digits}d}{after}" for number in range(first, last + 1)]
    return _words(lot) if is_several(lot) else []


def _words(lot: str) -> list[str]:
    """The words of a text that could be a lot: those with a figure, without brackets around."""
    words = [word.strip("()[]{}<>.:,;" + _QUOTES) for word in lot.split()]
    words = [word for word in words if any(letter.isdigit() for letter in word)]
    return words if words != [lot] else []


def _within(lot: str, known: Iterable[str]) -> set[str]:
    ends = _ends(lot)
    if ends is None:
        return set()
    before, first, last, after, _ = ends
    return {
        each
        for each in known
        if (found := _NUMBERED.match(each))
        and (_shape(found["before"]), _shape(found["after"])) == (_shape(before), _shape(after))
        and first <= int(found["number"]) <= last
    }


def _ends(lot: str) -> tuple[str, int, int, str, int] | None:
    """What the lots of a range have in common, and its two numbers; None for what is no range."""
    asked = _RANGE.match(lot) if len(lot) <= _LONGEST_TEXT else None
    first, last = (_NUMBERED.match(asked[end]) for end in (1, 2)) if asked else (None, None)
    if first is None or last is None:
        return None
    low, high = int(first["number"]), int(last["number"])
    same = (first["before"], first["after"]) == (last["before"], last["after"])
    short = last[0] == last["number"] and len(last["number"]) == len(first["number"])
    if not (same or short) or low >= high:
        return None
    return first["before"], low, high, first["after"], len(first["number"])


def _shape(lot: str) -> str:
    kept = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", lot).upper()))
    return kept.translate(_CONFUSED).lstrip("0")
