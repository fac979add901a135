"""Printers are sockets that the tests open themselves."""

import socket
import struct
import threading
from contextlib import contextmanager

from labels.port9100 import QUERY


@contextmanager
def a_printer(behave):
    """A printer on a port of its own; `behave` gets each connection that comes in."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                behave(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@contextmanager
def a_printer_that_answers(answer):
    """It answers the query, and holds the line until the test is done with it."""
    done = threading.Event()

    def behave(connection):
        read_to_query(connection)
        connection.sendall(answer)
        done.wait(10)

    with a_printer(behave) as port:
        try:
            yield port
        finally:
            done.set()


@contextmanager
def a_printer_that_hangs():
    """It takes the call and what its system takes, and does nothing more."""
    done = threading.Event()
    with a_printer(lambda _: done.wait(10)) as port:
        try:
            yield port
        finally:
            done.set()


def read_all(connection):
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def read_to_query(connection):
    """All bytes up to the query, as a printer reads that acts upon commands as they come."""
    got = b""
    while not got.endswith(QUERY):
        piece = connection.recv(65536)
        assert piece, "the line ended before the query"
        got += piece
    return got


def hang_up_hard(connection):
    """Close so that the other side gets a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def host_status(*, no_labels=0, paused=0, head_open=0, no_ribbon=0, uses_ribbon=1):
    """What a printer answers to the query, in the form of Zebra's ZPL II Programming Guide."""
    lines = (
        f"030,{no_labels},{paused},1225,000,0,0,0,000,0,0,0",
        f"001,0,{head_open},{no_ribbon},{uses_ribbon},2,6,0,00000000,1,000",
        "1234,0",
    )
    return b"".join(b"\x02%s\x03\r\n" % line.encode() for line in lines)
