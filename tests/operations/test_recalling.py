"""Recalls: opened, lifted, reported."""

import pytest

from inventory import store
from inventory.domain.ledger import EntryKind
from inventory.operations import recalling
from inventory.operations.recalling import RecallRequest
from inventory.store import ledger
from inventory.store.errors import NotFound
from tests.clinic import SALINE, Clinic, codes


def why(report: object, session: str) -> list[str]:
    rings = report.rings  # type: ignore[attr-defined]
    return [
        reason.code
        for judged in (*rings.cannot_be_excluded, *rings.excluded)
        if judged.session.code == session
        for reason in judged.why
    ]


def ring_of(report: object, session: str) -> str:
    rings = report.rings  # type: ignore[attr-defined]
    found = [
        name
        for name, codes in (
            ("exposed", [s.code for s in rings.exposed_sessions]),
            ("cannot be excluded", [j.session.code for j in rings.cannot_be_excluded]),
            ("excluded", [j.session.code for j in rings.excluded]),
        )
        if session in codes
    ]
    assert len(found) <= 1
    return found[0] if found else "not listed"


def used(clinic: Clinic, lot: str, patient: str) -> str:
    kit = clinic.receive_kits(lot)[0]
    session = clinic.open_session(patient)
    clinic.scan(session, kit)
    clinic.use_all_and_close(session)
    return session


def test_the_three_rings_of_a_recall(clinic: Clinic) -> None:
    met, other = used(clinic, "A17", "MRN 1"), used(clinic, "B02", "MRN 2")
    clinic.receive_kits("A17")
    typed = clinic.open_session("MRN 3")
    clinic.receive_kits("C03")
    clinic.type_by_hand(typed, clinic.kit, "C03")
    clinic.use_all_and_close(typed)
    report = clinic.report(clinic.recall("A17"))
    assert ring_of(report, met) == "exposed"
    assert ring_of(report, typed) == "cannot be excluded"
    assert why(report, typed) == ["lot-typed"]
    assert ring_of(report, other) == "excluded"
    assert why(report, other) == ["another-lot"]


def test_a_session_that_was_open_without_a_kit_when_the_lot_was_here_cannot_be_excluded(
    clinic: Clinic,
) -> None:
    clinic.receive_kits("A17")
    session = clinic.open_session()
    report = clinic.report(clinic.recall("A17"))
    assert why(report, session) == ["lot-missing"]


def test_a_reconciliation_balances_through_every_fate(clinic: Clinic) -> None:
    kits = clinic.receive_kits("A17", 5)
    session = clinic.open_session()
    clinic.scan(session, kits[0])
    clinic.use(session, kits[0])
    for kit, fate in ((kits[1], clinic.waste), (kits[2], clinic.restock)):
        clinic.scan(session, kit, overrule=("more-than-planned",), reason="test")
        fate(session, kit)
    clinic.scan(session, kits[3], overrule=("more-than-planned",), reason="test")
    row = clinic.report(clinic.recall("A17")).reconciliation[0]
    assert (row.received, row.on_hand, row.in_use, row.used, row.wasted) == (5, 2, 1, 1, 1)
    assert row.unexplained == 0
    assert row.counted is None


def test_a_recall_of_all_lots_covers_lots_that_come_later(clinic: Clinic) -> None:
    clinic.recall(every=True)
    answer = clinic.receive(clinic.label("NEW"))
    assert answer.body["lines"][0]["why"] == ["lot-recalled"]


def test_a_recall_of_a_lot_never_seen_lists_nobody_and_stands(clinic: Clinic) -> None:
    report = clinic.report(clinic.recall("Z99"))
    assert report.rings.exposed == ()
    assert report.items[0].lots_asked == ("Z99",)
    assert report.items[0].lots_seen == ()


def test_lots_that_look_like_a_recalled_one_are_shown_and_not_covered(clinic: Clinic) -> None:
    session = used(clinic, "A-0017", "MRN 1")
    report = clinic.report(clinic.recall("a0017"))
    assert report.items[0].resembling == {"a0017": ["A-0017"]}
    assert report.reconciliation == ()
    assert (ring_of(report, session), why(report, session)) == (
        "cannot be excluded",
        ["lot-resembles"],
    )


