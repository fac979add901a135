"""Whether two ways of writing a person's name are one: the hand differs, the person does not."""

import unicodedata


def is_same_name(one: str, other: str) -> bool:
    """Whether two texts are one name: case, accents, marks, blanks, order of words do not matter.

    A word more or less does matter: it may be another person of the family.

    Examples:
        >>> is_same_name("Rossi Anna", "ANNA  rossi"), is_same_name("Nicolò D'Angelo", "dangelo")
        (True, False)
        >>> is_same_name("D'Angelo Nicolò", "Dangelo Nicolo"), is_same_name("Rossi A", "Rossi B")
        (True, False)
    """
    words, others = _words(one), _words(other)
    return sorted(words) == sorted(others) or "".join(words) == "".join(others)


def _words(name: str) -> list[str]:
    parted = unicodedata.normalize("NFKD", name.casefold())
    bare = (letter for letter in parted if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in bare).split()
