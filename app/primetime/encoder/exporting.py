"""Model folder to ONNX graph, ONNX graph to int8: the only room with optimum, torch, NNCF and transformers."""

from __future__ import annotations

import io
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from primetime.encoder.artifact import MODEL_FILE, TOKENIZER_FILE
from primetime.encoder.source import SourceModel
from primetime.errors import ModelProblem

if TYPE_CHECKING:
    import openvino

MISSING_EXTRA = "install the extra `model` (make setup): building needs optimum, torch, onnx and nncf"
SMOOTH_QUANT_ALPHA = 0.95

Feed = dict[str, NDArray[np.int64]]
"""one text's input ids and masks [1, length]"""


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


def quantise_dynamic(original: Path, output: Path) -> None:
    """Write a graph whose matrix multiplications are int8: weights per channel, activations scaled at run time.

    The method and its measured fidelity are in the design's facts; fusing the graph first made the vectors unusable.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _without_advice():
        quantize_dynamic(original, output, per_channel=True, weight_type=QuantType.QInt8)


def quantise_static(original: Path, output: Path, feeds: Sequence[Feed]) -> None:
    """Write a graph of quantise-dequantise pairs with activation ranges taken from `feeds`, for an int8 engine.

    SmoothQuant (Xiao et al. 2023) moves the activations' outliers into the weights; alpha .95 kept nearest-10 overlap
    at 94 %, .15 at 88 %. Softmax, layer norm and GELU stay in float.
    """
    # NNCF would send usage statistics; this is its own switch.
    os.environ["NNCF_CI"] = "1"
    try:
        import nncf
        import onnx
        from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, AdvancedSmoothQuantParameters
    except ImportError as error:
        raise ModelProblem(f"the builder lacks {error.name}", remedy=MISSING_EXTRA) from error
    with _without_advice(), redirect_stdout(io.StringIO()):
        graph = nncf.quantize(
            onnx.load(str(original)),
            nncf.Dataset(feeds),
            subset_size=len(feeds),
            model_type=nncf.ModelType.TRANSFORMER,
            advanced_parameters=AdvancedQuantizationParameters(
                smooth_quant_alphas=AdvancedSmoothQuantParameters(matmul=SMOOTH_QUANT_ALPHA)
            ),
        )
        onnx.save(graph, str(output))


def convert(graph: Path, output: Path) -> None:
    """Write the ONNX graph in OpenVINO's own form: `output`, an .xml, and its weights beside it as .bin."""
    import openvino

    model = openvino.Core().read_model(graph)
    _take_rows_before_scaling(model)
    openvino.save_model(model, output, compress_to_fp16=False)


def _take_rows_before_scaling(model: openvino.Model) -> None:
    """Let the rows of an int8 table of embeddings be taken first, and only those be made float.

    As it is exported, the whole table is made float first. OpenVINO does that once, when it opens the graph, and keeps
    the result: 94 MB for BERT's vocabulary.
    """
    from openvino import opset13

    for lookup in model.get_ordered_ops():
        if lookup.get_type_name() != "Gather":
            continue
        steps = []
        table = lookup.input_value(0).get_node()
        while table.get_type_name() in ("Convert", "Subtract", "Multiply"):
            steps.append(table)
            table = table.input_value(0).get_node()
        if table.get_type_name() != "Constant" or not all(_is_by_row(step, table) for step in steps):
            continue
        rows, axis = lookup.input_value(1), lookup.input_value(2)
        taken = opset13.gather(table, rows, axis)
        for step in reversed(steps):
            if step.get_type_name() == "Convert":
                taken = opset13.convert(taken, step.get_element_type())
                continue
            by_row = opset13.gather(step.input_value(1), rows, axis)
            taken = (opset13.multiply if step.get_type_name() == "Multiply" else opset13.subtract)(taken, by_row)
        lookup.output(0).replace(taken.output(0))


def _is_by_row(step: openvino.Node, table: openvino.Node) -> bool:
    """Whether this step on a table has nothing to know of but its rows: scales and zero points are [rows, 1]."""
    if step.get_type_name() == "Convert":
        return True
    known = step.input_value(1).get_partial_shape()
    return known.is_static and list(known.to_shape()) == [table.shape[0], 1]


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
