"""A recall's three rings, rule by rule, told as small ledgers."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from inventory.domain.ledger import EntryKind, LocationKind, reconcile
from inventory.domain.recall import Exposure, Rings, Scope, SessionFacts, TracedMovement
from inventory.domain.recall_report import Whereabouts
from inventory.domain.rings import covered_flows, rings, whereabouts

A17 = (Scope("KIT", frozenset({"A17"})),)
NOBODY = Rings((), (), ())

KINDS = {
    "SUPPLIER": LocationKind.SUPPLIER,
    "STORE": LocationKind.STORE,
    "SHELF": LocationKind.STORE,
    "QUARANTINE": LocationKind.QUARANTINE,
    "PACKED": LocationKind.KIT,
    "TRANSIT": LocationKind.TRANSIT,
    "STERILISER": LocationKind.REPROCESSING,
    "USED": LocationKind.USED,
    "WASTED": LocationKind.WASTED,
    "RETURNED": LocationKind.RETURNED,
    "VARIANCE": LocationKind.VARIANCE,
}


def hour(hours: float) -> datetime:
    """Hours after the morning of the first day; 24 and more are later days."""
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hours)


NOW = hour(1000)


def a_session(
    code="PS1",
    opened=9.0,
    closed=11.0,
    first_closed=None,
    site="TO",
    cancelled=False,
    without_lot=(),
):
    closed_at = None if closed is None else hour(closed)
    return SessionFacts(
        code=code,
        site=site,
        location=f"{site}-OR1",
        patient=f"PT-{code}",
        opened_at=hour(opened),
        closed_at=closed_at,
        first_closed_at=closed_at if first_closed is None else hour(first_closed),
        cancelled=cancelled,
        without_lot=frozenset(without_lot),
    )


@dataclass
class Book:
    """A ledger under construction; places are `SITE-NAME`, sessions are known by their code."""

    sessions: dict[str, SessionFacts] = field(default_factory=dict)
    movements: list[TracedMovement] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def session(self, **facts):
        session = a_session(**facts)
        self.sessions[session.code] = session
        return session

    def place(self, name):
        if name in self.sessions:
            return name, LocationKind.SESSION, self.sessions[name].site
        site, _, what = name.rpartition("-")
        return name, KINDS[what], site

    def act(
        self,
        kind,
        source,
        destination,
        at,
        late=None,
        lot="A17",
        quantity=1,
        unit="",
        reason="",
        entered="scanned",
        overridden="",
        item="KIT",
    ):
        """Post one movement; `late` is when it happened, where that was earlier."""
        source_code, source_kind, source_site = self.place(source)
        destination_code, destination_kind, destination_site = self.place(destination)
        site = destination_site or source_site
        self.numbers[site] = self.numbers.get(site, 0) + 1
        movement = TracedMovement(
            entry=f"{site}-{self.numbers[site]}",
            kind=kind,
            at=hour(at),
            occurred_at=hour(at if late is None else late),
            by="anna",
            reason=reason,
            reversed_by="",
            item=item,
            lot=lot,
            unit=unit,
            quantity=quantity,
            source=source_code,
            source_kind=source_kind,
            source_site=source_site,
            destination=destination_code,
            destination_kind=destination_kind,
            destination_site=destination_site,
            entered=entered,
            overridden=overridden,
        )
        self.movements.append(movement)
        return movement.entry

    def receive(self, at=1.0, to="TO-STORE", **more):
        return self.act(EntryKind.RECEIVE, "SUPPLIER", to, at, **more)

    def open(self, session="PS1", at=9.5, source="TO-STORE", **more):
        return self.act(EntryKind.OPEN, source, session, at, **more)

    def use(self, session="PS1", at=10.0, to="TO-USED", **more):
        return self.act(EntryKind.USE, session, to, at, **more)

    def waste(self, session="PS1", at=10.0, reason="dropped", **more):
        return self.act(EntryKind.WASTE, session, "TO-WASTED", at, reason=reason, **more)

    def restock(self, session="PS1", at=10.0, to="TO-STORE", **more):
        return self.act(EntryKind.RESTOCK, session, to, at, **more)

    def reverse(self, entry, at=10.5, reason="never-happened"):
        place = next(n for n, m in enumerate(self.movements) if m.entry == entry)
        wrong = self.movements[place]
        mirror = self.act(
            EntryKind.REVERSE,
            wrong.destination,
            wrong.source,
            at,
            lot=wrong.lot,
            quantity=wrong.quantity,
            unit=wrong.unit,
            reason=reason,
            entered="derived",
            item=wrong.item,
        )
        self.movements[place] = replace(wrong, reversed_by=mirror)
        return mirror

    def rings(self, scopes=A17, now=NOW):
        return rings(scopes, self.sessions, self.movements, now)

    def told(self, scopes=A17, now=NOW):
        """Session to ring and reasons, for short assertions."""
        found = self.rings(scopes, now)
        told = {line.session.code: ["exposed"] for line in found.exposed}
        for name, ring in (("doubt", found.cannot_be_excluded), ("excluded", found.excluded)):
            for judged in ring:
                assert judged.session.code not in told
                told[judged.session.code] = [name, *(why.code for why in judged.why)]
        return told


def a_book(**facts):
    """Ten of the recalled lot A17 and ten of B02 on the shelf since one o'clock, one session."""
    book = Book()
    book.session(**facts)
    book.receive(quantity=10)
    book.receive(quantity=10, lot="B02")
    return book


