"""Encoding texts with a built artifact: its engine and tokenizers alone, no torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer  # type: ignore[import-untyped]

from primetime.encoder.artifact import TOKENIZER_FILE, Manifest, verify
from primetime.encoder.batching import batches_by_length
from primetime.encoder.engines import Engine, open_engine
from primetime.encoder.pooling import pool, to_unit_length
from primetime.encoder.processor import physical_cores
from primetime.encoder.turn import Turn
from primetime.errors import ModelProblem

Progress = Callable[[int, int, int], None]
"""Told the texts done, the texts in all, and the real tokens computed so far"""

# Padded tokens in one run of the model: 1024 was 1 % slower a token, and took 10 MB more.
TOKEN_BUDGET = 512
# Lengths are padded to a multiple of this, those of questions to a finer one: an engine prepares itself for each shape
# it meets. Twice as many shapes padded 2 % less, and took 90 MB more.
LENGTH_STEP = 32
SHORT, SHORT_STEP = 64, 16
# A call of up to this many texts is a person waiting; it goes ahead of bulk work.
URGENT_TEXTS = 64
# Texts tokenised at once: bounds the memory that waiting tokens take, long enough to sort lengths well.
TOKENISE_AT_ONCE = 1024
# int8 kernels of different processors round differently; a wrong file or a wrong tokenizer falls far below this.
GOLDEN_COSINE = 0.99

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """The vectors of some texts, in the texts' order, and what it took."""

    vectors: NDArray[np.float32]
    """[texts, dimension], each of length 1"""
    tokens: int
    """real tokens computed, padding not counted"""
    cut: int
    """texts longer than the model's maximum, of which only the beginning was read"""


