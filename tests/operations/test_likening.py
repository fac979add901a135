"""Lots that look like recalled ones: asked about where one is typed, never taken silently."""

from dataclasses import replace
from datetime import date

from inventory import store
from inventory.domain.catalogue import ItemKind, Tracking
from inventory.operations import provisioning, recalling, receiving, scanning
from inventory.operations.asking import Asked
from inventory.operations.finding import FoundPack, book_in_found
from inventory.operations.previewing import preview_recall
from inventory.operations.recalling import RecallRequest
from inventory.operations.refusing import Override
from inventory.store import provisional, recalls
from tests.clinic import FAR, KIT, SALINE, Clinic, codes

RESEMBLES = "recalled-lot-resembles"
COMPARED = Override(frozenset({RESEMBLES}), "the pack shows a small a")


def typed(clinic: Clinic, lot: str) -> Asked:
    return Asked(item=clinic.saline, lot=lot, expires_on=date(2029, 2, 28))


def test_the_lots_of_a_notice_are_kept_as_a_delivery_books_them(clinic: Clinic) -> None:
    kits = clinic.receive_kits("A17")
    lots = [" A17\t", "A17", " ", "E\u0301 7 "]
    request = RecallRequest("FSN 1", "Acme", "why", [(clinic.kit, lots)])
    answer = recalling.open_recall(clinic.act(), request, counted=True)
    assert (answer.refused, answer.problems, answer.body["on_hand"]) == (False, (), 1)
    session = clinic.open_session()
    assert "lot-recalled" in codes(clinic.scan(session, *kits))
    assert "lot-recalled" in codes(clinic.type_by_hand(session, clinic.kit, "\u00c9 7"))
    with store.reading() as connection:
        case = recalls.get_recall(connection, answer.body["code"])
    assert [scope.lots for scope in case.scope] == [frozenset({"A17", "\u00c9 7"})]


def test_a_typed_lot_that_looks_like_a_recalled_one_is_compared_with_the_pack(
    clinic: Clinic,
) -> None:
    clinic.receive(clinic.label("B02", gtin=SALINE))
    recall = clinic.recall("A17", "B02", item=clinic.saline)
    session = clinic.open_session()
    for lot in ("a17", "A 17", "Al7", "A-17", "b02"):
        answer = clinic.type_by_hand(session, clinic.saline, lot)
        assert codes(answer)[0] == RESEMBLES, lot
        assert answer.body["overrule"] == [RESEMBLES]
        found = book_in_found(clinic.act(), session, FoundPack(typed(clinic, lot)))
        assert codes(found) == [RESEMBLES], lot
    (said,) = (p.message for p in found.problems if p.code == RESEMBLES)
    assert f"b02 of Saline 500 mL looks like B02, which is recalled ({recall}," in str(said)
    assert RESEMBLES not in codes(clinic.type_by_hand(session, clinic.saline, "B02"))
    assert RESEMBLES not in codes(clinic.type_by_hand(session, clinic.saline, "C99"))
    recalling.lift_recall(clinic.act(), recall, "sound")
    assert codes(clinic.type_by_hand(session, clinic.saline, "a17")) == ["not-here"]


def test_what_was_compared_with_the_pack_is_taken_and_why_is_kept(clinic: Clinic) -> None:
    clinic.recall("A17", item=clinic.saline)
    session = clinic.open_session()
    asked = typed(clinic, "a17")
    scan = scanning.ScanRequest(asked, 1, None, COMPARED)
    refused = scanning.scan_into_session(clinic.act(), session, scan)
    assert refused.body["way"] == "book-in"
    found = book_in_found(clinic.act(), session, FoundPack(asked, override=COMPARED))
    assert not found.refused, found.problems
    assert '"overridden":"not-here recalled-lot-resembles"' in clinic.all_entry_texts()
    assert not scanning.scan_into_session(clinic.act(), session, scan).refused
    assert "small a" not in clinic.all_entry_texts()


def test_a_delivery_asks_about_a_typed_lot_that_looks_like_a_recalled_one(clinic: Clinic) -> None:
    clinic.recall("A17", item=clinic.saline)
    lines = [receiving.ReceiptLine(typed(clinic, "A 17"), 2)]
    request = receiving.ReceiptRequest("TO-OR1", "Acme Medical", "DDT 7", lines)
    assert codes(receiving.receive(clinic.act(), request)) == [RESEMBLES]
    taken = receiving.receive(clinic.act(), replace(request, override=COMPARED))
    assert (taken.refused, taken.body["lines"][0]["location"]) == (False, "TO-OR1")
    assert '"overridden":"recalled-lot-resembles"' in clinic.all_entry_texts()


