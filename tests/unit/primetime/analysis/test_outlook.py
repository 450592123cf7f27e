"""Citations a year: which years are whole, and which topics have too few papers that they are known of."""

from primetime.analysis.forecast import Refused
from primetime.analysis.outlook import yearly_citations
from primetime.analysis.told_citations import ToldCitations


def told(known: int = 10, oldest: int = 2026, newest: int = 2026, **years: int) -> ToldCitations:
    by_year = {int(year[1:]): citations for year, citations in years.items()}
    return ToldCitations(known=known, oldest=oldest, newest=newest, by_year=by_year)


def test_the_year_of_the_answer_is_left_out_and_years_without_citations_are_zero() -> None:
    (counts,), (refused,) = yearly_citations({0: told(y2017=3, y2020=5, y2026=9)}, [12])
    assert refused is None
    assert counts == {year: {2017: 3, 2020: 5}.get(year, 0) for year in range(2017, 2026)}


def test_years_that_one_answer_does_not_tell_whole_are_left_out_for_all() -> None:
    counts, _ = yearly_citations({0: told(oldest=2025, newest=2025), 1: told()}, [10, 10])
    assert [list(one) for one in counts] == [list(range(2017, 2025))] * 2


def test_a_topic_of_which_too_little_is_known_is_refused() -> None:
    counts, refused = yearly_citations({1: told(known=4)}, [10, 9, 8])
    assert counts == [{}, {}, {}]
    assert [one.reason for one in refused if isinstance(one, Refused)] == [
        "citations by year are known of 0 of its 10 articles",
        "citations by year are known of 4 of its 9 articles",
        "citations by year are known of 0 of its 8 articles",
    ]


def test_where_nothing_is_known_there_is_nothing() -> None:
    assert yearly_citations({}, []) == ([], [])
