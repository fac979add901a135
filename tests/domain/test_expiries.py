"""What expires when."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.expiries import EXPIRED, LATER, MONTHS, Share, by_month

TODAY = date(2026, 11, 25)


def test_each_month_ahead_has_its_share_also_one_in_which_nothing_expires():
    held = [(date(2026, 11, 25), 2), (date(2027, 1, 31), 3), (date(2027, 1, 1), 4)]
    shares = by_month(held, TODAY)
    assert shares[:3] == (Share("2026-11", 2), Share("2026-12", 0), Share("2027-01", 7))
    assert [share.month for share in shares][-1] == "2027-10"
    assert len(shares) == MONTHS


def test_what_expired_stands_first_and_what_expires_later_last():
    held = [(date(2026, 11, 24), 5), (date(2027, 11, 1), 6), (None, 9)]
    shares = by_month(held, TODAY)
    assert (shares[0], shares[-1]) == (Share(EXPIRED, 5), Share(LATER, 6))


@given(
    st.lists(st.tuples(st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 9)))
)
def test_nothing_with_a_date_is_left_out_or_counted_twice(held):
    shares = by_month(held, TODAY)
    assert sum(share.quantity for share in shares) == sum(n for day, n in held if day)
