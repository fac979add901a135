"""Scanning into a patient session, refusal by refusal."""

import pytest

from inventory.domain.catalogue import ItemKind
from inventory.operations import recalling
from tests.clinic import CARTON, KIT, SALINE, Clinic, codes


def test_a_kit_is_scanned_used_and_its_session_closed(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    answer = clinic.scan(session, kit)
    assert answer.body["accepted"] is True
    assert (answer.body["lot"], answer.body["unit"]) == ("A17", kit)
    assert answer.body["missing"] == []
    assert clinic.use_all_and_close(session).body["closed"] is True


def test_a_unit_scanned_again_in_the_session_that_holds_it_moves_nothing(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    clinic.scan(session, kit)
    answer = clinic.scan(session, kit)
    assert answer.body["again"] is True
    assert "entry" not in answer.body


@pytest.mark.parametrize("since", ["lot-recalled", "on-hold", "lot-expired"])
def test_a_unit_scanned_again_tells_what_became_of_its_lot_since_and_moves_nothing(
    clinic: Clinic, since: str
) -> None:
    kit, *_ = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    clinic.scan(session, kit)
    if since == "lot-recalled":
        clinic.recall("A17")
    elif since == "on-hold":
        clinic.hold("A17")
    else:
        clinic.now = clinic.now.replace(year=2029, month=3)
    before = clinic.all_entry_texts()
    answer = clinic.scan(session, kit, key="sure")
    assert (answer.body["accepted"], answer.body["again"], answer.refused) == (True, True, False)
    assert [(p.code, p.blocking) for p in answer.problems] == [(since, False)]
    assert "A17" in str(answer.problems[0].message)
    assert clinic.all_entry_texts() == before
    assert clinic.scan(session, kit, key="sure").problems == answer.problems


def test_a_kit_used_for_one_patient_is_refused_for_the_next_and_the_session_named(
    clinic: Clinic,
) -> None:
    kit, *_ = clinic.receive_kits("A17", 2)
    first, second = clinic.open_session("MRN 1"), clinic.open_session("MRN 2")
    clinic.scan(first, kit)
    clinic.use(first, kit)
    answer = clinic.scan(second, kit)
    assert codes(answer) == ["unit-already-used"]
    assert first in str(answer.problems[0].message)
    assert "2026-11-02" in str(answer.problems[0].message)


def test_an_expired_lot_is_refused_the_day_after_its_printed_day(clinic: Clinic) -> None:
    clinic.receive(clinic.label("TODAY", expiry="261102"), clinic.label("LATE", expiry="261103"))
    session = clinic.open_session()
    assert clinic.scan(session, clinic.label("TODAY", expiry="261102")).body["accepted"] is True
    later = clinic.open_session("MRN 2")
    clinic.now = clinic.now.replace(day=4)
    assert "lot-expired" in codes(clinic.scan(later, clinic.label("LATE", expiry="261103")))


def test_a_recalled_lot_is_refused_in_a_session_that_was_open_before(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.recall("A17")
    assert codes(clinic.scan(session, kit)) == ["lot-recalled"]


def test_a_kit_in_another_room_is_refused_and_its_place_named(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17", location="TO-PHARMACY")
    answer = clinic.scan(clinic.open_session(), kit)
    assert codes(answer) == ["not-here"]
    assert "TO-PHARMACY" in str(answer.problems[0].message)


def test_only_the_makers_code_takes_the_only_piece_and_says_so(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17")
    answer = clinic.scan(clinic.open_session(), clinic.label("A17"))
    assert answer.body["unit"] == kit
    assert [p.code for p in answer.problems] == ["only-piece"]


def test_only_the_makers_code_of_one_of_two_pieces_asks_for_our_label(clinic: Clinic) -> None:
    clinic.receive_kits("A17", 2)
    assert codes(clinic.scan(clinic.open_session(), clinic.label("A17"))) == ["unit-label-needed"]


def test_the_makers_code_of_a_pack_that_was_taken_takes_no_other_piece(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    clinic.scan(session, one)
    again = clinic.scan(session, clinic.label("A17"))  # of the same pack, as far as anybody knows
    assert "unit-label-needed" in codes(again)
    assert one in str(again.problems)
    reason = {"overrule": ("more-than-planned",), "reason": "first one torn"}
    assert clinic.scan(session, clinic.label("A17"), **reason).refused is True
    clinic.use(session, one)
    assert clinic.scan(session, clinic.label("A17"), **reason).refused is True
    assert clinic.scan(session, two, **reason).body["unit"] == two


def test_the_makers_code_takes_the_only_piece_where_the_other_was_put_back(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    clinic.scan(session, one)
    clinic.restock(session, one)
    assert clinic.move("TO-OR1", "TO-PHARMACY", one).refused is False
    assert clinic.scan(session, clinic.label("A17")).body["unit"] == two


def test_a_second_kit_needs_a_reason(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    clinic.scan(session, one)
    assert codes(clinic.scan(session, two)) == ["more-than-planned"]
    assert codes(clinic.scan(session, two, overrule=("more-than-planned",))) == [
        "more-than-planned"
    ]
    overruled = clinic.scan(session, two, overrule=("more-than-planned",), reason="first one torn")
    assert overruled.body["accepted"] is True
    line = next(line for line in clinic.lines(session) if line.unit == two)
    assert line.overridden == "more-than-planned"


def test_a_reason_is_kept_whole_or_not_at_all(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    session, extra = clinic.open_session(), ("more-than-planned",)
    clinic.scan(session, one)
    assert "too-long" in codes(clinic.scan(session, two, overrule=extra, reason="x" * 2001))
    assert clinic.scan(session, two, overrule=extra, reason="x" * 2000).body["accepted"]
    recall = clinic.recall("A17")
    assert codes(recalling.lift_recall(clinic.act(), recall, "x" * 2001)) == ["too-long"]


def test_what_must_not_be_overruled_is_not(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.recall("A17")
    answer = clinic.scan(session, kit, overrule=("lot-recalled",), reason="we need it")
    assert codes(answer) == ["lot-recalled"]


def test_a_carton_is_not_opened_for_a_patient(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=CARTON), location="TO-OR1")
    answer = clinic.scan(clinic.open_session(), clinic.label("A17", gtin=CARTON))
    assert "carton-code" in codes(answer)


def test_the_label_of_a_shipped_carton_is_not_opened_for_a_patient(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"), packs=4, location="TO-OR1")
    answer = clinic.scan(clinic.open_session(), f"0039521234543210123002{KIT}3704\x1d10A17")
    assert "carton-code" in codes(answer)


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("00395212345432101230", "a shipping label"),
        ("800309521234543213A1", "a returnable asset"),
        ("80049521234ABC77", "an asset"),
        ("80131987654Ad4X4bL5ttr2310c2K", "a model"),
        ("4149521234543213", "a place"),
    ],
)
def test_a_code_of_no_product_says_what_it_is(clinic: Clinic, code: str, what: str) -> None:
    answer = clinic.scan(clinic.open_session(), code)
    (problem,) = (each for each in answer.problems if each.code == "unknown-item")
    assert what in str(problem.message)
    assert str(problem.message).endswith("Scan the product's own barcode.")


def test_an_item_of_another_kind_is_not_in_the_procedure(clinic: Clinic) -> None:
    item = clinic.add_item("Electrode", ItemKind.ELECTRODE, "09521234000020")
    clinic.receive(clinic.label("E1", gtin="09521234000020"))
    session = clinic.open_session()
    label = clinic.label("E1", gtin="09521234000020")
    assert codes(clinic.scan(session, label)) == ["not-in-procedure"]
    answer = clinic.scan(session, label, overrule=("not-in-procedure",), reason="surgeon asked")
    assert answer.body["item"] == item


def test_more_of_a_lot_than_is_here_is_refused(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=2)
    answer = clinic.scan(clinic.open_session(), clinic.label("S1", gtin=SALINE), quantity=3)
    assert codes(answer) == ["not-here"]


def test_a_retry_with_the_same_key_gets_the_first_answer(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17")
    session = clinic.open_session()
    first = clinic.scan(session, kit, key="k1")
    again = clinic.scan(session, kit, key="k1")
    assert again.replayed
    assert again.body == first.body


def test_a_clock_that_stands_before_the_latest_entry_decides_nothing(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.now = clinic.now.replace(year=2025)
    assert "clock-suspect" in codes(clinic.scan(session, kit))


def test_nothing_is_scanned_into_a_closed_session(clinic: Clinic) -> None:
    one, two = clinic.receive_kits("A17", 2)
    session = clinic.open_session()
    clinic.scan(session, one)
    clinic.use_all_and_close(session)
    assert codes(clinic.scan(session, two)) == ["patient-session-closed"]


def test_what_cannot_be_read_is_refused_and_its_text_kept_nowhere(clinic: Clinic) -> None:
    session = clinic.open_session()
    answer = clinic.scan(session, "Rossi Mario 1970")
    assert codes(answer) == ["unreadable"]
    assert "Rossi" not in clinic.all_entry_texts()
