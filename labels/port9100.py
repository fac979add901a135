"""Bytes to a network printer on its raw port, and what became of them.

The one idea: a label counts as sent when the printer says so. Behind the last label it is asked how
it is; one that cannot answer tells by hanging up that it has read all. Nothing is tried twice here:
whoever asked decides, and knows whether some labels may have come out already.

Source:
    Zebra, ZPL II Programming Guide: ~HS.
"""

import re
import select
import socket
import time
from enum import StrEnum
from typing import Final

CONNECT_SECONDS: Final = 3.0
"""How long a printer may take to answer the call; in one building it is milliseconds."""

SEND_SECONDS: Final = 10.0
"""How long a printer may take no byte; one that prints hundreds of labels takes them as it goes."""

LONGEST_SECONDS: Final = 120.0
"""How long it may take to swallow the labels of one act."""

PATIENCE_SECONDS: Final = 1.0
"""How long a printer may take to answer; and then again, once it was told that nothing follows."""

QUERY: Final = b"~HS\n"
"""Asks a ZPL printer how it is. Behind the end of a label it becomes part of none."""

_PIECE: Final = 16 * 1024
_MOST_HEARD: Final = 4096
"""So much of what a printer says is kept; an answer has about a hundred bytes."""


class Fate(StrEnum):
    """What became of the bytes."""

    SENT = "sent"
    """The printer has all of them: it said so, or it read to the end and hung up in peace."""

    UNCONFIRMED = "unconfirmed"
    """All of them went out, and the printer neither answered nor hung up: all may be printed."""

    OPEN = "open"
    """The printer has all of them, and its head is open."""

    NO_LABELS = "no-labels"
    """The printer has all of them, and is out of labels."""

    NO_RIBBON = "no-ribbon"
    """The printer has all of them, and is out of ribbon."""

    PAUSED = "paused"
    """The printer has all of them, and is paused."""

    REFUSED = "refused"
    """Nobody listens there, or there is no such name or way: nothing was printed."""

    SILENT = "silent"
    """No answer to the call in time: nothing was printed."""

    HUNG = "hung"
    """The printer stopped taking bytes: part of it may be printed."""

    BROKEN = "broken"
    """The connection ended before all was taken: part of it may be printed."""


NOTHING_PRINTED: Final = frozenset({Fate.REFUSED, Fate.SILENT})
"""Fates after which a new try cannot print anything twice."""

WAITING: Final = frozenset({Fate.OPEN, Fate.NO_LABELS, Fate.NO_RIBBON, Fate.PAUSED})
"""Fates after which the labels lie in the printer, and come out when it is put right."""


def send(
    data: bytes,
    host: str,
    port: int,
    *,
    connect_seconds: float = CONNECT_SECONDS,
    send_seconds: float = SEND_SECONDS,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Fate:
    """Send bytes to a printer, once.

    Args:
        data: Labels in ZPL, the last one ended.
        host: Address or name.
        port: Nearly always 9100.
        connect_seconds: Until the call counts as unanswered.
        send_seconds: Without a byte taken.
        patience_seconds: For an answer, and again for the end of the line.
    """
    try:
        connection = socket.create_connection((host, port), connect_seconds)
    except TimeoutError:
        return Fate.SILENT
    except (OSError, UnicodeError):  # a name that no resolver takes is no text for one
        return Fate.REFUSED
    with connection:
        try:
            if not _pour(connection, data + QUERY, send_seconds):
                return Fate.BROKEN
            return _hear_out(connection, patience_seconds)
        except TimeoutError:
            return Fate.HUNG
        except OSError:
            return Fate.BROKEN


def _pour(connection: socket.socket, data: bytes, seconds: float) -> bool:
    """Whether all bytes went out; in one stream, so that the query never waits for a receipt."""
    rest, until = memoryview(data), time.monotonic() + LONGEST_SECONDS
    while rest:
        _bound(connection, min(until, time.monotonic() + seconds))
        rest = rest[connection.send(rest[:_PIECE]) :]
        if _was_reset(connection):
            return False
    return True


def _was_reset(connection: socket.socket) -> bool:
    """Whether the other side is known to be gone; raises its reason where it gives one."""
    fault = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return fault != 0


def _hear_out(connection: socket.socket, patience: float) -> Fate:
    """What the printer answers; else whether it hangs up, told that nothing more comes.

    A print server may pass nothing on before that, so it is listened to once more afterwards. A
    reset means that the printer threw away what it had not read yet.
    """
    heard = b""
    for nothing_follows in (False, True):
        if nothing_follows:
            connection.shutdown(socket.SHUT_WR)
        quiet_at = time.monotonic() + patience
        while not _is_whole(heard) and (left := quiet_at - time.monotonic()) > 0:
            readable, _, _ = select.select([connection], [], [], left)
            if not readable:
                break
            piece = connection.recv(_PIECE)
            if not piece:
                read_all = nothing_follows or not _reset_follows(connection, patience)
                return (fate_in(heard) or Fate.SENT) if read_all else Fate.BROKEN
            heard = (heard + piece)[-_MOST_HEARD:]
        if fate := fate_in(heard):
            return fate
    return Fate.UNCONFIRMED


def _reset_follows(connection: socket.socket, patience: float) -> bool:
    """Whether a printer that hung up of itself had not read all: one that is busy does so at once.

    Bytes that come to it after that are answered with a reset, a moment later.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if _was_reset(connection):
            return True
        time.sleep(0.02)
    return False


def fate_in(heard: bytes) -> Fate | None:
    r"""What a printer answers to the query, or None: what is no answer is nothing to go by.

    An answer is three lines between STX and ETX, told apart by the number of their fields. Ribbon
    is missed only by a printer that prints with one.

    Examples:
        >>> right = b"\x02030,0,0,1225,000,0,0,0,000,0,0,0\x03\r\n"
        >>> fate_in(right + b"\x02001,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n").value
        'sent'
        >>> fate_in(b"\x02030,1,1,1225,000,0,0,0,000,0,0,0\x03\r\n").value
        'no-labels'
        >>> fate_in(b"READY")
    """
    lines = _lines(heard)
    first, second = lines.get(_FIRST, []), lines.get(_SECOND, [])
    with_ribbon = second[4:5] == [b"1"]
    flags = {
        Fate.OPEN: second[2:3],
        Fate.NO_LABELS: first[1:2],
        Fate.NO_RIBBON: second[3:4] if with_ribbon else second[4:5],
        Fate.PAUSED: first[2:3],
    }
    raised = [fate for fate, flag in flags.items() if flag == [b"1"]]
    if raised:
        return raised[0]
    return Fate.SENT if all(flag == [b"0"] for flag in flags.values()) else None


_FIRST, _SECOND, _THIRD = 12, 11, 2
"""How many fields the lines of an answer have."""


def _is_whole(heard: bytes) -> bool:
    return {_FIRST, _SECOND, _THIRD} <= _lines(heard).keys()


def _lines(heard: bytes) -> dict[int, list[bytes]]:
    """The fields of each line between STX and ETX, by how many there are."""
    found = re.findall(rb"\x02([^\x02\x03]*)\x03", heard)
    return {len(fields): fields for fields in (line.split(b",") for line in found)}


def _bound(connection: socket.socket, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
