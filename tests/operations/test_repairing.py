"""A scanner that lost a separator: repaired where it is proven, asked about where it is not."""

from datetime import date

import pytest

from inventory import store
from inventory.operations import receiving, scanning
from inventory.operations.identifying import Asked, Identified, identify
from inventory.operations.posting import Answer
from inventory.store import catalogue
from tests.clinic import FAR, KIT, SALINE, Clinic, codes

EXPIRY = f"17{FAR}"


def glued(lot: str, behind: str = EXPIRY, gtin: str = SALINE) -> str:
    """A scan in which the lot swallowed what stands behind it."""
    return f"01{gtin}10{lot}{behind}"


def told(answer: Answer) -> list[str]:
    return [problem.code for problem in answer.problems]


def found(clinic: Clinic, scan: str, lot: str = "") -> Identified:
    with store.reading() as connection:
        return identify(connection, Asked((scan,), lot=lot), clinic.today)


def test_a_lot_that_swallowed_the_expiry_of_a_known_lot_is_read_as_that_lot(
    clinic: Clinic,
) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    session = clinic.open_session()
    answer = clinic.scan(session, glued("A17"))
    assert answer.body["accepted"] is True
    assert (answer.body["lot"], answer.body["expires_on"]) == ("A17", "2029-02-28")
    assert told(answer) == ["separator-repaired"]
    assert "A17290228" not in str(answer.problems[0].message) or "A17" in str(
        answer.problems[0].message
    )
    assert [line.entered for line in clinic.lines(session)] == ["scanned"]


def test_a_repair_keeps_what_was_read(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    clinic.scan(clinic.open_session(), glued("A17"))
    assert f'"lot_as_read":"A17{EXPIRY}"' in clinic.all_entry_texts()


def test_a_swallowed_serial_of_a_known_piece_proves_the_lot(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", serial="S77"))
    answer = clinic.scan(clinic.open_session(), glued("A17", "21S77", KIT))
    assert (answer.body["lot"], told(answer)) == ("A17", ["separator-repaired"])


def test_another_expiry_than_the_known_lots_is_asked_about(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    answer = clinic.scan(clinic.open_session(), glued("A17", "17280131"))
    assert "lot-ambiguous" in codes(answer)
    assert answer.body["candidates"] == ["A17", "A1717280131"]


def test_a_serial_that_is_not_known_is_asked_about(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17"))
    answer = clinic.scan(clinic.open_session(), glued("A17", "21S99", KIT))
    assert "lot-ambiguous" in codes(answer)
    assert answer.body["candidates"] == ["A17", "A1721S99"]


def test_the_lot_that_a_person_chooses_goes_on_marked_as_typed(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    session = clinic.open_session()
    request = scanning.ScanRequest(Asked((glued("A17", "17280131"),), lot="A17"))
    answer = scanning.scan_into_session(clinic.act(), session, request)
    assert (answer.refused, answer.body["lot"]) == (False, "A17")
    assert [line.entered for line in clinic.lines(session)] == ["typed"]


def test_a_lot_that_nobody_offered_is_not_chosen(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    assert found(clinic, glued("A17", "17280131"), "B99").candidates != ()


def test_a_lot_that_is_known_as_read_is_never_touched(clinic: Clinic) -> None:
    whole = f"A17{EXPIRY}"
    clinic.receive(clinic.label("A17", gtin=SALINE))
    request = receiving.ReceiptRequest(
        "TO-OR1",
        "Acme",
        "DDT 8",
        [receiving.ReceiptLine(Asked(item=clinic.saline, lot=whole, expires_on=date(2029, 2, 28)))],
    )
    assert not receiving.receive(clinic.act(), request).refused
    seen = found(clinic, glued("A17"))
    assert (seen.lot_number, seen.candidates) == (whole, ())


def test_a_lot_that_merely_begins_with_a_known_lot_is_its_own(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE))
    for number in ("A17B", "A172", "A17-2", "A1717", "A17179999"):
        assert found(clinic, glued(number, "")).lot_number == number
    assert not clinic.receive(clinic.label("A17B", gtin=SALINE)).refused


def test_where_a_separator_came_through_nothing_was_lost(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE))
    seen = found(clinic, glued("A17", f"{EXPIRY}\x1d30" + "5"))
    assert seen.lot_number == f"A17{EXPIRY}"


def test_what_a_person_typed_in_brackets_is_not_repaired(clinic: Clinic) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE))
    seen = found(clinic, f"(01){SALINE}(10)A17{EXPIRY}")
    assert seen.lot_number == f"A17{EXPIRY}"


@pytest.mark.parametrize("received", [True, False])
def test_a_swallowed_lot_of_a_recalled_lot_is_refused_as_recalled(
    clinic: Clinic, received: bool
) -> None:
    if received:
        clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    clinic.recall("A17", item=clinic.saline)
    assert "lot-recalled" in codes(clinic.scan(clinic.open_session(), glued("A17")))


def test_a_recalled_lot_is_never_read_as_another(clinic: Clinic) -> None:
    """`A17` with this expiry is here, `A1717290228` is what the recall names."""
    whole = f"A17{EXPIRY}"
    clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    clinic.recall(whole, item=clinic.saline)
    answer = clinic.scan(clinic.open_session(), glued("A17"))
    assert "lot-recalled" in codes(answer)
    assert whole in clinic.all_entry_texts()


def test_of_two_readings_the_recalled_one_stops_the_scan_whatever_is_chosen(
    clinic: Clinic,
) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE), packs=3)
    twice = glued("A17", f"21X{EXPIRY}")
    clinic.recall("A1721X", item=clinic.saline)
    for chosen in ("", "A17", f"A1721X{EXPIRY}"):
        request = scanning.ScanRequest(Asked((twice,), lot=chosen))
        answer = scanning.scan_into_session(clinic.act(), clinic.open_session(), request)
        assert "lot-recalled" in codes(answer), chosen


