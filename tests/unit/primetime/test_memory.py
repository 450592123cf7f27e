"""What a process has freed is not resident any more: each case in a process of its own, for whose life it is set."""

import subprocess
import sys

RESIDENT = """
import sys
import numpy as np
from primetime.memory import return_large_blocks, return_small_blocks

def resident_mb():
    status = open("/proc/self/status").read()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
"""


def megabytes(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", RESIDENT + code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def test_large_blocks_go_back_as_they_are_freed() -> None:
    code = """
if {returned}: return_large_blocks()
large = np.ones(24 << 20, dtype=np.uint8)
del large  # the C library raises its limit to what it has seen freed
blocks = [np.ones(8 << 20, dtype=np.uint8) for _ in range(16)]
before, last = resident_mb(), blocks[-1]
del blocks
print(before - resident_mb())
"""
    assert megabytes(code.format(returned=True)) > 110
    assert megabytes(code.format(returned=False)) < 20, "or nothing need be done about it"


def test_small_blocks_go_back_when_they_are_asked_to() -> None:
    code = """
blocks = [np.ones(60_000, dtype=np.uint8) for _ in range(2_000)]
before, last = resident_mb(), blocks[-1]
del blocks
if {returned}: return_small_blocks()
print(before - resident_mb())
"""
    assert megabytes(code.format(returned=True)) > 100
    assert megabytes(code.format(returned=False)) < 20, "or nothing need be done about it"