def outcomes(book, **more):
    return [
        (e.session.code, e.lot, e.unit, e.quantity, e.outcome) for e in book.rings(**more).exposed
    ]


class TestExposed:
    def test_a_recalled_unit_used_on_a_patient_is_told_with_who_opened_it_and_when(self):
        book = a_book()
        book.open(unit="KT1", at=9.6, late=9.25)
        book.use(unit="KT1")
        assert book.rings() == Rings(
            exposed=(
                Exposure(
                    session=book.sessions["PS1"],
                    item="KIT",
                    lot="A17",
                    unit="KT1",
                    quantity=1,
                    outcome="used",
                    entry="TO-3",
                    at=hour(9.25),
                    by="anna",
                ),
            ),
            cannot_be_excluded=(),
            excluded=(),
        )

    def test_a_recalled_lot_opened_without_an_outcome_is_in_use(self):
        book = a_book(closed=None)
        book.open()
        assert outcomes(book) == [("PS1", "A17", "", 1, "in use")]

    def test_of_five_opened_two_used_one_wasted_and_one_restocked_one_is_still_in_use(self):
        book = a_book(closed=None)
        book.open(quantity=5)
        book.use(quantity=2)
        book.waste()
        book.restock()
        assert outcomes(book) == [("PS1", "A17", "", 2, "used"), ("PS1", "A17", "", 1, "in use")]

    def test_a_lot_opened_twice_is_one_line_and_names_the_latest_opening(self):
        book = a_book()
        book.open(quantity=2)
        book.open(at=9.7)
        book.use(quantity=3)
        assert outcomes(book) == [("PS1", "A17", "", 3, "used")]
        assert book.rings().exposed[0].entry == "TO-4"

    def test_an_opening_that_was_reversed_is_not_the_one_that_is_named(self):
        book = a_book()
        book.open()
        book.reverse(book.open(at=9.6), at=9.7, reason="wrong-quantity")
        book.use()
        assert outcomes(book) == [("PS1", "A17", "", 1, "used")]
        assert book.rings().exposed[0].entry == "TO-3"

    def test_a_reusable_on_its_way_to_reprocessing_was_used_and_so_is_its_next_use(self):
        book = a_book()
        book.session(code="PS2", opened=20, closed=22)
        book.open(unit="KT1")
        book.use(unit="KT1", to="TO-STERILISER")
        book.act(EntryKind.RELEASE, "TO-STERILISER", "TO-STORE", 15, unit="KT1")
        book.open("PS2", 20, unit="KT1")
        book.use("PS2", 21, "TO-STERILISER", unit="KT1")
        assert outcomes(book) == [
            ("PS1", "A17", "KT1", 1, "used"),
            ("PS2", "A17", "KT1", 1, "used"),
        ]

    def test_a_unit_reversed_out_of_one_session_and_used_in_the_next_exposes_the_next(self):
        book = a_book()
        book.session(code="PS2", opened=9, closed=12)
        book.reverse(book.open(unit="KT1"), at=9.6, reason="wrong-patient")
        book.open("PS2", 9.7, unit="KT1")
        book.use("PS2", unit="KT1")
        assert book.told() == {"PS1": ["doubt", "corrected-later"], "PS2": ["exposed"]}

    def test_a_use_that_was_reversed_leaves_the_piece_in_the_session(self):
        book = a_book(closed=None)
        book.open()
        book.reverse(book.use(), reason="never-happened")
        assert outcomes(book) == [("PS1", "A17", "", 1, "in use")]

    def test_a_reversal_that_was_reversed_exposes_again(self):
        book = a_book()
        mirror = book.reverse(book.open(), at=9.6)
        book.reverse(mirror, at=9.7)
        assert outcomes(book) == [("PS1", "A17", "", 1, "in use")]

    def test_a_restock_that_was_reversed_leaves_the_piece_in_the_session(self):
        book = a_book(closed=None)
        book.open()
        book.reverse(book.restock())
        assert outcomes(book) == [("PS1", "A17", "", 1, "in use")]

    def test_a_recalled_lot_out_of_an_assembled_kit_exposes(self):
        book = a_book()
        book.act(EntryKind.ASSEMBLE, "TO-STORE", "TO-PACKED", 2)
        book.open(source="TO-PACKED")
        book.use()
        assert book.told() == {"PS1": ["exposed"]}

    def test_two_lots_of_one_item_expose_by_the_recalled_one(self):
        book = a_book()
        book.open(lot="B02")
        book.open()
        book.use(lot="B02")
        book.use()
        assert outcomes(book) == [("PS1", "A17", "", 1, "used")]

    def test_with_all_lots_in_scope_every_use_exposes(self):
        book = a_book()
        book.open(lot="B02")
        book.use(lot="B02")
        assert outcomes(book, scopes=(Scope("KIT", None),)) == [("PS1", "B02", "", 1, "used")]

    def test_a_cancelled_procedure_exposes_all_the_same(self):
        book = a_book(cancelled=True)
        book.open()
        book.use()
        assert book.told() == {"PS1": ["exposed"]}

    def test_an_exposed_session_is_listed_though_its_times_lie_before_the_receipt(self):
        book = Book()
        book.session(opened=1, closed=2)
        book.receive(at=5)
        book.open(at=6, late=1.5)
        book.use(at=6, late=1.6)
        assert book.told() == {"PS1": ["exposed"]}

    def test_exposed_by_one_item_is_exposed_whatever_the_other_item_says(self):
        book = a_book()
        book.receive(item="GEL", lot="G1")
        book.open()
        book.use()
        book.open(item="GEL", lot="G1")
        book.waste(item="GEL", lot="G1", reason="contaminated")
        scopes = (*A17, Scope("GEL", None))
        assert book.told(scopes) == {"PS1": ["exposed"]}

    def test_the_oldest_session_comes_first_and_each_session_is_counted_once(self):
        book = a_book(code="PS2", opened=9)
        book.session(code="PS1", opened=8)
        book.open("PS2", quantity=2)
        book.use("PS2")
        book.open("PS1")
        assert [e.session.code for e in book.rings().exposed] == ["PS1", "PS2", "PS2"]
        assert [s.code for s in book.rings().exposed_sessions] == ["PS1", "PS2"]

    def test_an_outcome_whose_opening_is_missing_from_the_ledger_exposes(self):
        book = a_book()
        book.use()
        assert outcomes(book) == [("PS1", "A17", "", 1, "used")]

    def test_a_session_that_nobody_told_of_is_refused_not_passed_over(self):
        book = a_book()
        book.open()
        del book.sessions["PS1"]
        with pytest.raises(KeyError, match="PS1"):
            book.rings()


