"""The ways to run a model, and making the artifact of each from the exported graph."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer  # type: ignore[import-untyped]

from primetime.encoder.artifact import (
    GRAPH_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    WEIGHTS_FILE,
    Engine,
    Manifest,
    Quantisation,
    sha256_of,
)
from primetime.encoder.exporting import Feed, convert, quantise_dynamic, quantise_static
from primetime.encoder.source import SourceModel

ENGINES: dict[Quantisation, Engine] = {
    "none": "onnxruntime",
    "bf16": "openvino",
    "dynamic-int8-per-channel": "onnxruntime",
    "static-int8-smoothquant": "openvino",
}
"""Each variant with the engine that runs it fastest"""


def make_variant(
    quantisation: Quantisation, original: Path, directory: Path, model: SourceModel, calibration: Sequence[str]
) -> None:
    """Make the folder `directory` with the variant's graph and the tokenizer of `original`, an fp32 artifact."""
    directory.mkdir()
    shutil.copyfile(original / TOKENIZER_FILE, directory / TOKENIZER_FILE)
    if quantisation == "dynamic-int8-per-channel":
        quantise_dynamic(original / MODEL_FILE, directory / MODEL_FILE)
    elif quantisation == "static-int8-smoothquant":
        feeds = _feeds(original, model.max_length, [f"{model.prompt}{text}" for text in calibration])
        quantise_static(original / MODEL_FILE, directory / MODEL_FILE, feeds)
        convert(directory / MODEL_FILE, directory / GRAPH_FILE)
    else:
        shutil.copyfile(original / MODEL_FILE, directory / MODEL_FILE)


def describe(model: SourceModel, directory: Path, quantisation: Quantisation, calibration_sha256: str) -> Manifest:
    """The manifest of a variant's folder, still without golden vectors; written there, so that it can be opened."""
    manifest = Manifest(
        source=model.name,
        revision=model.revision,
        licence=model.licence,
        dimension=model.dimension,
        pooling=model.pooling,
        normalised=model.normalised,
        max_length=model.max_length,
        prompt=model.prompt,
        quantisation=quantisation,
        engine=ENGINES[quantisation],
        files={
            name: sha256_of(directory / name)
            for name in (MODEL_FILE, TOKENIZER_FILE, GRAPH_FILE, WEIGHTS_FILE)
            if (directory / name).is_file()
        },
        calibration_sha256=calibration_sha256 if quantisation == "static-int8-smoothquant" else "",
    )
    manifest.write(directory)
    return manifest


def _feeds(original: Path, max_length: int, texts: Sequence[str]) -> list[Feed]:
    """Each text's inputs [1, length], cut at the model's length."""
    tokenizer = Tokenizer.from_file(str(original / TOKENIZER_FILE))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length)
    session = onnxruntime.InferenceSession(str(original / MODEL_FILE), providers=["CPUExecutionProvider"])
    wanted = {entry.name for entry in session.get_inputs()}
    feeds = []
    for encoding in tokenizer.encode_batch(list(texts)):
        ids = np.asarray([encoding.ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        feeds.append({name: value for name, value in feed.items() if name in wanted})
    return feeds
