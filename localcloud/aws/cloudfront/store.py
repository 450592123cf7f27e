"""Everything that CloudFront knows, in one JSON file that is replaced whole at each change.

The tables hold plain JSON values (function code in base64), keyed by id or name. Replacing the file by rename means
that a process killed at any moment leaves either the state before the change or the one after it.
"""

from __future__ import annotations

import copy
import json
import os
import secrets
import string
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ACCOUNT_ID = "123456789012"  # moto's account, so that ARNs agree across services
TABLES = (
    "distributions",
    "invalidations",
    "origin_access_controls",
    "functions",
    "cache_policies",
    "origin_request_policies",
    "response_headers_policies",
    "tags",
)

Record = dict[str, Any]
Table = dict[str, Record]


class Store:
    """The tables, and a revision number that grows by one with each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self.revision = 0
        self._tables: dict[str, Table] = {name: {} for name in TABLES}
        if path.exists():
            saved = json.loads(path.read_text())
            self.revision = saved["revision"]
            self._tables |= saved["tables"]

    def table(self, name: str) -> Table:
        return self._tables[name]

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._lock:
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """A change that happens whole or not at all, and is on disk when the block ends."""
        with self._lock:
            before = copy.deepcopy(self._tables), self.revision
            try:
                yield
                self.revision += 1
                self._write()
            except BaseException:
                self._tables, self.revision = before
                raise

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        with part.open("w") as stream:
            json.dump({"revision": self.revision, "tables": self._tables}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self._path)


def new_id(length: int = 14) -> str:
    """An identifier in CloudFront's style: E and capital letters or digits."""
    alphabet = string.ascii_uppercase + string.digits
    return "E" + "".join(secrets.choice(alphabet) for _ in range(length - 1))


def new_domain_name() -> str:
    alphabet = string.ascii_lowercase + string.digits
    return "d" + "".join(secrets.choice(alphabet) for _ in range(13)) + ".cloudfront.net"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page(items: list[Record], key: str, parameters: Record) -> Record:
    """One page of a listing as CloudFront cuts it: after `Marker`, at most `MaxItems` (100 by default).

    Functions and policies are listed so. The older listings have `marked_page`.
    """
    marker = parameters.get("Marker") or ""
    limit = int(parameters.get("MaxItems") or 100)
    start = next((i + 1 for i, item in enumerate(items) if item[key] == marker), 0) if marker else 0
    shown = items[start : start + limit]
    listing: Record = {"MaxItems": limit, "Quantity": len(shown)}
    if shown:
        listing["Items"] = shown
    if start + limit < len(items):
        listing["NextMarker"] = shown[-1][key]
    return listing


def marked_page(items: list[Record], key: str, parameters: Record) -> Record:
    """The same with where it began and whether it goes on."""
    listing = page(items, key, parameters)
    return listing | {"Marker": parameters.get("Marker") or "", "IsTruncated": "NextMarker" in listing}
