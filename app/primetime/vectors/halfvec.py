"""Half-precision vectors on the wire: pgvector's binary format, and the same numbers as plain bytes.

pgvector sends a halfvec as two big-endian int16 (dimension, 0) and the components as big-endian float16
(`halfvec_send` in its source).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format
from psycopg.types import TypeInfo

from primetime.database.queries import load_queries
from primetime.errors import DatabaseUnavailable

QUERIES = load_queries("primetime.vectors")

Storage = Literal["halfvec", "bytea"]

_HEADER = struct.Struct(">hh")
# What each connection has been told: finding it out takes two queries.
_told: WeakKeyDictionary[Connection[Any], Storage] = WeakKeyDictionary()


@dataclass(frozen=True)
class Halfvec:
    """A query parameter in pgvector's binary format."""

    payload: bytes


class _HalfvecDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Halfvec) -> Buffer:
        return obj.payload


def storage_of(connection: Connection[Any]) -> Storage:
    """How this database keeps vectors, as the migration chose. Raises DatabaseUnavailable before that migration."""
    if (known := _told.get(connection)) is not None:
        return known
    storage = _ask(connection)
    _told[connection] = storage
    return storage


def _ask(connection: Connection[Any]) -> Storage:
    row = connection.execute(QUERIES["embedding_type"]).fetchone()
    if row is None:
        raise DatabaseUnavailable("this database has no table for vectors yet", remedy="run `primetime migrate`")
    if row[0] == "bytea":
        return "bytea"
    info = TypeInfo.fetch(connection, "halfvec")
    if info is None:
        raise DatabaseUnavailable(
            "the type halfvec is not on this connection's search path",
            remedy="add the schema of the extension vector to search_path",
        )
    info.register(connection)
    dumper = type("HalfvecDumper", (_HalfvecDumper,), {"oid": info.oid})
    connection.adapters.register_dumper(Halfvec, dumper)
    return "halfvec"


def to_parameter(vector: NDArray[np.float32], storage: Storage) -> Halfvec | bytes:
    """A vector [dimension] as a parameter for the column `embedding`."""
    if storage == "bytea":
        return vector.astype("<f2").tobytes()
    return Halfvec(_HEADER.pack(len(vector), 0) + vector.astype(">f2").tobytes())


def from_binary(payloads: list[bytes], storage: Storage) -> NDArray[np.float32]:
    """Column values, fetched in binary and all of one dimension, as float32 [rows, dimension]."""
    if not payloads:
        return np.empty((0, 0), dtype=np.float32)
    raw = np.frombuffer(b"".join(payloads), dtype=np.uint8).reshape(len(payloads), -1)
    if storage == "bytea":
        return raw.view("<f2").astype(np.float32)
    return np.ascontiguousarray(raw[:, _HEADER.size :]).view(">f2").astype(np.float32)
