"""The encoder of the model that serves: finding its artifact, and following a change of model without a restart."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import psycopg
import structlog
from psycopg import Connection
from psycopg_pool import PoolTimeout

from primetime.database.locks import exclusive
from primetime.encoder.artifact import MANIFEST_FILE, read_manifest, verify
from primetime.encoder.serving import Encoder
from primetime.errors import ModelProblem
from primetime.memory import look_through_all, settle_down
from primetime.vectors.nearest_index import ensure_index
from primetime.vectors.serving_model import serving_hash
from primetime.vectors.storing import EncodeReport, count_missing, encode_missing, encoding_lock

# A process follows a switch within this time (seconds); until then both models' vectors are there to be read.
FOLLOW_EVERY = 3.0
# A model that did not work here is tried again after this time (seconds), then after twice that, and so on: what it
# lacks may have come, but whoever searches waits while it is tried.
RETRY_AFTER, RETRY_AT_LAST_EVERY = 60.0, 3600.0

log = structlog.get_logger(__name__)


def find_artifact(configured: Path, model_hash: str) -> Path:
    """The folder of the artifact with this hash: the configured one, or one beside it, where earlier models are kept.

    Raises ModelProblem when there is none.
    """
    for manifest in (configured / MANIFEST_FILE, *sorted(configured.parent.glob(f"*/{MANIFEST_FILE}"))):
        try:
            if read_manifest(manifest.parent).hash == model_hash:
                return manifest.parent
        except ModelProblem as error:
            log.debug("passed over", cause=str(error))
    raise ModelProblem(
        f"the artifact of model {model_hash} is not in {configured} nor beside it",
        remedy=f"copy it into a folder of {configured.parent}, or see `primetime model status` and switch to another",
    )


def open_serving(connection: Connection[Any], configured: Path, *, threads: int) -> Encoder:
    """The serving model's encoder; the configured one's where none serves yet. Raises ModelProblem."""
    model_hash = serving_hash(connection)
    connection.commit()
    folder = configured if model_hash is None else find_artifact(configured, model_hash)
    return Encoder.open(folder, threads=threads)


def encode_new(
    connection: Connection[Any],
    configured: Path,
    *,
    threads: int,
    progress: Callable[[int, int], None] | None = None,
    pace: Callable[[float], None] | None = None,
) -> EncodeReport:
    """Encode what has no vector of the serving model yet; its encoder is opened only where something waits.

    Raises ModelProblem, Busy when another process encodes with this model.
    """
    model_hash = serving_hash(connection)
    if model_hash is not None:
        missing, already = count_missing(connection, model_hash)
        connection.commit()
        if not missing:
            with exclusive(connection, encoding_lock(model_hash)):
                ensure_index(connection, model_hash)
            return EncodeReport(encoded=0, already=already, cut=0, model_hash=model_hash)
    encoder = open_serving(connection, configured, threads=threads)
    return encode_missing(connection, encoder, progress=progress, pace=pace)


class ServingEncoder:
    """One process's encoder, exchanged when another model is made to serve. Safe to share between threads.

    The one before is let go before the next is opened, as two might not fit in memory; who asks meanwhile waits.
    """

    def __init__(
        self,
        configured: Path,
        *,
        threads: int,
        connect: Callable[[], AbstractContextManager[Connection[Any]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configured = configured
        self._threads = threads
        self._connect = connect
        self._clock = clock
        self._lock = Lock()
        self._ended = Event()
        self._follower = Thread(target=self._keep_following, name="follow-model", daemon=True)
        self._encoder: Encoder | None = None
        self._refused: str | None = None
        self._refusals = 0
        self._retry_at = 0.0
        self.problem: ModelProblem | None = None
        """why there is no encoder, or why it is not the serving model's"""

    @property
    def encoder(self) -> Encoder | None:
        with self._lock:
            return self._encoder

    def start(self) -> None:
        """Open the serving model, or the configured one while the database is away; then follow."""
        model_hash = self._serving()
        try:
            self._encoder = self._open(self._folder(model_hash))
        except ModelProblem as error:
            self._refuse(model_hash, error)
            log.error("no encoder, searching by meaning is off", cause=str(error), remedy=error.remedy)
        self._follower.start()

    def close(self) -> None:
        self._ended.set()
        self._follower.join()

    def follow(self) -> None:
        """Take the serving model if this process has another one, or none.

        One that does not work here is tried again, ever more seldom, and the one before goes on meanwhile.
        """
        now = None if self._encoder is None else self._encoder.manifest.hash
        model_hash = self._serving()
        if model_hash is None and now is None:
            # None serves yet, or the database does not say: then it is the one that was wanted last.
            model_hash = self._refused
        elif model_hash in (None, now):
            if model_hash == now and self.problem is not None:
                self._accept()  # gone back to the model that this process has
            return
        if self.problem is not None and model_hash == self._refused and self._clock() < self._retry_at:
            return
        try:
            folder = self._folder(model_hash)
            # What is missing or damaged is found out without letting the present one go.
            verify(folder)
            self._exchange(folder, now)
        except ModelProblem as error:
            self._refuse(model_hash, error)
            log.error("the serving model does not work here", cause=str(error), remedy=error.remedy)
        else:
            self._accept()
            log.warning("this process changed its model", before=now, now=model_hash)

    def _exchange(self, folder: Path, now: str | None) -> None:
        """Let the encoder go and open another; where that one does not work (ModelProblem), the one before again."""
        with self._lock:
            self._encoder = None
            look_through_all()
            try:
                self._encoder = self._open(folder)
            except ModelProblem:
                try:
                    self._encoder = None if now is None else self._open(find_artifact(self._configured, now))
                except ModelProblem as error:
                    log.error("the model before does not work any more", cause=str(error), remedy=error.remedy)
                raise
            finally:
                settle_down()

    def _folder(self, model_hash: str | None) -> Path:
        return self._configured if model_hash is None else find_artifact(self._configured, model_hash)

    def _accept(self) -> None:
        self.problem, self._refused, self._refusals = None, None, 0

    def _refuse(self, model_hash: str | None, problem: ModelProblem) -> None:
        self._refusals = self._refusals + 1 if model_hash == self._refused else 1
        self.problem, self._refused = problem, model_hash
        self._retry_at = self._clock() + min(RETRY_AFTER * 2 ** (self._refusals - 1), RETRY_AT_LAST_EVERY)

    def _serving(self) -> str | None:
        try:
            with self._connect() as connection:
                return serving_hash(connection)
        except (psycopg.Error, PoolTimeout) as error:
            # Away, or before its migration: `/ready` says so.
            log.debug("which model serves is unknown", cause=str(error))
            return None

    def _open(self, folder: Path) -> Encoder:
        try:
            encoder = Encoder.open(folder, threads=self._threads)
            encoder.warm()
        except (OSError, RuntimeError, MemoryError) as error:
            cause = next(iter(str(error).splitlines()), "") or type(error).__name__
            raise ModelProblem(
                f"the encoder artifact in {folder} cannot be used now: {cause}",
                remedy="see to this machine's memory and disk; it is tried again by itself",
            ) from error
        return encoder

    def _keep_following(self) -> None:
        while not self._ended.wait(FOLLOW_EVERY):
            try:
                self.follow()
            except Exception:
                # Whatever it was, the next look may meet it no more; a thread that ended would never look again.
                log.exception("following the serving model failed")
