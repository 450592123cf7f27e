"""Cursors of pages that follow one another: the last one's key, as a client hands it back. They are not for reading."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import orjson

from primetime.errors import BadInput


def write_cursor(key: Sequence[int | str | None]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def read_cursor(cursor: str) -> list[Any]:
    """The key; whether it is one of the list's, its reader has to see. Raises BadInput for what is no key at all."""
    try:
        key = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except ValueError as error:
        raise unknown_cursor() from error
    if not isinstance(key, list):
        raise unknown_cursor()
    return key


def unknown_cursor() -> BadInput:
    return BadInput("the cursor is none that a page has given", remedy="begin again without one")
