"""The model artifact: a folder of ``model.onnx``, ``tokenizer.json`` and the manifest that describes and seals them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from primetime.errors import ModelProblem

MANIFEST_FILE = "manifest.json"
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
# OpenVINO's own form of the same graph; its weights can be used from the disk.
GRAPH_FILE, WEIGHTS_FILE = "model.xml", "model.bin"

Pooling = Literal["mean", "cls", "max"]
Quantisation = Literal["none", "bf16", "dynamic-int8-per-channel", "static-int8-smoothquant"]
Engine = Literal["onnxruntime", "openvino"]


class Golden(BaseModel):
    """One text with the vector that the artifact gave for it where it was built."""

    model_config = ConfigDict(frozen=True)

    text: str
    vector: list[float] = Field(description="unit length, [dimension]")


class Quality(BaseModel):
    """Agreement of the quantised model with the same model in fp32, over the texts that it was judged by."""

    model_config = ConfigDict(frozen=True)

    texts: int
    mean_cosine: float
    first_percentile_cosine: float
    nearest_10_overlap: float = Field(description="share of each text's ten nearest that both models agree on, 0..1")


class Retrieval(BaseModel):
    """How well a model finds a review's included articles among those it screened; means over the reviews, 0..1."""

    model_config = ConfigDict(frozen=True)

    ndcg_10: float
    recall_100: float


class Variant(BaseModel):
    """What was measured of one way to run the model."""

    model_config = ConfigDict(frozen=True)

    quality: Quality | None = Field(description="None: fp32 itself")
    retrieval: Retrieval | None = Field(default=None, description="None: no labelled texts were given")
    tokens_per_second: float = Field(description="real tokens, where the choice was made; 0: not offered, so not timed")
    offered: bool = Field(description="whether it passed the gate")


class Manifest(BaseModel):
    """What is in an artifact, where it came from, and how to tell that it works."""

    model_config = ConfigDict(frozen=True)

    source: str = Field(description="the model's public name, or its folder's name")
    revision: str = Field(description="hub commit, or sha256 of the weights for a folder")
    licence: str
    dimension: int = Field(gt=0)
    pooling: Pooling
    normalised: bool = Field(description="whether the source itself normalises; served vectors always have length 1")
    max_length: int = Field(gt=2, description="tokens, the special ones included")
    prompt: str = Field(default="", description="put before every text, as the source's own files ask")
    quantisation: Quantisation
    engine: Engine = Field(default="onnxruntime", description="what the vectors were checked and timed with")
    files: dict[str, str] = Field(description="file name to sha256")
    calibration_sha256: str = ""
    judged_by: str = Field(default="", description="the texts of the quality gate: `made-up`, or a file's sha256")
    retrieval_judged_by: str = Field(default="", description="the labelled texts of the gate; empty: it was not judged")
    variants: dict[Quantisation, Variant] = Field(default_factory=dict, description="every variant that was measured")
    choice: str = Field(default="", description="why this variant")
    chosen_on: str = Field(default="", description="the processor on which it was the fastest of those that passed")
    golden: list[Golden] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)

    @property
    def hash(self) -> str:
        """16 hex digits of what decides the vectors: files, pooling, maximum length and a prompt where there is one.

        The converted graph is left out: it says the same as model.onnx, and its layers' names differ by build. Golden
        vectors and quality figures are left out: they are observations, and their last digits differ by
        processor, while the same model must keep the same name everywhere.
        """
        deciding: dict[str, object] = {
            "dimension": self.dimension,
            "files": {name: sha for name, sha in self.files.items() if name not in (GRAPH_FILE, WEIGHTS_FILE)},
            "max_length": self.max_length,
            "pooling": self.pooling,
            "quantisation": self.quantisation,
        }
        if self.prompt:
            deciding["prompt"] = self.prompt
        return hashlib.sha256(json.dumps(deciding, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def judgement(self) -> str:
        """What the quality gate went by, in one sentence."""
        texts = "made-up texts" if self.judged_by in ("", "made-up") else f"texts of {self.judged_by[:19]}…"
        if self.retrieval_judged_by:
            return f"judged by vectors ({texts}) and by retrieval ({self.retrieval_judged_by})"
        return f"judged by vectors alone ({texts}): retrieval was not judged, as no inclusion labels were given"

    def write(self, directory: Path) -> None:
        text = json.dumps(self.model_dump(), indent=2, sort_keys=True, ensure_ascii=False)
        (directory / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


def read_manifest(directory: Path) -> Manifest:
    """Read an artifact's manifest without looking at the other files.

    Raises ModelProblem when there is none or it cannot be understood.
    """
    path = directory / MANIFEST_FILE
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelProblem(
            f"there is no encoder artifact in {directory}",
            remedy="build one with `primetime model build`, or point PRIMETIME_MODEL_DIR at one",
        ) from error
    except (ValidationError, OSError) as error:
        first_line = str(error).splitlines()[0]
        raise ModelProblem(
            f"{path} is not a readable manifest: {first_line}",
            remedy="build the artifact again: `primetime model build`",
        ) from error


def verify(directory: Path) -> Manifest:
    """Read the manifest and compare the sha256 of every file that it names.

    Raises ModelProblem for a missing file, a changed one, one that cannot be read, or a manifest that names neither
    model nor tokenizer.
    """
    manifest = read_manifest(directory)
    for required in (MODEL_FILE, TOKENIZER_FILE):
        if required not in manifest.files:
            raise ModelProblem(
                f"the manifest in {directory} does not name {required}",
                remedy="build the artifact again: `primetime model build`",
            )
    for name, expected in manifest.files.items():
        path = directory / name
        if not path.is_file():
            raise ModelProblem(
                f"the encoder artifact in {directory} lacks {name}",
                remedy="copy the artifact again, or build it: `primetime model build`",
            )
        try:
            actual = sha256_of(path)
        except OSError as error:
            raise ModelProblem(
                f"{path} cannot be read: {error.strerror}", remedy="check the disk, and who may read the file"
            ) from error
        if actual != expected:
            raise ModelProblem(
                f"{path} is not the file its manifest describes (sha256 {actual[:12]}…, expected {expected[:12]}…)",
                remedy="copy the artifact again, or build it: `primetime model build`",
            )
    return manifest


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
