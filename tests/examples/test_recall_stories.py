"""Whom a recall concerns: what happens in clinics, told on both databases, every ring by hand."""

from datetime import timedelta

from inventory import store
from inventory.domain import patient_session
from inventory.operations import closing, holding, recalling, scanning, using
from inventory.operations.correcting import reverse_entry, undo_opening
from inventory.operations.identifying import Asked
from inventory.store.lists import find_lots
from tests.clinic import CARTON, SALINE, codes


def rings(report):
    """Session to its ring, and outside the first why; each session stands in one only."""
    found = {each.code: "exposed" for each in report.rings.exposed_sessions}
    for name, judged in (
        ("doubtful", report.rings.cannot_be_excluded),
        ("excluded", report.rings.excluded),
    ):
        for each in judged:
            assert each.session.code not in found
            found[each.session.code] = " ".join(
                dict.fromkeys([name, *(why.code for why in each.why)])
            )
    return found


def used(clinic, unit, location="TO-OR1", patient="MRN 1"):
    """A session in which a kit was used, closed."""
    session = clinic.open_session(patient, location)
    assert not codes(clinic.scan(session, unit))
    assert not clinic.use_all_and_close(session).refused
    return session


def typed(clinic, lot, location="TO-OR1"):
    """A session in which a kit of a lot was typed and used, closed."""
    session = clinic.open_session("MRN typed", location)
    answer = clinic.type_by_hand(session, clinic.kit, lot)
    assert not answer.refused, answer.problems
    assert not clinic.use_all_and_close(session).refused
    return session


def test_a_lot_in_another_room_of_the_site_casts_doubt_and_one_at_another_site_does_not(clinic):
    clinic.receive_kits("A17", location="TO-PHARMACY")
    clinic.receive_kits("B1", location="TO-OR1")
    clinic.receive_kits("B1", location="CN-OR1")
    here, elsewhere = typed(clinic, "B1"), typed(clinic, "B1", "CN-OR1")
    report = clinic.report(clinic.recall("A17"))
    assert rings(report) == {
        here: "doubtful lot-typed",
        elsewhere: "excluded another-lot not-on-hand",
    }


def test_a_parcel_under_way_between_sites_is_caught_by_the_recall(clinic):
    """It counts as on hand where it goes, and is booked in to quarantine only."""
    kept, sent = clinic.receive_kits("A17", 2)
    clinic.receive_kits("B1", location="CN-OR1")
    clinic.move("TO-OR1", "CN-OR1", sent)
    there = typed(clinic, "B1", "CN-OR1")
    recall = clinic.recall("A17")
    assert rings(clinic.report(recall)) == {there: "doubtful lot-typed"}

    assert codes(clinic.move("CN-TRANSIT", "CN-OR1", sent)) == ["lot-recalled"]
    assert not clinic.move("CN-TRANSIT", "CN-QUARANTINE", sent).refused
    assert codes(clinic.move("TO-OR1", "CN-OR1", kept)) == ["lot-recalled"]
    report = clinic.report(recall)
    assert {each.location: each.quantity for each in report.whereabouts} == {
        "TO-OR1": 1,
        "CN-QUARANTINE": 1,
    }
    (line,) = report.reconciliation
    assert (line.received, line.on_hand, line.unexplained) == (2, 2, 0)
    assert len(report.refusals) == 2


def test_a_lot_never_seen_is_stopped_at_the_door_and_then_in_the_report(clinic):
    recall = clinic.recall("A17")
    (unit,) = clinic.receive_kits("A17", location="TO-PHARMACY")
    report = clinic.report(recall)
    assert [(each.location, each.quantity) for each in report.whereabouts] == [("TO-QUARANTINE", 1)]
    session = clinic.open_session("MRN 1")
    assert "lot-recalled" in codes(clinic.scan(session, unit))
    assert rings(clinic.report(recall)) == {session: "doubtful scan-refused lot-missing"}


