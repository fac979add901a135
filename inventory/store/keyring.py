"""The keys: one root secret and one signing key in a folder outside the data.

Every other key is derived from the root secret with a label of its own, so that losing one use
does not give away another. Losing the root loses patients' identities and the proof of the chain;
the embedded database is sealed with it too, and is lost whole.
"""

import os
from functools import cached_property
from pathlib import Path
from string import hexdigits

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Keyring:
    """The keys of one installation.

    Attributes:
        folder: Where the root secret and the signing key lie.
    """

    def __init__(self, folder: Path, root: bytes, signing: bytes) -> None:
        self.folder = folder
        self._root = root
        self._signing = Ed25519PrivateKey.from_private_bytes(signing)

    @classmethod
    def load(cls, folder: Path) -> "Keyring":
        """The keys in a folder; made there at the first start.

        Raises:
            OSError: The folder cannot be read or written.
            ValueError: A key file has not 32 bytes in hexadecimal.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = _read_or_make(folder / "root.key")
        signing = _read_or_make(folder / "signing.key")
        return cls(folder, root, signing)

    def derived(self, label: str, length: int = 32) -> bytes:
        """The key for one use."""
        return HKDF(hashes.SHA256(), length, salt=None, info=f"kittrace/{label}".encode()).derive(
            self._root
        )

    @cached_property
    def database(self) -> bytes:
        """Encrypts the embedded database's file, 32 bytes."""
        return self.derived("database")

    @cached_property
    def chain(self) -> bytes:
        """Keys the MAC chain, 32 bytes."""
        return self.derived("chain")

    @cached_property
    def wrapping(self) -> bytes:
        """Wraps the key of each patient, 32 bytes."""
        return self.derived("wrapping")

    @cached_property
    def index(self) -> bytes:
        """Keys the blind index over record numbers, 32 bytes."""
        return self.derived("index")

    @cached_property
    def notes(self) -> bytes:
        """Encrypts notes in people's own words, 32 bytes."""
        return self.derived("notes")

    @cached_property
    def asked(self) -> bytes:
        """Keys the digest of what an idempotency key stands for, 32 bytes."""
        return self.derived("asked")

    @cached_property
    def answers(self) -> bytes:
        """Encrypts what acts answered, kept for retries, 32 bytes."""
        return self.derived("answers")

    @cached_property
    def note_digests(self) -> bytes:
        """Keys the digest that ties a note to its entry, 32 bytes."""
        return self.derived("note-digests")

    @cached_property
    def public(self) -> bytes:
        """The public half of the signing key, 32 bytes."""
        return self._signing.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )

    def sign(self, body: str) -> bytes:
        """Sign a checkpoint's body, 64 bytes."""
        return self._signing.sign(body.encode())

    def verify(self, body: str, signature: bytes) -> bool:
        """Whether we signed this."""
        try:
            self._signing.public_key().verify(signature, body.encode())
        except InvalidSignature:
            return False
        return True


def _read_or_make(path: Path) -> bytes:
    """The 32 bytes of a key file; of several that start at once, one makes it."""
    if not path.exists():
        fresh = path.with_suffix(f".{os.urandom(8).hex()}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    written = path.read_text(encoding="ascii", errors="replace").strip()
    if len(written) != 64 or set(written.lower()) - set(hexdigits):
        raise ValueError(f"{path.name} holds no key of 32 bytes")
    return bytes.fromhex(written)
