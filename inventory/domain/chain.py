"""The proof that the past is as it was: canonical text, MAC chain, Merkle root, signed note.

Each entry is kept as the canonical text of its whole act. Its leaf is the RFC 6962 leaf hash of
that text, its MAC covers the leaf, the site, the number and the MAC before it: whoever has SQL but
not the key cannot re-chain. The root over the same leaves goes, signed, onto every paper, and
finds what the holder of the key could do: cut off or rewrite the end.

Sources: RFC 8785 (canonical JSON), RFC 6962 section 2.1 (leaf and root), C2SP tlog-checkpoint and
signed-note (the note).
"""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

Json: TypeAlias = "str | bool | int | list[Json] | dict[str, Json] | None"

GENESIS: Final = "0" * 64
"""What stands in the place of the MAC before the first entry of a site."""


class NotCanonical(ValueError):
    """The value has no canonical text: a float, a text that is no text, or a key beyond ASCII."""


def canonical(value: Json) -> str:
    """The one text of a value: RFC 8785, NFC, no floats, no NUL, no lone surrogates.

    Raises:
        NotCanonical: The value cannot be kept.

    Examples:
        >>> canonical({"b": 1, "a": ["è", True, None]})
        '{"a":["è",true,null],"b":1}'
    """
    # For such values Python's own writer, told so, gives RFC 8785 letter for letter, and faster.
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Json) -> Json:
    match value:
        case None | bool():
            return value
        case int():
            if abs(value) >= 2**53:
                raise NotCanonical(f"integer beyond 2^53: {value}")
            return value
        case str():
            return plain_text(value)
        case list() | tuple():
            return [_plain(part) for part in value]
        case dict():
            if not all(isinstance(key, str) and key.isascii() for key in value):
                raise NotCanonical("keys are ASCII texts")
            return {key: _plain(part) for key, part in value.items()}
    raise NotCanonical(f"no place for {type(value).__name__} in a canonical text")


def plain_text(value: str) -> str:
    """A text in NFC, refused if it cannot be stored alike in every database.

    Raises:
        NotCanonical: It holds NUL or a lone surrogate.
    """
    if value.isascii():
        if "\0" in value:
            raise NotCanonical("NUL in a text")
        return value
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise NotCanonical("NUL or a lone surrogate in a text")
    return unicodedata.normalize("NFC", value)


def instant(at: datetime) -> str:
    """An instant as the chain writes it.

    Examples:
        >>> instant(datetime(2026, 11, 2, 10, 0, tzinfo=UTC))
        '2026-11-02T10:00:00.000000Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf_hash(text: str) -> bytes:
    """The RFC 6962 leaf hash of an entry's text, 32 bytes."""
    return hashlib.sha256(b"\0" + text.encode()).digest()


def link(key: bytes, site: str, number: int, before: str, leaf: bytes) -> str:
    """The MAC of an entry, 64 hexadecimal digits.

    Args:
        key: The chain's key.
        site: Code of the site: an entry cannot change chains.
        number: The entry's number there.
        before: The MAC of the entry before, or `GENESIS`.
        leaf: The entry's leaf hash.
    """
    said = f"v1|{site}|{number}|{before}|{leaf.hex()}"
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A Merkle tree that only grows: its size and the roots of its full subtrees.

    Attributes:
        size: Number of leaves.
        peaks: One hash for each set bit of `size`, the largest subtree first.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, leaves: Iterable[bytes]) -> "Tree":
        """The tree with further leaves at its end."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            peaks.append(leaf)
            size += 1
            merge = size
            while merge % 2 == 0:
                right = peaks.pop()
                peaks.append(_node(peaks.pop(), right))
                merge //= 2
        return Tree(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The RFC 6962 root, 32 bytes; that of no leaves is the hash of nothing."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = _node(peak, root)
        return root


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a site's chain was at one moment, signed.

    Attributes:
        origin: Names the installation and the site.
        size: Number of entries.
        root: RFC 6962 root over their leaves.
        note: The whole C2SP signed note.
    """

    origin: str
    size: int
    root: bytes
    note: str


def note_body(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint that is signed: origin, size, root, each with its line end."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def key_hash(name: str, public_key: bytes) -> bytes:
    """The 4 bytes by which a signed note names an Ed25519 key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n\x01" + public_key).digest()[:4]


def signed_note(body: str, name: str, public_key: bytes, signature: bytes) -> str:
    """The note: body, an empty line, one signature line."""
    blob = base64.b64encode(key_hash(name, public_key) + signature).decode()
    return f"{body}\n— {name} {blob}\n"


class BadNote(ValueError):
    """The text is no checkpoint that this program writes."""


def read_note(note: str) -> tuple[Checkpoint, str, bytes]:
    """The parts of a signed note: checkpoint, name of the key, and 4 + 64 bytes to verify.

    Raises:
        BadNote: It has not the form of a checkpoint.
    """
    try:
        body, signatures = note.split("\n\n", 1)
        origin, size, root = body.split("\n")[:3]
        dash, name, blob = signatures.split("\n")[0].split(" ")
        if dash != "—" or not size.isdigit():
            raise BadNote("no signature line")
        parts = base64.b64decode(root, validate=True), base64.b64decode(blob, validate=True)
    except ValueError as error:
        raise BadNote(f"not a checkpoint: {error}") from error
    return Checkpoint(origin, int(size), parts[0], note), name, parts[1]


_NOTE: Final = re.compile(
    r"(?<!\S)(?P<origin>[^\s/]+/\S+)\s+(?P<size>[0-9]{1,18})\s+(?P<root>[A-Za-z0-9+/]{43}=)\s+"
    r"[—–-]\s*(?P<key>\S+)\s+(?P<blob>[A-Za-z0-9+/]{88,}={0,2})"
)
"""Only tried where a word begins: within a long one every letter would be a beginning."""


def notes_in(text: str) -> list[str]:
    r"""Every signed note in a text, however it was laid out: a file, a mail, a copied paper.

    A copy out of a PDF loses empty lines and gains blanks; the note is put together as it was
    signed, and its signature says whether it is the same.

    Examples:
        >>> root, blob = "A" * 43 + "=", "B" * 91 + "="
        >>> copied = f"9. Proof\n  k/1/TO\n  7\n {root}\n- key {blob}\nPage 2"
        >>> notes_in(copied) == [f"k/1/TO\n7\n{root}\n\n— key {blob}\n"]
        True
    """
    notes = (
        f"{n['origin']}\n{n['size']}\n{n['root']}\n\n— {n['key']} {n['blob']}\n"
        for n in _NOTE.finditer(text)
    )
    return list(dict.fromkeys(notes))


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as the verifier reads it."""

    number: int
    text: str
    leaf: bytes
    mac: str


def first_broken(
    key: bytes, site: str, links: Sequence[Link], before: str, after: int
) -> int | None:
    """The number of the first entry whose place in the chain does not hold, or None.

    Args:
        key: The chain's key.
        site: Code of the site.
        links: Consecutive entries, lowest number first.
        before: MAC of the entry before the first of them.
        after: Number of the entry before the first of them, 0 at the start.
    """
    for expected, entry in enumerate(links, start=after + 1):
        if entry.number != expected:
            return expected
        leaf = leaf_hash(entry.text)
        mac = link(key, site, expected, before, leaf)
        if leaf != entry.leaf or not hmac.compare_digest(mac, entry.mac):
            return expected
        before = mac
    return None
