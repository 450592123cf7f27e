"""A window that moves forward over a file's text, whatever its compression and encoding."""

import codecs
import gzip
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

# As the standard library's gzip and zlib, in less than half of the time.
from isal import igzip, isal_zlib

from primetime.errors import BadInput

# Its types call the class an instance.
_DAMAGED = cast(type[Exception], isal_zlib.error)
_CHUNK = 256 << 10  # no more than stays in a core's cache while it is decompressed, searched and copied
_WIDEST = 32 << 20  # a PubMed record of some thousand authors has 2 MB
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_SPACE = re.compile(rb"\s*")


def open_plain_or_gzip(path: Path) -> IO[bytes]:
    """The file's bytes, decompressed when they are gzip. Raises BadInput when it cannot be opened."""
    try:
        with path.open("rb") as file:
            compressed = file.read(2) == b"\x1f\x8b"
        opened = igzip.open(path, "rb") if compressed else path.open("rb")  # type: ignore[no-untyped-call]
        return cast(IO[bytes], opened)
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}", remedy="check the path and its permissions") from error


def read_plain_or_gzip(path: Path) -> bytes:
    """All of a small file's bytes, decompressed when they are gzip. Raises BadInput when it cannot be read."""
    with open_plain_or_gzip(path) as stream:
        return b"".join(_raw_chunks(stream, str(path)))


class ByteWindow:
    """What lies ahead in a stream, as UTF-8. Offsets count from the window's cursor."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        """`name` is what errors call the stream."""
        self.name = name
        self.line = 1  # the cursor's line
        self._data = b""
        self._cursor = 0
        self._chunks = _utf8_chunks(stream, name)

    def peek(self, length: int, *, at: int = 0) -> bytes:
        """`length` bytes from offset `at`; fewer only at the stream's end."""
        while len(self._data) - self._cursor < at + length and self._grow():
            pass
        return self._data[self._cursor + at : self._cursor + at + length]

    def find(self, token: bytes, *, at: int = 0) -> int | None:
        """The offset of `token` at or behind offset `at`, or None when it does not come any more."""
        searched = at
        while True:
            found = self._data.find(token, self._cursor + searched)
            if found >= 0:
                return found - self._cursor
            searched = max(at, len(self._data) - self._cursor - len(token) + 1)
            if not self._grow():
                return None

    def contains(self, token: bytes, start: int, end: int) -> int | None:
        """The offset of `token` between two offsets that were found before, or None."""
        found = self._data.find(token, self._cursor + start, self._cursor + end)
        return found - self._cursor if found >= 0 else None

    def take(self, length: int) -> bytes:
        """The next bytes; the cursor moves behind them."""
        taken = self.peek(length)
        self.line += taken.count(b"\n")
        self._cursor += len(taken)
        return taken

    def rest(self) -> bytes:
        """All that is left, once `find` has told that what ends it does not come any more."""
        return self.take(len(self._data) - self._cursor)

    def skip_space(self) -> bool:
        """Move to the next byte that is not white space; false at the stream's end."""
        while True:
            match = _SPACE.match(self._data, self._cursor)
            self.take(match.end() - self._cursor if match else 0)
            if self._cursor < len(self._data):
                return True
            if not self._grow():
                return False

    def _grow(self) -> bool:
        if len(self._data) - self._cursor > _WIDEST:
            raise BadInput(
                f"{self.name} has a record of more than {_WIDEST >> 20} MB at line {self.line}",
                remedy="check that it is a file of articles",
            )
        chunk = next(self._chunks, b"")
        self._data = self._data[self._cursor :] + chunk
        self._cursor = 0
        return bool(chunk)


def _raw_chunks(stream: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except EOFError as error:
        raise BadInput(f"{name} is a truncated gzip file", remedy="fetch the file again") from error
    except (gzip.BadGzipFile, _DAMAGED) as error:
        raise BadInput(f"{name} is a damaged gzip file ({error})", remedy="fetch the file again") from error
    except OSError as error:
        raise BadInput(f"cannot read {name}: {error.strerror}", remedy="check that it is a file") from error


def _utf8_chunks(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """The stream's chunks; another encoding (by byte-order mark or XML declaration) is turned into UTF-8."""
    chunks = _raw_chunks(stream, name)
    first = next(chunks, b"").removeprefix(codecs.BOM_UTF8)
    encoding = _encoding(first)
    if encoding in ("utf-8", "utf8", "us-ascii", "ascii"):
        if first:
            yield first
        yield from chunks
        return
    try:
        # Python's other codecs (hex, zlib, rot13) are not of texts; only this attribute tells them apart.
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError(encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
        for chunk in itertools.chain([first], chunks):
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except LookupError as error:
        raise BadInput(f"{name} is in an unknown encoding, {encoding}", remedy="convert it to UTF-8") from error
    except UnicodeError as error:
        raise BadInput(
            f"{name} is not in the encoding that it declares, {encoding}", remedy="convert it to UTF-8"
        ) from error


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = _ENCODING.match(start)
    return declared[1].decode("ascii").lower() if declared else "utf-8"