class TestWasted:
    @pytest.mark.parametrize(
        "reason",
        ["contaminated", "wrong-size", "procedure-changed", "defective", "other", "", "unheard-of"],
    )
    def test_wasted_for_a_reason_that_does_not_rule_out_contact_cannot_be_excluded(self, reason):
        book = a_book()
        book.open()
        book.waste(reason=reason)
        assert book.told() == {"PS1": ["doubt", "wasted-contact-possible"]}

    @pytest.mark.parametrize("reason", ["dropped", "damaged-pack", "expired-found"])
    def test_wasted_before_use_is_excluded(self, reason):
        book = a_book()
        book.open()
        book.waste(reason=reason)
        assert book.told() == {"PS1": ["excluded", "wasted-before-use"]}

    def test_one_dropped_and_one_contaminated_cannot_be_excluded(self):
        book = a_book()
        book.open(quantity=2)
        book.waste()
        book.waste(reason="contaminated")
        assert book.told() == {"PS1": ["doubt", "wasted-contact-possible"]}

    def test_a_waste_whose_reason_was_put_right_is_judged_by_what_stands_and_was_corrected(self):
        book = a_book()
        book.open()
        book.reverse(book.waste(reason="contaminated"), reason="other")
        book.waste(at=10.7)
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_the_sentence_says_which_lot_and_unit_why_and_where_it_is_written(self):
        book = a_book()
        book.open(unit="KT1")
        book.waste(unit="KT1", reason="contaminated")
        (judged,) = book.rings().cannot_be_excluded
        assert [str(why.sentence) for why in judged.why] == [
            "Lot A17 (KT1) was opened and wasted: contaminated; it may have touched the patient"
            " (entry TO-4)."
        ]

    def test_a_recalled_lot_wasted_on_the_shelf_concerns_no_session(self):
        book = a_book()
        book.act(EntryKind.WASTE, "TO-STORE", "TO-WASTED", 5, reason="contaminated")
        assert book.told() == {}


