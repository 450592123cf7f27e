import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from primetime.analysis.table import read_table
from primetime.commands.forecast import forecast_command
from primetime.errors import BadInput


def write(path: Path, first: int = 1990, **series: list[object]) -> Path:
    rows = zip(*series.values(), strict=True)
    lines = [",".join(map(str, (first + index, *row))) for index, row in enumerate(rows)]
    path.write_text("\n".join([",".join(["Year", *series]), *lines, ""]))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(forecast_command, [str(argument) for argument in arguments], catch_exceptions=False)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "has no series"),
        ("Year\n1990\n", "has no series"),
        ("Year,a\n", "has no series"),
        ("Year,a,a\n1990,1,2\n", "'a' twice"),
        ("Year,a\n1990,1\n1990,2\n", "line 3 has the year 1990 again"),
        ("Year,a\nMCMXC,1\n", "line 2 begins with 'MCMXC'"),
        ("Year,a\n1990,many\n", "line 2 has 'many'"),
        ("Year,a\n1990,nan\n", "line 2 has 'nan'"),
        ("Year,a\n1990,1,2\n", "line 2 has 3 cells"),
        ("Year,a\n\n", "has no years"),
        ('Year,a\n1990,"1\n', "cannot read"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_line(tmp_path: Path, text: str, cause: str) -> None:
    path = tmp_path / "series.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match=cause):
        read_table(path)


def test_a_broken_or_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "half.csv.gz").write_bytes(gzip.compress(b"Year,a\n1990,1\n")[:-9])
    packed = bytearray(gzip.compress(b"Year,a\n1990,1\n"))
    packed[10] ^= 0xFF  # the first byte of what is compressed
    (tmp_path / "damaged.csv.gz").write_bytes(packed)
    (tmp_path / "latin.csv").write_bytes("Year,é\n1990,1\n".encode("latin-1"))
    for name in ("half.csv.gz", "damaged.csv.gz", "latin.csv", "none.csv"):
        with pytest.raises(BadInput, match=name):
            read_table(tmp_path / name)


def test_rows_may_come_in_any_order_and_a_year_may_lack(tmp_path: Path) -> None:
    path = tmp_path / "series.csv.gz"
    path.write_bytes(gzip.compress("\ufeffYear,a\n1993,3\n1990,\n1991,1\n".encode()))
    table = read_table(path)
    assert (table.first_year, table.last_year, table.names) == (1990, 1993, ["a"])
    assert np.array_equal(table.values, [[np.nan, 1, np.nan, 3]], equal_nan=True)


def test_each_series_is_forecast_or_refused_with_its_reason(tmp_path: Path) -> None:
    years = 12
    path = write(
        tmp_path / "series.csv",
        rising=list(range(10, 10 + years)),
        negative=[5] * 4 + [-1] + [5] * 7,
        gap=[5] * 4 + [""] + [5] * 7,
        ends=[5] * 11 + [""],
        young=[""] * 7 + [5] * 5,
        thin=[0] * 8 + [1] * 4,
        empty=[""] * years,
        late=[""] * 3 + [7] * 9,
    )
    output = tmp_path / "F.csv"
    found = run(path, "--horizon", 2, "--output", output)
    assert found.exit_code == 0
    assert found.output.startswith("2 series forecast from 2001 by automatic, 6 refused; at the ")
    rows = read(output)
    assert [(row["series"], row["year"]) for row in rows if not row["refused"]] == [
        ("rising", "2002"), ("rising", "2003"), ("late", "2002"), ("late", "2003"),
    ]  # fmt: skip
    reasons = {row["series"]: row["refused"] for row in rows if row["refused"]}
    assert "1994 is negative" in reasons["negative"]
    assert "1994 is missing" in reasons["gap"]
    assert "2001 is missing" in reasons["ends"]
    assert "5 years are too few" in reasons["young"]
    assert "4 of its years" in reasons["thin"]
    assert "no value" in reasons["empty"]
    for row in rows:
        if not row["refused"]:
            low95, low80, middle, high80, high95 = (
                float(row[name]) for name in ("low95", "low80", "forecast", "high80", "high95")
            )
            assert 0 <= low95 <= low80 <= middle <= high80 <= high95


def test_where_all_are_refused_the_reasons_are_still_written(tmp_path: Path) -> None:
    path = write(tmp_path / "series.csv", a=[1, 2], b=[0, 0])
    found = run(path, "--output", tmp_path / "F.csv")
    assert found.exit_code == 0
    assert "0 series forecast" in found.output
    assert "no earlier origins" in found.output
    assert [row["refused"] for row in read(tmp_path / "F.csv")] == ["2 years are too few, 8 are needed"] * 2


def test_nothing_after_the_origin_is_used(tmp_path: Path) -> None:
    past, one, other = list(range(10, 30)), [40, 50, 60], [1, -1, ""]
    outputs = []
    for number, later in enumerate((one, other)):
        path = write(tmp_path / f"{number}.csv", a=past + later, b=past[::-1] + later)
        outputs.append(tmp_path / f"F{number}.csv")
        assert run(path, "--origin", 2009, "--output", outputs[-1]).exit_code == 0
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


@pytest.mark.parametrize("origin", [1989, 2010])
def test_an_origin_outside_the_file_is_refused_and_nothing_is_written(tmp_path: Path, origin: int) -> None:
    path = write(tmp_path / "series.csv", a=list(range(20)))
    with pytest.raises(BadInput, match=f"origin {origin} is outside"):
        run(path, "--origin", origin, "--output", tmp_path / "F.csv")
    assert not (tmp_path / "F.csv").exists()


def test_an_output_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "series.csv", a=list(range(20)))
    with pytest.raises(BadInput, match="cannot write"):
        run(path, "--output", tmp_path / "nowhere" / "F.csv")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["series.csv"]
