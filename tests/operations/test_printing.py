"""Labels are recorded, sent once, and never printed twice by a retry."""

import json
import socket
import threading
from datetime import timedelta

import pytest

from inventory import store
from inventory.operations import enrolling, equipping, printing
from inventory.operations.label_contents import Kind
from inventory.operations.label_orders import Order
from inventory.operations.verifying import verify_ledger
from inventory.store import catalogue
from inventory.store.errors import Conflict, NotFound
from labels.port9100 import Fate, send
from tests.clinic import Clinic, codes
from tests.labels.printers import a_printer_that_answers, a_printer_that_hangs, host_status
from tests.operations.label_prints import CLINIC, Recorder, a_workstation, entries, order


def impatient(data: bytes, host: str, port: int) -> Fate:
    """As any sender, with little time for a printer that hangs."""
    return send(data, host, port, patience_seconds=0.1)


def test_a_label_goes_to_the_printer_and_into_the_ledger(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    code, printer = a_workstation(clinic), Recorder()
    answer = printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, unit), printer)
    assert not answer.refused
    assert answer.body["fate"] == "sent"
    ((data, host, port),) = printer.sent
    assert (host, port) == ("127.0.0.1", 9100)
    assert f"^FD{unit}^FS".encode() in data
    (entry,) = entries("PRINT")
    assert entry["about"] == unit
    assert entry["facts"]["labels"] == [unit]
    assert entry["facts"]["printer"] == "127.0.0.1:9100"


def test_a_retry_of_the_same_key_prints_nothing(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    code, printer = a_workstation(clinic), Recorder()
    first = printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, unit), printer)
    again = printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, unit), printer)
    assert len(printer.sent) == 1
    assert again.replayed
    assert again.body == first.body
    assert len(entries("PRINT")) == 1


@pytest.mark.parametrize("fate", [Fate.HUNG, Fate.UNCONFIRMED])
def test_a_retry_of_a_failure_tells_the_failure_and_prints_nothing(
    clinic: Clinic, fate: Fate
) -> None:
    (unit,) = clinic.receive_kits("A17")
    code, printer = a_workstation(clinic), Recorder(fate)
    for _ in range(2):
        answer = printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, unit), printer)
        assert codes(answer) == [f"printer-{fate}"]
    assert len(printer.sent) == 1
    (ordered,) = entries("PRINT")
    (refusal,) = entries("REFUSAL")
    assert refusal["reason"] == f"printer-{fate}"
    assert refusal["facts"]["order"] == f"{ordered['site']}-{ordered['number']}"


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (Fate.OPEN, "is open"),
        (Fate.NO_LABELS, "is out of labels"),
        (Fate.NO_RIBBON, "is out of ribbon"),
        (Fate.PAUSED, "is paused"),
    ],
)
def test_labels_that_wait_in_the_printer_are_printed_and_a_retry_says_so_too(
    clinic: Clinic, fate: Fate, words: str
) -> None:
    (unit,) = clinic.receive_kits("A17")
    code, printer = a_workstation(clinic), Recorder(fate)
    asked = order(Kind.UNIT, unit)
    for _ in range(2):
        answer = printing.print_labels(clinic.act("k"), code, asked, printer)
        assert not answer.refused
        assert (answer.body["accepted"], answer.body["fate"]) == (True, fate.value)
        (problem,) = answer.problems
        assert (problem.code, problem.blocking) == (f"printer-{fate}", False)
        assert words in str(problem.message)
        assert "do not print them again" in str(problem.message)
    assert len(printer.sent) == 1
    assert entries("REFUSAL") == []
    anew = printing.print_labels(clinic.act("k2"), code, asked, printer)
    assert codes(anew) == ["reason-missing"]
    assert len(printer.sent) == 1


def test_a_retry_while_the_first_try_is_under_way_or_lost_prints_nothing(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    code = a_workstation(clinic)

    class Died(RuntimeError):
        pass

    def die(*_: object) -> Fate:
        raise Died

    with pytest.raises(Died):
        printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, unit), die)
    printer = Recorder()
    answer = printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, unit), printer)
    assert codes(answer) == ["print-unknown"]
    assert printer.sent == []


