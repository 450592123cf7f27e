"""The libraries that run the graph: onnxruntime everywhere, OpenVINO where the artifact was chosen for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import LifoQueue

import numpy as np
import structlog
from numpy.typing import NDArray

from primetime.encoder.artifact import GRAPH_FILE, MODEL_FILE, Manifest
from primetime.encoder.artifact import Engine as EngineName
from primetime.encoder.memory import give_back_memory
from primetime.encoder.processor import computes_bfloat16, has_tiles
from primetime.memory import return_large_blocks

Run = Callable[[dict[str, NDArray[np.int64]]], NDArray[np.float32]]
"""Token ids and masks [texts, length] to hidden states [texts, length, dimension]; safe to share between threads"""

OUTPUT = "last_hidden_state"
# Batches that OpenVINO runs side by side, each on its part of the threads: threads that share a batch wait for each
# other after every layer, which cost 6 % on two cores. More lanes would each hold activations and kernels of their own.
_LANES = 2
# Kernels kept for shapes met before, by each lane and by the library under it: those of about thirty shapes, more than
# bulk work has. A shape not among them costs an eighth of a batch's time; 64 were 3 % slower, and saved 30 MB.
_KERNELS = 256

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A loaded graph."""

    run: Run
    name: EngineName
    lanes: int
    """how many runs gain from going on at the same time"""


def open_engine(manifest: Manifest, directory: Path, threads: int) -> Engine:
    """Load the graph with the engine that its manifest names.

    A processor or an image on which OpenVINO cannot run it (no AVX2, package left out) gets onnxruntime, which runs the
    same file more slowly, and the log says so; the golden vectors still decide whether the vectors fit. The libraries'
    own exceptions pass through.
    """
    path = directory / MODEL_FILE
    if manifest.engine == "openvino":
        # The converted graph's weights stay in their file, from which they are read when they are needed.
        graph = directory / GRAPH_FILE if GRAPH_FILE in manifest.files else path
        try:
            # An int8 graph leaves softmax and the products with it in float: a quarter faster in bfloat16, but wrong on
            # tiles: of 192 texts, the worst six had cosines of .72 to .87 with fp32 (OpenVINO 2026.4.1).
            bf16 = manifest.quantisation == "bf16" or (computes_bfloat16() and not has_tiles())
            return _openvino(graph, threads, bf16=bf16)
        except (ImportError, RuntimeError) as error:
            cause = next((line for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)
            log.warning("OpenVINO cannot run the model here, onnxruntime does, more slowly", cause=cause.strip())
    return Engine(run=_onnxruntime(path, threads), name="onnxruntime", lanes=1)


def _onnxruntime(path: Path, threads: int) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while waiting would take the cores from the API and burn Lightsail's CPU credits.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    inputs = {entry.name for entry in session.get_inputs()}

    def run(feed: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        (hidden,) = session.run([OUTPUT], {name: value for name, value in feed.items() if name in inputs})
        return np.asarray(hidden, dtype=np.float32)

    return run


def _openvino(path: Path, threads: int, *, bf16: bool) -> Engine:
    # oneDNN, which OpenVINO brings along, would keep the kernels of every shape that it ever met, up to 1,024 of them.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(_KERNELS))
    # Imported when it is needed, as the other engine: each takes tens of megabytes of a serving process.
    import openvino

    return_large_blocks()
    core = openvino.Core()
    lanes = min(_LANES, threads)
    options: dict[str, str | int] = {
        "NUM_STREAMS": lanes,
        "INFERENCE_NUM_THREADS": threads,
        "CPU_RUNTIME_CACHE_CAPACITY": _KERNELS,
        "INFERENCE_PRECISION_HINT": "bf16" if bf16 else "f32",  # its own choice is what it deems fastest
    }
    compiled = core.compile_model(str(path), "CPU", options)
    inputs = {name for entry in compiled.inputs for name in entry.get_names()}
    # A request a lane: another would hold another set of activations, and the cores are busy with these.
    requests: LifoQueue[openvino.InferRequest] = LifoQueue()
    for _ in range(lanes):
        requests.put(compiled.create_infer_request())
    give_back_memory(path.with_suffix(".bin"))
    met: set[tuple[int, ...]] = set()

    def run(feed: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        request = requests.get()
        try:
            wanted = {name: value for name, value in feed.items() if name in inputs}
            # The engine's own memory is looked at, and copied once.
            hidden = np.array(request.infer(wanted, share_outputs=True)[0], dtype=np.float32)
        finally:
            requests.put(request)
        if hidden.shape not in met:
            # The engine has prepared itself for this shape: what that took can go.
            met.add(hidden.shape)
            give_back_memory(path.with_suffix(".bin"))
        return hidden

    # OpenVINO's binding makes itself ready at its first run; two first runs at once would wait for each other for ever.
    run(dict.fromkeys(inputs, np.zeros((1, 1), dtype=np.int64)))
    return Engine(run=run, name="openvino", lanes=lanes)
