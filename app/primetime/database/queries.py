"""Named queries: SQL lives in `.sql` files beside the code that runs it."""

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from psycopg import sql

_HEADER = re.compile(r"^-- name: *(?P<name>\w+) *$", re.MULTILINE)


def load_queries(package: str, filename: str = "queries.sql") -> Mapping[str, sql.SQL]:
    """The queries of a file in `package`, by the name in the line `-- name: …` that each begins with.

    Raises ValueError for a file with no names, text before the first, or a name twice.
    """
    text = resources.files(package).joinpath(filename).read_text(encoding="utf-8")
    headers = list(_HEADER.finditer(text))
    if not headers:
        raise ValueError(f"{package}/{filename} has no '-- name: …' line")
    preamble = text[: headers[0].start()]
    if any(line.strip() and not line.startswith("--") for line in preamble.splitlines()):
        raise ValueError(f"{package}/{filename} has SQL before its first '-- name: …' line")
    queries: dict[str, sql.SQL] = {}
    for header, following in zip(headers, [*headers[1:], None], strict=True):
        name = header["name"]
        if name in queries:
            raise ValueError(f"{package}/{filename} names the query {name} twice")
        body = text[header.end() : following.start() if following else len(text)].strip().removesuffix(";")
        queries[name] = sql.SQL(body)
    return MappingProxyType(queries)
