import numpy as np

from primetime.analysis.yearly import last_complete_year, yearly_counts


def test_neither_the_newest_nor_the_current_year_is_complete() -> None:
    assert last_complete_year(np.array([2001, 2002, 2003, 0]), this_year=2030) == 2002
    assert last_complete_year(np.array([2029, 2030, 2031]), this_year=2030) == 2029
    assert last_complete_year(np.array([2030, 2030]), this_year=2030) == 2029
    assert last_complete_year(np.array([2040]), this_year=2030) == 2029


def test_stray_records_of_later_years_do_not_move_the_corpus_end() -> None:
    field = np.repeat([2000, 2001, 2002, 2003], 100)
    assert last_complete_year(np.concatenate([field, [2008, 2017]]), this_year=2030) == 2003
    # A year of which little has arrived yet is the newest, and the one before it is whole.
    assert last_complete_year(np.concatenate([field, [2004]]), this_year=2030) == 2003


def test_missing_years_are_zero_and_unknown_ones_are_left_out() -> None:
    years = np.array([2001, 0, 2003, 2003, 2004, 1999])
    assert yearly_counts(years, 2003) == {1999: 1, 2000: 0, 2001: 1, 2002: 0, 2003: 2}
    assert yearly_counts(np.array([0, 0]), 2003) == {}
    assert yearly_counts(np.array([2005]), 2003) == {}
