"""What is left of the burst capacity, reckoned from the kernel's counters as Lightsail's guide describes it."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.encoder.pace import burst_left

MINUTE = 60.0


@pytest.fixture(scope="module")
def burst(role_module: Callable[[str], ModuleType]) -> ModuleType:
    return role_module("cron/files/burst_capacity.py")


def proc(folder: Path, *, used: int = 0, idle: int = 0, stolen: int = 0, boot: str = "b1") -> Path:
    """A /proc of two processors after so many hundredths of a second."""
    (folder / "sys/kernel/random").mkdir(parents=True, exist_ok=True)
    (folder / "sys/kernel/random/boot_id").write_text(f"{boot}\n")
    (folder / "stat").write_text(f"cpu  {used} 0 0 {idle} 0 0 0 {stolen} 0 0\ncpu0 1 2\ncpu1 1 2\nctxt 5\n")
    return folder


@pytest.fixture
def run(burst: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., float | None]:
    """Run it on such counters; the percentage as the encoder reads it."""
    monkeypatch.setattr(burst.os, "sysconf", lambda _: 100)

    def once(*more: str, **counters: object) -> float | None:
        output = tmp_path / "run" / "burst-capacity"
        arguments = ["--baseline", "20", "--state", str(tmp_path / "lib" / "state.json"), "--output", str(output)]
        assert burst.main([*arguments, *more], proc=proc(tmp_path / "proc", **counters)) == 0
        return burst_left(output)

    return once


def test_an_idle_day_fills_it_and_work_spends_it(run: Callable[..., float | None]) -> None:
    day = 2 * 86_400 * 100
    assert run() == 0
    assert run(idle=day // 4) == 25
    assert run(idle=day) == 100
    assert run(idle=2 * day) == 100
    # An hour of both processors: 2 hours used, 0.4 of them earned, of 9.6 that a day earns.
    assert run(idle=2 * day, used=2 * 3600 * 100) == pytest.approx(100 * (1 - 1.6 / 9.6), abs=0.1)
    assert run(idle=2 * day, used=day) == 0


def test_exactly_the_baseline_keeps_what_is_there(run: Callable[..., float | None]) -> None:
    run("--measured", "60")
    assert run(used=20_000, idle=80_000) == 60


def test_a_restart_counts_from_the_start_and_keeps_what_was_saved(run: Callable[..., float | None]) -> None:
    run("--measured", "50", used=500_000, idle=500_000)
    assert run(used=20_000, idle=80_000, boot="b2") == 50


def test_a_server_held_back_has_nothing_left(run: Callable[..., float | None]) -> None:
    run("--measured", "80")
    assert run(used=500, idle=500, stolen=50) > 79
    assert run(used=1000, idle=1000, stolen=400) == 0


def test_a_state_that_is_none_begins_at_nothing(
    run: Callable[..., float | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--measured", "80")
    for content in ("{", "[]", '{"saved": 3}', '{"saved": 3, "counted": [1]}'):
        (tmp_path / "lib" / "state.json").write_text(content)
        assert run() == 0
        assert "beginning at nothing" in capsys.readouterr().err
    assert not list((tmp_path / "run").glob(".*"))


@pytest.mark.parametrize(
    "wrong", [["--baseline", "0"], ["--baseline", "100"], ["--measured", "101"], ["--measured", "x"]]
)
def test_percentages_that_are_none_are_refused(
    run: Callable[..., float | None], tmp_path: Path, wrong: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*wrong)
    assert ended.value.code == 2
    assert not (tmp_path / "run").exists()


@given(saved=st.floats(0, 1e5), used=st.floats(0, 1e6), idle=st.floats(0, 1e6), baseline=st.floats(0.01, 0.99))
def test_it_is_always_between_nothing_and_a_day(
    burst: ModuleType, saved: float, used: float, idle: float, baseline: float
) -> None:
    before = burst.Counted("b", 0.0, 0.0, 0.0, 2)
    now = burst.Counted("b", used + idle, used, 0.0, 2)
    most = burst.full(now, baseline)
    left = burst.reckon(min(saved, most), before, now, baseline)
    assert 0 <= left <= most
    assert burst.reckon(min(saved, most), now, now, baseline) == min(saved, most)
