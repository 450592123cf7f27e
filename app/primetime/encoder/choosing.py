"""Which of a model's variants this machine runs fastest, and why it was taken."""

from __future__ import annotations

import logging
import multiprocessing
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

import numpy as np
import structlog
from numpy.typing import NDArray

from primetime.encoder.artifact import MANIFEST_FILE, Manifest, Quantisation, read_manifest
from primetime.encoder.calibration import judging_texts
from primetime.encoder.fidelity import compare, shortfalls
from primetime.encoder.placing import put_in_place, refuse_foreign_folder, workshop
from primetime.encoder.processor import physical_cores, processor_name
from primetime.encoder.serving import Encoder
from primetime.errors import BadInput, ModelProblem
from primetime.settings import load_settings
from primetime.telemetry.logs import configure_logs

# A run of some seconds at BERT-base's size. The variants take turns, and each one's best counts: whatever else this
# machine does meets all of them, and none is taken because another was disturbed.
_TEXTS = 48
_ROUNDS = 3

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


def choose(candidates: Path, output: Path) -> Manifest:
    """Put the fastest artifact of those in the folders of `candidates` in the folder `output`; its manifest says why.

    Raises as `fastest_of`, and BadInput when `output` holds something else.
    """
    output = output.absolute()
    refuse_foreign_folder(output)
    folder, manifest = fastest_of(candidates)
    with workshop(output) as place:
        chosen = place / "chosen"
        shutil.copytree(folder, chosen)
        manifest.write(chosen)
        put_in_place(chosen, output, place)
    return manifest


def fastest_of(candidates: Path) -> tuple[Path, Manifest]:
    """Time each artifact in the folders of `candidates` on this machine; the fastest's folder, and its manifest with
    the reason. Nothing is written.

    Only variants that passed the quality gate where they were built are there (`primetime model build --keep`). One
    that does not reproduce its golden vectors here, or needs more memory than there is, is passed over; so is one whose
    vectors are not close enough to those of fp32 here, where fp32 is among them and works.
    Raises ModelProblem when none is left, BadInput for two of the same variant.
    """
    folders = {path.parent.name: path.parent for path in sorted(candidates.glob(f"*/{MANIFEST_FILE}"))}
    if not folders:
        raise ModelProblem(
            f"there are no artifacts in the folders of {candidates}", remedy="make them: `primetime model build --keep`"
        )
    found = {read_manifest(folder).quantisation: folder for folder in folders.values()}
    if len(found) < len(folders):
        raise BadInput(
            f"{candidates} has two artifacts of one variant", remedy="give the folder of one build's `--keep`"
        )
    name, speeds = fastest(found, measured_apart)
    # Processors compute int8 differently: what passed the gate elsewhere need not pass it here.
    judged = name != "none" and "none" in speeds
    original = _apart(_judging_vectors, found["none"]) if judged else None
    while original is not None and name != "none":
        missed = shortfalls(compare(original, _apart(_judging_vectors, found[name])))
        if not missed:
            break
        log.warning("a variant is not close enough to fp32 on this machine", variant=name, cause=", ".join(missed))
        del speeds[name]
        name = _of_most(speeds)
    return found[name], with_choice(read_manifest(found[name]), speeds)


def _judging_vectors(folder: Path) -> NDArray[np.float32]:
    return Encoder.open(folder).encode(judging_texts())


def fastest(
    candidates: Mapping[Quantisation, Path], measure: Callable[[Path], float] | None = None
) -> tuple[Quantisation, dict[Quantisation, float]]:
    """The fastest of some artifacts and the real tokens a second of each. Raises ModelProblem when none works here."""
    measure = measure or measured
    speeds: dict[Quantisation, float] = {}
    working = dict(candidates)
    for _ in range(_ROUNDS if len(candidates) > 1 else 1):
        for name, folder in list(working.items()):
            try:
                speed = measure(folder)
            except ModelProblem as error:
                log.warning("a variant does not work on this machine", variant=name, cause=str(error))
                del working[name]
                speeds.pop(name, None)
                continue
            speeds[name] = max(speeds.get(name, 0), round(speed))
    if not speeds:
        raise ModelProblem(
            "no variant reproduces its golden vectors on this machine",
            remedy="build here: `primetime model build`",
        )
    return _of_most(speeds), speeds


def _of_most(speeds: Mapping[Quantisation, float]) -> Quantisation:
    return max(speeds, key=lambda name: speeds[name])


def with_choice(manifest: Manifest, speeds: Mapping[Quantisation, float]) -> Manifest:
    """The manifest with the speeds measured and the reason why its variant was taken."""
    here = f"{processor_name()} with {physical_cores()} threads"
    others = ", ".join(f"{name} {speed:.0f}" for name, speed in speeds.items() if name != manifest.quantisation)
    reason = (
        f"{manifest.quantisation} reads {speeds[manifest.quantisation]:.0f} tokens a second on {here}; "
        f"the others that passed: {others or 'none'}"
    )
    variants = {
        name: variant.model_copy(update={"tokens_per_second": speeds[name]}) if name in speeds else variant
        for name, variant in manifest.variants.items()
    }
    return manifest.model_copy(update={"choice": reason, "chosen_on": here, "variants": variants})


def measured(folder: Path) -> float:
    """Real tokens a second of an artifact here. Raises ModelProblem when it does not give its golden vectors."""
    encoder = Encoder.open(folder)
    encoder.warm()
    texts = judging_texts()[:_TEXTS]
    began = time.perf_counter()
    return encoder.encode_counted(texts).tokens / (time.perf_counter() - began)


def measured_apart(folder: Path) -> float:
    """As `measured`, in a process of its own."""
    return _apart(measured, folder)


def _apart(work: Callable[[Path], Result], folder: Path) -> Result:
    """Do it in a process of its own.

    What the kernel ends because it takes more memory than a server's container may have is no choice there, and must
    not end the choosing. Raises ModelProblem for that, too.
    """
    # Not forked: the engines have threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=_log_as_a_command) as pool:
        try:
            return pool.submit(work, folder).result()
        except BrokenProcessPool as error:
            raise ModelProblem(
                f"the process that tried {folder.name} was ended, most likely for the memory that it took",
                remedy="give it more memory, or leave this variant out",
            ) from error


def _log_as_a_command() -> None:
    configure_logs(load_settings(), level=logging.WARNING)
