"""What is read in a printed date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.articles.publication_date import read_medline_date, read_publication_date


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("1998 Dec-1999 Jan", date(1998, 12, 1), date(1999, 1, 31)),
        ("Spring 2019", date(2019, 4, 1), date(2019, 6, 30)),
        ("1947-1948", date(1947, 1, 1), date(1948, 12, 31)),
        ("1978-79", date(1978, 1, 1), date(1979, 12, 31)),
        ("2000 Mar 3-9", date(2000, 3, 3), date(2000, 3, 9)),
        ("2000 Spring-Summer", date(2000, 4, 1), date(2000, 9, 30)),
        ("1979 Jan-Feb", date(1979, 1, 1), date(1979, 2, 28)),
        ("Jan-Feb 2020", date(2020, 1, 1), date(2020, 2, 29)),
        ("1998 Dec 25-1999 Jan 3", date(1998, 12, 25), date(1999, 1, 3)),
        ("1999 1st Quart", date(1999, 1, 1), date(1999, 3, 31)),
        ("2000 Q2", date(2000, 4, 1), date(2000, 6, 30)),
        ("2000 Q1-Q2", date(2000, 1, 1), date(2000, 6, 30)),
        ("1984 Suppl 3", date(1984, 1, 1), date(1984, 12, 31)),
        ("1984 Jun Suppl 3", date(1984, 6, 1), date(1984, 6, 30)),
        ("2012-2013 Sep-Jan", date(2012, 9, 1), date(2013, 1, 31)),
        ("1965-1966 Fall-Winter", date(1965, 10, 1), date(1966, 3, 31)),
        ("1999-2000 Winter", date(1999, 1, 1), date(2000, 3, 31)),
        ("1998 Nov 3", date(1998, 11, 3), date(1998, 11, 3)),
        ("2015-06-01", date(2015, 6, 1), date(2015, 6, 1)),
        ("19 March 1998", date(1998, 3, 19), date(1998, 3, 19)),
        ("2000 Feb 30", date(2000, 1, 1), date(2000, 12, 31)),
        ("2004 Oct-2003", date(2003, 1, 1), date(2004, 12, 31)),
    ],
)
def test_an_interval_is_read(printed: str, first: date, last: date) -> None:
    found = read_medline_date(printed)
    assert (found.printed, found.first, found.last) == (printed, first, last)


@pytest.mark.parametrize("printed", ["", "n.d.", "in press", "0000", "12"])
def test_without_a_year_there_is_no_date(printed: str) -> None:
    found = read_medline_date(printed)
    assert (found.first, found.last, found.year) == (None, None, None)


def test_fields_are_read_like_what_they_print() -> None:
    found = read_publication_date(year="2017", month="06", day="3")
    assert (found.printed, found.first) == ("2017 06 3", date(2017, 6, 3))


@given(st.text(max_size=40))
def test_any_text_gives_an_interval_in_order_or_none(printed: str) -> None:
    found = read_medline_date(printed)
    assert (found.first is None) == (found.last is None)
    if found.first and found.last:
        assert found.first <= found.last


@given(st.dates(min_value=date(1500, 1, 1), max_value=date(2199, 12, 31)))
def test_any_day_comes_back(day: date) -> None:
    found = read_medline_date(f"{day.year} {day:%b} {day.day}")
    assert (found.first, found.last) == (day, day)
