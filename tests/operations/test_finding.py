"""Codes that nobody knows, packs without a barcode, and what lies in theatre and in no book."""

from dataclasses import replace

import pytest

from inventory import store
from inventory.domain.catalogue import ItemKind, Tracking
from inventory.domain.udi import gs1
from inventory.domain.udi.hibc import mod43
from inventory.operations import provisioning, receiving, scanning
from inventory.operations.asking import Asked
from inventory.operations.finding import FoundPack, book_in_found
from inventory.operations.noting import read_photo
from inventory.operations.posting import Answer
from inventory.operations.refusing import Override
from inventory.store import catalogue, provisional
from inventory.store.errors import Conflict
from tests.clinic import FAR, KIT, SALINE, Clinic, codes

NEW = "09521234007777"
LABEL = gs1.build([("01", NEW), ("17", FAR), ("10", "N1"), ("240", "REF-9")])
CANNULA = ItemKind.FLUID


def hibc(body: str) -> str:
    return body + mod43(body)


def find(clinic: Clinic, session: str, asked: Asked, kind: ItemKind | None = None) -> Answer:
    return book_in_found(clinic.act(), session, FoundPack(asked, 1, kind))


def test_an_unknown_code_offers_a_new_item_and_the_scan_goes_on(clinic: Clinic) -> None:
    session = clinic.open_session()
    refused = clinic.scan(session, LABEL)
    assert (codes(refused), refused.body["way"]) == (["unknown-item"], "new-item")
    found = find(clinic, session, Asked((LABEL,)), CANNULA)
    assert not found.refused, found.problems
    assert clinic.scan(session, LABEL).body["accepted"] is True
    with store.reading() as connection:
        item = catalogue.get_item(connection, found.body["made"])
        assert provisional.is_provisional(connection, item.code)
    assert (item.name, item.reference, item.manufacturer) == (f"? {NEW}", "REF-9", "?")
    assert [level.di for level in item.packaging] == [NEW]
    text = clinic.all_entry_texts()
    assert '"reason":"found-in-theatre"' in text
    assert '"overridden":"not-here"' in text


@pytest.mark.parametrize(
    ("code", "lot"),
    [
        (gs1.build([("01", NEW), ("17", FAR), ("21", "SN-0042")]), "SN-0042"),
        (gs1.build([("01", NEW), ("21", "42A")]), "42A"),
        (hibc("+A999NEW1/$$+3290228SN42"), "SN42"),
        (hibc("+A999NEW1/$+SN42"), "SN42"),
        ("=/A9998NEW100T0101=A99982612345600=,000001", "A999826123456"),
        ("=/A9998NEW100T0101=A99982612345600", "A999826123456"),
    ],
)
def test_an_unknown_code_with_a_serial_and_no_lot_is_no_dead_end(
    clinic: Clinic, code: str, lot: str
) -> None:
    session = clinic.open_session()
    refused = clinic.scan(session, code)
    assert (codes(refused), refused.body["way"]) == (["unknown-item"], "new-item")
    found = find(clinic, session, Asked((code,)), CANNULA)
    assert (found.refused, found.body["lot"]) == (False, lot)
    assert clinic.scan(session, code).body["lot"] == lot


@pytest.mark.parametrize(
    "code",
    ["=/A9998NEW100T0101=,000001", f"01{NEW}", "8000500310427", "2112345", "=A99982612345600"],
)
def test_of_what_names_no_item_or_no_lot_no_item_is_offered(clinic: Clinic, code: str) -> None:
    refused = clinic.scan(clinic.open_session(), code)
    assert codes(refused) == ["unknown-item"]
    assert "way" not in refused.body


MISPRINTED = gs1.build([("01", NEW[:-1] + "3"), ("17", FAR), ("10", "N1")])
WHY = Override(frozenset({"check-digit-wrong"}), "printed so on every pack")


def test_an_unknown_gtin_that_fails_its_check_digit_is_taken_for_a_reason(clinic: Clinic) -> None:
    session = clinic.open_session()
    refused = clinic.scan(session, MISPRINTED)
    assert sorted(codes(refused)) == ["check-digit-wrong", "unknown-item"]
    assert (refused.body.get("way"), refused.body["overrule"]) == (None, ["check-digit-wrong"])
    told = {"overrule": ("check-digit-wrong",), "reason": WHY.reason}
    assert clinic.scan(session, MISPRINTED, **told).body["way"] == "new-item"
    pack = FoundPack(Asked((MISPRINTED,)), 1, CANNULA)
    assert codes(book_in_found(clinic.act(), session, pack)) == ["check-digit-wrong"]
    found = book_in_found(clinic.act(), session, replace(pack, override=WHY))
    assert not found.refused, found.problems
    assert clinic.all_entry_texts().count('"overridden":"check-digit-wrong not-here"') == 1
    assert "check-digit-wrong" in codes(clinic.scan(session, MISPRINTED))
    assert clinic.scan(session, MISPRINTED, **told).body["lot"] == "N1"
    with store.reading() as connection:
        assert catalogue.find_match(connection, NEW, "N1") is None


