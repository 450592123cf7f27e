import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.backtest import (
    CANDIDATES,
    CHOSEN,
    FORECAST,
    METRICS,
    NAIVE,
    OPPORTUNITY,
    PAST,
    backtest,
    judge,
)
from primetime.analysis.table import Table, read_table
from primetime.commands.backtest import backtest_command
from primetime.errors import BadInput


def table(values: np.ndarray) -> Table:
    return Table(first_year=1980, names=[f"s{i}" for i in range(len(values))], values=values)


def made_up(series: int = 20, years: int = 30, seed: int = 2) -> np.ndarray:
    """Series whose drift lasts, so that the past tells something."""
    random = np.random.default_rng(seed)
    steps = np.repeat(random.normal(0, 0.15, (series, 1)), years, axis=1) + random.normal(0, 0.05, (series, years))
    return np.exp(4 + np.cumsum(steps, axis=1))


def test_the_right_order_is_judged_perfect_and_the_reverse_worst() -> None:
    growth = np.linspace(-1, 1, 30)
    assert judge(growth, growth) == pytest.approx([1, 1, 1])
    spearman, precision, ndcg = judge(-growth, growth)
    assert (spearman, precision) == pytest.approx((-1, 0))
    assert ndcg < 0.3


def test_a_score_that_tells_nothing_gets_what_chance_gives() -> None:
    random = np.random.default_rng(4)
    growth = random.normal(size=40)
    spearman, precision, ndcg = judge(np.zeros(40), growth)
    assert spearman == 0
    assert precision == pytest.approx(4 / 40)
    shuffled = np.mean([judge(random.permutation(40).astype(float), growth)[2] for _ in range(3000)])
    assert ndcg == pytest.approx(shuffled, abs=0.01)


@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=10, max_size=60))
def test_measures_stay_in_their_ranges(pairs: list[tuple[float, float]]) -> None:
    score, growth = np.asarray(pairs).T
    spearman, precision, ndcg = judge(score, growth)
    assert -1 - 1e-9 <= spearman <= 1 + 1e-9
    assert 0 <= precision <= 1
    assert 0 <= ndcg <= 1 + 1e-9


def test_what_follows_an_origin_cannot_move_its_scores_or_its_choice() -> None:
    values = made_up()
    other = values.copy()
    other[:, 26:] = np.random.default_rng(0).uniform(1, 900, (20, 4))
    # Origins to 2002 are judged by the years to 2005; what differs comes in 2006.
    assert backtest(table(values), last=2002) == backtest(table(other), last=2002)
    # Nor can a choice be moved by outcomes not known yet: 2003 to 2005 may choose by origins to 2002 alone.
    assert backtest(table(values), last=2005).chosen == backtest(table(other), last=2005).chosen


def test_lasting_drift_is_found_and_naive_finds_nothing() -> None:
    found = backtest(table(made_up()))
    assert found.origins == list(range(1987, 2007))
    assert found.scores[PAST]["spearman"].value > 0.6
    assert found.scores[FORECAST]["spearman"].value > 0.6
    assert found.scores[NAIVE]["spearman"].value == 0
    assert found.scores[PAST]["spearman"].difference == 0
    assert found.recommended in CANDIDATES
    assert set(found.scores) == {*CANDIDATES, CHOSEN, PAST, NAIVE}
    for figures in found.scores.values():
        for metric in METRICS:
            assert figures[metric].low <= figures[metric].value <= figures[metric].high
            assert figures[metric].difference_low <= figures[metric].difference <= figures[metric].difference_high


def test_a_series_that_cannot_be_judged_is_left_out_of_its_origins_alone() -> None:
    values = made_up(11)
    values[0, 20] = np.nan
    values[1, 25] = -1
    found = backtest(table(values))
    by_origin = dict(zip(found.origins, found.series, strict=True))
    # 2000 is missing in the first: the origin that it would judge goes, and those from it on.
    assert [by_origin[year] for year in (1996, 1997, 1998, 2000)] == [11, 10, 11, 10]
    # 2005 is negative in the second: with the first gone too, nine are left at the origin it would judge, and then.
    assert [year for year in range(2000, 2007) if year in by_origin] == [2000, 2001, 2003, 2004]


@pytest.mark.parametrize("values", [made_up(9), made_up(20, 10), np.zeros((20, 30)), np.full((20, 30), np.nan)])
def test_too_little_to_judge_is_refused(values: np.ndarray) -> None:
    with pytest.raises(BadInput, match="no year has 10 series"):
        backtest(table(values))


def test_the_command_tells_the_same_as_the_function(tmp_path: Path) -> None:
    values = made_up()
    lines = [",".join(["Year", *(f"s{i}" for i in range(20))])]
    lines += [",".join(map(str, (1980 + year, *column))) for year, column in enumerate(values.T)]
    path = tmp_path / "counts.csv"
    path.write_text("\n".join(lines))
    told = CliRunner().invoke(backtest_command, ["--counts", str(path), "--json"], catch_exceptions=False)
    found = backtest(read_table(path))
    assert json.loads(told.output)["scores"][PAST]["spearman"]["value"] == found.scores[PAST]["spearman"].value
    assert json.loads(told.output)["alternative"] == found.alternative
    shown = CliRunner().invoke(backtest_command, ["--counts", str(path), "--from", "2000"], catch_exceptions=False)
    assert shown.output.startswith("7 origins, 2000 to 2006, 20 to 20 series each")
    assert "fewer than 10 origins give intervals that are too narrow" in shown.output
    longer = CliRunner().invoke(backtest_command, ["--counts", str(path), "--from", "1997"], catch_exceptions=False)
    assert longer.output.startswith("10 origins, 1997 to 2006")
    assert "too narrow" not in longer.output


def test_on_pubmeds_own_terms_the_forecast_ranks_better_than_past_growth(shared_data: Path) -> None:
    found = backtest(read_table(shared_data / "trends" / "pubmed-terms-by-year.csv.gz"), 1985, 2018)
    assert len(found.origins) == 34
    assert found.scores[FORECAST]["spearman"].difference_low > 0
    assert found.scores[CHOSEN]["spearman"].difference_low > 0
    chosen, own = (found.scores[name]["spearman"].value for name in (CHOSEN, OPPORTUNITY))
    assert found.gain == pytest.approx(chosen - own)
    assert found.gain_low < 0 < found.gain, "which is not better than the score for certain"
    assert found.recommended == FORECAST
    assert found.alternative is None


def test_what_is_not_better_for_certain_is_told_with_its_gain_and_not_offered(shared_data: Path) -> None:
    counts = str(shared_data / "trends" / "pubmed-terms-by-year.csv.gz")
    arguments = ["--counts", counts, "--from", "1985", "--to", "2018"]
    told = CliRunner().invoke(backtest_command, arguments, catch_exceptions=False).output
    assert "changes the correlation of opportunity by +0.009 (-0.004 to +0.018)" in told
    assert told.endswith("now the origins speak for forecast growth; no alternative is offered\n")