def test_lifting_needs_a_reason_and_makes_the_lot_usable_again(clinic: Clinic) -> None:
    kit = clinic.receive_kits("A17")[0]
    code = clinic.recall("A17")
    session = clinic.open_session()
    assert codes(recalling.lift_recall(clinic.act(), code, "  ")) == ["reason-missing"]
    assert not recalling.lift_recall(clinic.act(), code, "maker withdrew the notice").refused
    assert codes(recalling.lift_recall(clinic.act(), code, "again")) == ["lifted-already"]
    assert clinic.scan(session, kit).body["accepted"] is True
    case = clinic.report(code).case
    assert case.lifted_reason == "maker withdrew the notice"
    assert "withdrew" not in clinic.all_entry_texts()


def test_a_recall_stands_in_the_chain_of_every_site(clinic: Clinic) -> None:
    answer = recalling.open_recall(
        clinic.act(), RecallRequest("FSN 1", "Acme", "why", [(clinic.kit, ["A17"])])
    )
    assert [entry.split("-")[0] for entry in answer.body["entries"]] == ["TO", "CN"]


def test_who_tried_to_use_a_recalled_kit_stands_in_the_report(clinic: Clinic) -> None:
    kit = clinic.receive_kits("A17")[0]
    session = clinic.open_session()
    code = clinic.recall("A17")
    clinic.scan(session, kit, by="lucia")
    report = clinic.report(code)
    assert [(each.by, each.problems, each.about) for each in report.refusals] == [
        ("lucia", "lot-recalled", session)
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"reference": " "}, "reference-missing"),
        ({"manufacturer": ""}, "manufacturer-missing"),
        ({"reason": ""}, "reason-missing"),
        ({"scope": []}, "scope-missing"),
        ({"reason": "x" * 2001}, "too-long"),
    ],
)
def test_a_recall_that_says_too_little_is_refused(
    clinic: Clinic, change: dict[str, object], problem: str
) -> None:
    asked = {"reference": "F", "manufacturer": "A", "reason": "r", "scope": [(clinic.kit, ["L"])]}
    request = RecallRequest(**{**asked, **change})  # type: ignore[arg-type]
    answer = recalling.open_recall(clinic.act(by="lucia"), request)
    assert codes(answer) == [problem]
    with store.reading() as connection:
        _, entry = ledger.get_entry(connection, answer.body["entry"])
    assert (entry.kind, entry.by) == (EntryKind.REFUSAL, "lucia")
    assert f'"problems":["{problem}"]' in entry.text


def test_a_recall_without_lots_that_is_not_of_all_lots_is_refused(clinic: Clinic) -> None:
    request = RecallRequest("F", "A", "r", [(clinic.kit, [" "])])
    assert codes(recalling.open_recall(clinic.act(), request)) == ["lots-missing"]


def test_a_recall_of_an_item_nobody_knows_is_not_there(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        recalling.open_recall(clinic.act(), RecallRequest("F", "A", "r", [("MTNONE", None)]))


def test_two_kits_of_one_lot_in_one_session_are_both_named(clinic: Clinic) -> None:
    kits = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    for kit in kits:
        clinic.scan(session, kit, overrule=("more-than-planned",), reason="first one torn")
    clinic.use_all_and_close(session)
    exposed = clinic.report(clinic.recall("A17")).rings.exposed
    assert sorted(line.unit for line in exposed) == sorted(kits)


def test_a_fluid_tracked_by_lot_is_traced_as_well(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=4)
    session = clinic.open_session()
    clinic.scan(session, clinic.label("S1", gtin=SALINE), quantity=2)
    report = clinic.report(clinic.recall("S1", item=clinic.saline))
    assert [(line.session.code, line.quantity) for line in report.rings.exposed] == [(session, 2)]
