"""What this machine's processor has for matrix multiplications: its cores and its name."""

from __future__ import annotations

import os
from pathlib import Path


def physical_cores(topology: Path = Path("/sys/devices/system/cpu")) -> int:
    """Count the cores this process may run on, siblings of one core counted once.

    Two hyper-threads share one core's vector unit, so a thread for each only adds contention.
    """
    allowed = os.sched_getaffinity(0)
    cores = set()
    for cpu in allowed:
        siblings = topology / f"cpu{cpu}" / "topology" / "thread_siblings_list"
        try:
            cores.add(siblings.read_text().strip())
        except OSError:
            cores.add(str(cpu))
    return max(len(cores), 1)


def processor_name(information: Path = Path("/proc/cpuinfo")) -> str:
    """The processor and the vector instructions that decide an int8 model's speed, for the record of a choice."""
    try:
        lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "unknown processor"
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    flags = fields.get("flags", "").split()
    telling = [flag for flag in ("avx2", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8") if flag in flags]
    return f"{fields.get('model name', 'unknown processor')} ({' '.join(telling) or 'no AVX2'})"