class TestReversed:
    @pytest.mark.parametrize(
        "reason", ["wrong-lot", "wrong-item", "wrong-quantity", "wrong-patient", "other", "", "new"]
    )
    def test_an_opening_of_the_recalled_lot_that_was_corrected_cannot_be_excluded(self, reason):
        book = a_book()
        book.reverse(book.open(), reason=reason)
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    @pytest.mark.parametrize("reason", ["never-happened", "wrong-place"])
    def test_an_opening_that_never_happened_is_excluded(self, reason):
        book = a_book()
        book.reverse(book.open(), reason=reason)
        assert book.told() == {"PS1": ["excluded", "never-happened"]}

    @pytest.mark.parametrize("at", [11, 12, 400])
    def test_what_never_happened_by_a_reversal_after_the_session_was_closed_is_doubted(self, at):
        book = a_book()
        book.reverse(book.open(), at=at)
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_a_session_opened_again_does_not_forget_that_it_had_been_closed(self):
        book = a_book(closed=30, first_closed=11)
        book.reverse(book.open(), at=20)
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_a_reversal_whose_entry_is_not_there_is_doubted(self):
        book = a_book()
        book.reverse(book.open())
        del book.movements[-1]
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_a_corrected_use_of_a_recalled_lot_that_was_then_restocked_is_doubted(self):
        book = a_book()
        book.open()
        book.reverse(book.use(), reason="wrong-lot")
        book.restock(at=10.7)
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_a_line_that_was_reversed_to_and_fro_is_doubted(self):
        book = a_book()
        book.reverse(book.reverse(book.open(), at=9.6), at=9.7)
        book.restock()
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_a_recalled_lot_put_back_unopened_is_excluded(self):
        book = a_book()
        book.open(quantity=2)
        book.restock(quantity=2)
        assert book.told() == {"PS1": ["excluded", "restocked-unopened"]}

    def test_every_reason_of_an_excluded_session_is_told(self):
        book = a_book()
        book.reverse(book.open(at=9.1), at=9.2)
        book.open(quantity=2)
        book.open(lot="B02")
        book.use(lot="B02")
        book.waste()
        book.restock()
        assert [str(why.sentence) for why in book.rings().excluded[0].why] == [
            "Lot B02, which is not recalled, was opened (entry TO-6).",
            "Lot A17 was put back unopened (entry TO-9).",
            "Lot A17 was wasted before use: dropped (entry TO-8).",
            "Opening lot A17 was reversed during the session: never-happened (entry TO-3, reversed"
            " by TO-4).",
        ]


def another_lot(book, session="PS1", **opening):
    book.open(session, lot="B02", **opening)
    book.use(session, lot="B02")


