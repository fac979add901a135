"""What was opened of a lot that was recalled, held or expired since: taken as it is, and told."""

from datetime import timedelta

from inventory.operations import using
from inventory.operations.posting import Answer
from tests.clinic import SALINE, Clinic


def told(answer: Answer) -> list[str]:
    """What an act that was done tells."""
    assert not answer.refused
    assert not any(problem.blocking for problem in answer.problems)
    return [problem.code for problem in answer.problems]


def test_used_of_a_lot_recalled_or_held_or_expired_since_is_taken_and_told(clinic: Clinic) -> None:
    (recalled,) = clinic.receive_kits("R1")
    (held,) = clinic.receive_kits("H1")
    (dropped,) = clinic.receive_kits("R2")
    old = clinic.label("E1", SALINE, f"{clinic.today:%y%m%d}")
    clinic.receive(old, packs=3)
    session = clinic.open_session()
    for code in (recalled, old, old):
        assert not clinic.scan(session, code).refused
    reason = {"overrule": ("more-than-planned",), "reason": "the first one broke"}
    for code in (held, dropped):
        assert not clinic.scan(session, code, **reason).refused
    recall = clinic.recall("R1", "R2")
    clinic.hold("H1")
    one = {"item": clinic.saline, "lot": "E1", "quantity": 1}
    assert told(clinic.use(session, **one)) == []
    clinic.now += timedelta(days=1)
    used = clinic.use(session, recalled)
    assert told(used) == ["lot-recalled"]
    sentence = str(used.problems[0].message)
    assert f"Lot R1 of Lipo kit is recalled ({recall}): tell quality." in sentence
    assert told(clinic.waste(session, dropped)) == []
    assert sorted(told(using.use_all(clinic.act(), session))) == ["lot-expired", "on-hold"]
    assert [line.used for line in clinic.lines(session)] == [1, 2, 1, 0]
