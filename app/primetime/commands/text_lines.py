"""Reading texts from a file of JSON objects, one a line, key `text`."""

from pathlib import Path

import orjson

from primetime.errors import BadInput


def read_texts(path: Path) -> list[str]:
    """The texts of the file, one for each line, in its order; the end of the last line begins no other.

    Raises BadInput for a file that cannot be read, with the first line that is empty, no such object or not UTF-8.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}", remedy="check the path") from error
    if lines[-1] == b"":
        del lines[-1]
    return [_text(line, f"{path}:{number}") for number, line in enumerate(lines, 1)]


def _text(line: bytes, place: str) -> str:
    if not line.strip():
        # Left out, it would let every vector after it stand in another row than its text's line.
        raise BadInput(f"{place} is empty", remedy='remove the line, or write an empty text: {"text": ""}')
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadInput(
            f"{place} is not JSON in UTF-8: {error}", remedy='write one object a line: {"text": "…"}'
        ) from error
    text = entry.get("text") if isinstance(entry, dict) else None
    if not isinstance(text, str):
        raise BadInput(f"{place} has no text", remedy='write one object a line: {"text": "…"}')
    return text
