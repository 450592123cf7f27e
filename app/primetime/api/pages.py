"""Lists in pages that follow one another by the key of the last one: bounded, whatever there is, and none is missed."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

import orjson
from pydantic import BaseModel, Field

from primetime.errors import BadInput

LONGEST_PAGE = 1000
_LARGEST = 2**63 - 1
Key = tuple[int | str, ...]
T = TypeVar("T")


class ListQuestion(BaseModel):
    """Which page: the first, or the one that `cursor`, the `next` of the page before it, leads to."""

    limit: int = Field(default=LONGEST_PAGE, ge=1, le=LONGEST_PAGE)
    cursor: str | None = Field(default=None, max_length=4000)

    def key(self, *kinds: type[int] | type[str]) -> Key | None:
        """What the page comes after, of values of these kinds. Raises BadInput for a cursor that no page has given."""
        if self.cursor is None:
            return None
        try:
            packed = base64.b64decode(self.cursor + "=" * (-len(self.cursor) % 4), altchars=b"-_", validate=True)
            key = orjson.loads(packed)
        except (ValueError, binascii.Error):
            key = None
        if not isinstance(key, list) or [type(part) for part in key] != list(kinds) or not all(map(_holds, key)):
            raise BadInput("the cursor is none that a page has given", remedy="begin again without one")
        return tuple(key)

    def number(self) -> int | None:
        """The same of a list by one number."""
        key = self.key(int)
        return int(key[0]) if key else None

    def text(self) -> str | None:
        """The same of a list by one text."""
        key = self.key(str)
        return str(key[0]) if key else None

    def page(self, found: Sequence[T], key: Callable[[T], Key]) -> tuple[Sequence[T], str | None]:
        """Of one more than the limit: the page, and the cursor of the next; None when this is the last."""
        shown = found[: self.limit]
        if len(found) <= self.limit:
            return shown, None
        return shown, base64.urlsafe_b64encode(orjson.dumps(key(shown[-1]))).decode().rstrip("=")


def _holds(part: int | str) -> bool:
    """Whether the database can hold it."""
    return "\0" not in part if isinstance(part, str) else 0 <= part <= _LARGEST
