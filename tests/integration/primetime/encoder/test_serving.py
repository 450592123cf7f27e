"""The real artifact, served."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import openvino
import pytest
from structlog.testing import capture_logs

from primetime.encoder.calibration import GOLDEN_TEXTS, SENTENCES, calibration_texts
from primetime.encoder.processor import processor_name
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
    # Activation ranges are fixed, so a text's company changes nothing but the order of sums.
    assert (np.sum(together * alone, axis=1) > 0.999).all()


def test_progress_ends_with_all(encoder: Encoder) -> None:
    seen: list[tuple[int, int, int]] = []
    encoder.encode(["a"] * 1500, progress=lambda *now: seen.append(now))
    assert seen[-1] == (1500, 1500, 3 * 1500)
    assert seen == sorted(seen)


def test_work_that_is_stopped_begins_no_other_batch(encoder: Encoder) -> None:
    computed: list[float] = []
    stopped = threading.Event()

    def pace(seconds: float) -> None:
        computed.append(seconds)
        if len(computed) > 2:
            stopped.wait(60)

    def stop(*_: int) -> None:
        stopped.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encoder.encode_counted(list(SENTENCES) * 40, progress=stop, pace=pace)
    begun = len(computed)
    assert 1 <= begun < 20  # of about forty
    encoder.encode(["heart failure"])
    assert len(computed) == begun


def test_meaning_decides_similarity(encoder: Encoder) -> None:
    query, near, far = encoder.encode(
        ["side effects of blood pressure drugs in elderly patients",
         "Adverse reactions to antihypertensive medication among older adults.",
         "Whole-genome sequencing of Klebsiella isolates."]
    )  # fmt: skip
    assert query @ near > 0.5 > query @ far


def test_it_agrees_with_sentence_transformers(encoder: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    texts = calibration_texts()
    reference = SentenceTransformer(str(packaged_directory()), device="cpu").encode(texts, normalize_embeddings=True)
    cosine = (encoder.encode(texts) * reference).sum(axis=1)
    # Without VNNI int8 products come out a little farther off, so that the builder takes fp32 there.
    assert cosine.mean() > (0.995 if "vnni" in processor_name() else 0.99)
    assert cosine.min() > 0.985


def test_threads_share_one_encoder(encoder: Encoder) -> None:
    texts = list(SENTENCES[:8])
    expected = [encoder.encode([text])[0] for text in texts]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode([text])[0], texts * 4))
    for index, vector in enumerate(found):
        assert vector @ expected[index % 8] > 0.9999


def test_the_first_runs_of_a_process_may_go_on_at_once(model_directory: Path, repository: Path) -> None:
    program = (
        "from pathlib import Path; from primetime.encoder.serving import Encoder; "
        f"encoder = Encoder.open(Path({str(model_directory)!r}), threads=2); "
        "print(encoder.encode(['heart failure ' * (1 + n % 300) for n in range(40)]).shape)"
    )
    for _ in range(3):
        result = subprocess.run(
            [sys.executable, "-c", program],
            cwd=repository / "app",
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        assert result.stdout == "(40, 384)\n"


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


@pytest.mark.parametrize("graph", ["model.xml", "model.bin"])
def test_a_converted_graph_that_is_none_is_run_from_the_other_file_and_said_so(copy: Path, graph: str) -> None:
    replace_file(copy, graph, b"no graph")
    with capture_logs() as said:
        Encoder.open(copy).warm()
    assert any("onnxruntime does, more slowly" in entry["event"] for entry in said)


def test_which_engine_runs_is_known(copy: Path, encoder: Encoder) -> None:
    assert encoder.engine == encoder.manifest.engine == "openvino"
    replace_file(copy, "model.xml", b"no graph")
    fallen_back = Encoder.open(copy)
    assert (fallen_back.engine, fallen_back.manifest.engine) == ("onnxruntime", "openvino")


def test_an_artifact_from_before_the_converted_graph_is_served(copy: Path, encoder: Encoder) -> None:
    files = json.loads((copy / "manifest.json").read_text())["files"]
    change_manifest(copy, files={name: files[name] for name in ("model.onnx", "tokenizer.json")})
    (copy / "model.xml").unlink()
    (copy / "model.bin").unlink()
    earlier = Encoder.open(copy)
    earlier.warm()
    assert earlier.encode(["heart failure"])[0] @ encoder.encode(["heart failure"])[0] > 0.999


def test_the_weights_are_not_held_twice(model_directory: Path, repository: Path) -> None:
    """The file's own pages leave memory once the engine has its copies."""
    program = (
        "import sys; from pathlib import Path; from primetime.encoder.serving import Encoder; "
        f"folder = Path({str(model_directory)!r}); encoder = Encoder.open(folder); encoder.warm(); "
        "parts = Path('/proc/self/smaps').read_text().split(str((folder / 'model.bin').resolve()))[1:]; "
        "print(sum(int(part.split('Rss:')[1].split()[0]) for part in parts), len(parts))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=repository / "app", capture_output=True, text=True, check=True
    )
    resident, mappings = (int(number) for number in result.stdout.splitlines()[-1].split())
    assert mappings >= 1
    assert resident * 1024 < 0.1 * (model_directory / "model.bin").stat().st_size


