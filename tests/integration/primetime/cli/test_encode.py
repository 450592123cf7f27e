"""`primetime encode`, as typed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from primetime.encoder.serving import Encoder


def encode(model: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).parent / "primetime"), "encode", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "PRIMETIME_MODEL_DIR": str(model)} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_of_texts_becomes_a_file_of_vectors(model_directory: Path, encoder: Encoder, tmp_path: Path) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text('{"text": "heart failure"}\n{"text": "", "pmid": 3}\n{"text": "' + "asthma " * 5000 + '"}\n')
    run = encode(model_directory, texts, "--output", tmp_path / "vectors.npy", "--cpu-share", "0.9")
    assert run.returncode == 0, run.stderr
    assert f"3 texts, {2 + 2 + 2 + encoder.manifest.max_length} tokens, 1 of them cut at" in run.stdout
    vectors = np.load(tmp_path / "vectors.npy")
    assert (vectors.dtype, vectors.shape) == (np.float32, (3, 384))
    assert vectors[0] @ encoder.encode(["heart failure"])[0] > 0.999


@pytest.mark.parametrize(
    ("content", "arguments", "status", "cause"),
    [
        ('{"text": 1}', [], 3, "has no text"),
        ('{"text": "a"}', ["--cpu-share", "0"], 3, "CPU share"),
    ],
)
def test_what_cannot_be_encoded_leaves_nothing(
    model_directory: Path, tmp_path: Path, content: str, arguments: list[str], status: int, cause: str
) -> None:
    texts = tmp_path / "texts.jsonl"
    texts.write_text(content)
    run = encode(model_directory, texts, "--output", tmp_path / "vectors.npy", *arguments)
    assert run.returncode == status
    assert cause in run.stderr
    assert run.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["texts.jsonl"]


@pytest.mark.parametrize(("left", "known"), [("90", None), ("12", "12 %"), ("", "unknown")])
def test_who_encodes_is_told_that_the_burst_capacity_is_spared(
    model_directory: Path, tmp_path: Path, left: str, known: str | None
) -> None:
    (tmp_path / "texts.jsonl").write_text('{"text": "heart failure"}\n')
    (tmp_path / "capacity").write_text(left)
    run = encode(
        model_directory,
        tmp_path / "texts.jsonl",
        "--output",
        tmp_path / "vectors.npy",
        PRIMETIME_BURST_CAPACITY_FILE=str(tmp_path / "capacity"),
    )
    assert run.returncode == 0, run.stderr
    assert ("encoding slows to the sustainable share" in run.stderr) == (known is not None)
    assert (known or "") in run.stderr


def test_no_texts_make_an_empty_array(model_directory: Path, tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_text("")
    assert encode(model_directory, tmp_path / "texts.jsonl", "--output", tmp_path / "v.npy").returncode == 0
    assert np.load(tmp_path / "v.npy").shape == (0, 384)
