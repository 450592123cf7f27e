"""Model folder to ONNX graph, and ONNX graph to int8: the only room that imports optimum, torch and transformers."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from primetime.encoder.artifact import MODEL_FILE, TOKENIZER_FILE
from primetime.encoder.source import SourceModel
from primetime.errors import ModelProblem

MISSING_EXTRA = "install the extra `model` (make setup): building needs optimum, torch and onnx"


def export_model(source: SourceModel, directory: Path) -> None:
    """Write model.onnx (inputs ids and masks [batch, length], output last_hidden_state [batch, length, dimension]).

    optimum compares the graph's output with torch's before it returns. Raises ModelProblem.
    """
    try:
        from optimum.exporters.onnx import main_export
        from safetensors import SafetensorError
    except ImportError as error:
        raise ModelProblem(f"the builder lacks {error.name}", remedy=MISSING_EXTRA) from error
    try:
        with _without_advice():
            main_export(
                str(source.directory),
                output=directory,
                task="feature-extraction",
                library_name="transformers",
                local_files_only=True,
                do_validation=True,
            )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise ModelProblem(
            f"{source.name} cannot be exported to ONNX: {str(error).splitlines()[0]}",
            remedy="check that its folder is complete and loads with transformers",
        ) from error
    for extra in directory.iterdir():
        if extra.name != MODEL_FILE:
            extra.unlink()


def export_tokenizer(source: SourceModel, directory: Path) -> None:
    """Write tokenizer.json with padding and truncation cleared but for the pad id, whatever the source had set."""
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(  # type: ignore[no-untyped-call]
        str(source.directory), local_files_only=True, use_fast=True
    )
    backend = getattr(loaded, "backend_tokenizer", None)
    if backend is None:
        raise ModelProblem(f"{source.name} has no fast tokenizer", remedy="choose a model with a tokenizer.json")
    backend.no_truncation()
    backend.enable_padding(pad_id=loaded.pad_token_id or 0, pad_token=loaded.pad_token or "[PAD]")
    backend.save(str(directory / TOKENIZER_FILE))


def quantise(original: Path, output: Path) -> None:
    """Write a graph whose matrix multiplications are int8: weights per channel, activations scaled at run time.

    The method and its measured fidelity are in the design's facts; fusing the graph first made the vectors unusable.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _without_advice():
        quantize_dynamic(original, output, per_channel=True, weight_type=QuantType.QInt8)


@contextmanager
def _without_advice() -> Iterator[None]:
    """Silence the libraries' hints to developers: torch's of branches traced, optimum's and onnxruntime's of options.

    What matters is checked: optimum compares its export with torch, and we compare int8 with fp32.
    """
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
