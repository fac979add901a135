"""Labels on their way to a printer: how far the bytes went, and what became of them."""

import socket
import threading
import time

import pytest

from labels.port9100 import QUERY, Fate, send
from tests.labels.printers import a_printer, a_printer_that_hangs, hang_up_hard, read_all

ZPL = b"^XA^FDKT7Q2M9XH4C^FS^XZ\n"
LARGE = ZPL * 400_000  # about 10 MB: no system's buffers take that in one breath


@pytest.mark.parametrize("data", [ZPL, LARGE], ids=["one label", "10 MB"])
def test_a_printer_that_listens_gets_every_byte_once(data):
    got = []
    with a_printer(lambda connection: got.append(read_all(connection))) as port:
        assert send(data, "127.0.0.1", port) is Fate.SENT
    assert got == [data + QUERY]


def test_a_printer_that_takes_the_call_and_hangs_has_not_confirmed_its_one_label():
    with a_printer_that_hangs() as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=0.1) is Fate.UNCONFIRMED


def test_a_printer_that_reads_all_and_keeps_the_line_open_has_not_confirmed():
    got, done = [], threading.Event()

    def behave(connection):
        got.append(read_all(connection))
        done.wait(5)

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port, patience_seconds=0.1) is Fate.UNCONFIRMED
        done.set()
    assert got == [ZPL + QUERY]


def test_nobody_there_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert send(ZPL, "127.0.0.1", port) is Fate.REFUSED


@pytest.mark.parametrize("host", ["no-such-printer.invalid", "x" * 70 + ".local", "a..b"])
def test_a_name_that_names_nobody_is_refused(host):
    assert send(ZPL, host, 9100) is Fate.REFUSED


def test_a_printer_that_does_not_answer_the_call_is_silent(monkeypatch):
    def never(address, timeout):
        assert timeout == 0.05
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", never)
    assert send(ZPL, "127.0.0.1", 9100, connect_seconds=0.05) is Fate.SILENT


def test_a_full_queue_of_calls_is_silent_too():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        time.sleep(0.1)
        port = listener.getsockname()[1]
        assert send(ZPL, "127.0.0.1", port, connect_seconds=0.3) is Fate.SILENT
        for each in waiting:
            each.close()


def test_a_printer_that_stops_taking_bytes_hung():
    done = threading.Event()

    def behave(connection):
        connection.recv(1000)
        done.wait(10)

    with a_printer(behave) as port:
        assert send(LARGE, "127.0.0.1", port, send_seconds=0.5) is Fate.HUNG
        done.set()


def test_a_printer_that_takes_many_labels_as_it_prints_them_has_them_all():
    taken = 0

    def behave(connection):
        nonlocal taken
        while data := connection.recv(256 * 1024):
            taken += len(data)
            time.sleep(0.05)

    with a_printer(behave) as port:
        assert send(LARGE, "127.0.0.1", port, send_seconds=0.5) is Fate.SENT
    assert taken > len(LARGE)


def test_a_printer_that_hangs_up_in_the_middle_broke_off():
    def behave(connection):
        connection.recv(1000)
        hang_up_hard(connection)

    with a_printer(behave) as port:
        assert send(LARGE, "127.0.0.1", port) is Fate.BROKEN


def test_a_printer_that_is_busy_and_hangs_up_at_once_broke_off():
    with a_printer(lambda connection: connection.close()) as port:
        assert send(ZPL, "127.0.0.1", port) is Fate.BROKEN


def test_a_printer_that_throws_one_label_away_broke_off():
    def behave(connection):
        time.sleep(0.1)
        hang_up_hard(connection)

    with a_printer(behave) as port:
        assert send(ZPL, "127.0.0.1", port) is Fate.BROKEN


def test_nothing_is_tried_twice():
    calls = []

    def behave(connection):
        calls.append(1)
        hang_up_hard(connection)

    with a_printer(behave) as port:
        send(LARGE, "127.0.0.1", port)
        time.sleep(0.1)
    assert calls == [1]