class TestAnotherLot:
    def test_another_lot_scanned_is_excluded_though_the_recalled_one_was_on_hand(self):
        book = a_book()
        another_lot(book)
        assert book.told() == {"PS1": ["excluded", "another-lot"]}

    def test_another_lot_typed_by_hand_cannot_be_excluded(self):
        book = a_book()
        another_lot(book, entered="typed")
        (judged,) = book.rings().cannot_be_excluded
        assert [str(why.sentence) for why in judged.why] == [
            "Lot B02 was typed by hand, not scanned, while a recalled lot was on hand (entry TO-3)."
        ]

    def test_a_check_that_was_overruled_cannot_be_excluded(self):
        book = a_book()
        another_lot(book, overridden="carton-code check-digit-wrong")
        assert book.told() == {"PS1": ["doubt", "check-overruled"]}

    def test_every_doubt_is_told(self):
        book = a_book(without_lot=["KIT"])
        book.reverse(book.open(lot="B02", at=9.1), at=9.2, reason="wrong-quantity")
        another_lot(book, entered="typed", overridden="carton-code")
        assert book.told() == {
            "PS1": ["doubt", "lot-missing", "corrected-later", "check-overruled", "lot-typed"]
        }

    def test_typed_in_session_or_wasted_is_doubted_like_used(self):
        for outcome in (lambda book: None, lambda book: book.waste(lot="B02")):
            book = a_book(closed=None)
            book.open(lot="B02", entered="typed")
            outcome(book)
            assert book.told() == {"PS1": ["doubt", "lot-typed"]}

    def test_typed_and_put_back_unopened_is_excluded(self):
        book = a_book()
        book.open(lot="B02", entered="typed")
        book.restock(lot="B02")
        assert book.told() == {"PS1": ["excluded", "another-lot"]}

    def test_typed_and_partly_put_back_cannot_be_excluded(self):
        book = a_book()
        book.open(lot="B02", entered="typed", quantity=2)
        book.restock(lot="B02")
        book.use(lot="B02")
        assert book.told() == {"PS1": ["doubt", "lot-typed"]}

    @pytest.mark.parametrize("corrected", ["open", "use", "waste", "restock"])
    def test_any_corrected_line_of_the_item_is_doubted(self, corrected):
        book = a_book()
        if corrected != "open":
            book.open(lot="B02")
        wrong = getattr(book, corrected)(lot="B02")
        book.reverse(wrong, reason="wrong-quantity")
        if corrected == "open":
            book.open(lot="B02", at=10.6)
        book.use(lot="B02", at=10.7)
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_the_lot_put_right_after_the_session_was_closed_is_doubted(self):
        book = a_book()
        wrong = book.open(lot="B02")
        book.reverse(wrong, at=50)
        book.open(lot="C03", at=50, late=9.5)
        book.use(lot="C03", at=50, late=10)
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_another_lot_whose_opening_never_happened_is_excluded(self):
        book = a_book()
        book.reverse(book.open(lot="B02"))
        assert book.told() == {"PS1": ["excluded", "never-happened"]}

    def test_another_lot_corrected_away_with_nothing_in_its_place_is_doubted(self):
        book = a_book()
        book.reverse(book.open(lot="B02"), reason="wrong-lot")
        assert book.told() == {"PS1": ["doubt", "corrected-later"]}

    def test_doubtful_evidence_where_no_recalled_lot_was_on_hand_is_excluded(self):
        book = a_book(site="CN")
        another_lot(book, entered="typed")
        (judged,) = book.rings().excluded
        assert [(why.code, str(why.sentence)) for why in judged.why] == [
            ("another-lot", "Lot B02, which is not recalled, was opened (entry CN-1)."),
            (
                "not-on-hand",
                "Lot B02 was typed, overruled or corrected, but no recalled lot was on hand at CN.",
            ),
        ]

    def test_another_item_does_not_concern_the_recall(self):
        book = a_book()
        book.receive(item="GEL", lot="A17")
        book.open(item="GEL", lot="A17", entered="typed")
        assert book.rings() == NOBODY


class TestLotMissing:
    def test_a_required_line_without_a_lot_cannot_be_excluded(self):
        (judged,) = a_book(without_lot=["KIT"]).rings().cannot_be_excluded
        assert [str(why.sentence) for why in judged.why] == [
            "A required line has no lot, and a recalled lot of KIT was on hand at TO."
        ]

    def test_one_of_two_required_pieces_without_a_lot_cannot_be_excluded(self):
        book = a_book(without_lot=["KIT"])
        another_lot(book)
        assert book.told() == {"PS1": ["doubt", "lot-missing"]}

    def test_a_cancelled_procedure_lacks_no_lot(self):
        book = a_book(without_lot=["KIT"], cancelled=True)
        (judged,) = book.rings().excluded
        assert [str(why.sentence) for why in judged.why] == [
            "The procedure did not take place: no lot of KIT is missing."
        ]

    def test_a_cancelled_procedure_that_took_another_lot_says_both(self):
        book = a_book(without_lot=["KIT"], cancelled=True)
        book.open(lot="B02")
        book.restock(lot="B02")
        assert book.told() == {"PS1": ["excluded", "another-lot", "cancelled"]}

    @pytest.mark.parametrize("cancelled", [True, False])
    def test_where_no_recalled_lot_was_on_hand_it_is_not_listed(self, cancelled):
        assert a_book(without_lot=["KIT"], site="CN", cancelled=cancelled).told() == {}

    def test_it_goes_by_the_item(self):
        assert a_book(without_lot=["GEL"]).told() == {}


