import errno
import os
from pathlib import Path

import pytest

from primetime.encoder.artifact import Golden, Manifest, read_manifest, sha256_of, verify
from primetime.errors import ModelProblem


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    (tmp_path / "model.onnx").write_bytes(b"graph")
    (tmp_path / "tokenizer.json").write_bytes(b"{}")
    manifest_of(tmp_path).write(tmp_path)
    return tmp_path


def manifest_of(directory: Path, **changes: object) -> Manifest:
    values = {
        "source": "a/model",
        "revision": "r",
        "licence": "mit",
        "dimension": 2,
        "pooling": "mean",
        "normalised": True,
        "max_length": 8,
        "quantisation": "none",
        "files": {name: sha256_of(directory / name) for name in ("model.onnx", "tokenizer.json")},
    }
    return Manifest.model_validate(values | changes)


def test_what_is_written_is_read_back(artifact: Path) -> None:
    assert verify(artifact) == manifest_of(artifact)


def test_the_hash_names_what_decides_the_vectors(artifact: Path) -> None:
    plain = manifest_of(artifact)
    assert len(plain.hash) == 16
    assert manifest_of(artifact, golden=[Golden(text="a", vector=[1, 0])]).hash == plain.hash
    assert manifest_of(artifact, pooling="cls").hash != plain.hash
    assert manifest_of(artifact, max_length=9).hash != plain.hash
    assert manifest_of(artifact, prompt="text: ").hash != plain.hash
    assert manifest_of(artifact, prompt="").hash == plain.hash
    assert manifest_of(artifact, chosen_on="another processor").hash == plain.hash
    assert manifest_of(artifact, files={**plain.files, "model.onnx": "0"}).hash != plain.hash
    assert manifest_of(artifact, files={**plain.files, "model.xml": "0", "model.bin": "0"}).hash == plain.hash


def test_a_changed_file_is_named(artifact: Path) -> None:
    (artifact / "model.onnx").write_bytes(b"grapH")
    with pytest.raises(ModelProblem, match=r"model\.onnx is not the file its manifest describes") as caught:
        verify(artifact)
    assert "primetime model build" in caught.value.remedy


def test_a_file_that_cannot_be_read_is_one_line(artifact: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> str:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("primetime.encoder.artifact.sha256_of", fail)
    with pytest.raises(ModelProblem, match=r"model\.onnx cannot be read: Input/output error"):
        verify(artifact)


def test_a_missing_file_is_named(artifact: Path) -> None:
    (artifact / "tokenizer.json").unlink()
    with pytest.raises(ModelProblem, match=r"lacks tokenizer\.json"):
        verify(artifact)


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_a_manifest_that_names_no_model_or_no_tokenizer_is_refused(artifact: Path, missing: str) -> None:
    named = manifest_of(artifact).files
    manifest_of(artifact, files={name: sha for name, sha in named.items() if name != missing}).write(artifact)
    with pytest.raises(ModelProblem, match=f"does not name {missing}"):
        verify(artifact)


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff\xfe", b'{"source": 1}'])
def test_a_manifest_that_is_none_is_refused_in_one_line(artifact: Path, content: bytes) -> None:
    (artifact / "manifest.json").write_bytes(content)
    with pytest.raises(ModelProblem, match="not a readable manifest") as caught:
        read_manifest(artifact)
    assert "\n" not in caught.value.one_line


def test_no_artifact_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="no encoder artifact") as caught:
        verify(tmp_path / "nowhere")
    assert "primetime model build" in caught.value.remedy
