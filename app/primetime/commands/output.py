"""Writing a file whole or not at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from primetime.errors import BadInput


@contextmanager
def whole_file(output: Path) -> Iterator[IO[bytes]]:
    """A file to write to, which has its name only when all is written; `-` is standard output.

    Raises BadInput when it cannot be written.
    """
    if str(output) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    # Written beside and renamed at the end, so that a stopped export leaves no half file under that name.
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            yield file
        unfinished.replace(output)
    except OSError as error:
        raise BadInput(f"cannot write {output}: {error.strerror}", remedy="choose another --output") from error
    finally:
        unfinished.unlink(missing_ok=True)
