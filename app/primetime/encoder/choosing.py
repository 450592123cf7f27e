"""Which of a model's variants this machine runs fastest, and why it was taken."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import structlog

from primetime.encoder.artifact import MANIFEST_FILE, Manifest, Quantisation, read_manifest
from primetime.encoder.calibration import judging_texts
from primetime.encoder.placing import put_in_place, refuse_foreign_folder, workshop
from primetime.encoder.processor import physical_cores, processor_name
from primetime.encoder.serving import Encoder
from primetime.errors import ModelProblem

# A run of some seconds at BERT-base's size. The variants take turns, and each one's best counts: whatever else this
# machine does meets all of them, and none is taken because another was disturbed.
_TEXTS = 48
_ROUNDS = 3

log = structlog.get_logger(__name__)


def choose(candidates: Path, output: Path) -> Manifest:
    """Time each artifact in the folders of `candidates` on this machine, and put the fastest in the folder `output`.

    Only variants that passed the quality gate where they were built are there (`primetime model build --keep`). One
    that does not reproduce its golden vectors here is passed over. Raises ModelProblem when none is left.
    """
    folders = {path.parent.name: path.parent for path in sorted(candidates.glob(f"*/{MANIFEST_FILE}"))}
    if not folders:
        raise ModelProblem(
            f"there are no artifacts in the folders of {candidates}", remedy="make them: `primetime model build --keep`"
        )
    found = {read_manifest(folder).quantisation: folder for folder in folders.values()}
    output = output.absolute()
    refuse_foreign_folder(output)
    name, speeds = fastest(found)
    with workshop(output) as place:
        chosen = place / "chosen"
        shutil.copytree(found[name], chosen)
        manifest = with_choice(read_manifest(chosen), speeds)
        manifest.write(chosen)
        put_in_place(chosen, output, place)
    return manifest


def fastest(candidates: Mapping[Quantisation, Path]) -> tuple[Quantisation, dict[Quantisation, float]]:
    """The fastest of some artifacts and the real tokens a second of each. Raises ModelProblem when none works here."""
    speeds: dict[Quantisation, float] = {}
    working = dict(candidates)
    for _ in range(_ROUNDS if len(candidates) > 1 else 1):
        for name, folder in list(working.items()):
            try:
                encoder = Encoder.open(folder)
                encoder.warm()
            except ModelProblem as error:
                log.warning("a variant does not work on this machine", variant=name, cause=str(error))
                del working[name]
                speeds.pop(name, None)
                continue
            speeds[name] = max(speeds.get(name, 0), round(_tokens_per_second(encoder)))
    if not speeds:
        raise ModelProblem(
            "no variant reproduces its golden vectors on this machine",
            remedy="build here: `primetime model build`",
        )
    return max(speeds, key=lambda name: speeds[name]), speeds


def with_choice(manifest: Manifest, speeds: Mapping[Quantisation, float]) -> Manifest:
    """The manifest with the speeds measured and the reason why its variant was taken."""
    others = ", ".join(f"{name} {speed:.0f}" for name, speed in speeds.items() if name != manifest.quantisation)
    reason = (
        f"{manifest.quantisation} reads {speeds[manifest.quantisation]:.0f} tokens a second on {processor_name()} "
        f"with {physical_cores()} threads; the others that passed: {others or 'none'}"
    )
    variants = {
        name: variant.model_copy(update={"tokens_per_second": speeds[name]}) if name in speeds else variant
        for name, variant in manifest.variants.items()
    }
    return manifest.model_copy(update={"choice": reason, "variants": variants})


def _tokens_per_second(encoder: Encoder) -> float:
    texts = judging_texts()[:_TEXTS]
    began = time.perf_counter()
    return encoder.encode_counted(texts).tokens / (time.perf_counter() - began)