def test_an_unknown_hibc_code_that_fails_its_check_makes_no_item(clinic: Clinic) -> None:
    """What was misread there may be the number of another item."""
    session, wrong = clinic.open_session(), hibc("+A999NEW1/$SN42")[:-1] + "$"
    told = {"overrule": ("check-digit-wrong",), "reason": WHY.reason}
    refused = clinic.scan(session, wrong, **told)
    assert "type REF and lot instead" in " ".join(str(each.message) for each in refused.problems)
    assert not {"way", "overrule"} & refused.body.keys()
    found = book_in_found(clinic.act(), session, FoundPack(Asked((wrong,)), 1, CANNULA, WHY))
    assert "check-digit-wrong" in codes(found)


def test_a_lot_of_a_known_item_under_a_misprinted_gtin_is_booked_in_for_a_reason(
    clinic: Clinic,
) -> None:
    session = clinic.open_session()
    label = clinic.label("S9", gtin=SALINE[:-1] + "4")
    assert clinic.scan(session, label).body["overrule"] == ["check-digit-wrong"]
    told = {"overrule": ("check-digit-wrong",), "reason": WHY.reason}
    assert clinic.scan(session, label, **told).body["way"] == "book-in"
    found = book_in_found(clinic.act(), session, FoundPack(Asked((label,)), override=WHY))
    assert not found.refused, found.problems
    assert clinic.scan(session, label, **told).body["lot"] == "S9"


def test_a_lot_that_was_never_received_is_booked_in_where_it_was_found(clinic: Clinic) -> None:
    session = clinic.open_session()
    label = clinic.label("S9", gtin=SALINE)
    refused = clinic.scan(session, label)
    assert (codes(refused), refused.body["way"]) == (["not-here"], "book-in")
    assert not find(clinic, session, Asked((label,))).refused
    assert clinic.scan(session, label).body["lot"] == "S9"


def test_a_found_kit_gets_a_label_code_and_is_the_only_piece(clinic: Clinic) -> None:
    session = clinic.open_session()
    found = find(clinic, session, Asked((clinic.label("K9"),)))
    assert clinic.scan(session, clinic.label("K9")).body["unit"] == found.body["units"][0]


@pytest.mark.parametrize("problem", ["lot-recalled", "lot-expired"])
def test_what_may_not_be_used_is_not_taken_in_as_found(clinic: Clinic, problem: str) -> None:
    session = clinic.open_session()
    label = clinic.label("S9", gtin=SALINE, expiry="260101" if problem == "lot-expired" else FAR)
    if problem == "lot-recalled":
        clinic.recall("S9", item=clinic.saline)
    assert problem in codes(clinic.scan(session, label))
    assert "way" not in clinic.scan(session, label).body
    assert problem in codes(find(clinic, session, Asked((label,))))


