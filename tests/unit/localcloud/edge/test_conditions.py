"""Answers from a whole response: unchanged, in part, or as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.edge.conditions import answered
from localcloud.edge.messages import Headers, Request, Response, buffered

BODY = b"0123456789"


def ask(body: bytes = BODY, **headers: str) -> Response:
    request = Request(
        method="GET",
        host="",
        path="/",
        query="",
        headers=Headers((name.replace("_", "-"), value) for name, value in headers.items()),
        viewer_address="",
    )
    held = [("ETag", '"tag"'), ("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT"), ("Content-Type", "text/plain")]
    return answered(request, buffered(200, held, body), body)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": '"tag"'}, 304),
        ({"If_None_Match": 'W/"tag"'}, 304),
        ({"If_None_Match": '"other", "tag"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": "Thu, 02 Jan 2025 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "Thu, 02 Jan 2025 00:00:00 GMT"}, 304),
        ({"If_Modified_Since": "Tue, 31 Dec 2024 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
    ],
)
def test_unchanged(headers: dict[str, str], status: int) -> None:
    response = ask(**headers)
    assert response.status == status
    if status == 304:
        assert response.headers.get("etag") == '"tag"'
        assert response.headers.get("content-length") is None


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=-30", 206, BODY),
        ("bytes=8-30", 206, b"89"),
        ("bytes=10-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=-", 200, BODY),
        ("bytes=0-1,4-5", 200, BODY),
        ("items=0-1", 200, BODY),
    ],
)
def test_parts(asked: str, status: int, body: bytes) -> None:
    response = ask(Range=asked)
    assert (response.status, b"".join(response.body)) == (status, body)
    assert response.headers.get("content-length") == str(len(body))


@given(st.binary(min_size=1, max_size=40), st.integers(0, 50), st.integers(0, 50))
def test_a_part_is_that_part(body: bytes, first: int, last: int) -> None:
    response = ask(body, Range=f"bytes={first}-{last}")
    if first >= len(body) or first > last:
        assert response.status == 416
    else:
        assert b"".join(response.body) == body[first : last + 1]
        assert response.headers.get("content-range") == f"bytes {first}-{min(last, len(body) - 1)}/{len(body)}"
