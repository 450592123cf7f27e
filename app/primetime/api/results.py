"""What a model made of what somebody sent: kept for a day, until the data, the model or the release is another."""

import hashlib

from primetime.api.services import Services
from primetime.telemetry.metrics import KEPT_ANSWERS

SECONDS = 24 * 3600
_LARGEST = 4 << 20


class KeptResult:
    """One result's place on the shelf. There is none while nobody can tell whether the data have changed."""

    def __init__(self, shared: Services, *, of: str, asked: bytes) -> None:
        self._shelf = shared.shelf
        version = shared.changes.data
        model = shared.require_encoder().manifest.hash
        parts = (str(version), shared.settings.release_id, model, of)
        digest = hashlib.sha256("\0".join(parts).encode() + b"\0" + asked).hexdigest()
        self._key = f"result:{digest}" if version is not None else ""

    async def find(self) -> bytes | None:
        found = await self._shelf.get(self._key) if self._key else None
        KEPT_ANSWERS.labels("found" if found is not None else "made").inc()
        return found

    async def keep(self, result: bytes) -> None:
        if self._key and len(result) <= _LARGEST:
            await self._shelf.put(self._key, result, seconds=SECONDS)