def test_the_same_key_for_another_label_is_a_conflict(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    code, printer = a_workstation(clinic), Recorder()
    printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, one), printer)
    with pytest.raises(Conflict):
        printing.print_labels(clinic.act("k"), code, order(Kind.UNIT, two), printer)
    assert len(printer.sent) == 1


@pytest.mark.parametrize(
    ("fate", "nothing_out"),
    [
        (Fate.REFUSED, True),
        (Fate.SILENT, True),
        (Fate.HUNG, False),
        (Fate.BROKEN, False),
        (Fate.UNCONFIRMED, False),
    ],
)
def test_a_printer_that_fails_is_named_and_a_new_try_is_a_new_key(
    clinic: Clinic, fate: Fate, nothing_out: bool
) -> None:
    (unit,) = clinic.receive_kits("A17")
    code = a_workstation(clinic)
    asked = order(Kind.UNIT, unit)
    answer = printing.print_labels(clinic.act("k1"), code, asked, Recorder(fate))
    assert codes(answer) == [f"printer-{fate}"]
    assert "Pharmacy 1" in str(answer.problems[0].message)
    assert "127.0.0.1:9100" in str(answer.problems[0].message)
    printer = Recorder()
    again = printing.print_labels(clinic.act("k2"), code, asked, printer)
    assert codes(again) == ([] if nothing_out else ["reason-missing"])
    assert len(printer.sent) == int(nothing_out)