class Encoder:
    """One loaded model. Safe to share between threads."""

    def __init__(self, manifest: Manifest, engine: Engine, tokenizer: Tokenizer) -> None:
        self.manifest = manifest
        self._engine = engine
        self._turn = Turn(engine.lanes)
        self._tokenizer = tokenizer
        padding = tokenizer.padding or {}
        self._pad_id = int(padding.get("pad_id", 0))
        # Padding is done per batch, after sorting; the tokenizer would pad to the longest text of all.
        tokenizer.no_padding()
        tokenizer.enable_truncation(manifest.max_length)

    @classmethod
    def open(cls, directory: Path, *, threads: int = 0) -> Encoder:
        """Verify the artifact's files against its manifest and load it.

        `threads` 0 means the physical cores. Raises ModelProblem when a file is missing, changed or unreadable.
        """
        manifest = verify(directory)
        try:
            engine = open_engine(manifest, directory, threads or physical_cores())
            tokenizer = Tokenizer.from_file(str(directory / TOKENIZER_FILE))
        except Exception as error:  # the libraries raise bare Exception subclasses of their own
            raise ModelProblem(
                f"the encoder artifact in {directory} cannot be loaded: {str(error).splitlines()[0]}",
                remedy="build it again with `primetime model build`",
            ) from error
        return cls(manifest, engine, tokenizer)

    @property
    def engine(self) -> str:
        """The library that runs the graph here: the manifest's, or onnxruntime where that one cannot."""
        return self._engine.name

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> NDArray[np.float32]:
        """Encode texts into unit vectors float32 [texts, dimension], in the order given.

        An empty text gets the vector of the empty sequence; control characters and NUL are ignored by the tokenizer; a
        text beyond the maximum length is cut. `progress` is called after each batch.
        Raises ModelProblem rather than return a vector that is not finite.
        """
        return self.encode_counted(texts, progress=progress).vectors

    def encode_counted(
        self,
        texts: Sequence[str],
        *,
        progress: Progress | None = None,
        pace: Callable[[float], None] | None = None,
    ) -> Encoded:
        """As `encode`, with the number of tokens computed and of texts cut.

        `pace` is called after every batch with the seconds it took, and may rest; batches that run side by side call it
        each from its own thread.
        """
        urgent = len(texts) <= URGENT_TEXTS
        vectors = np.empty((len(texts), self.manifest.dimension), dtype=np.float32)
        cut = done = tokens = 0
        for start in range(0, len(texts), TOKENISE_AT_ONCE):
            encodings = self._tokenise(texts[start : start + TOKENISE_AT_ONCE])
            cut += sum(1 for encoding in encodings if encoding.overflowing)
            ids = [encoding.ids for encoding in encodings]
            lengths = [len(one) for one in ids]
            work = partial(self._encode_batch, ids, vectors[start : start + len(ids)], urgent, pace)
            batches = list(
                batches_by_length([padded_length(one, self.manifest.max_length) for one in lengths], TOKEN_BUDGET)
            )
            with closing(_side_by_side(work, batches, self._engine.lanes)) as finished:
                for batch in finished:
                    done += len(batch)
                    tokens += sum(lengths[index] for index in batch)
                    if progress is not None:
                        progress(done, len(texts), tokens)
        return Encoded(vectors=vectors, tokens=tokens, cut=cut)

    def warm(self) -> None:
        """Recompute the golden vectors, which also loads every page of the model.

        Raises ModelProblem when this machine does not reproduce them: its vectors would not fit the stored ones.
        """
        golden = self.manifest.golden
        if not golden:
            raise ModelProblem(
                f"the artifact of {self.manifest.source} has no golden vectors, so it cannot be checked",
                remedy="build it again with `primetime model build`",
            )
        expected = np.asarray([entry.vector for entry in golden], dtype=np.float32)
        cosines = (self.encode([entry.text for entry in golden]) * to_unit_length(expected)).sum(axis=1)
        if float(cosines.min()) < GOLDEN_COSINE:
            raise ModelProblem(
                f"{self.manifest.source} gives other vectors here than where it was built "
                f"(cosine {cosines.min():.3f}, needed {GOLDEN_COSINE})",
                remedy="let this machine choose: `primetime model choose`, or build without quantising: "
                "`primetime model build --quantisation none`",
            )
        log.debug("encoder warm", source=self.manifest.source, hash=self.manifest.hash, cosine=float(cosines.min()))

    def _encode_batch(
        self,
        ids: list[list[int]],
        vectors: NDArray[np.float32],
        urgent: bool,
        pace: Callable[[float], None] | None,
        batch: NDArray[np.int64],
    ) -> None:
        """Put the vectors of the batch's texts where they belong among all."""
        with self._turn.take(urgent=urgent):
            began = time.perf_counter()
            vectors[batch] = self._run([ids[index] for index in batch])
            took = time.perf_counter() - began
        if pace is not None:
            pace(took)

    def _tokenise(self, texts: Sequence[str]) -> list[Encoding]:
        # A lone surrogate is a str that is no text; the tokenizer would refuse the whole batch for it.
        clean = [f"{self.manifest.prompt}{text}".encode("utf-8", "replace").decode("utf-8") for text in texts]
        return list(self._tokenizer.encode_batch_fast(clean))

    def _run(self, ids: list[list[int]]) -> NDArray[np.float32]:
        longest = padded_length(max(len(one) for one in ids), self.manifest.max_length)
        input_ids = np.full((len(ids), longest), self._pad_id, dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.int64)
        for row, one in enumerate(ids):
            input_ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        feed = {"input_ids": input_ids, "attention_mask": mask, "token_type_ids": np.zeros_like(input_ids)}
        hidden = self._engine.run(feed)
        if hidden.shape[-1] != self.manifest.dimension:
            raise ModelProblem(
                f"the model of {self.manifest.source} gives vectors of {hidden.shape[-1]} dimensions, "
                f"its manifest says {self.manifest.dimension}",
                remedy="build the artifact again with `primetime model build`",
            )
        vectors = to_unit_length(pool(hidden, mask, self.manifest.pooling))
        if not np.isfinite(vectors).all():
            raise ModelProblem(
                f"{self.manifest.source} produced a vector that is not a number",
                remedy="build the artifact again without quantising: `primetime model build --quantisation none`",
            )
        return vectors


def padded_length(longest: int, maximum: int) -> int:
    """How long texts are made of which the longest has so many tokens; at most `maximum`."""
    step = SHORT_STEP if longest <= SHORT else LENGTH_STEP
    return min(max(-(-longest // step), 1) * step, maximum)


def _side_by_side(
    work: Callable[[NDArray[np.int64]], None], batches: Sequence[NDArray[np.int64]], lanes: int
) -> Generator[NDArray[np.int64]]:
    """Yield the batches in their order, each when its work is done; closed or failed, none begins any more."""
    if lanes == 1 or len(batches) == 1:
        for batch in batches:
            work(batch)
            yield batch
        return
    pool = ThreadPoolExecutor(lanes, thread_name_prefix="encoding")
    try:
        results = pool.map(work, batches)
        for batch, _ in zip(batches, results, strict=True):
            yield batch
    finally:
        pool.shutdown(cancel_futures=True)
