from datetime import date

import pytest

from inventory.domain.udi.dates import day_of_year, full_year, gs1_date


@pytest.mark.parametrize(
    ("two_digits", "year_now", "expected"),
    [  # GS1 General Specifications, 7.12: 49 years back, 50 years ahead
        (26, 2026, 2026),
        (76, 2026, 2076),
        (77, 2026, 1977),
        (99, 2026, 1999),
        (0, 2026, 2000),
        (10, 2060, 2110),
        (11, 2060, 2011),
        (99, 2000, 1999),
    ],
)
def test_the_century_lies_49_years_back_to_50_years_ahead(two_digits, year_now, expected):
    assert full_year(two_digits, year_now) == expected


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("280229", date(2028, 2, 29)),
        ("280200", date(2028, 2, 29)),  # GS1 General Specifications, 3.4.7: day 00
        ("270200", date(2027, 2, 28)),
        ("270229", None),
        ("281300", None),
        ("280001", None),
        ("280431", None),
    ],
)
def test_day_00_is_the_last_of_the_month_and_other_days_must_exist(digits, expected):
    assert gs1_date(digits, 2026) == expected


def test_day_00_is_refused_where_a_time_of_day_follows():
    assert gs1_date("280200", 2026, day_zero=False) is None  # AI 7003


def test_a_year_at_the_end_of_the_calendar_gives_no_date_and_no_exception():
    assert gs1_date("010101", 9999) is None


@pytest.mark.parametrize(
    ("year", "day", "expected"),
    [
        (2027, 1, date(2027, 1, 1)),
        (2028, 366, date(2028, 12, 31)),
        (2027, 366, None),
        (2027, 0, None),
    ],
)
def test_a_day_of_the_year_counts_from_1_to_its_last(year, day, expected):
    assert day_of_year(year, day) == expected
