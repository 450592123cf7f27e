"""The real artifact, served."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from primetime.encoder.calibration import GOLDEN_TEXTS, SENTENCES, calibration_texts
from primetime.encoder.serving import Encoder
from primetime.encoder.source import packaged_directory
from primetime.errors import ModelProblem

HOSTILE = {
    "empty": "",
    "spaces": " \t\n ",
    "NUL": "heart\0failure",
    "emoji": "😀👍🏽 cardiology",
    "right to left": "ارتفاع ضغط الدم عند المسنين",
    "lone surrogate": "blood \ud800 pressure",
    "one endless word": "x" * 200_000,
    "100,000 words": "hypertension " * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_gets_a_finite_unit_vector(encoder: Encoder, text: str) -> None:
    vectors = encoder.encode([text, "hypertension"])
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_nul_is_ignored(encoder: Encoder) -> None:
    with_nul, without = encoder.encode(["heart\0 failure", "heart failure"])
    assert with_nul @ without > 0.999


def test_long_texts_are_cut_and_counted(encoder: Encoder) -> None:
    words = "hypertension " * 300
    encoded = encoder.encode_counted([words, "short", words + "migraine " * 500])
    assert encoded.cut == 2
    assert encoded.tokens < 3 * encoder.manifest.max_length
    assert encoded.vectors[0] @ encoded.vectors[2] > 0.999


def test_order_is_kept_whatever_the_lengths(encoder: Encoder) -> None:
    texts = [" ".join(SENTENCES[i % 40 : i % 40 + 1 + i % 9]) for i in range(70)]
    together = encoder.encode(texts)
    alone = np.vstack([encoder.encode([text]) for text in texts])
    # Activations are scaled a batch at a time, so company changes the last digits, never the place.
    similarity = together @ alone.T
    assert (np.diag(similarity) > 0.97).all()
    assert (np.diag(similarity) >= similarity.max(axis=1) - 0.02).all()


def test_progress_ends_with_all(encoder: Encoder) -> None:
    seen: list[tuple[int, int]] = []
    encoder.encode(["a"] * 1500, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (1500, 1500)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_meaning_decides_similarity(encoder: Encoder) -> None:
    query, near, far = encoder.encode(
        ["side effects of blood pressure drugs in elderly patients",
         "Adverse reactions to antihypertensive medication among older adults.",
         "Whole-genome sequencing of Klebsiella isolates."]
    )  # fmt: skip
    assert query @ near > 0.5 > query @ far


def test_it_agrees_with_sentence_transformers(encoder: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = calibration_texts()[:48]
    reference = SentenceTransformer(str(packaged_directory()), device="cpu").encode(texts, normalize_embeddings=True)
    cosine = (encoder.encode(texts) * reference).sum(axis=1)
    assert cosine.mean() > 0.985
    assert cosine.min() > 0.96


def test_threads_share_one_encoder(encoder: Encoder) -> None:
    texts = list(SENTENCES[:8])
    expected = [encoder.encode([text])[0] for text in texts]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode([text])[0], texts * 4))
    for index, vector in enumerate(found):
        assert vector @ expected[index % 8] > 0.9999


def test_golden_vectors_are_reproduced(encoder: Encoder) -> None:
    encoder.warm()
    assert [golden.text for golden in encoder.manifest.golden] == list(GOLDEN_TEXTS)


@pytest.fixture
def copy(model_directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_directory, tmp_path / "model"))


def change_manifest(directory: Path, **changes: object) -> None:
    path = directory / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_changed_model_file_is_refused(copy: Path) -> None:
    with (copy / "model.onnx").open("r+b") as file:
        file.seek(5000)
        file.write(b"\0\1\2\3")
    with pytest.raises(ModelProblem, match="sha256"):
        Encoder.open(copy)


def test_a_model_that_no_longer_gives_its_golden_vectors_is_refused(copy: Path) -> None:
    change_manifest(copy, pooling="cls")
    with pytest.raises(ModelProblem, match="other vectors here"):
        Encoder.open(copy).warm()


def test_an_artifact_without_golden_vectors_is_refused(copy: Path) -> None:
    change_manifest(copy, golden=[])
    with pytest.raises(ModelProblem, match="no golden vectors"):
        Encoder.open(copy).warm()


def test_a_graph_that_is_none_is_one_line(copy: Path) -> None:
    import hashlib

    (copy / "model.onnx").write_bytes(b"no graph")
    files = json.loads((copy / "manifest.json").read_text())["files"]
    change_manifest(copy, files=files | {"model.onnx": hashlib.sha256(b"no graph").hexdigest()})
    with pytest.raises(ModelProblem, match="cannot be loaded") as caught:
        Encoder.open(copy)
    assert "\n" not in caught.value.one_line


def test_serving_imports_neither_torch_nor_transformers(model_directory: Path, repository: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from primetime.encoder.serving import Encoder; "
        f"Encoder.open(Path({str(model_directory)!r})).warm(); "
        "print({'torch', 'transformers', 'optimum', 'onnx'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=repository / "app", capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "set()"
