"""Lists in pages that follow one another by the key of the last one: bounded, whatever there is, and none is missed."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel, Field

from primetime.cursors import read_cursor, unknown_cursor, write_cursor

LONGEST_PAGE = 1000
_LARGEST = 2**63 - 1
Key = tuple[int | str, ...]
T = TypeVar("T")


class CursorQuestion(BaseModel):
    """Where a page begins: at the first, or where `cursor`, the `next` of the page before it, leads to."""

    cursor: str | None = Field(default=None, max_length=4000)

    def key(self, *kinds: type[int] | type[str]) -> Key | None:
        """What the page comes after, of values of these kinds. Raises BadInput for a cursor that no page has given."""
        if self.cursor is None:
            return None
        key = read_cursor(self.cursor)
        if [type(part) for part in key] != list(kinds) or not all(map(_holds, key)):
            raise unknown_cursor()
        return tuple(key)

    def number(self) -> int | None:
        """The same of a list by one number."""
        key = self.key(int)
        return int(key[0]) if key else None

    def text(self) -> str | None:
        """The same of a list by one text."""
        key = self.key(str)
        return str(key[0]) if key else None


class ListQuestion(CursorQuestion):
    """A page of a list that has no numbers."""

    limit: int = Field(default=LONGEST_PAGE, ge=1, le=LONGEST_PAGE)

    def page(self, found: Sequence[T], key: Callable[[T], Key]) -> tuple[Sequence[T], str | None]:
        """Of one more than the limit: the page, and the cursor of the next; None when this is the last."""
        shown = found[: self.limit]
        if len(found) <= self.limit:
            return shown, None
        return shown, write_cursor(key(shown[-1]))


class PageQuestion(CursorQuestion):
    """A page by its number; or by `cursor`, asked with the same filters and order."""

    page: int = Field(default=1, ge=1, le=1_000_000)
    page_size: int = Field(default=25, ge=1, le=100)

    @property
    def number_shown(self) -> int | None:
        """The page's number; None for one that was asked for by cursor."""
        return self.page if self.cursor is None else None

    def offset(self) -> int:
        """How many come before the page, of a list whose cursor is that number."""
        before = self.number()
        return (self.page - 1) * self.page_size if before is None else before

    def following(self, total: int) -> str | None:
        """The cursor of the next page of such a list of so many; None when this is the last."""
        shown = self.offset() + self.page_size
        return write_cursor((shown,)) if shown < total else None


def _holds(part: int | str) -> bool:
    """Whether the database can hold it."""
    return "\0" not in part if isinstance(part, str) else 0 <= part <= _LARGEST