def test_embeddings_stay_int8_until_they_are_looked_up_and_nothing_else_changes(model_directory: Path) -> None:
    """A table that is made float as a whole is held so, at four times its size."""
    core = openvino.Core()
    converted, exported = (core.read_model(model_directory / name) for name in ("model.xml", "model.onnx"))
    tables = [
        node.input_value(0).get_node()
        for node in converted.get_ops()
        if node.get_type_name() == "Gather" and list(node.input_value(0).get_partial_shape())[-1:] == [384]
    ]
    assert [(table.get_type_name(), table.get_element_type()) for table in tables] == [
        ("Constant", openvino.Type.i8)
    ] * 3  # words, positions, kinds of token
    ids = np.arange(1000, 1040).reshape(2, 20)
    feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    one, other = (core.compile_model(model, "CPU", exact)(feed)[0] for model in (converted, exported))
    assert np.abs(one - other).max() < 1e-5


def test_a_graph_that_is_none_is_one_line(copy: Path) -> None:
    for file in ("model.onnx", "model.xml"):
        replace_file(copy, file, b"no graph")
    with pytest.raises(ModelProblem, match="cannot be loaded") as caught:
        Encoder.open(copy)
    assert "\n" not in caught.value.one_line


def replace_file(directory: Path, name: str, content: bytes) -> None:
    """Another file, to which the manifest agrees."""
    (directory / name).write_bytes(content)
    files = json.loads((directory / "manifest.json").read_text())["files"]
    change_manifest(directory, files=files | {name: hashlib.sha256(content).hexdigest()})


def test_a_tokenizer_that_is_none_is_one_line(copy: Path) -> None:
    replace_file(copy, "tokenizer.json", b"{}")
    with pytest.raises(ModelProblem, match="cannot be loaded") as caught:
        Encoder.open(copy)
    assert "\n" not in caught.value.one_line


def test_a_manifest_of_another_dimension_is_told(copy: Path) -> None:
    change_manifest(copy, dimension=768)
    with pytest.raises(ModelProblem, match="vectors of 384 dimensions, its manifest says 768"):
        Encoder.open(copy).encode(["heart failure"])


def test_weights_that_are_no_numbers_give_an_error_and_no_vector(broken_weights: Path) -> None:
    encoder = Encoder.open(broken_weights)
    with pytest.raises(ModelProblem, match="not a number"):
        encoder.encode(["heart failure"])
    with pytest.raises(ModelProblem, match="not a number"):
        encoder.warm()


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


def run_encoder(model_directory: Path, repository: Path, isa: str) -> list[str]:
    """Warm and encode on a processor restricted to `isa` (oneDNN's own switch); its output's lines."""
    program = (
        "from pathlib import Path; from primetime.encoder.serving import Encoder; "
        f"encoder = Encoder.open(Path({str(model_directory)!r})); encoder.warm(); "
        "print(encoder.encode(['heart failure']).shape)"
    )
    environment = os.environ | {"ONEDNN_MAX_CPU_ISA": isa}
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=repository / "app",
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    return result.stdout.splitlines()


def test_a_processor_without_vnni_gives_the_golden_vectors(model_directory: Path, repository: Path) -> None:
    assert run_encoder(model_directory, repository, "AVX512_CORE")[-1] == "(1, 384)"


def test_what_openvino_cannot_run_onnxruntime_does_and_says_so(copy: Path, repository: Path) -> None:
    said = run_encoder(copy, repository, "SSE41")
    assert said[-1] == "(1, 384)"
    assert "onnxruntime does, more slowly" in " ".join(said)


def test_the_table_of_variants_says_which_passed(encoder: Encoder) -> None:
    manifest = encoder.manifest
    assert set(manifest.variants) == {"none", "bf16", "dynamic-int8-per-channel", "static-int8-smoothquant"}
    assert not manifest.variants["dynamic-int8-per-channel"].offered
    assert manifest.variants[manifest.quantisation].offered
    chosen = next(name for name in manifest.variants if manifest.choice.startswith(name))
    assert manifest.variants[chosen].offered
    assert manifest.judged_by == "made-up"


def test_a_query_is_answered_while_bulk_work_waits(encoder: Encoder) -> None:
    order: list[str] = []
    bulk = ThreadPoolExecutor(1).submit(encoder.encode, list(SENTENCES) * 20, progress=lambda *_: order.append("bulk"))
    while not order:
        time.sleep(0.001)
    encoder.encode(["heart failure"])
    order.append("query")
    bulk.result()
    assert order.index("query") < len(order) - 1
