"""R4: a repeated request gets the first answer and does nothing twice."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.operations import correcting, transferring
from inventory.operations.identifying import Asked
from inventory.operations.posting import Act, Answer
from inventory.operations.scanning import ScanRequest, scan_into_session
from inventory.store import answers
from inventory.store.errors import Conflict
from inventory.store.tables.ledger import answer
from tests.clinic import MONDAY, ROME, SALINE, Clinic

COPIES = 8


def at_once(app: Flask, acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do acts in threads that set off together; what each was answered."""
    start = threading.Barrier(len(acts))
    answers: list[Answer] = []

    def go(act: Callable[[], Answer]) -> None:
        with app.app_context():
            start.wait()
            answers.append(act())
            store.db.session.remove()

    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(acts), "a thread ended without an answer"
    return answers


def entries(kind: str) -> int:
    """How many entries of a kind all chains hold."""
    with store.reading() as connection:
        query = f"SELECT count(*) FROM entry WHERE kind = '{kind}'"
        return int(connection.exec_driver_sql(query).scalar_one())


def scanning_saline(session: str, clinic: Clinic, key: str) -> Callable[[], Answer]:
    """One scan of saline, which could be taken many times."""
    act = Act("maria", clinic.now, ROME, key)
    label = clinic.label("S1", gtin=SALINE)
    return lambda: scan_into_session(act, session, ScanRequest(Asked((label,))))


def test_a_retry_of_every_act_gets_its_first_answer_and_adds_no_entry(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=9)
    session = clinic.open_session()
    scanned = clinic.scan(session, clinic.label("S1", gtin=SALINE))
    act = replace(clinic.act(), key="k1")
    line = transferring.TransferLine(Asked((clinic.label("S1", gtin=SALINE),)))
    acts: list[Callable[[Act], Answer]] = [
        lambda act: transferring.transfer(act, "TO-OR1", "TO-PHARMACY", [line]),
        lambda act: correcting.reverse_entry(act, scanned.body["entry"], "wrong-quantity"),
        lambda act: scan_into_session(act, session, ScanRequest(Asked(("nothing",)))),
    ]
    for number, do in enumerate(acts):
        mine = replace(act, key=f"k{number}")
        first = do(mine)
        before = clinic.all_entry_texts()
        again = do(replace(mine, at=clinic.act().at))
        assert again.replayed
        assert (again.body, again.problems, again.refused) == (
            first.body,
            first.problems,
            first.refused,
        )
        assert clinic.all_entry_texts() == before


def test_a_delivery_sent_twice_is_received_once(clinic: Clinic) -> None:
    first = clinic.receive(clinic.label("A17"), packs=3, key="k1")
    assert clinic.receive(clinic.label("A17"), packs=3, key="k1").body == first.body
    assert entries("RECEIVE") == 1


def test_a_recall_sent_twice_is_opened_once_in_each_chain(clinic: Clinic) -> None:
    assert clinic.recall("A17", key="k1") == clinic.recall("A17", key="k1")
    assert entries("OPEN_RECALL") == 2


def test_a_refusal_is_answered_again_as_a_refusal_though_the_reason_is_gone(
    clinic: Clinic,
) -> None:
    session = clinic.open_session()
    assert clinic.scan(session, clinic.label("A17"), key="k1").refused
    clinic.receive_kits("A17")
    assert clinic.scan(session, clinic.label("A17"), key="k1").refused
    assert not clinic.scan(session, clinic.label("A17"), key="k2").refused


def test_a_key_used_for_something_else_is_a_conflict(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    session, other = clinic.open_session("MRN 1"), clinic.open_session("MRN 2")
    clinic.scan(session, one, key="k1")
    for attempt in (
        lambda: clinic.scan(session, two, key="k1"),
        lambda: clinic.scan(other, one, key="k1"),
        lambda: clinic.scan(session, one, key="k1", quantity=2),
        lambda: clinic.scan(session, one, key="k1", by="luca"),
        lambda: clinic.receive(clinic.label("A17"), key="k1"),
    ):
        with pytest.raises(Conflict) as conflict:
            attempt()
        assert conflict.value.code == "key-conflict"


def test_copies_of_one_request_in_flight_together_do_one_act(app: Flask, clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=20)
    session = clinic.open_session()
    answers = at_once(app, [scanning_saline(session, clinic, "k1")] * COPIES)
    assert len({answer.body["entry"] for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert entries("OPEN") == 1


def test_control_without_a_key_copies_in_flight_are_as_many_acts(
    app: Flask, clinic: Clinic
) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=20)
    session = clinic.open_session()
    at_once(app, [scanning_saline(session, clinic, "")] * COPIES)
    assert entries("OPEN") == COPIES


def test_an_answer_that_an_older_version_kept_in_clear_is_still_given_again(
    clinic: Clinic,
) -> None:
    first = clinic.receive(clinic.label("S1", gtin=SALINE), packs=2, key="k1")
    with store.transaction() as connection:
        kept = answers.find_answer(connection, 1, "k1")
        assert kept is not None
        connection.execute(sa.update(answer).values(body=kept.body))
    again = clinic.receive(clinic.label("S1", gtin=SALINE), packs=2, key="k1")
    assert again.replayed
    assert again.body == first.body


def test_answers_are_forgotten_only_by_their_age(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=2, key="k1")
    with store.transaction() as connection:
        assert answers.purge_answers(connection, MONDAY) == 0
        assert answers.purge_answers(connection, clinic.act().at) == 1
