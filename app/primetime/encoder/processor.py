"""What this machine's processor has for matrix multiplications: its cores, its name and its number formats."""

from __future__ import annotations

import os
from pathlib import Path

_INFORMATION = Path("/proc/cpuinfo")


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


def processor_name(information: Path = _INFORMATION) -> str:
    """The processor and the vector instructions that decide an int8 model's speed, for the record of a choice."""
    fields = _fields(information)
    if not fields:
        return "unknown processor"
    flags = fields.get("flags", "").split()
    telling = [flag for flag in ("avx2", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8") if flag in flags]
    return f"{fields.get('model name', 'unknown processor')} ({' '.join(telling) or 'no AVX2'})"


def computes_bfloat16(information: Path = _INFORMATION) -> bool:
    """Whether the processor itself multiplies bfloat16; where not, libraries imitate it, more slowly than fp32."""
    return not {"avx512_bf16", "amx_bf16"}.isdisjoint(_fields(information).get("flags", "").split())


def has_tiles(information: Path = _INFORMATION) -> bool:
    """Whether the processor multiplies tiles of matrices (AMX)."""
    return "amx_tile" in _fields(information).get("flags", "").split()


def _fields(information: Path) -> dict[str, str]:
    """What the kernel tells of the first processor; nothing where it tells nothing."""
    try:
        lines = information.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    return fields
