"""Whom a recall concerns: exposed, wasted, put right."""

import pytest

from inventory.domain.ledger import EntryKind
from inventory.domain.recall import Exposure, Opening, Rings, Scope
from tests.domain.recall_book import A17, Book, a_book, hour


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
                    openings=(Opening("TO-3", hour(9.25), "anna"),),
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

    def test_a_lot_opened_twice_is_one_line_that_names_both_openings_the_earlier_first(self):
        book = a_book()
        book.open(at=9.5, quantity=2)
        book.open(at=9.7, late=9.2)
        book.reverse(book.open(at=9.1), reason="wrong-quantity")
        book.use(quantity=3)
        assert outcomes(book) == [("PS1", "A17", "", 3, "used")]
        (line,) = book.rings().exposed
        assert [(each.entry, each.at) for each in line.openings] == [
            ("TO-4", hour(9.2)),
            ("TO-3", hour(9.5)),
        ]
        assert (line.entry, line.at) == ("TO-4", hour(9.2))

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
