"""Bytes to a network printer on its raw port, and what became of them.

The one idea: a printer says nothing back, so what can be told is how far the bytes went. Nothing is
tried twice here: whoever asked decides, and knows whether some labels may have come out already.
"""

import select
import socket
import time
from enum import StrEnum
from typing import Final

CONNECT_SECONDS: Final = 3.0
"""How long a printer may take to answer the call; in one building it is milliseconds."""

SEND_SECONDS: Final = 10.0
"""How long a printer may take to swallow the labels of one act."""

_PIECE: Final = 16 * 1024


class Fate(StrEnum):
    """What became of the bytes."""

    SENT = "sent"
    """All of them went out, and the connection ended in peace."""

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


def send(
    data: bytes,
    host: str,
    port: int,
    *,
    connect_seconds: float = CONNECT_SECONDS,
    send_seconds: float = SEND_SECONDS,
) -> Fate:
    """Send bytes to a printer, once.

    Args:
        data: In a language of the printer.
        host: Address or name.
        port: Nearly always 9100.
        connect_seconds: Until the call counts as unanswered.
        send_seconds: From the first byte to the end.
    """
    try:
        connection = socket.create_connection((host, port), connect_seconds)
    except TimeoutError:
        return Fate.SILENT
    except (OSError, UnicodeError):  # a name that no resolver takes is no text for one
        return Fate.REFUSED
    with connection:
        try:
            return _pour(connection, data, time.monotonic() + send_seconds)
        except TimeoutError:
            return Fate.HUNG
        except OSError:
            return Fate.BROKEN


def _pour(connection: socket.socket, data: bytes, until: float) -> Fate:
    rest = memoryview(data)
    while rest:
        _bound(connection, until)
        rest = rest[connection.send(rest[:_PIECE]) :]
        if _was_reset(connection):
            return Fate.BROKEN
    connection.shutdown(socket.SHUT_WR)
    return _wait_for_end(connection, until)


def _was_reset(connection: socket.socket) -> bool:
    """Whether the other side is known to be gone; raises its reason where it gives one."""
    fault = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return fault != 0


def _wait_for_end(connection: socket.socket, until: float) -> Fate:
    """Hear the printer out: it closes when it has read all; many keep the line open for a while.

    A printer that says nothing for a second and does not hang up has the bytes: its system took
    them. A reset means that it threw away what it had not read yet.
    """
    quiet_at = min(until, time.monotonic() + LINGER_SECONDS)
    while (left := quiet_at - time.monotonic()) > 0:
        readable, _, _ = select.select([connection], [], [], left)
        if not readable:
            break
        if not connection.recv(_PIECE):
            return Fate.SENT
    return Fate.SENT


LINGER_SECONDS: Final = 1.0
"""How long a printer is given to hang up after the last byte."""


def _bound(connection: socket.socket, until: float) -> None:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
