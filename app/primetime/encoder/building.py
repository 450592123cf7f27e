"""Building a model artifact: export, make the variants, check each against fp32, keep the fastest that passes."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from primetime.encoder.artifact import Golden, Manifest, Quantisation, Retrieval, Variant, read_manifest
from primetime.encoder.calibration import GOLDEN_TEXTS, calibration_sha256, calibration_texts, judging_texts
from primetime.encoder.choosing import fastest, with_choice
from primetime.encoder.exporting import export_model, export_tokenizer
from primetime.encoder.fidelity import Labelled, compare, judge_retrieval, retrieval_shortfalls, shortfalls
from primetime.encoder.placing import put_in_place, refuse_foreign_folder, workshop
from primetime.encoder.serving import Encoder
from primetime.encoder.source import SourceModel, resolve
from primetime.encoder.variants import ENGINES, describe, make_variant
from primetime.errors import BadInput

_FEWEST_TEXTS = 32

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """Texts that a build is given in place of the made-up ones that come with the code."""

    calibration: Sequence[str] | None = None
    """a static quantisation takes its ranges from these"""
    judging: Sequence[str] | None = None
    """each variant is compared with fp32 on these"""
    labelled: Labelled | None = None
    """retrieval is judged by these; the comparison takes them too unless `judging` is given"""


def build(
    source: str | Path | None,
    output: Path,
    *,
    quantisation: Quantisation | None = None,
    texts: Texts | None = None,
    keep: Path | None = None,
) -> Manifest:
    """Build the artifact of a model (folder, hub name, or None for the packaged one) in the folder `output`.

    Every variant (or only `quantisation`) is compared with fp32; one that falls short of the gate (`fidelity`) is not
    offered, and of those that pass the one that is fastest on this machine is taken; the manifest has the table and the
    reason. `keep` names a folder for the artifacts of all that passed, so that another machine can choose (`choosing`).
    `output` is replaced at once at the very end; an earlier artifact there stays until then.

    With labelled texts a variant must also find what a review included as well as fp32 does; without, the manifest and
    `Manifest.judgement` say that retrieval was not judged.
    Raises ModelProblem (source unusable or unreachable), BadInput (`output` holds something else, too few texts), Busy
    (another build is writing there).
    """
    model = resolve(source)
    for warning in model.warnings:
        log.warning(warning, source=model.name)
    output = output.absolute()
    refuse_foreign_folder(output)
    if keep is not None and keep.exists() and (keep.is_file() or any(keep.iterdir())):
        raise BadInput(f"{keep} is not empty", remedy="choose another --keep")
    given = texts or Texts()
    for kind in (given.calibration, given.judging):
        if kind is not None and len(kind) < _FEWEST_TEXTS:
            raise BadInput(f"{len(kind)} texts are too few to check a model by", remedy=f"give {_FEWEST_TEXTS} or more")
    with workshop(output) as place:
        made = _make_and_judge(model, place, quantisation, given)
        name, speeds = fastest(made)
        for variant, folder in made.items():
            manifest = with_choice(read_manifest(folder), speeds)
            if variant == name:
                chosen = manifest
            manifest.write(folder)
        if keep is not None:
            for variant, folder in made.items():
                shutil.copytree(folder, keep / variant)
        put_in_place(made[name], output, place)
    log.info("model built", source=chosen.source, hash=chosen.hash, quantisation=chosen.quantisation)
    return chosen


def _make_and_judge(
    model: SourceModel, place: Path, only: Quantisation | None, given: Texts
) -> dict[Quantisation, Path]:
    """Artifacts of the variants that passed, fp32 among them when nothing else did or all were wanted."""
    calibration = list(given.calibration or calibration_texts())
    labelled = given.labelled
    own = given.judging or (labelled.texts if labelled else None)
    judging = list(own or judging_texts())
    original = place / "none"
    original.mkdir()
    export_model(model, original)
    export_tokenizer(model, original)
    manifests = {"none": describe(model, original, "none", "")}
    reference, best = _judged(original, judging, labelled)
    variants: dict[Quantisation, Variant] = {
        "none": Variant(quality=None, retrieval=best, tokens_per_second=0, offered=True)
    }
    notes = list(model.warnings)
    for name in ENGINES:
        if name == "none" or only not in (None, name):
            continue
        folder = place / name
        make_variant(name, original, folder, model, calibration)
        manifests[name] = describe(model, folder, name, calibration_sha256(calibration))
        vectors, found = _judged(folder, judging, labelled)
        quality = compare(reference, vectors)
        missed = shortfalls(quality)
        if best is not None and found is not None:
            missed += retrieval_shortfalls(best, found)
        variants[name] = Variant(quality=quality, retrieval=found, tokens_per_second=0, offered=not missed)
        if missed:
            notes.append(f"{name} was not close enough to fp32 ({', '.join(missed)}), so it is not offered")
            log.warning(notes[-1], source=model.name)
    offered = [name for name, variant in variants.items() if variant.offered]
    if only is not None and only in offered:
        offered = [only]
    shared = {
        "variants": variants,
        "warnings": notes,
        "judged_by": "made-up" if own is None else f"sha256:{calibration_sha256(judging)}",
        "retrieval_judged_by": "" if labelled is None else _name_of(labelled),
    }
    for name in offered:
        manifests[name].model_copy(update={**shared, "golden": _golden(place / name)}).write(place / name)
    return {name: place / name for name in offered}


def _judged(
    folder: Path, judging: list[str], labelled: Labelled | None
) -> tuple[NDArray[np.float32], Retrieval | None]:
    """The vectors of the judging texts, and what is retrieved by those of the labelled ones."""
    encoder = Encoder.open(folder)
    vectors = encoder.encode(judging)
    if labelled is None:
        return vectors, None
    same = judging == list(labelled.texts)
    return vectors, judge_retrieval(vectors if same else encoder.encode(labelled.texts), labelled.reviews)


def _name_of(labelled: Labelled) -> str:
    names = ", ".join(review.name for review in labelled.reviews)
    return f"{len(labelled.texts)} texts of {names}; sha256:{calibration_sha256(labelled.texts)}"


def _golden(folder: Path) -> list[Golden]:
    vectors = Encoder.open(folder).encode(GOLDEN_TEXTS)
    return [
        Golden(text=text, vector=[round(float(value), 5) for value in vector])
        for text, vector in zip(GOLDEN_TEXTS, vectors, strict=True)
    ]
