"""A disk that keeps what was synced, and of the rest what chance keeps.

The record of `recorder.c` is played again up to a moment. What a file's last sync covers is kept;
of each write after it every sector of 512 bytes is kept with one half; a file that was cut short
since is still long with one half. Names of files are kept at once: a disk that loses those, or lies
about syncs, is not covered.
"""

import itertools
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512

_HEAD = struct.Struct("<QQIIB")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the recorded process.

    Attributes:
        ns: When it had returned, on the monotonic clock.
        kind: `W`rite, `T`runcate, `S`ync or `U`nlink.
        path: Of the file.
        offset: Where was written, or how long the file is from now on.
        data: What was written.
    """

    ns: int
    kind: str
    path: str
    offset: int
    data: bytes


def calls_of(record: Path) -> Iterator[Call]:
    """All calls in their order."""
    text, at = record.read_bytes(), 0
    while at < len(text):
        ns, offset, name, size, kind = _HEAD.unpack_from(text, at)
        at += _HEAD.size
        path, data = text[at : at + name].decode(), text[at + name : at + name + size]
        at += name + size
        yield Call(ns, chr(kind), path, offset, data)


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    since: list[Call] = field(default_factory=list)

    def sync(self) -> None:
        for call in self.since:
            _put(self.synced, call)
        self.since.clear()

    def after_the_cut(self, draw: random.Random) -> bytes:
        left = bytearray(self.synced)
        for call in self.since:
            if call.kind == "T":
                if draw.random() < 0.5:
                    _put(left, call)
                continue
            first = -call.offset % SECTOR or SECTOR
            edges = [0, *range(first, len(call.data), SECTOR), len(call.data)]
            for begin, end in itertools.pairwise(edges):
                if draw.random() < 0.5:
                    part = call.data[begin:end]
                    _put(left, Call(call.ns, "W", call.path, call.offset + begin, part))
        return bytes(left)


def _put(content: bytearray, call: Call) -> None:
    if call.kind == "T":
        del content[call.offset :]
    content.extend(bytes(max(0, call.offset - len(content))))
    if call.kind == "W":
        content[call.offset : call.offset + len(call.data)] = call.data


class Disk:
    """What lay below a folder when recording began, and all that was done to it since."""

    def __init__(
        self, before: Path, folder: Path, obeys: Callable[[str], bool] = lambda path: True
    ) -> None:
        """Take what lay there as synced.

        Args:
            before: A copy of the folder as it was then.
            folder: Where the process had it.
            obeys: Whether a sync of this file is obeyed; a control says no of some.
        """
        self._folder = folder
        self._obeys = obeys
        self._files = {
            str(folder / path.relative_to(before)): _File(bytearray(path.read_bytes()))
            for path in before.rglob("*")
            if path.is_file()
        }

    def take(self, call: Call) -> None:
        """Do one call more."""
        if call.kind == "U":
            self._files.pop(call.path, None)
            return
        file = self._files.setdefault(call.path, _File())
        if call.kind != "S":
            file.since.append(call)
        elif self._obeys(call.path):
            file.sync()

    def cut(self, to: Path, draw: random.Random) -> None:
        """Lay what is left after a power cut into another folder; shared memory is gone."""
        for name, file in self._files.items():
            if not name.endswith("-shm"):
                path = to / Path(name).relative_to(self._folder)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(file.after_the_cut(draw))
