"""When a recalled lot was in reach, and where."""

import pytest

from inventory.domain.ledger import EntryKind
from inventory.domain.recall import Scope
from tests.domain.recall_book import Book, another_lot, one_piece


def typed_at(at, book, site="TO"):
    """What a session of one hour that typed another lot is told."""
    book.session(code="PS9", opened=at, closed=at + 1, site=site)
    book.open("PS9", at, lot="B02", entered="typed", source=f"{site}-STORE")
    book.use("PS9", at + 0.5, lot="B02", to=f"{site}-USED")
    return book.told().get("PS9", ["not listed"])[:2]


DOUBT = ["doubt", "lot-typed"]


CLEAR = ["excluded", "another-lot"]


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