def test_all_lots_of_an_item_and_its_cartons(clinic):
    """A carton is five units of use, each of which is followed."""
    answer = clinic.receive(clinic.label("C5", gtin=CARTON))
    units = answer.body["lines"][0]["units"]
    sessions = [used(clinic, unit, patient=f"MRN {unit}") for unit in units[:2]]
    report = clinic.report(clinic.recall(every=True))
    assert rings(report) == dict.fromkeys(sessions, "exposed")
    (line,) = report.reconciliation
    assert (line.received, line.on_hand, line.used, line.unexplained) == (5, 3, 2, 0)
    assert codes(clinic.scan(clinic.open_session("MRN 9"), units[2])) == ["lot-recalled"]


def test_two_recalls_overlap_and_lifting_one_leaves_the_other(clinic):
    first, second, third = clinic.receive_kits("A17", 3)
    session = used(clinic, first)
    one, all_of_it = clinic.recall("A17"), clinic.recall(every=True)
    assert rings(clinic.report(one)) == rings(clinic.report(all_of_it)) == {session: "exposed"}

    recalling.lift_recall(clinic.act(), one, "the maker found it sound")
    later = clinic.open_session("MRN 2")
    assert codes(clinic.scan(later, second)) == ["lot-recalled"]
    assert [len(clinic.report(code).refusals) for code in (one, all_of_it)] == [0, 1]

    recalling.lift_recall(clinic.act(), all_of_it, "this one as well")
    assert not codes(clinic.scan(later, second))
    assert rings(clinic.report(one)) == {session: "exposed", later: "exposed"}

    again = clinic.recall("A17")
    assert codes(clinic.scan(clinic.open_session("MRN 3"), third)) == ["lot-recalled"]
    assert rings(clinic.report(again))[later] == "exposed"


def test_what_was_used_on_a_day_before_and_told_late_is_exposed(clinic):
    """The lot came on Monday; it was used that day and told a week later, after the recall day."""
    (unit,) = clinic.receive_kits("A17")
    session = clinic.open_session("MRN 1")
    happened = clinic.now
    clinic.now += timedelta(days=7)
    request = scanning.ScanRequest(Asked((unit,)), 1, happened)
    assert not scanning.scan_into_session(clinic.act(), session, request).refused
    clinic.use_all_and_close(session)
    report = clinic.report(clinic.recall("A17"))
    assert rings(report) == {session: "exposed"}
    assert report.rings.exposed[0].at == happened


def test_two_bottles_opened_by_two_people_name_both_and_the_earlier_is_the_exposure(clinic):
    clinic.receive(clinic.label("S1", SALINE), packs=5)
    session = clinic.open_session("MRN 1")
    first = clinic.scan(session, clinic.label("S1", SALINE), by="luca").body["entry"]
    opened = clinic.now
    clinic.now += timedelta(hours=1)
    second = clinic.scan(session, clinic.label("S1", SALINE), by="maria").body["entry"]
    (line,) = clinic.report(clinic.recall("S1", item=clinic.saline)).rings.exposed
    assert [(each.entry, each.by) for each in line.openings] == [(first, "luca"), (second, "maria")]
    assert (line.quantity, line.entry, line.by) == (2, first, "luca")
    assert timedelta() <= line.at - opened < timedelta(minutes=1)


def test_a_mis_scan_reversed_after_the_session_was_closed_stays_in_doubt(clinic):
    wrong, right = clinic.receive_kits("A17")[0], clinic.receive_kits("B1")[0]
    session = clinic.open_session("MRN 1")
    opening = clinic.scan(session, wrong).body["entry"]
    using = clinic.use(session, wrong).body["entry"]
    closed = closing.close_session(clinic.act(), session).body["entry"]
    recall = clinic.recall("A17")
    assert rings(clinic.report(recall)) == {session: "exposed"}
    for entry in (closed, using, opening):
        assert not reverse_entry(clinic.act(), entry, "never-happened").refused
    assert rings(clinic.report(recall)) == {session: "doubtful lot-missing corrected-later"}
    clinic.scan(session, right)
    clinic.use_all_and_close(session)
    assert rings(clinic.report(recall)) == {session: "doubtful corrected-later"}


