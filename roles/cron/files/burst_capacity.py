#!/usr/bin/python3
"""How much of a burstable server's burst capacity is left, reckoned on the server itself.

Lightsail keeps the figure (BurstCapacityPercentage) where only cloud credentials reach, and this server has none. So it
is reckoned from what the kernel counts, as Lightsail's user guide ("View instance burst capacity") describes it: CPU
time below the bundle's baseline is saved up, a day's worth at most; CPU time above it is taken from there. Run every
minute: each run takes what was used since the one before, and writes one number, percent.

The reckoning begins at nothing, as what was saved up before is not known. `--measured PERCENT` puts it right with the
figure that Lightsail shows. Steal above a tenth of the time means that the hypervisor holds the server back: nothing is
left then, whatever was reckoned.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import NamedTuple

DAY = 24 * 3600
HELD_BACK = 0.1


class Counted(NamedTuple):
    """CPU seconds of all processors together since the kernel started."""

    boot: str
    total: float
    used: float
    stolen: float
    processors: int


def read_counters(proc: Path, ticks: int) -> Counted:
    """What `/proc/stat` counts, in seconds. The columns are user, nice, system, idle, iowait, irq, softirq, steal."""
    lines = (proc / "stat").read_text(encoding="ascii").splitlines()
    user, nice, system, idle, waiting, irq, softirq, stolen = (int(number) / ticks for number in lines[0].split()[1:9])
    used = user + nice + system + irq + softirq
    return Counted(
        boot=(proc / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip(),
        total=used + idle + waiting + stolen,
        used=used,
        stolen=stolen,
        processors=sum(line.startswith("cpu") for line in lines) - 1,
    )


def reckon(saved: float, before: Counted | None, now: Counted, baseline: float) -> float:
    """The CPU seconds saved up now, 0 to a day's worth, from those of the run before; `baseline` is a share, 0 to 1.

    After a restart of the server all since its start is counted; while it was off nothing was earned.
    """
    if before is None or before.boot != now.boot:
        before = Counted(now.boot, 0.0, 0.0, 0.0, now.processors)
    total = now.total - before.total
    if total <= 0:
        return saved
    if now.stolen - before.stolen > HELD_BACK * total:
        return 0.0
    return min(max(saved + baseline * total - (now.used - before.used), 0.0), full(now, baseline))


def full(now: Counted, baseline: float) -> float:
    return baseline * now.processors * DAY


def main(arguments: list[str], proc: Path = Path("/proc")) -> int:
    parser = argparse.ArgumentParser(description="Write the percentage of burst capacity left.")
    parser.add_argument("--baseline", type=float, required=True, help="percent of each processor that is sustained")
    parser.add_argument("--state", type=Path, required=True, help="what this run leaves for the next one")
    parser.add_argument("--output", type=Path, required=True, help="one number, percent")
    parser.add_argument("--measured", type=float, help="percent as Lightsail shows it now")
    given = parser.parse_args(arguments)
    if not 0 < given.baseline < 100 or (given.measured is not None and not 0 <= given.measured <= 100):
        parser.error("percentages are above 0 and below 100; the measured one may be 0 or 100")
    now = read_counters(proc, os.sysconf("SC_CLK_TCK"))
    baseline = given.baseline / 100
    if given.measured is not None:
        saved = full(now, baseline) * given.measured / 100
    else:
        earlier, before = read_state(given.state)
        saved = reckon(earlier, before, now, baseline)
    replace(given.state, json.dumps({"saved": saved, "counted": now}))
    replace(given.output, f"{100 * saved / full(now, baseline):.1f}\n")
    return 0


def read_state(path: Path) -> tuple[float, Counted | None]:
    """What the run before left; nothing saved up when there was none or it cannot be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return float(kept["saved"]), Counted(*kept["counted"])
    except FileNotFoundError:
        return 0.0, None
    except (ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"prime-time-burst: {path} cannot be read ({error}): beginning at nothing\n")
        return 0.0, None


def replace(path: Path, text: str) -> None:
    """Whole or not at all: somebody may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