class TestTime:
    def test_a_lot_that_never_came_concerns_nobody(self):
        book = Book()
        book.session(without_lot=["KIT"])
        book.receive(lot="B02")
        another_lot(book, entered="typed")
        assert book.rings() == NOBODY

    def test_a_session_before_the_recalled_lot_first_came_is_not_listed(self):
        book = Book()
        book.session(without_lot=["KIT"])
        book.receive(lot="B02")
        another_lot(book, entered="typed", overridden="carton-code")
        book.receive(at=12)
        assert book.rings() == NOBODY

    def test_what_happened_earlier_than_it_was_recorded_counts_from_when_it_happened(self):
        book = Book()
        book.session()
        another_lot(book, entered="typed")
        book.receive(at=40, late=10.5)
        assert book.told() == {"PS1": ["doubt", "lot-typed"]}

    def test_a_lot_that_came_to_one_site_makes_sessions_at_the_other_excluded(self):
        book = a_book(site="CN")
        another_lot(book)
        assert book.told() == {"PS1": ["excluded", "another-lot"]}

    @pytest.mark.parametrize(("came", "ring"), [(11, ["doubt", "lot-typed"]), (11.1, None)])
    def test_the_last_instant_of_a_session_belongs_to_it(self, came, ring):
        book = Book()
        book.session()
        another_lot(book, entered="typed")
        book.receive(at=came)
        assert book.told().get("PS1") == ring

    def test_an_open_session_lasts_until_now(self):
        book = Book()
        book.session(closed=None)
        another_lot(book, entered="typed")
        book.receive(at=500)
        assert book.told(now=hour(499)) == {}
        assert book.told(now=hour(501)) == {"PS1": ["doubt", "lot-typed"]}

    def test_a_scan_that_was_recorded_late_makes_the_session_begin_earlier(self):
        book = Book()
        book.session(opened=9)
        book.receive(at=1)
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 8.5)
        another_lot(book, entered="typed", late=8.25)
        assert book.told() == {"PS1": ["doubt", "lot-typed"]}

    def test_a_scan_after_the_closing_makes_the_session_end_later(self):
        book = Book()
        book.session(closed=9.2)
        another_lot(book, entered="typed")
        book.receive(at=9.9)
        assert book.told() == {"PS1": ["doubt", "lot-typed"]}

    def test_a_correction_in_the_office_does_not_make_the_session_last_longer(self):
        book = Book()
        book.session()
        book.receive(lot="B02")
        another_lot(book)
        book.receive(at=40)
        book.reverse("TO-3", at=50, reason="other")
        assert book.told() == {}


def typed_at(at, book, site="TO"):
    """What a session of one hour that typed another lot is told."""
    book.session(code="PS9", opened=at, closed=at + 1, site=site)
    book.open("PS9", at, lot="B02", entered="typed", source=f"{site}-STORE")
    book.use("PS9", at + 0.5, lot="B02", to=f"{site}-USED")
    return book.told().get("PS9", ["not listed"])[:2]


DOUBT = ["doubt", "lot-typed"]
CLEAR = ["excluded", "another-lot"]


def one_piece(at=1.0, **more):
    book = Book()
    book.session(opened=2, closed=6)
    book.receive(at=at, **more)
    return book


