"""What CloudFront compresses, and that it can be unpacked again."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.edge.compression import accepts_gzip, compress, is_compressible
from localcloud.edge.messages import Headers, Response, buffered


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", True),
        ("br, gzip;q=0.2", True),
        ("GZIP", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("identity", False),
    ],
)
def test_who_takes_gzip(header: str, expected: bool) -> None:
    assert accepts_gzip(Headers([("Accept-Encoding", header)])) is expected


def page(size: int = 5000, **headers: str) -> Response:
    named = {"Content-Type": "text/html; charset=utf-8"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return buffered(200, named.items(), b"x" * size)


def test_what_is_compressed() -> None:
    assert is_compressible(page())
    assert not is_compressible(page(999))
    assert not is_compressible(page(Content_Type="image/png"))
    assert not is_compressible(page(Content_Encoding="br"))
    unknown_length = page()
    unknown_length.headers.remove("content-length")
    assert not is_compressible(unknown_length)
    missing = page()
    missing.status = 404
    assert not is_compressible(missing)


@given(st.lists(st.binary()))
def test_what_was_packed_can_be_unpacked(pieces: list[bytes]) -> None:
    response = Response(status=200, headers=Headers([("ETag", '"1"'), ("Content-Length", "9")]), body=pieces)
    compress(response)
    assert gzip.decompress(b"".join(response.body)) == b"".join(pieces)
    assert response.headers.get("etag") == 'W/"1"'
    assert response.length is None
