"""Building artifacts from real model folders, with the real exporter."""

import fcntl
import json
import multiprocessing
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import torch
from structlog.testing import capture_logs
from transformers import BertModel, BertTokenizerFast

from primetime.encoder.artifact import Manifest, read_manifest, verify
from primetime.encoder.building import Texts, build
from primetime.encoder.calibration import calibration_sha256
from primetime.encoder.choosing import choose, fastest_of
from primetime.encoder.fidelity import Labelled, Review, retrieval_shortfalls
from primetime.encoder.processor import processor_name
from primetime.encoder.serving import Encoder
from primetime.encoder.source import RAW_MODEL_WARNING
from primetime.errors import BadInput, Busy, ModelProblem


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_a_sentence_model_is_served_as_its_files_say(small_bert: Path, tmp_path: Path, pooling: str) -> None:
    folder = tmp_path / "sentence-bert"
    folder.mkdir()
    for file in small_bert.iterdir():
        (folder / file.name).symlink_to(file)
    modules = [{"path": "", "type": "m.Transformer"}, {"path": "1_Pooling", "type": "m.Pooling"}]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode": pooling}))
    manifest = build(folder, tmp_path / "out", quantisation="none")
    assert (manifest.pooling, manifest.max_length, manifest.dimension) == (pooling, 64, 32)

    text = "heart failure and asthma in the lung ."
    tokenizer = BertTokenizerFast.from_pretrained(folder)
    with torch.no_grad():
        hidden = BertModel.from_pretrained(folder)(**tokenizer(text, return_tensors="pt")).last_hidden_state[0]
    expected = (hidden.mean(dim=0) if pooling == "mean" else hidden[0]).numpy()
    found = Encoder.open(tmp_path / "out").encode([text])[0]
    assert np.allclose(found, expected / np.linalg.norm(expected), atol=1e-4)