def test_a_lot_that_swallowed_its_serial_number_is_found_by_a_recall_of_the_lot(
    clinic: Clinic,
) -> None:
    glued = f"01{KIT}17{FAR}10A1721SER9"
    assert not clinic.receive(glued).refused
    session = clinic.open_session()
    clinic.scan(session, glued)
    clinic.use_all_and_close(session)
    assert preview_recall(clinic.kit, ["A17"]).resembling == {"A17": ["A1721SER9"]}
    request = RecallRequest("FSN 1", "Acme", "why", [(clinic.kit, ["A17"])])
    answer = recalling.open_recall(clinic.act(), request, counted=True)
    assert [problem.code for problem in answer.problems] == ["lot-resembles"]
    assert (answer.body["exposed"], answer.body["cannot_be_excluded"]) == (0, 1)
    report = clinic.report(answer.body["code"])
    assert report.items[0].resembling == {"A17": ["A1721SER9"]}
    (judged,) = report.rings.cannot_be_excluded
    assert (judged.session.code, [why.code for why in judged.why]) == (session, ["lot-resembles"])


TWIN = "09521234007777"


def test_another_item_that_may_be_the_recalled_one_is_named(clinic: Clinic) -> None:
    session = clinic.open_session()
    label = clinic.label("A17", gtin=TWIN)
    found = book_in_found(clinic.act(), session, FoundPack(Asked((label,)), 1, ItemKind.FLUID))
    twin = found.body["made"]

    def told(*lots: str, every: bool = False, besides: tuple[str, ...] = ()) -> list[str]:
        preview = preview_recall(clinic.kit, None if every else lots, besides)
        return [f"{each.item.code} {' '.join(each.lots)}" for each in preview.alike]

    assert told("A17", "B2") == told("a17") == [f"{twin} A17"]
    assert told("B2") == told(every=True) == told("A17", besides=(twin,)) == []

    completed = provisioning.complete_item(
        clinic.act(),
        twin,
        name="Kit",
        reference="lipo-k",
        manufacturer="ACME ",
        kind=ItemKind.FLUID,
        tracking=Tracking.LOT,
        single_use=True,
    )
    assert [(p.code, p.blocking) for p in completed.problems] == [("item-alike", False)]
    assert "Lipo kit of Acme" in str(completed.problems[0].message)
    assert told("A17") == told(every=True) == [f"{twin} A17"]
    assert told("B2") == [f"{twin} "]
    request = RecallRequest("FSN 1", "Acme", "why", [(clinic.kit, ["A17"])])
    answer = recalling.open_recall(clinic.act(), request)
    assert [(p.code, p.blocking) for p in answer.problems] == [("item-alike", False)]
    assert "of the lots it has: A17." in str(answer.problems[0].message)
    both = replace(request, scope=[(clinic.kit, ["A17"]), (twin, ["A17"])])
    assert recalling.open_recall(clinic.act(), both).problems == ()


def test_a_recalled_lot_of_an_item_that_nobody_has_named_yet_is_asked_about(
    clinic: Clinic,
) -> None:
    recall = clinic.recall("A17")
    session = clinic.open_session()
    pack = FoundPack(Asked((clinic.label("A17", gtin=TWIN),)), 1, ItemKind.FLUID)
    refused = book_in_found(clinic.act(), session, pack)
    assert codes(refused) == [RESEMBLES]
    assert f"lot A17 of Lipo kit is recalled ({recall}," in str(refused.problems[-1].message)
    taken = book_in_found(clinic.act(), session, replace(pack, override=COMPARED))
    assert not taken.refused, taken.problems
    assert codes(clinic.scan(session, *pack.asked.barcodes)) == [RESEMBLES]
    overruled = clinic.scan(
        session, *pack.asked.barcodes, overrule=(RESEMBLES,), reason="REF differs"
    )
    assert not overruled.refused, overruled.problems
    assert codes(clinic.scan(session, clinic.label("B02", gtin=TWIN))) == ["not-here"]


def test_a_typed_ref_is_found_however_it_is_typed(clinic: Clinic) -> None:
    clinic.receive_kits("A17")
    clinic.recall("A17")
    asked = Asked(reference="lipo-K", lot="A17", again=("lipo-K", "A17"))
    request = scanning.ScanRequest(asked)
    answer = scanning.scan_into_session(clinic.act(), clinic.open_session(), request)
    assert "lot-recalled" in codes(answer)
    twin = clinic.add_item("LIPO\u00a0k", ItemKind.FLUID, TWIN)
    with store.reading() as connection:
        (found,) = provisional.items_of_reference(connection, "LIPO\u00a0K")
        assert found.code == twin
        assert len(provisional.items_of_reference(connection, "lipok")) == 2
        assert provisional.items_of_reference(connection, "?") == []
