"""The libraries that run the graph: onnxruntime everywhere, OpenVINO where the artifact was chosen for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock

import numpy as np
import structlog
from numpy.typing import NDArray

from primetime.encoder.artifact import GRAPH_FILE, MODEL_FILE, Manifest
from primetime.encoder.memory import give_back_memory, return_large_blocks

Run = Callable[[dict[str, NDArray[np.int64]]], NDArray[np.float32]]
"""Token ids and masks [texts, length] to hidden states [texts, length, dimension]; safe to share between threads"""

OUTPUT = "last_hidden_state"

log = structlog.get_logger(__name__)


def open_engine(manifest: Manifest, directory: Path, threads: int) -> Run:
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
            return _openvino(graph, threads, bf16=manifest.quantisation == "bf16")
        except (ImportError, RuntimeError) as error:
            cause = next((line for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)
            log.warning("OpenVINO cannot run the model here, onnxruntime does, more slowly", cause=cause.strip())
    return _onnxruntime(path, threads)


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


def _openvino(path: Path, threads: int, *, bf16: bool) -> Run:
    # Imported when it is needed, as the other engine: each takes tens of megabytes of a serving process.
    import openvino

    return_large_blocks()
    core = openvino.Core()
    options: dict[str, str | int] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        # Kernels kept for shapes met before. Its default of thousands took 30 MB more and was no faster.
        "CPU_RUNTIME_CACHE_CAPACITY": 64,
    }
    if bf16:
        options["INFERENCE_PRECISION_HINT"] = "bf16"
    compiled = core.compile_model(str(path), "CPU", options)
    inputs = {name for entry in compiled.inputs for name in entry.get_names()}
    # One request: a second would hold a second set of activations, and the cores are busy with the first.
    request = compiled.create_infer_request()
    give_back_memory(path.with_suffix(".bin"))
    lock = Lock()
    met: set[tuple[int, ...]] = set()

    def run(feed: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        with lock:
            result = request.infer({name: value for name, value in feed.items() if name in inputs})
            hidden = np.array(result[0], dtype=np.float32)
            if hidden.shape not in met:
                # The engine has prepared itself for this shape: what that took can go.
                met.add(hidden.shape)
                give_back_memory(path.with_suffix(".bin"))
            return hidden

    return run
