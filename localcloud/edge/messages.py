"""The request that a viewer sends and the response that it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field


class Headers:
    """Header fields in order, looked up without regard to case."""

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def get(self, name: str) -> str | None:
        """The field's value, several joined by a comma as HTTP has it; None when there is none."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._items if key.lower() == name.lower()]

    def set(self, name: str, value: str) -> None:
        self.remove(name)
        self._items.append((name, value))

    def add(self, name: str, value: str) -> None:
        self._items.append((name, value))

    def remove(self, name: str) -> None:
        self._items = [(key, value) for key, value in self._items if key.lower() != name.lower()]

    def copy(self) -> Headers:
        return Headers(self._items)


@dataclass(kw_only=True)
class Request:
    """A viewer's request. `path` and `query` are as they came, percent-encoded; `query` is without the mark."""

    method: str
    host: str
    path: str
    query: str
    headers: Headers
    viewer_address: str
    body: Iterable[bytes] = ()
    body_length: int | None = 0  # bytes; None when the viewer sends chunks of unknown number


@dataclass(kw_only=True)
class Response:
    """A response whose body is read as it is sent; `close` lets go of what it is read from."""

    status: int
    headers: Headers
    body: Iterable[bytes] = ()
    close: Callable[[], None] = field(default=lambda: None)

    @property
    def length(self) -> int | None:
        """Bytes of the body, where the origin said how many."""
        value = self.headers.get("Content-Length")
        return int(value) if value is not None and value.isdigit() else None


def buffered(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Response:
    """A response whose body is at hand."""
    response = Response(status=status, headers=Headers(headers), body=[body] if body else [])
    response.headers.set("Content-Length", str(len(body)))
    return response
