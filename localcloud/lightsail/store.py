"""Keeping the account in a file: read once, written whole at every change, never half."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localcloud.lightsail.records import Account

# The service keeps operations for weeks; the last ones are what anybody asks for.
OPERATIONS_KEPT = 1000
ACCOUNT_FILE = "lightsail.json"


class Store:
    """The account behind a lock. `changing` is the only way to write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._account = Account.model_validate_json(path.read_bytes()) if path.exists() else Account()

    @contextmanager
    def reading(self) -> Iterator[Account]:
        """The account as it is; what is read must not be kept beyond the block."""
        with self._lock:
            yield self._account

    def snapshot(self) -> Account:
        """A copy of the account as it is."""
        with self._lock:
            return self._account.model_copy(deep=True)

    @contextmanager
    def changing(self) -> Iterator[Account]:
        """A copy to change: kept and written when the block ends, forgotten when it raises."""
        with self._lock:
            draft = self._account.model_copy(deep=True)
            yield draft
            del draft.operations[:-OPERATIONS_KEPT]
            self._write(draft)
            self._account = draft

    def _write(self, account: Account) -> None:
        # The passwords of databases are in it: only the owner may read the file.
        self._path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._path.with_suffix(".new")
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(account.model_dump_json(indent=1))
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._path)