class TestOnHand:
    @pytest.mark.parametrize(
        "leave",
        [
            lambda book: book.act(EntryKind.WASTE, "TO-STORE", "TO-WASTED", 5, reason="dropped"),
            lambda book: book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 5),
            lambda book: book.act(EntryKind.TRANSFER, "TO-STORE", "CN-STORE", 5),
            lambda book: (book.open(at=3), book.use(at=5)),
            lambda book: (book.open(at=3), book.waste(at=5)),
        ],
    )
    def test_it_ends_when_the_last_piece_has_left_the_end_included(self, leave):
        for at, told in ((4.5, DOUBT), (5, DOUBT), (5.1, CLEAR)):
            book = one_piece()
            leave(book)
            assert typed_at(at, book) == told

    @pytest.mark.parametrize("place", ["TO-QUARANTINE", "TO-SHELF"])
    def test_quarantine_is_in_reach_and_moving_within_a_site_does_not_end_it(self, place):
        book = one_piece()
        book.act(EntryKind.TRANSFER, "TO-STORE", place, 3)
        assert typed_at(30, book) == DOUBT

    def test_a_packed_kit_is_in_reach(self):
        book = one_piece()
        book.act(EntryKind.ASSEMBLE, "TO-STORE", "TO-PACKED", 3)
        assert typed_at(30, book) == DOUBT

    def test_a_piece_in_another_session_of_the_site_is_in_reach_and_restocked_it_stays(self):
        book = one_piece()
        book.open(at=2)
        book.restock(at=5)
        assert typed_at(3, book) == DOUBT
        assert typed_at(30, book) == DOUBT

    def test_one_of_two_pieces_left_is_enough(self):
        book = one_piece(quantity=2)
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 5)
        assert typed_at(30, book) == DOUBT

    def test_one_recalled_lot_gone_does_not_hide_the_other(self):
        book = one_piece()
        book.receive(at=2, lot="A18")
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 5)
        book.session(code="PS9", opened=20, closed=21)
        another_lot(book, "PS9", at=20, entered="typed")
        both = (Scope("KIT", frozenset({"A17", "A18"})),)
        assert book.told(both) == {"PS9": ["doubt", "lot-typed"]}

    def test_it_can_go_and_come_again(self):
        def book():
            book = one_piece()
            book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 5)
            book.receive(at=20)
            return book

        assert [typed_at(at, book()) for at in (3, 10, 25)] == [DOUBT, CLEAR, DOUBT]

    def test_a_departure_recorded_late_keeps_it_in_reach_until_it_was_recorded(self):
        book = one_piece()
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 20, late=5)
        assert typed_at(15, book) == DOUBT

    def test_what_was_opened_before_it_was_booked_in_had_come_by_then(self):
        def book():
            book = one_piece(at=30, quantity=2)
            book.open(at=31, late=3)
            book.use(at=31, late=4)
            return book

        told = [typed_at(at, book()) for at in (1, 4, 20)]
        assert told == [["not listed"], DOUBT, DOUBT]

    def test_a_late_entry_that_the_stock_of_its_day_explains_fills_no_gap(self):
        book = one_piece(quantity=2)
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 5)
        book.open(at=6, late=3)
        book.use(at=6, late=4)
        book.receive(at=30)
        assert typed_at(20, book) == CLEAR

    def test_a_reversed_receipt_counts_from_its_posting_to_its_reversal(self):
        def book():
            book = one_piece(at=5)
            book.reverse("TO-1", at=10)
            return book

        told = [typed_at(at, book()) for at in (3, 7, 12)]
        assert told == [["not listed"], DOUBT, CLEAR]

    def test_a_departure_that_was_reversed_never_was_one(self):
        book = one_piece()
        wrong = book.act(EntryKind.WASTE, "TO-STORE", "TO-WASTED", 5, reason="dropped")
        book.reverse(wrong, at=20)
        assert typed_at(10, book) == DOUBT

    def test_a_piece_used_by_mistake_in_another_session_was_in_reach_all_the_while(self):
        book = one_piece()
        opened = book.open(at=3)
        book.reverse(book.use(at=4), at=50, reason="wrong-lot")
        book.reverse(opened, at=50, reason="wrong-lot")
        assert typed_at(10, book) == DOUBT

    def test_a_reversed_receipt_whose_reversal_was_reversed_stays(self):
        book = one_piece()
        book.reverse(book.reverse("TO-1", at=5), at=6)
        assert typed_at(30, book) == DOUBT

    def test_what_a_count_found_was_there_before(self):
        book = Book()
        book.act(EntryKind.COUNT, "VARIANCE", "TO-STORE", 100)
        assert typed_at(3, book) == DOUBT

    def test_what_a_count_found_does_not_list_what_was_scanned_before(self):
        book = Book()
        book.session()
        another_lot(book)
        book.act(EntryKind.COUNT, "VARIANCE", "TO-STORE", 100)
        assert book.told() == {}

    def test_what_a_count_lost_may_still_lie_there(self):
        book = one_piece()
        book.act(EntryKind.COUNT, "TO-STORE", "VARIANCE", 5)
        assert typed_at(300, book) == DOUBT

    def test_what_was_lost_and_found_again_had_not_been_there_before_it_came(self):
        def book():
            book = one_piece(at=20)
            book.act(EntryKind.COUNT, "TO-STORE", "VARIANCE", 30)
            book.act(EntryKind.COUNT, "VARIANCE", "TO-STORE", 40)
            book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 50)
            return book

        told = [typed_at(at, book()) for at in (3, 35, 45, 60)]
        assert told == [["not listed"], DOUBT, DOUBT, CLEAR]

    def test_one_loss_explains_one_find_and_no_more(self):
        book = one_piece(at=20)
        book.act(EntryKind.COUNT, "TO-STORE", "VARIANCE", 30)
        book.act(EntryKind.COUNT, "VARIANCE", "TO-STORE", 40)
        book.act(EntryKind.COUNT, "VARIANCE", "TO-STORE", 41)
        assert typed_at(3, book) == DOUBT

    def test_what_came_and_left_in_the_same_instant_has_left(self):
        book = one_piece()
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 1)
        assert typed_at(5, book) == CLEAR

    def test_found_by_a_count_that_was_reversed_counts_until_the_reversal(self):
        def book():
            book = one_piece(at=20)
            book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 21)
            book.reverse(book.act(EntryKind.COUNT, "VARIANCE", "TO-STORE", 40), at=41)
            return book

        assert [typed_at(at, book()) for at in (30, 50)] == [DOUBT, CLEAR]

    def test_a_loss_whose_reversal_was_reversed_is_a_loss_and_may_still_lie_there(self):
        book = one_piece()
        loss = book.act(EntryKind.COUNT, "TO-STORE", "VARIANCE", 5)
        book.reverse(book.reverse(loss, at=6), at=7)
        assert typed_at(300, book) == DOUBT

    def test_a_loss_that_was_reversed_changes_nothing(self):
        def book():
            book = one_piece(at=20)
            book.reverse(book.act(EntryKind.COUNT, "TO-STORE", "VARIANCE", 30), at=31)
            book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 50)
            return book

        told = [typed_at(at, book()) for at in (3, 35, 60)]
        assert told == [["not listed"], DOUBT, CLEAR]