def test_opened_put_back_dropped_and_contaminated(clinic):
    """Three patients, one kit each that was not used: two are out of it, one is not."""
    back, dropped, torn, *others = clinic.receive_kits("A17", 3) + clinic.receive_kits("B1", 3)
    sessions = [clinic.open_session(f"MRN {place}") for place in range(3)]
    for session, unit in zip(sessions, (back, dropped, torn), strict=True):
        clinic.scan(session, unit)
    clinic.restock(sessions[0], back)
    clinic.waste(sessions[1], dropped, "dropped")
    clinic.waste(sessions[2], torn, "contaminated")
    for session, unit in zip(sessions, others, strict=True):
        answer = clinic.scan(session, unit)
        if codes(answer):
            clinic.scan(session, unit, overrule=tuple(codes(answer)), reason="first one unfit")
        assert not clinic.use_all_and_close(session).refused
    found = rings(clinic.report(clinic.recall("A17")))
    assert found[sessions[0]] == "excluded another-lot restocked-unopened"
    assert found[sessions[2]].startswith("doubtful wasted-contact-possible")
    # The second kit was more than planned: an overruled check, while the lot was on hand.
    assert found[sessions[1]] == "doubtful check-overruled"


def test_a_session_that_is_open_without_the_item_is_in_doubt_until_another_lot_is_scanned(clinic):
    clinic.receive_kits("A17")
    session = clinic.open_session("MRN 1")
    recall = clinic.recall("A17")
    assert rings(clinic.report(recall)) == {session: "doubtful lot-missing"}
    clinic.scan(session, *clinic.receive_kits("B1"))
    clinic.use_all_and_close(session)
    assert rings(clinic.report(recall)) == {session: "excluded another-lot"}


def test_a_procedure_that_did_not_take_place_lacks_no_lot(clinic):
    clinic.receive_kits("A17")
    session = clinic.open_session("MRN 1")
    assert not closing.close_session(clinic.act(), session, cancelled=True).refused
    assert rings(clinic.report(clinic.recall("A17"))) == {session: "excluded cancelled"}


def test_a_session_closed_as_not_taken_place_in_which_something_touched_the_patient_took_place(
    clinic, monkeypatch
):
    """Saline was used, or torn open over the patient, and no kit was scanned."""
    clinic.receive_kits("A17")
    clinic.receive(clinic.label("S1", SALINE), packs=5)
    ends = {"used": "", "wasted": "contaminated", "dropped": "dropped", "restocked": ""}
    sessions = {}
    # Until it was refused, sessions were closed so with used pieces in them.
    monkeypatch.setattr(patient_session, "check_nothing_used", lambda lines: [])
    for end, reason in ends.items():
        sessions[end] = session = clinic.open_session(f"MRN {end}")
        clinic.scan(session, clinic.label("S1", SALINE))
        outcome = "wasted" if reason else end
        said = using.Outcome(outcome, item=clinic.saline, lot="S1", reason=reason)
        assert not using.say_outcome(clinic.act(), session, said).refused
        assert not closing.close_session(clinic.act(), session, cancelled=True).refused
    assert rings(clinic.report(clinic.recall("A17"))) == {
        sessions["used"]: "doubtful lot-missing",
        sessions["wasted"]: "doubtful lot-missing",
        sessions["dropped"]: "excluded cancelled",
        sessions["restocked"]: "excluded cancelled",
    }


def test_a_session_of_the_morning_that_is_recorded_in_the_evening_was_in_the_morning(clinic):
    """The only kit of the lot was used up at noon; the late record names no kit at all."""
    (unit,) = clinic.receive_kits("A17")
    clinic.receive(clinic.label("S1", SALINE), packs=5)
    clinic.now += timedelta(hours=2)
    morning = clinic.now
    clinic.now += timedelta(hours=1)
    noon = used(clinic, unit)
    clinic.now += timedelta(hours=6)
    late, evening = clinic.open_session("MRN 2"), clinic.open_session("MRN 3")
    asked = Asked((clinic.label("S1", SALINE),))
    for session, happened in ((late, morning), (evening, None)):
        request = scanning.ScanRequest(asked, 1, happened)
        assert not scanning.scan_into_session(clinic.act(), session, request).refused
    assert rings(clinic.report(clinic.recall("A17"))) == {
        noon: "exposed",
        late: "doubtful lot-missing",
    }


