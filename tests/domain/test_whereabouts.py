"""Where every piece is, and what flowed."""

from inventory.domain.ledger import EntryKind, LocationKind, reconcile
from inventory.domain.recall import Scope
from inventory.domain.recall_report import Whereabouts
from inventory.domain.rings import covered_flows, whereabouts
from tests.domain.recall_book import A17, a_book, one_piece


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
