import os
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from primetime.encoder.pace import STALE, Burst, Pace, burst_left
from primetime.errors import BadInput


def test_a_share_of_the_time_is_spent_working() -> None:
    rests: list[float] = []
    pace = Pace(0.25, sleep=rests.append)
    pace(2.0)
    assert rests == [6.0]


def test_the_whole_time_needs_no_rest() -> None:
    rests: list[float] = []
    Pace(1, sleep=rests.append)(2.0)
    assert rests == []


@pytest.mark.parametrize("share", [0, -1, 1.01, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(BadInput, match="CPU share"):
        Pace(share)


def test_it_slows_before_the_credits_are_spent_and_says_so(tmp_path: Path) -> None:
    reading = tmp_path / "burst"
    now = [0.0]
    burst = Burst(file=reading, floor=25, sustainable=0.2)
    pace = Pace(0.8, burst, clock=lambda: now[0])
    reading.write_text("80.5\n")
    with capture_logs() as said:
        assert pace.share() == 0.8
        reading.write_text("24")
        assert pace.share() == 0.8  # looked at every half minute
        now[0] += 30
        assert pace.share() == 0.2
        now[0] += 30
        reading.write_text("26")
        assert pace.share() == 0.8
    assert [entry["event"] for entry in said] == [
        "encoding slows to the sustainable share",
        "encoding takes its full share again",
    ]
    assert said[0]["burst_capacity"] == "24 %"


@pytest.mark.parametrize("content", ["", "much", "-1", "101", "nan", "é"])
def test_a_reading_that_is_none_is_unknown(tmp_path: Path, content: str) -> None:
    reading = tmp_path / "burst"
    reading.write_text(content)
    assert burst_left(reading) is None


def test_a_missing_or_old_reading_is_unknown_and_slows(tmp_path: Path) -> None:
    reading = tmp_path / "burst"
    assert burst_left(reading) is None
    reading.write_text("90")
    assert burst_left(reading) == 90
    before = time.time() - STALE - 1
    os.utime(reading, (before, before))
    assert burst_left(reading) is None
    assert Pace(1, Burst(file=reading, floor=25, sustainable=0.2)).share() == 0.2
