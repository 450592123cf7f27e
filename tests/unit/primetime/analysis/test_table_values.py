"""What a table's cells may hold, and that no forecast from them is anything but numbers."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from primetime.analysis.forecast import MODELS
from primetime.analysis.table import LARGEST, read_table
from primetime.commands.forecast import HEADER, forecast_command
from primetime.errors import BadInput

FIGURES = HEADER[HEADER.index("forecast") : HEADER.index("refused")]


@pytest.mark.parametrize(
    "cell", ["1e300", "-1e300", "1e400", "inf", "-Infinity", "1000000000000001", "nan", "NaN", "1e"]
)
def test_a_cell_that_counts_nothing_is_refused_with_line_column_and_remedy(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "series.csv"
    path.write_text(f"Year,asthma,heart\n1990,1,2\n1991,3,{cell}\n")
    with pytest.raises(BadInput, match=f"series.csv, line 3 has '{cell}' in the column 'heart'") as refused:
        read_table(path)
    assert refused.value.remedy


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cell=st.one_of(
        st.floats().map(repr),
        st.integers().map(str),
        st.from_regex(r"[-+]?[0-9_]{0,4}\.?[0-9]{0,3}([eE][-+]?[0-9]{1,4})?", fullmatch=True),
        st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=6),
    )
)
def test_every_cell_is_a_number_up_to_the_largest_or_refused(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "series.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Year", "asthma"], ["1990", cell]])
    try:
        value = read_table(path).values[0, 0]
    except BadInput as refused:
        assert "series.csv, line 2 has" in str(refused)
        assert "in the column 'asthma'" in str(refused)
    else:
        assert math.isnan(value) if not cell.strip() else abs(value) <= LARGEST


@pytest.mark.parametrize(
    ("arguments", "refused"),
    [*((["--model", model], False) for model in MODELS), (["--model", "arima", "--order", "0,2,0"], True)],
)
def test_a_forecast_beyond_all_numbers_is_refused_and_never_written(
    tmp_path: Path, arguments: list[str], refused: bool
) -> None:
    path, output = tmp_path / "series.csv", tmp_path / "F.csv"
    rows = [[1990 + year, LARGEST * (year % 2), LARGEST if year == 11 else 1, 5 + year] for year in range(12)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["Year", "restless", "steep", "plain"], *rows])
    arguments = [str(path), "--horizon", "50", *arguments, "--output", str(output)]
    assert CliRunner().invoke(forecast_command, arguments, catch_exceptions=False).exit_code == 0
    with output.open(newline="") as file:
        told = list(csv.DictReader(file))
    assert {row["series"] for row in told} == {"restless", "steep", "plain"}
    for row in told:
        assert row["refused"] or all(np.isfinite(float(row[figure])) for figure in FIGURES), row
    if refused:
        (reason,) = {row["refused"] for row in told if row["series"] == "steep"}
        assert reason == "its forecast, or its interval, is beyond all numbers"
