"""Building a model artifact: export, quantise, check against the original, describe, put in place at once."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from primetime.encoder.artifact import (
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    Golden,
    Manifest,
    Quality,
    Quantisation,
    sha256_of,
)
from primetime.encoder.calibration import GOLDEN_TEXTS, calibration_sha256, calibration_texts
from primetime.encoder.exporting import export_model, export_tokenizer, quantise
from primetime.encoder.fidelity import acceptable, compare
from primetime.encoder.serving import Encoder
from primetime.encoder.source import SourceModel, resolve
from primetime.errors import BadInput, Busy, ModelProblem

INT8: Quantisation = "dynamic-int8-per-channel"

log = structlog.get_logger(__name__)


def build(source: str | Path | None, output: Path, *, quantisation: Quantisation = INT8) -> Manifest:
    """Build the artifact of a model (folder, hub name, or None for the packaged one) in the folder `output`.

    The int8 variant is taken when it is close enough to fp32 on the calibration texts (`fidelity`), else fp32, and the
    manifest says so. `output` is replaced at once at the very end; an earlier artifact there stays until then. Building
    the same source twice with the same packages gives the same hash.

    Raises ModelProblem (source unusable or unreachable), BadInput (`output` holds something else), Busy (another build
    is writing there).
    """
    model = resolve(source)
    for warning in model.warnings:
        log.warning(warning, source=model.name)
    output = output.absolute()
    _refuse_foreign_folder(output)
    with _workshop(output) as workshop:
        manifest, chosen = _build_variants(model, workshop, quantisation)
        _put_in_place(chosen, output, workshop)
    log.info("model built", source=manifest.source, hash=manifest.hash, quantisation=manifest.quantisation)
    return manifest


def _build_variants(model: SourceModel, workshop: Path, wanted: Quantisation) -> tuple[Manifest, Path]:
    original = workshop / "fp32"
    original.mkdir()
    export_model(model, original)
    export_tokenizer(model, original)
    chosen, manifest = original, _describe(model, original, "none")
    quality: dict[Quantisation, Quality] = {}
    notes = list(model.warnings)
    if wanted == INT8:
        quantised = workshop / "int8"
        quantised.mkdir()
        quantise(original / MODEL_FILE, quantised / MODEL_FILE)
        shutil.copyfile(original / TOKENIZER_FILE, quantised / TOKENIZER_FILE)
        candidate = _describe(model, quantised, INT8)
        measured = quality[INT8] = _fidelity(original, quantised)
        if acceptable(measured):
            chosen, manifest = quantised, candidate
        else:
            notes.append(
                f"int8 was not close enough to fp32 (mean cosine {measured.mean_cosine}, "
                f"1st percentile {measured.first_percentile_cosine}), so the model is served in fp32"
            )
            log.warning(notes[-1], source=model.name)
    vectors = Encoder.open(chosen).encode(GOLDEN_TEXTS)
    golden = [
        Golden(text=text, vector=[round(float(value), 5) for value in vector])
        for text, vector in zip(GOLDEN_TEXTS, vectors, strict=True)
    ]
    manifest = manifest.model_copy(update={"quality": quality, "golden": golden, "warnings": notes})
    manifest.write(chosen)
    return manifest, chosen


def _describe(model: SourceModel, directory: Path, quantisation: Quantisation) -> Manifest:
    manifest = Manifest(
        source=model.name,
        revision=model.revision,
        licence=model.licence,
        dimension=model.dimension,
        pooling=model.pooling,
        normalised=model.normalised,
        max_length=model.max_length,
        quantisation=quantisation,
        files={name: sha256_of(directory / name) for name in (MODEL_FILE, TOKENIZER_FILE)},
        calibration_sha256=calibration_sha256(),
    )
    manifest.write(directory)
    return manifest


def _fidelity(original: Path, quantised: Path) -> Quality:
    texts = calibration_texts()
    return compare(Encoder.open(original).encode(texts), Encoder.open(quantised).encode(texts))


def _refuse_foreign_folder(output: Path) -> None:
    if output.is_file() or (output.is_dir() and any(output.iterdir()) and not (output / MANIFEST_FILE).is_file()):
        raise BadInput(f"{output} exists and is no encoder artifact", remedy="choose another --output")


@contextmanager
def _workshop(output: Path) -> Iterator[Path]:
    """A temporary folder beside `output`, under a lock that also tells what an earlier, killed build left behind."""
    prefix = f".{output.name}.building-"
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        lock = (output.parent / f".{output.name}.lock").open("w")
    except OSError as error:
        raise ModelProblem(
            f"{output.parent} cannot be written: {error.strerror}", remedy="choose another --output"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"another build is writing {output}", remedy="wait until it has finished") from error
        for left_behind in output.parent.glob(f"{prefix}*"):
            shutil.rmtree(left_behind)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=output.parent) as directory:
            yield Path(directory)


def _put_in_place(chosen: Path, output: Path, workshop: Path) -> None:
    if output.exists():
        output.rename(workshop / "replaced")
    chosen.rename(output)
    output.chmod(0o755)