class TestTransfer:
    def sent(self):
        book = one_piece()
        book.act(EntryKind.TRANSFER, "TO-STORE", "TO-TRANSIT", 10)
        book.act(EntryKind.TRANSFER, "TO-TRANSIT", "CN-STORE", 30)
        return book

    @pytest.mark.parametrize(("at", "told"), [(5, DOUBT), (20, DOUBT), (31, CLEAR)])
    def test_it_is_in_reach_where_it_was_sent_from_until_it_was_received(self, at, told):
        assert typed_at(at, self.sent()) == told

    @pytest.mark.parametrize(("at", "told"), [(5, CLEAR), (20, DOUBT), (31, DOUBT)])
    def test_it_is_in_reach_where_it_went_from_when_it_was_sent(self, at, told):
        assert typed_at(at, self.sent(), site="CN") == told

    def test_a_parcel_sent_twice_counts_from_its_own_sending(self):
        book = self.sent()
        book.receive(at=40)
        book.act(EntryKind.TRANSFER, "TO-STORE", "TO-TRANSIT", 50)
        book.act(EntryKind.TRANSFER, "TO-TRANSIT", "RM-STORE", 60)
        assert typed_at(45, book, site="RM") == CLEAR

    def test_used_at_the_other_site_exposes(self):
        book = self.sent()
        book.session(code="PS2", opened=40, closed=42, site="CN")
        book.open("PS2", 40, "CN-STORE")
        book.use("PS2", 41)
        assert book.told() == {"PS2": ["exposed"]}


def a_place(location, kind, quantity=1, unit="", lot="A17"):
    return Whereabouts("KIT", lot, unit, location, kind, quantity)


class TestWhereabouts:
    def test_every_piece_is_told_where_it_is_or_where_it_went_from(self):
        book = a_book(closed=None)
        book.act(EntryKind.ASSEMBLE, "TO-STORE", "TO-PACKED", 2)
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 2)
        book.act(EntryKind.WASTE, "TO-STORE", "TO-WASTED", 2, reason="dropped")
        book.act(EntryKind.COUNT, "TO-STORE", "VARIANCE", 2)
        book.open(quantity=3)
        book.use()
        book.waste()
        assert whereabouts(A17, book.movements) == (
            a_place("TO-STORE", LocationKind.STORE, 3),
            a_place("TO-PACKED", LocationKind.KIT),
            a_place("PS1", LocationKind.SESSION),
            a_place("PS1", LocationKind.USED),
            a_place("PS1", LocationKind.WASTED),
            a_place("TO-STORE", LocationKind.WASTED),
            a_place("TO-RETURNED", LocationKind.RETURNED),
        )

    def test_units_stand_one_by_one_and_a_reversed_use_leaves_no_trace(self):
        book = a_book()
        book.movements.clear()
        for unit in ("KT2", "KT1"):
            book.receive(unit=unit)
        opened = book.open(unit="KT2")
        book.reverse(book.use(unit="KT2"))
        book.reverse(opened)
        assert whereabouts(A17, book.movements) == (
            a_place("TO-STORE", LocationKind.STORE, unit="KT1"),
            a_place("TO-STORE", LocationKind.STORE, unit="KT2"),
        )

    def test_a_reusable_is_where_it_is(self):
        book = one_piece()
        book.open(at=3, unit="")
        book.use(at=4, to="TO-STERILISER")
        assert whereabouts(A17, book.movements) == (
            a_place("TO-STERILISER", LocationKind.REPROCESSING),
        )

    def test_a_lot_that_was_never_seen_is_nowhere(self):
        nobody = (Scope("KIT", frozenset({"Z99"})),)
        assert whereabouts(nobody, a_book().movements) == ()
        assert covered_flows(nobody, a_book().movements) == {}


class TestCoveredFlows:
    def test_flows_of_the_covered_lots_only_add_up_with_reversals(self):
        book = a_book()
        book.open(quantity=2)
        book.reverse(book.use(), reason="other")
        book.waste(at=10.7)
        flows = covered_flows(A17, book.movements)
        assert list(flows) == [("KIT", "A17")]
        done = reconcile("KIT", "A17", flows["KIT", "A17"])
        assert (done.received, done.on_hand, done.in_use, done.wasted) == (10, 8, 1, 1)
        assert done.unexplained == 0

    def test_all_lots_in_scope_come_sorted(self):
        assert list(covered_flows((Scope("KIT", None),), a_book().movements[::-1])) == [
            ("KIT", "A17"),
            ("KIT", "B02"),
        ]