def test_a_refused_scan_of_the_lot_leaves_its_session_in_doubt_until_it_is_put_right(clinic):
    """Used before the recall and recorded after it, not required, and of a lot that never came."""
    a17, before = clinic.receive_kits("A17", 2)
    others = clinic.receive_kits("B1", 4)
    clinic.receive(clinic.label("S1", SALINE), packs=5)
    late, optional, never, outcome = (clinic.open_session(f"MRN {place}") for place in range(4))
    assert not clinic.scan(outcome, before).refused
    assert codes(clinic.waste(outcome, before, "")) == ["reason-missing"]
    assert not clinic.restock(outcome, before).refused
    clinic.now += timedelta(minutes=10)
    happened = clinic.now
    clinic.now += timedelta(minutes=10)
    recall = clinic.recall("A17", "Z9")
    of_saline = clinic.recall("S1", item=clinic.saline)
    request = scanning.ScanRequest(Asked((a17,)), 1, happened)
    answer = scanning.scan_into_session(clinic.act(), late, request)
    assert codes(answer) == ["lot-recalled"]
    assert "lot-recalled" in codes(clinic.type_by_hand(never, clinic.kit, "Z9"))
    assert codes(clinic.scan(optional, clinic.label("S1", SALINE))) == ["lot-recalled"]
    closed = {}
    for session, unit in zip((late, optional, never, outcome), others, strict=True):
        assert not clinic.scan(session, unit).refused
        closed[session] = clinic.use_all_and_close(session).body["entry"]
    report = clinic.report(recall)
    assert rings(report) == {
        late: "doubtful scan-refused",
        never: "doubtful scan-refused",
        optional: "excluded another-lot",
        outcome: "excluded another-lot restocked-unopened",
    }
    (why,) = next(j.why for j in report.rings.cannot_be_excluded if j.session.code == late)
    assert why.sentence.values["entry"] == answer.body["entry"]
    assert rings(clinic.report(of_saline)) == {optional: "doubtful scan-refused"}

    recalling.lift_recall(clinic.act(), recall, "sound")
    assert not reverse_entry(clinic.act(), closed[late], "other").refused
    clinic.scan(late, a17, overrule=("more-than-planned",), reason="used as well")
    assert rings(clinic.report(recall))[late] == "exposed"


def test_a_hold_and_a_recall_of_one_lot_are_lifted_apart(clinic):
    (unit,) = clinic.receive_kits("A17")
    recall = clinic.recall("A17")
    with store.reading() as connection:
        ((lot,), _) = find_lots(connection, number="A17")
    assert not holding.hold_lot(clinic.act(), lot.id, "incident", False).refused
    session = clinic.open_session("MRN 1")
    assert set(codes(clinic.scan(session, unit))) == {"lot-recalled", "on-hold"}
    recalling.lift_recall(clinic.act(), recall, "sound")
    assert codes(clinic.scan(session, unit)) == ["on-hold"]
    holding.hold_lot(clinic.act(), lot.id, "incident", True)
    assert not codes(clinic.scan(session, unit))


def test_a_fluid_poured_for_two_patients_exposes_both_and_a_use_undone_only_one(clinic):
    bag = clinic.label("S1", gtin=SALINE)
    clinic.receive(bag, packs=6)
    first, second = clinic.open_session("MRN 1"), clinic.open_session("MRN 2")
    clinic.scan(first, bag, quantity=2)
    entry = clinic.scan(second, bag, quantity=3).body["entry"]
    recall = clinic.recall("S1", item=clinic.saline)
    assert rings(clinic.report(recall)) == {first: "exposed", second: "exposed"}
    assert not undo_opening(clinic.act(), second, entry, "wrong-patient").refused
    found = rings(clinic.report(recall))
    assert found == {first: "exposed", second: "doubtful corrected-later"}


def test_a_lot_here_that_looks_like_a_recalled_one_is_told_to_who_opens_the_recall(clinic):
    clinic.receive_kits("A-17")
    request = recalling.RecallRequest("FSN 1", "Acme", "why", [(clinic.kit, ["A17", "B2"])])
    answer = recalling.open_recall(clinic.act(), request)
    assert [(p.code, p.blocking) for p in answer.problems] == [("lot-resembles", False)]
    assert "A-17" in str(answer.problems[0].message)
