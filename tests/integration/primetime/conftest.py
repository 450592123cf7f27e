"""The real encoders for every test that needs one: built once for a state of the builder's source, then reused."""

import asyncio
import fcntl
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psycopg
import pytest

from primetime.encoder import fidelity
from primetime.encoder.artifact import read_manifest, sha256_of
from primetime.encoder.building import build
from primetime.encoder.pooling import to_unit_length
from primetime.encoder.serving import Encoder
from primetime.jobs.queue import create_queue, rescue
from primetime.settings import Settings
from primetime.vectors.halfvec import storage_of, to_parameter


@pytest.fixture(scope="session")
def model_directory(repository: Path) -> Path:
    """The static artifact of the packaged MiniLM under the git-ignored build folder.

    Speed does not decide which; and the quality gate is a little wider, as a processor without VNNI needs it.
    """
    return _built_once(repository, "minilm", _build_static)


@pytest.fixture(scope="session")
def small_model_directory(repository: Path, small_bert: Path) -> Path:
    """An artifact of that small BERT: another model, of 32 dimensions."""
    return _built_once(repository, "small", lambda directory: build(small_bert, directory, quantisation="none"))


@pytest.fixture
def look_after() -> Callable[[Settings], None]:
    """What every minute does for the jobs of workers that died."""

    async def look(settings: Settings) -> None:
        queue = create_queue(settings)
        async with queue.open_async():
            await rescue(queue, settings)

    return lambda settings: asyncio.run(look(settings))


@pytest.fixture
def broken_weights(small_model_directory: Path, tmp_path: Path) -> Path:
    """That artifact with weights that are no numbers, sealed again, as a builder that went wrong would leave it."""
    import onnx

    folder = Path(shutil.copytree(small_model_directory, tmp_path / "broken"))
    graph = onnx.load(str(folder / "model.onnx"))
    weights = max(graph.graph.initializer, key=lambda one: len(one.raw_data))
    values = onnx.numpy_helper.to_array(weights).copy()
    values[:] = np.nan
    weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
    onnx.save(graph, str(folder / "model.onnx"))
    manifest = read_manifest(folder)
    sealed = {name: sha256_of(folder / name) for name in manifest.files}
    manifest.model_copy(update={"files": sealed}).write(folder)
    return folder


def _build_static(directory: Path) -> None:
    with TemporaryDirectory(dir=directory.parent) as place:
        variants = Path(place) / "variants"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fidelity, "MEAN_COSINE", 0.99)
            patch.setattr(fidelity, "NEAREST_10_OVERLAP", 0.92)
            build(None, Path(place) / "fastest", keep=variants)
        (variants / "static-int8-smoothquant").rename(directory)


def _built_once(repository: Path, name: str, make: Callable[[Path], object]) -> Path:
    source = sorted((repository / "app" / "primetime" / "encoder").glob("*.py"))
    state = hashlib.sha256(b"".join(path.read_bytes() for path in source)).hexdigest()[:12]
    directory = repository / "build" / "model-test" / f"{name}-{state}"
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / f".{name}.lock").open("w") as lock:
        # A second test process waits here instead of building the same again.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (directory / "manifest.json").is_file():
            make(directory)
    return directory


@pytest.fixture(scope="session")
def encoder(model_directory: Path) -> Encoder:
    return Encoder.open(model_directory)


@pytest.fixture
def add(connection: psycopg.Connection) -> Callable[[int, int, int], None]:
    """Store articles first, first + 1, …, so many, about a subject 0..11, with vectors of a made-up model."""
    directions = np.random.default_rng(7).normal(size=(12, 32))
    storage = storage_of(connection)

    def store(first: int, count: int, subject: int) -> None:
        random = np.random.default_rng(first)
        connection.execute(
            "INSERT INTO encoder_models (hash, source, dimension) VALUES ('planted', '', 32) ON CONFLICT DO NOTHING"
        )
        for pmid in range(first, first + count):
            vector = to_unit_length((directions[subject] + random.normal(size=32) * 0.3)[None, :])[0]
            digest = hashlib.sha256(str(pmid).encode()).hexdigest()
            connection.execute(
                "INSERT INTO articles (pmid, title, publication_year, content_hash) VALUES (%s, %s, %s, %s)",
                (pmid, f"A paper about subject{'abcdefghijkl'[subject]}", 2000 + pmid % 12, digest),
            )
            connection.execute(
                "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding) VALUES (%s, %s, %s, %s)",
                ("planted", pmid, digest, to_parameter(vector, storage)),
            )
        connection.commit()

    return store