def test_a_lot_that_came_in_before_is_not_found_a_second_time(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S9", gtin=SALINE), location="TO-PHARMACY")
    session = clinic.open_session()
    label = clinic.label("S9", gtin=SALINE)
    assert "way" not in clinic.scan(session, label).body
    assert codes(find(clinic, session, Asked((label,)))) == ["lot-known"]


def test_a_refused_pack_leaves_no_item_behind(clinic: Clinic) -> None:
    session = clinic.open_session()
    expired = gs1.build([("01", NEW), ("17", "260101"), ("10", "N1")])
    assert codes(find(clinic, session, Asked((expired,)), CANNULA)) == ["lot-expired"]
    with store.reading() as connection:
        assert provisional.list_provisional(connection) == []
        assert catalogue.find_match(connection, NEW, "N1") is None
    refusals = [text for text in clinic.all_entry_texts().split("\n") if "lot-expired" in text]
    assert ['"kind":"REFUSAL"' in text and NEW in text for text in refusals] == [True]
    assert not find(clinic, session, Asked((LABEL,)), CANNULA).refused


def test_a_retry_takes_a_found_pack_in_once(clinic: Clinic) -> None:
    session = clinic.open_session()
    pack = FoundPack(Asked((LABEL,)), 1, CANNULA)
    first = book_in_found(clinic.act("k1"), session, pack)
    again = book_in_found(clinic.act("k1"), session, pack)
    assert (again.replayed, again.body) == (True, first.body)


def test_nothing_is_found_in_a_closed_session(clinic: Clinic) -> None:
    kit, *_ = clinic.receive_kits("A17")
    session = clinic.open_session()
    clinic.scan(session, kit)
    clinic.use_all_and_close(session)
    label = clinic.label("S9", gtin=SALINE)
    assert codes(find(clinic, session, Asked((label,)))) == ["patient-session-closed"]


def test_a_patients_wristband_makes_no_item(clinic: Clinic) -> None:
    session = clinic.open_session()
    for code in ("8018952123454321012341", "Rossi Mario", "10A17"):
        refused = find(clinic, session, Asked((code,)), CANNULA)
        assert codes(refused) == ["identifier-missing"]
    assert "Rossi" not in clinic.all_entry_texts()


def test_at_receiving_an_unknown_code_becomes_an_item_in_one_act(clinic: Clinic) -> None:
    assert codes(clinic.receive(LABEL)) == ["unknown-item"]
    made = provisioning.add_provisional_item(clinic.act(), [LABEL], ItemKind.CANNULA)
    assert not clinic.receive(LABEL).refused
    with pytest.raises(Conflict):
        provisioning.add_provisional_item(clinic.act(), [LABEL], ItemKind.CANNULA)
    with store.reading() as connection:
        listed = provisional.list_provisional(connection)
    assert [(item.code, by) for item, _, by in listed] == [(made.body["code"], "maria")]


def complete(clinic: Clinic, code: str, **changes: object) -> Answer:
    told = {
        "name": "Cannula 3 mm",
        "reference": "REF-9",
        "manufacturer": "Acme",
        "kind": ItemKind.CANNULA,
        "tracking": Tracking.LOT,
        "single_use": True,
        **changes,
    }
    return provisioning.complete_item(clinic.act(), code, **told)


def test_pharmacy_completes_a_provisional_item_once(clinic: Clinic) -> None:
    made = provisioning.add_provisional_item(clinic.act(), [LABEL], ItemKind.FLUID)
    code = made.body["code"]
    assert not complete(clinic, code).refused
    with store.reading() as connection:
        item = catalogue.get_item(connection, code)
        assert provisional.list_provisional(connection) == []
    assert (item.name, item.manufacturer, item.kind) == ("Cannula 3 mm", "Acme", ItemKind.CANNULA)
    assert [level.di for level in item.packaging] == [NEW]
    assert codes(complete(clinic, code)) == ["not-provisional"]
    assert codes(complete(clinic, clinic.kit)) == ["not-provisional"]


def test_a_question_mark_completes_nothing(clinic: Clinic) -> None:
    code = provisioning.add_provisional_item(clinic.act(), [LABEL], ItemKind.FLUID).body["code"]
    assert codes(complete(clinic, code, manufacturer="?")) == ["manufacturer-missing"]
    assert codes(complete(clinic, code, name="? 952")) == ["name-missing"]


def test_the_tracking_of_what_has_moved_stays(clinic: Clinic) -> None:
    code = provisioning.add_provisional_item(clinic.act(), [LABEL], ItemKind.FLUID).body["code"]
    clinic.receive(LABEL)
    assert codes(complete(clinic, code, tracking=Tracking.UNIT)) == ["tracking-fixed"]
    assert not complete(clinic, code).refused


def test_a_pack_without_a_barcode_is_known_by_ref_and_lot_typed_twice(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S9", gtin=SALINE), packs=2)
    session = clinic.open_session()
    asked = Asked(reference="SALINE", lot="S9", again=("SALINE", "S9"))
    answer = scanning.scan_into_session(clinic.act(), session, scanning.ScanRequest(asked))
    assert (answer.refused, answer.body["lot"]) == (False, "S9")
    assert [line.entered for line in clinic.lines(session)] == ["typed"]
    assert '"manual":"twice"' in clinic.all_entry_texts()


def test_what_was_typed_otherwise_the_second_time_is_refused(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S9", gtin=SALINE), packs=2)
    session = clinic.open_session()
    asked = Asked(reference="SALINE", lot="S9", again=("SALINE", "S6"))
    answer = scanning.scan_into_session(clinic.act(), session, scanning.ScanRequest(asked))
    assert codes(answer) == ["typed-differs"]


def test_a_ref_that_nobody_knows_becomes_an_item_too(clinic: Clinic) -> None:
    session = clinic.open_session()
    asked = Asked(reference="XY-1", lot="L1", again=("XY-1", "L1"))
    request = scanning.ScanRequest(asked)
    refused = scanning.scan_into_session(clinic.act(), session, request)
    assert refused.body["way"] == "new-item"
    assert not find(clinic, session, asked, CANNULA).refused
    answer = scanning.scan_into_session(clinic.act(), session, request)
    assert (answer.refused, answer.body["lot"]) == (False, "L1")


def test_a_typed_pack_whose_code_was_scanned_becomes_an_item_with_that_code(clinic: Clinic) -> None:
    session = clinic.open_session()
    asked = Asked(reference="XY-1", lot="L1", again=("XY-1", "L1"), held=(f"01{NEW}",))
    request = scanning.ScanRequest(asked)
    assert scanning.scan_into_session(clinic.act(), session, request).body["way"] == "new-item"
    assert not find(clinic, session, asked, CANNULA).refused
    answer = scanning.scan_into_session(clinic.act(), session, request)
    assert (answer.refused, answer.body["lot"]) == (False, "L1")
    with store.reading() as connection:
        (found,) = provisional.items_of_reference(connection, "XY-1")
        item = catalogue.get_item(connection, found.code)
    assert (item.name, [level.di for level in item.packaging]) == (f"? {NEW}", [NEW])
    assert f'"barcodes":["01{NEW}"],"manual":"twice"' in clinic.all_entry_texts()
    assert "lot-missing" in codes(clinic.scan(session, f"01{NEW}"))


def test_a_code_that_was_scanned_of_another_item_than_the_one_typed_is_refused(
    clinic: Clinic,
) -> None:
    clinic.receive(clinic.label("S9", gtin=SALINE), packs=2)
    session = clinic.open_session()
    asked = Asked(item=clinic.saline, lot="S9", again=("", "S9"), held=(f"01{KIT}",))
    answer = scanning.scan_into_session(clinic.act(), session, scanning.ScanRequest(asked))
    assert codes(answer) == ["typed-differs"]


def test_a_photo_is_kept_sealed_and_told_by_code_and_digest(clinic: Clinic) -> None:
    clinic.receive(clinic.label("S9", gtin=SALINE), packs=2)
    session = clinic.open_session()
    asked = Asked(reference="SALINE", lot="S9")
    request = scanning.ScanRequest(asked, photo=b"\xff\xd8 a pack")
    assert not scanning.scan_into_session(clinic.act(), session, request).refused
    with store.reading() as connection:
        code, sealed = connection.exec_driver_sql("SELECT code, sealed FROM note").one()
        assert read_photo(connection, code) == b"\xff\xd8 a pack"
    assert b"a pack" not in bytes(sealed)
    assert f'"photo":"{code}"' in clinic.all_entry_texts()


WRONG = "+A99912345/$A170"  # its check character would be another
RIGHT = "+A999123457"


def test_a_wrong_check_digit_that_was_overruled_stays_marked(clinic: Clinic) -> None:
    """HIBC: the item is known by LIC, PCN and unit of measure, so only the check fails."""
    made = provisioning.add_provisional_item(clinic.act(), [RIGHT], ItemKind.FLUID)
    assert not made.refused
    lines = [receiving.ReceiptLine(Asked((WRONG,)))]
    refused = receiving.receive(clinic.act(), receiving.ReceiptRequest("TO-OR1", "A", "", lines))
    assert "check-digit-wrong" in codes(refused)
    taken = receiving.ReceiptRequest(
        "TO-OR1", "A", "", lines, Override(frozenset({"check-digit-wrong"}), "misprinted")
    )
    answer = receiving.receive(clinic.act(), taken)
    assert not answer.refused, answer.problems
    session = clinic.open_session()
    assert "check-digit-wrong" in codes(clinic.scan(session, WRONG))
    answer = clinic.scan(session, WRONG, overrule=("check-digit-wrong",), reason="misprinted")
    assert not answer.refused, answer.problems
    assert [line.overridden for line in clinic.lines(session)] == ["check-digit-wrong"]
    with store.reading() as connection:
        marked = connection.exec_driver_sql(
            "SELECT count(*) FROM movement WHERE overridden = 'check-digit-wrong'"
        ).scalar_one()
    assert marked == 2