def test_an_arriving_lot_that_hides_a_date_is_asked_about(clinic: Clinic) -> None:
    answer = clinic.receive(glued("NEW7"))
    assert codes(answer) == ["lot-ambiguous"]
    request = receiving.ReceiptRequest(
        "TO-OR1", "Acme", "", [receiving.ReceiptLine(Asked((glued("NEW7"),), lot="NEW7"))]
    )
    taken = receiving.receive(clinic.act(), request)
    assert [(line["lot"], line["expires_on"]) for line in taken.body["lines"]] == [
        ("NEW7", "2029-02-28")
    ]


def test_a_lot_longer_than_all_others_by_a_serial_is_asked_about(clinic: Clinic) -> None:
    for number in ("LC001", "LC002", "LC003"):
        clinic.receive(clinic.label(number, gtin=SALINE))
    assert found(clinic, glued("LC004", "21S5")).candidates == ("LC004", "LC00421S5")
    assert found(clinic, glued("LC0040", "21S5")).candidates == ()


def test_a_known_lot_costs_no_question_more(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.receive(clinic.label("A17", gtin=SALINE))
    monkeypatch.setattr(catalogue, "lots_of", None)
    assert found(clinic, clinic.label("A17", gtin=SALINE)).lot_number == "A17"


@pytest.mark.parametrize("read", ["LC-2491ABC", "LC-24716123456789", "LC-24XYZ", "lc-24"])
def test_a_lot_that_begins_as_one_of_ours_or_differs_in_capitals_is_asked_about(
    clinic: Clinic, read: str
) -> None:
    clinic.receive(clinic.label("LC-24", SALINE))
    scan = f"01{SALINE}{EXPIRY}10{read}"
    asked = found(clinic, scan)
    assert [problem.code for problem in asked.problems] == ["lot-ambiguous"]
    assert asked.candidates == ("LC-24", read)
    chosen = found(clinic, scan, "LC-24")
    assert (chosen.lot_number, chosen.entered) == ("LC-24", "typed")
    assert found(clinic, scan, read).lot_number == read


def test_a_lot_that_is_as_long_as_others_that_came_is_none_of_them(clinic: Clinic) -> None:
    for lot in ("LC-2401", "LC-2"):
        clinic.receive(clinic.label(lot, SALINE))
    assert found(clinic, f"01{SALINE}{EXPIRY}10LC-2402").problems == ()


def test_a_recalled_lot_that_a_longer_one_begins_with_stays_recalled(clinic: Clinic) -> None:
    clinic.receive(clinic.label("LC-24", SALINE))
    clinic.recall("LC-24", item=clinic.saline)
    assert found(clinic, f"01{SALINE}{EXPIRY}10LC-24XYZ").lot_number == "LC-24"
