"""What a printer answers when it is asked behind the last label."""

import socket
import threading

import pytest

from labels.port9100 import QUERY, WAITING, Fate, fate_in, send
from tests.labels.printers import (
    a_printer,
    a_printer_that_answers,
    hang_up_hard,
    host_status,
    read_all,
    read_to_query,
)

ZPL = b"^XA^FDKT7Q2M9XH4C^FS^XZ\n"
SHORT = 0.1
LONG = 60.0
"""Longer than a printer of these tests holds the line: whoever waits for it hears it hang up."""

PUT_RIGHT = [
    ({"no_labels": 1}, Fate.NO_LABELS),
    ({"no_ribbon": 1}, Fate.NO_RIBBON),
    ({"paused": 1}, Fate.PAUSED),
    ({"head_open": 1}, Fate.OPEN),
    ({"no_labels": 1, "paused": 1}, Fate.NO_LABELS),  # what a printer pauses for is said first
    ({"head_open": 1, "no_labels": 1, "no_ribbon": 1, "paused": 1}, Fate.OPEN),
]


def test_a_printer_that_answers_has_the_labels_and_is_not_waited_for():
    events, returned = [], threading.Event()

    def behave(connection):
        events.append(read_to_query(connection))
        connection.sendall(host_status())
        returned.wait(5)
        events.append("hung up")

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=LONG) is Fate.SENT
        events.append("returned")
        returned.set()
    assert events == [ZPL + QUERY, "returned", "hung up"]


@pytest.mark.parametrize(("flags", "fate"), PUT_RIGHT)
def test_a_printer_that_waits_for_a_person_says_for_what(flags, fate):
    with a_printer_that_answers(host_status(**flags)) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=LONG) is fate
    assert fate in WAITING


def test_a_printer_without_ribbon_that_prints_without_one_has_none_missing():
    with a_printer_that_answers(host_status(no_ribbon=1, uses_ribbon=0)) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=LONG) is Fate.SENT


def test_an_answer_in_pieces_is_put_together():
    def behave(connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        read_to_query(connection)
        for byte in host_status(paused=1, head_open=1):
            connection.sendall(bytes([byte]))
        read_all(connection)

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port) is Fate.OPEN  # which stands behind the pause


def test_two_lines_without_the_third_are_an_answer():
    lines = host_status().rpartition(b"\x02")[0]
    with a_printer_that_answers(lines) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=SHORT) is Fate.SENT


def test_an_answer_that_breaks_off_and_says_no_fault_confirms_nothing():
    with a_printer_that_answers(host_status()[:20]) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=SHORT) is Fate.UNCONFIRMED


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        (b"", Fate.SENT),
        (host_status(), Fate.SENT),
        (host_status(no_labels=1), Fate.NO_LABELS),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Fate.SENT),
    ],
    ids=["nothing", "all is well", "no labels", "rubbish"],
)
def test_a_print_server_reads_to_the_end_then_says_what_it_has_to_and_hangs_up(answer, fate):
    def behave(connection):
        assert read_all(connection) == ZPL + QUERY
        connection.sendall(answer)

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=SHORT) is fate


def test_a_print_server_that_answers_at_the_end_need_not_hang_up():
    done = threading.Event()

    def behave(connection):
        read_all(connection)
        connection.sendall(host_status(paused=1))
        done.wait(5)

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=SHORT) is Fate.PAUSED
        done.set()


RUBBISH = [b"READY\r\n", b"\x02030,0,0\x03\r\n", b"\x02", b"\x03\x02", b"\xff\x00" * 5000]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_no_fault_of_a_printer_that_reads_all_and_hangs_up(rubbish):
    def behave(connection):
        read_to_query(connection)
        connection.sendall(rubbish)

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=SHORT) is Fate.SENT


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_confirms_nothing(rubbish):
    with a_printer_that_answers(rubbish) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=SHORT) is Fate.UNCONFIRMED


def test_rubbish_before_the_answer_does_not_hide_it():
    with a_printer_that_answers(b"\x02READY\x02\r\n" * 1000 + host_status(paused=1)) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=LONG) is Fate.PAUSED


def test_a_printer_that_never_stops_talking_is_not_listened_to_for_ever():
    def behave(connection):
        try:
            while True:
                connection.sendall(b"\x02busy\x03" * 1000)
        except OSError:  # nobody listens any more
            return

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=SHORT) is Fate.UNCONFIRMED


def test_a_printer_that_begins_to_answer_and_breaks_off_hard_is_broken():
    read = threading.Event()

    def behave(connection):
        read_to_query(connection)
        read.set()
        hang_up_hard(connection)

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port) is Fate.BROKEN
    assert read.is_set()


@pytest.mark.parametrize("flag", [b"2", b"", b"x", b"11"])
def test_a_line_with_flags_that_are_none_is_no_answer(flag):
    assert fate_in(host_status()) is Fate.SENT
    assert fate_in(host_status().replace(b"030,0,0,", b"030,%s,0," % flag)) is None
