"""Whole stories on both databases, told in the words of the clinic."""

from inventory import store
from inventory.operations.correcting import undo_opening
from inventory.store.lists import find_lots, sessions_of_lot
from tests.clinic import codes


def rings(report):
    """The codes of the sessions in each ring."""
    return (
        [each.code for each in report.rings.exposed_sessions],
        [each.session.code for each in report.rings.cannot_be_excluded],
        [each.session.code for each in report.rings.excluded],
    )


def sums(report):
    """What the reconciliation says of each lot, without names of columns."""
    return {
        line.lot: (line.received, line.on_hand, line.in_use, line.used, line.wasted)
        for line in report.reconciliation
    }


def test_a_recall_arrives_while_a_session_is_open(clinic):
    """The kit on the table is exposed at once; the one beside it can no longer be opened."""
    on_the_table, beside_it = clinic.receive_kits("A17", 2)
    session = clinic.open_session("MRN 1")
    clinic.scan(session, on_the_table)

    recall = clinic.recall("A17")
    report = clinic.report(recall)
    assert rings(report) == ([session], [], [])
    assert report.rings.exposed[0].outcome == "in use"

    assert codes(clinic.scan(session, beside_it)) == ["lot-recalled", "more-than-planned"]
    clinic.use(session, on_the_table)
    report = clinic.report(recall)
    assert report.rings.exposed[0].outcome == "used"
    assert sums(report) == {"A17": (2, 1, 0, 1, 0)}
    assert [line.unexplained for line in report.reconciliation] == [0]
    assert len(report.refusals) == 1


def test_a_kit_of_a_recalled_lot_goes_back_to_quarantine_not_to_the_shelf(clinic):
    """What was held ready is put back unopened, and lies where nobody takes it."""
    (unit,), (instead,) = clinic.receive_kits("A17"), clinic.receive_kits("B1")
    session = clinic.open_session("MRN 1")
    clinic.scan(session, unit)
    recall = clinic.recall("A17")
    answer = clinic.restock(session, unit)
    clinic.scan(session, instead)
    assert [problem.code for problem in answer.problems] == ["to-quarantine"]
    report = clinic.report(recall)
    assert rings(report) == ([], [], [session])
    assert [each.location for each in report.whereabouts] == ["TO-QUARANTINE"]


def test_a_lot_that_was_used_up_before_its_recall(clinic):
    """Nothing is left to block; every patient is named all the same."""
    units = clinic.receive_kits("A17", 3)
    sessions = []
    for place, unit in enumerate(units):
        sessions.append(clinic.open_session(f"MRN {place}"))
        clinic.scan(sessions[-1], unit)
        assert not clinic.use_all_and_close(sessions[-1]).refused
    later = clinic.open_session("MRN later")
    clinic.scan(later, *clinic.receive_kits("B1"))
    clinic.use_all_and_close(later)

    report = clinic.report(clinic.recall("A17"))
    assert rings(report) == (sessions, [], [later])
    assert sums(report) == {"A17": (3, 0, 0, 3, 0)}
    assert [line.unexplained for line in report.reconciliation] == [0]


def test_a_mis_scan_put_right_in_the_session(clinic):
    """The wrong lot is undone and the right one scanned; the recall doubts the correction."""
    (wrong,), (right,) = clinic.receive_kits("A17"), clinic.receive_kits("B1")
    session = clinic.open_session("MRN 1")
    entry = clinic.scan(session, wrong).body["entry"]
    assert not undo_opening(clinic.act(), session, entry, "wrong-lot").refused
    clinic.scan(session, right)
    assert not clinic.use_all_and_close(session).refused
    assert [(line.lot, line.used) for line in clinic.lines(session)] == [("B1", 1)]

    report = clinic.report(clinic.recall("A17"))
    assert rings(report) == ([], [session], [])
    (judged,) = report.rings.cannot_be_excluded
    assert [why.code for why in judged.why] == ["corrected-later"]
    assert sums(report) == {"A17": (1, 1, 0, 0, 0)}

    second = clinic.open_session("MRN 2")
    assert codes(clinic.scan(second, wrong)) == ["lot-recalled"]


def test_the_same_kit_scanned_for_a_second_patient(clinic):
    """Refused, naming the first session; one patient is exposed, the other cannot be excluded."""
    (unit,) = clinic.receive_kits("A17")
    first, second = clinic.open_session("MRN 1"), clinic.open_session("MRN 2")
    clinic.scan(first, unit)
    clinic.use_all_and_close(first)
    answer = clinic.scan(second, unit)
    assert codes(answer) == ["unit-already-used"]
    assert first in str(answer.problems[0].message)
    assert "single-use" in str(answer.problems[0].message)

    clinic.scan(second, *clinic.receive_kits("B1"))
    clinic.use_all_and_close(second)
    report = clinic.report(clinic.recall("A17"))
    assert rings(report) == ([first], [second], [])


def test_both_directions_agree(clinic):
    """From the lot to its sessions and from each session to its lots: the same pairs."""
    units = clinic.receive_kits("A17", 2)
    sessions = [clinic.open_session(f"MRN {place}") for place in range(2)]
    for session, unit in zip(sessions, units, strict=True):
        clinic.scan(session, unit)
        clinic.use(session, unit)
    with store.reading() as connection:
        ((lot,), _) = find_lots(connection, number="A17")
        forward = {(each.session, each.unit) for each in sessions_of_lot(connection, lot.id)}
    backward = {
        (session, line.unit) for session in sessions for line in clinic.lines(session) if line.used
    }
    assert forward == backward == set(zip(sessions, units, strict=True))