def test_a_real_socket_gets_what_is_recorded(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while piece := connection.recv(4096):
                    got.append(piece)

        thread = threading.Thread(target=serve)
        thread.start()
        code = a_workstation(clinic, listener.getsockname()[1])
        answer = printing.print_labels(clinic.act(), code, order(Kind.UNIT, unit))
        thread.join(5)
    assert answer.body["fate"] == "sent"
    assert b"".join(got).startswith(b"^XA^CI28")
    assert b"".join(got).endswith(b"^XZ\n~HS\n")  # the question stands outside of any label


def test_a_socket_that_hangs_with_one_small_label_has_not_confirmed_it(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    with a_printer_that_hangs() as port:
        answer = printing.print_labels(
            clinic.act(), a_workstation(clinic, port), order(Kind.UNIT, unit), impatient
        )
    assert (answer.body["accepted"], answer.body["fate"]) == (False, "unconfirmed")
    assert codes(answer) == ["printer-unconfirmed"]
    told = str(answer.problems[0].message)
    assert "were sent" in told
    assert "did not confirm" in told
    assert "If nothing comes out, print again, with the reason" in told


def test_a_socket_that_answers_says_that_its_labels_wait(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    with a_printer_that_answers(host_status(no_labels=1)) as port:
        code = a_workstation(clinic, port)
        answer = printing.print_labels(clinic.act(), code, order(Kind.UNIT, unit))
    assert not answer.refused
    assert [problem.code for problem in answer.problems] == ["printer-no-labels"]


def test_a_ledger_in_which_labels_were_not_confirmed_verifies(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    code = a_workstation(clinic)
    asked = order(Kind.UNIT, unit, reason="lost", replaces=True)
    for fate in Fate:
        printing.print_labels(clinic.act(), code, asked, Recorder(fate))
    assert len(entries("PRINT")) == len(Fate)
    assert verify_ledger().faults == ()


def test_a_socket_that_nobody_opened_is_refused(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        code = a_workstation(clinic, listener.getsockname()[1])
    answer = printing.print_labels(clinic.act(), code, order(Kind.UNIT, unit))
    assert codes(answer) == ["printer-refused"]


def test_without_a_printer_nothing_is_recorded(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    code = str(equipping.enrol(clinic.act(), "Room 1").body["code"])
    answer = printing.print_labels(clinic.act(), code, order(Kind.UNIT, unit))
    assert codes(answer) == ["printer-missing"]
    assert entries("PRINT") == []


def test_a_test_print_names_the_workstation(clinic: Clinic) -> None:
    code, printer = a_workstation(clinic), Recorder()
    answer = printing.print_test(clinic.act(), code, CLINIC, printer)
    assert not answer.refused
    assert code.encode() in printer.sent[0][0]


def test_every_kind_of_label_can_be_printed(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    session = clinic.open_session()
    enrolling.enrol(clinic.act(), "giulia", "x", ["nurse"])
    with store.reading() as connection:
        found = catalogue.find_unit(connection, unit)
    assert found is not None
    done = clinic.now - timedelta(minutes=5)
    wanted = [
        order(Kind.UNIT, unit),
        order(Kind.LOT, str(found.lot.id)),
        order(Kind.PLACE, "TO-OR1"),
        order(Kind.SESSION, session),
        order(Kind.PRODUCT, session, processed_at=done, volume_ml="12.5"),
        order(Kind.BADGE, "giulia"),
    ]
    code, printer = a_workstation(clinic, stock="roll-100x50"), Recorder()
    for each in wanted:
        answer, data = printing.print_on_paper(clinic.act(), each)
        assert not answer.refused, answer.problems
        assert data.startswith(b"%PDF")
        assert not printing.print_labels(
            clinic.act(), code, Order(each.wanted, "", CLINIC, reason="lost"), printer
        ).refused
    assert len(printer.sent) == len(wanted)


def test_no_entry_of_printing_names_a_patient(clinic: Clinic) -> None:
    session = clinic.open_session("MRN 777", name="Rossi Anna")
    done = clinic.now - timedelta(minutes=5)
    wanted = order(Kind.PRODUCT, session, processed_at=done, volume_ml="12.5")
    assert not printing.print_on_paper(clinic.act(), wanted)[0].refused
    (entry,) = entries("PRINT")
    assert "Rossi" not in json.dumps(entry)
    assert entry["facts"]["volume_ml"] == "12.5"


def test_the_label_of_a_syringe_is_printed_again_for_a_reason_and_that_of_another_is_not(
    clinic: Clinic,
) -> None:
    session = clinic.open_session()
    done = clinic.now - timedelta(minutes=5)

    def printed(volume: str, reason: str = "") -> list[str]:
        wanted = order(Kind.PRODUCT, session, processed_at=done, volume_ml=volume, reason=reason)
        return codes(printing.print_on_paper(clinic.act(), wanted)[0])

    assert printed("12.5") == []
    assert printed("12.5") == ["reason-missing"]
    assert printed("12.5", "lost") == []
    assert printed("40") == []  # a further syringe


def test_a_piece_is_never_given_two_labels_at_once(clinic: Clinic) -> None:
    (unit,) = clinic.receive_kits("A17")
    answer, _ = printing.print_on_paper(clinic.act(), order(Kind.UNIT, unit, copies=2))
    assert codes(answer) == ["copies-wrong"]
    assert entries("PRINT") == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"stock": "a5"}, "stock-unknown"),
        ({"start": 25}, "start-wrong"),
        ({"start": 0}, "start-wrong"),
        ({"copies": 0}, "copies-wrong"),
        ({"copies": 21}, "copies-wrong"),
        ({"reason": "because"}, "reason-unknown"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(
    clinic: Clinic, more: dict[str, object], code: str
) -> None:
    answer, data = printing.print_on_paper(clinic.act(), order(Kind.PLACE, "TO-OR1", **more))
    assert (codes(answer), data) == ([code], b"")
    assert entries("PRINT") == []


@pytest.mark.parametrize("volume", ["", "0", "0.0", "1000", "12,5", "-1", "1.25", "x", ".", "١"])
def test_a_product_tells_a_volume(clinic: Clinic, volume: str) -> None:
    session = clinic.open_session()
    wanted = order(Kind.PRODUCT, session, processed_at=clinic.now, volume_ml=volume)
    assert codes(printing.print_on_paper(clinic.act(), wanted)[0]) == ["volume-wrong"]


def test_a_product_tells_when_it_was_processed(clinic: Clinic) -> None:
    session = clinic.open_session()
    for at in (None, clinic.now + timedelta(hours=2), clinic.now - timedelta(days=40)):
        wanted = order(Kind.PRODUCT, session, processed_at=at, volume_ml="12.5")
        assert codes(printing.print_on_paper(clinic.act(), wanted)[0]) == ["occurred-at-wrong"]


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_printed_for_what_is_not_there(clinic: Clinic, kind: Kind) -> None:
    with pytest.raises(NotFound):
        printing.print_on_paper(clinic.act(), order(kind, "KT0000000"))