def test_a_models_prompt_is_put_before_every_text(small_bert: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = tmp_path / "prompted"
    folder.mkdir()
    for file in small_bert.iterdir():
        (folder / file.name).symlink_to(file)
    plain = build(folder, tmp_path / "plain", quantisation="none")
    prompts = {"prompts": {"all": "heart and lung . "}, "default_prompt_name": "all"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    manifest = build(folder, tmp_path / "out", quantisation="none")
    assert manifest.prompt == "heart and lung . "
    assert manifest.files == plain.files
    assert manifest.hash != plain.hash

    texts = ["asthma in the lung .", "", "failure"]
    expected = SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True)
    assert np.allclose(Encoder.open(tmp_path / "out").encode(texts), expected, atol=1e-4)


def test_building_twice_gives_the_same_artifact_and_replaces_it(small_bert: Path, tmp_path: Path) -> None:
    static = partial(build, small_bert, tmp_path / "out", quantisation="static-int8-smoothquant")
    first = static()
    bytes_of_first = (tmp_path / "out" / "model.onnx").read_bytes()
    second = static()
    assert second.hash == first.hash
    # The converter numbers layers through a process, so its file's names differ, not what it computes.
    assert {**second.files, "model.xml": ""} == {**first.files, "model.xml": ""}
    assert (tmp_path / "out" / "model.onnx").read_bytes() == bytes_of_first
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.lock", "out"]


def test_a_raw_masked_language_model_is_marked(small_bert: Path, tmp_path: Path) -> None:
    manifest = build(small_bert, tmp_path / "out")
    assert RAW_MODEL_WARNING in manifest.warnings
    assert verify(tmp_path / "out") == manifest


def test_a_variant_that_strays_too_far_is_not_offered(small_bert: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("primetime.encoder.fidelity.MEAN_COSINE", 1.01)
    manifest = build(small_bert, tmp_path / "out", keep=tmp_path / "kept")
    assert manifest.quantisation == "none"
    assert [name for name, variant in manifest.variants.items() if variant.offered] == ["none"]
    assert "static-int8-smoothquant was not close enough" in " ".join(manifest.warnings)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["none"]
    Encoder.open(tmp_path / "out").warm()


def test_another_machine_chooses_among_what_was_kept(small_bert: Path, tmp_path: Path) -> None:
    built = build(small_bert, tmp_path / "out", quantisation="bf16", keep=tmp_path / "kept")
    chosen = choose(tmp_path / "kept", tmp_path / "there")
    assert (chosen.quantisation, chosen.hash) == ("bf16", built.hash)
    assert chosen.choice.startswith("bf16 reads ")
    assert chosen.chosen_on.startswith(processor_name())
    assert read_manifest(tmp_path / "there") == chosen
    Encoder.open(tmp_path / "there").warm()
    with pytest.raises(BadInput, match="not empty"):
        build(small_bert, tmp_path / "out", keep=tmp_path / "kept")


def test_a_variant_that_strays_from_fp32_on_this_machine_is_not_chosen(
    small_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variant in ("none", "bf16"):
        build(small_bert, tmp_path / "out", quantisation=variant, keep=tmp_path / variant)
    kept = tmp_path / "kept"
    kept.mkdir()
    for variant in ("none", "bf16"):
        (tmp_path / variant / variant).rename(kept / variant)
    speeds = {"none": 1.0, "bf16": 2.0}
    monkeypatch.setattr("primetime.encoder.choosing.measured_apart", lambda folder: speeds[folder.name])
    assert fastest_of(kept)[1].quantisation == "bf16"

    monkeypatch.setattr("primetime.encoder.fidelity.MEAN_COSINE", 1.1)
    with capture_logs() as said:
        folder, manifest = fastest_of(kept)
    assert (folder, manifest.quantisation) == (kept / "none", "none")
    assert manifest.choice.endswith("the others that passed: none")
    assert "mean cosine" in said[-1]["cause"]
    # Without fp32 there is nothing to compare with.
    (kept / "none").rename(tmp_path / "away")
    assert fastest_of(kept)[1].quantisation == "bf16"


def test_a_choice_may_be_asked_for_alone(small_bert: Path, repository: Path, tmp_path: Path) -> None:
    """As a deployment asks, in a container that has no settings and may write nothing."""
    build(small_bert, tmp_path / "out", quantisation="none", keep=tmp_path / "kept")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    run = subprocess.run(
        [str(Path(sys.executable).parent / "primetime"), "model", "choose", str(tmp_path / "kept"), "--print"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(repository / "app")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    manifest = Manifest.model_validate_json(run.stdout)
    assert manifest.quantisation == "none"
    assert manifest.chosen_on.startswith(processor_name())
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_what_the_kernel_ends_for_its_memory_is_passed_over(small_bert: Path, tmp_path: Path) -> None:
    build(small_bert, tmp_path / "out", quantisation="none", keep=tmp_path / "kept")
    tried = []
    chosen = Event()

    def end_it() -> None:
        while not chosen.wait(0.01):
            for child in multiprocessing.active_children():
                tried.append(child)
                child.kill()

    kernel = Thread(target=end_it)
    kernel.start()
    try:
        with capture_logs() as said, pytest.raises(ModelProblem, match="no variant"):
            fastest_of(tmp_path / "kept")
    finally:
        chosen.set()
        kernel.join()
    assert tried
    assert "most likely for the memory" in said[-1]["cause"]


def test_two_of_one_variant_are_no_choice(small_bert: Path, tmp_path: Path) -> None:
    build(small_bert, tmp_path / "kept" / "a", quantisation="none")
    build(small_bert, tmp_path / "kept" / "b", quantisation="none")
    with pytest.raises(BadInput, match="two artifacts of one variant"):
        fastest_of(tmp_path / "kept")


def test_what_does_not_work_here_is_not_chosen(small_bert: Path, tmp_path: Path) -> None:
    build(small_bert, tmp_path / "out", quantisation="none", keep=tmp_path / "kept")
    with (tmp_path / "kept" / "none" / "model.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelProblem, match="no variant"):
        choose(tmp_path / "kept", tmp_path / "there")
    with pytest.raises(ModelProblem, match="no artifacts"):
        choose(tmp_path / "nothing", tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_texts_given_are_named_in_the_manifest(small_bert: Path, tmp_path: Path) -> None:
    given = [f"heart {'and lung ' * number}failure" for number in range(32)]
    static = partial(build, small_bert, tmp_path / "out", quantisation="static-int8-smoothquant")
    manifest = static(texts=Texts(calibration=given, judging=given))
    assert manifest.judged_by == f"sha256:{calibration_sha256(given)}"
    with pytest.raises(BadInput, match="too few"):
        static(texts=Texts(calibration=given[:3]))


def labelled_texts() -> Labelled:
    texts = [f"heart {'and lung ' * (number % 7)}failure {'asthma ' * (number % 5)}" for number in range(40)]
    included = np.asarray([number % 5 == 0 for number in range(40)])
    return Labelled(texts=texts, reviews=[Review(name="Hearts", rows=np.arange(40), included=included)])


def test_retrieval_is_judged_where_labels_are_given(small_bert: Path, tmp_path: Path) -> None:
    manifest = build(small_bert, tmp_path / "out", quantisation="bf16", texts=Texts(labelled=labelled_texts()))
    assert manifest.retrieval_judged_by.startswith("40 texts of Hearts; sha256:")
    assert manifest.judged_by.startswith("sha256:")
    assert "by retrieval (40 texts of Hearts" in manifest.judgement
    original, variant = manifest.variants["none"].retrieval, manifest.variants["bf16"].retrieval
    assert original is not None and variant is not None
    assert 0 < original.ndcg_10 <= 1
    assert manifest.variants["bf16"].offered == (not retrieval_shortfalls(original, variant))


def test_a_variant_that_retrieves_too_little_is_not_offered(small_bert: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("primetime.encoder.fidelity.RETRIEVAL_KEPT", 1.5)
    manifest = build(small_bert, tmp_path / "out", quantisation="bf16", texts=Texts(labelled=labelled_texts()))
    assert manifest.quantisation == "none"
    assert "of fp32's" in " ".join(manifest.warnings)


def test_without_labels_the_build_says_what_it_was_judged_by(small_bert: Path, tmp_path: Path) -> None:
    manifest = build(small_bert, tmp_path / "out", quantisation="bf16")
    assert manifest.judgement == (
        "judged by vectors alone (made-up texts): retrieval was not judged, as no inclusion labels were given"
    )


def test_a_failed_build_leaves_the_earlier_artifact(small_bert: Path, tmp_path: Path) -> None:
    before = build(small_bert, tmp_path / "out")
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in small_bert.iterdir():
        (broken / file.name).write_bytes(file.read_bytes() if file.suffix != ".safetensors" else b"no weights")
    with pytest.raises(ModelProblem, match="cannot be exported"):
        build(broken, tmp_path / "out")
    assert verify(tmp_path / "out") == before
    assert not list(tmp_path.glob(".out.building-*"))


def test_a_folder_with_other_things_in_it_is_left_alone(small_bert: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(BadInput, match="is no encoder artifact"):
        build(small_bert, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_two_builds_of_one_output_do_not_mix(small_bert: Path, tmp_path: Path) -> None:
    with (tmp_path / ".out.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Busy):
            build(small_bert, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_a_killed_build_left_is_removed(small_bert: Path, tmp_path: Path) -> None:
    left = tmp_path / ".out.building-abc"
    left.mkdir()
    (left / "half").write_text("x")
    build(small_bert, tmp_path / "out", quantisation="none")
    assert not left.exists()
