"""What is read of the processor, as the kernel tells it."""

from pathlib import Path

import pytest

from primetime.encoder.processor import computes_bfloat16, has_tiles, physical_cores, processor_name

TOLD = """processor\t: 0
model name\t: AMD EPYC 9R45
flags\t\t: fpu sse2 avx2 {flags}

processor\t: 1
model name\t: another
flags\t\t: fpu
"""


@pytest.mark.parametrize(
    ("flags", "name", "bfloat16", "tiles"),
    [
        ("avx512_vnni avx512_bf16", "AMD EPYC 9R45 (avx2 avx512_vnni avx512_bf16)", True, False),
        ("avx512_vnni amx_bf16 amx_tile amx_int8", "AMD EPYC 9R45 (avx2 avx512_vnni amx_int8)", True, True),
        ("avx512_vnni", "AMD EPYC 9R45 (avx2 avx512_vnni)", False, False),
    ],
)
def test_the_first_processors_name_and_instructions_are_told(
    tmp_path: Path, flags: str, name: str, bfloat16: bool, tiles: bool
) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(TOLD.format(flags=flags))
    assert processor_name(path) == name
    assert (computes_bfloat16(path), has_tiles(path)) == (bfloat16, tiles)


def test_a_kernel_that_tells_nothing_leaves_it_unknown(tmp_path: Path) -> None:
    assert processor_name(tmp_path / "nowhere") == "unknown processor"
    assert not computes_bfloat16(tmp_path / "nowhere")
    assert not has_tiles(tmp_path / "nowhere")


def test_siblings_of_a_core_are_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1, 2})
    for cpu, siblings in ((0, "0-1\n"), (1, "0-1\n")):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(siblings)
    assert physical_cores(tmp_path) == 2  # the third, of which nothing is told, counts as one
