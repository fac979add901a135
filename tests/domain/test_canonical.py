"""The canonical text against another writer of RFC 8785."""

import json
import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.chain import NotCanonical, canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(
    lambda text: unicodedata.normalize("NFC", text)
)
KEYS = st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_the_canonical_text_is_rfc_8785_letter_for_letter(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value).decode()  # type: ignore[arg-type]


@given(VALUES)
def test_the_canonical_text_reads_back_as_what_was_written(value: object) -> None:
    assert json.loads(canonical(value)) == value  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [1.5, -0.0, 2**53, "a\0b", "\ud800", {"è": 1}, {1: 2}, object()])
def test_what_two_databases_could_keep_differently_has_no_canonical_text(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)  # type: ignore[arg-type]
