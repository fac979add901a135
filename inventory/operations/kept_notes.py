"""Signed notes kept in a file beside the keys, so that cutting off the end of the ledger is found.

The one idea: the file only grows, and each note is synced before the next one comes. So a power cut
can tear the last note and no other, and a torn one is cut off before the next is written.
"""

import fcntl
import os
import re
from pathlib import Path
from typing import IO, Final

from inventory import store
from inventory.domain.chain import BadNote, read_note

LONGEST: Final = 2048
"""More bytes than any note has; a longer end was not torn, and stays for whoever verifies."""

_END: Final = re.compile("\n\n— [^\n]+\n\n".encode())
"""How a note ends here: an empty line, its signature, and the empty line that parts the notes."""


def keep(note: str) -> None:
    """Append a note and sync it, in place of one that a power cut has torn."""
    descriptor = os.open(_path(), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(file.seek(_whole(file)))
        file.write(f"{note}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def kept() -> list[str]:
    """The notes of the file; a last one torn by a power cut is passed over."""
    path = _path()
    if not path.exists():
        return []
    parts = path.read_text(encoding="utf-8", errors="replace").split("\n\n")
    notes = [f"{body}\n\n{line}\n" for body, line in zip(parts[::2], parts[1::2], strict=False)]
    return [note for note in notes[:-1] if note] + [note for note in notes[-1:] if _is_note(note)]


def _path() -> Path:
    return store.keyring().folder / "checkpoints.txt"


def _whole(file: IO[bytes]) -> int:
    """Where the last whole note ends, if no more than a torn one stands behind it."""
    size = file.seek(0, os.SEEK_END)
    begin = file.seek(max(0, size - 2 * LONGEST))
    tail = file.read()
    ends = [0, *(found.end() for found in _END.finditer(tail))]
    if len(ends) > 1 and not _ends_with_note(tail[ends[-2] : ends[-1] - 1]):
        ends.pop()
    known = begin == 0 or len(ends) > 2  # else what stands before the tail is not known
    return begin + ends[-1] if known and len(tail) - ends[-1] < LONGEST else size


def _ends_with_note(text: bytes) -> bool:
    return _is_note("\n\n".join(text.decode(errors="replace").split("\n\n")[-2:]))


def _is_note(note: str) -> bool:
    try:
        read_note(note)
    except BadNote:
        return False
    return "\0" not in note
