"""The chain's parts against the standards they come from."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.chain import (
    GENESIS,
    BadNote,
    Link,
    NotCanonical,
    Tree,
    canonical,
    first_broken,
    leaf_hash,
    link,
    note_body,
    notes_in,
    plain_text,
    read_note,
    signed_note,
)

KEY = b"k" * 32


@pytest.mark.parametrize(
    "value", [1.5, -0.0, 2**53, -(2**53), {"è": 1}, {1: 1}, "a\0b", "\ud800", b"x", [float("nan")]]
)
def test_what_two_databases_could_keep_differently_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)  # type: ignore[arg-type]


def test_a_text_is_composed_before_it_is_hashed() -> None:
    assert canonical("e\u0300") == canonical("è") == '"è"'
    assert plain_text("Zoe\u0308") == "Zoë"


def test_keys_are_sorted_and_nothing_is_blank() -> None:
    assert canonical({"b": [True, None, -1], "a": {"d": "x", "c": 2**53 - 1}}) == (
        '{"a":{"c":9007199254740991,"d":"x"},"b":[true,null,-1]}'
    )


def plain_root(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962 section 2.1 defines it, by recursion."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    both = plain_root(leaves[:split]) + plain_root(leaves[split:])
    return hashlib.sha256(b"\1" + both).digest()


@given(st.lists(st.integers(0, 40), max_size=4))
def test_a_tree_grown_in_any_parts_has_the_root_of_the_standard(parts: list[int]) -> None:
    tree, leaves = Tree(), []
    for part in parts:
        more = [leaf_hash(f"{len(leaves) + number}") for number in range(part)]
        tree = tree.grown(more)
        leaves += more
    assert tree.size == len(leaves)
    assert tree.root == plain_root(leaves)
    assert len(tree.peaks) == tree.size.bit_count()


def test_the_roots_of_the_certificate_transparency_test_vectors() -> None:
    vectors = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(text)).digest() for text in vectors]
    assert Tree().grown(leaves[:1]).root.hex().startswith("6e340b9cffb37a98")
    assert Tree().grown(leaves[:2]).root.hex().startswith("fac54203e7cc696c")
    assert Tree().grown(leaves[:7]).root.hex().startswith("ddb89be403809e32")


def chain_of(count: int, site: str = "TO") -> list[Link]:
    links, before = [], GENESIS
    for number in range(1, count + 1):
        leaf = leaf_hash(f"entry {number}")
        before = link(KEY, site, number, before, leaf)
        links.append(Link(number, f"entry {number}", leaf, before))
    return links


def test_a_chain_holds_from_its_start_and_from_its_middle() -> None:
    links = chain_of(9)
    assert first_broken(KEY, "TO", links, GENESIS, 0) is None
    assert first_broken(KEY, "TO", links[4:], links[3].mac, 4) is None


@pytest.mark.parametrize(
    "broken",
    [
        lambda links: [*links[:4], *links[5:]],
        lambda links: [*links[:4], Link(5, "other", links[4].leaf, links[4].mac), *links[5:]],
        lambda links: [
            *links[:4],
            Link(5, "other", leaf_hash("other"), links[4].mac),
            *links[5:],
        ],
        lambda links: [*links[:4], links[5], links[4], *links[6:]],
    ],
    ids=["removed", "edited", "edited with its leaf", "exchanged"],
)
def test_the_first_broken_entry_is_named(broken: object) -> None:
    assert first_broken(KEY, "TO", broken(chain_of(9)), GENESIS, 0) == 5  # type: ignore[operator]


def test_a_chain_holds_for_no_other_site_and_no_other_key() -> None:
    assert first_broken(KEY, "CN", chain_of(3), GENESIS, 0) == 1
    assert first_broken(b"x" * 32, "TO", chain_of(3), GENESIS, 0) == 1


def test_a_note_is_read_back_as_it_was_signed() -> None:
    body = note_body("kittrace/X/TO", 7, b"r" * 32)
    note = signed_note(body, "kittrace", b"p" * 32, b"s" * 64)
    checkpoint, name, blob = read_note(note)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == ("kittrace/X/TO", 7, b"r" * 32)
    assert (name, blob[4:], checkpoint.note) == ("kittrace", b"s" * 64, note)
    assert blob[:4] == hashlib.sha256(b"kittrace\n\x01" + b"p" * 32).digest()[:4]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "kittrace/X/TO\n7\n",
        "o\nseven\n" + base64.b64encode(b"r" * 32).decode() + "\n\n— k AAAA\n",
        "o\n7\n*\n\n— k AAAA\n",
        "o\n7\nAAAA\n\n- k AAAA\n",
        "o\n7\nAAAA\n\n— k\n",
    ],
)
def test_what_is_no_note_is_told(note: str) -> None:
    with pytest.raises(BadNote):
        read_note(note)


@pytest.mark.parametrize("piece", ["a/", "a/b 1", "1", " ", "- ", "a/b 1 "])
def test_a_long_text_without_a_note_is_passed_over_at_once(piece: str) -> None:
    """Tried at every letter, the first of these took minutes."""
    assert notes_in(f"a/b {piece * (65_536 // len(piece))}") == []
