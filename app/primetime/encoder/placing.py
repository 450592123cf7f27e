"""Putting an artifact in its folder: one writer at a time, the earlier one there until the new one is whole."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from primetime.encoder.artifact import MANIFEST_FILE, read_manifest
from primetime.errors import BadInput, Busy, ModelProblem

log = structlog.get_logger(__name__)


def refuse_foreign_folder(output: Path) -> None:
    """Raises BadInput when `output` holds something that is no artifact."""
    if output.is_file() or (output.is_dir() and any(output.iterdir()) and not (output / MANIFEST_FILE).is_file()):
        raise BadInput(f"{output} exists and is no encoder artifact", remedy="choose another --output")


@contextmanager
def workshop(output: Path) -> Iterator[Path]:
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


def put_in_place(chosen: Path, output: Path, workshop: Path) -> None:
    """Replace the folder `output` by `chosen`, a folder in the same workshop.

    An artifact there of another model is kept beside it as `<output>-<hash>`: it may be the one that serves.
    """
    if output.exists():
        replaced = workshop / "replaced"
        try:
            earlier = read_manifest(output).hash
            if earlier != read_manifest(chosen).hash:
                replaced = output.with_name(f"{output.name}-{earlier}")
        except ModelProblem as error:
            log.warning("the artifact that is replaced cannot be kept", cause=str(error))
        if replaced.exists():
            shutil.rmtree(replaced)
        output.rename(replaced)
    chosen.rename(output)
    output.chmod(0o755)
