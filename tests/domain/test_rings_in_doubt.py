"""Whom a recall concerns: another lot, none, and when."""

import pytest

from inventory.domain.ledger import EntryKind
from inventory.domain.recall import Rings, Scope
from inventory.reports.wording import said
from tests.domain.recall_book import Book, a_book, another_lot, hour, refused

NOBODY = Rings((), (), ())


class TestALotThatLooksLikeARecalledOne:
    def test_a_lot_that_looks_like_a_recalled_one_cannot_be_excluded_where_none_was_in_reach(self):
        for lot in ("a17", "A 17", "A1721SER9"):
            book = Book()
            book.session()
            book.receive(lot=lot)
            book.open(lot=lot)
            assert book.told() == {"PS1": ["doubt", "lot-resembles"]}, lot
            book.use(lot=lot)
            (judged,) = book.rings().cannot_be_excluded
            assert [str(why.sentence) for why in judged.why] == [
                f"Lot {lot} is not covered, but looks like A17 of the notice: compare them"
                " (entry TO-2)."
            ]

    def test_one_that_was_put_back_unopened_met_nobody(self):
        book = Book()
        book.session()
        book.receive(lot="a17")
        book.open(lot="a17")
        book.restock(lot="a17")
        assert book.rings() == NOBODY

    def test_a_lot_that_a_recall_names_besides_is_exposed_and_no_longer_doubted(self):
        book = Book()
        book.session()
        book.receive(lot="a17")
        book.open(lot="a17")
        assert book.told((Scope("KIT", frozenset({"A17", "a17"})),)) == {"PS1": ["exposed"]}
        assert book.told((Scope("OTHER", frozenset({"A17"})),)) == {}


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


class TestRefused:
    def test_a_refused_scan_of_the_recalled_lot_cannot_be_excluded_whatever_was_scanned_then(self):
        book = a_book(refused=[refused(problems="lot-recalled not-here")])
        another_lot(book)
        (judged,) = book.rings().cannot_be_excluded
        assert [(why.code, said(why.sentence)) for why in judged.why] == [
            (
                "scan-refused",
                "Lot A17 was scanned and refused: lot recalled, not in stock here; whether it was"
                " used all the same is not known (entry TO-99).",
            )
        ]

    def test_it_is_listed_though_the_lot_never_came(self):
        book = Book()
        book.session(refused=[refused()])
        assert book.told() == {"PS1": ["doubt", "scan-refused"]}

    def test_another_lot_or_item_that_was_refused_says_nothing(self):
        book = a_book(refused=[refused(lot="B02"), refused(item="GEL"), refused(lot="")])
        assert book.told() == {}

    def test_a_refused_lot_that_looks_like_the_recalled_one_may_be_it(self):
        book = a_book(refused=[refused(lot="a17", problems="lot-recalled")])
        another_lot(book)
        assert book.told() == {"PS1": ["doubt", "scan-refused"]}

    def test_with_all_lots_recalled_a_scan_that_said_no_lot_is_of_one(self):
        scopes = (Scope("KIT", None),)
        book = a_book(refused=[refused(lot="", problems="lot-missing")])
        assert book.told(scopes) == {"PS1": ["doubt", "scan-refused"]}
        book.open(lot="B02")
        book.restock(lot="B02")
        assert book.told(scopes) == {"PS1": ["excluded", "restocked-unopened"]}

    @pytest.mark.parametrize(
        ("scan", "told"),
        [
            (refused(), ["excluded", "restocked-unopened"]),
            (refused(unit="KT1"), ["excluded", "restocked-unopened"]),
            (refused(unit="KT2"), ["doubt", "scan-refused"]),
            (refused(at=9.6), ["doubt", "scan-refused"]),
        ],
    )
    def test_what_was_taken_after_it_had_been_refused_is_judged_by_its_line(self, scan, told):
        book = a_book(refused=[scan])
        book.open(unit="KT1", at=9.5)
        book.restock(unit="KT1")
        assert book.told() == {"PS1": told}

    def test_it_exposes_nobody_and_what_exposes_comes_first(self):
        book = a_book(refused=[refused()])
        assert book.rings().exposed == ()
        book.open()
        assert book.told() == {"PS1": ["exposed"]}


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

    def test_anything_opened_earlier_than_it_was_recorded_makes_the_session_begin_earlier(self):
        book = Book()
        book.session(opened=9, began=8.25, without_lot=["KIT"])
        book.session(code="PS2", opened=9, without_lot=["KIT"])
        book.receive(at=1)
        book.act(EntryKind.RETURN, "TO-STORE", "TO-RETURNED", 8.5)
        assert book.told() == {"PS1": ["doubt", "lot-missing"]}

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
