"""Conditional and partial answers from a whole response that is at hand (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from localcloud.edge.messages import Headers, Request, Response

RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")


def answered(request: Request, response: Response, body: bytes) -> Response:
    """304, 206 or 416 where the request asks for it, else the response itself."""
    if response.status == 200 and _unchanged(request.headers, response.headers):
        kept = {"etag", "last-modified", "cache-control", "expires", "vary", "date", "age", "x-cache"}
        return Response(status=304, headers=Headers((k, v) for k, v in response.headers if k.lower() in kept))
    asked = RANGE.match(request.headers.get("range") or "")
    if response.status != 200 or not asked or asked[0] == "bytes=-" or "content-encoding" in response.headers:
        return response
    first, last = _bounds(asked, len(body))
    if first > last:
        response.headers.set("Content-Range", f"bytes */{len(body)}")
        response.headers.set("Content-Length", "0")
        return Response(status=416, headers=response.headers)
    response.headers.set("Content-Range", f"bytes {first}-{last}/{len(body)}")
    response.headers.set("Content-Length", str(last - first + 1))
    return Response(status=206, headers=response.headers, body=[body[first : last + 1]])


def _unchanged(asked: Headers, held: Headers) -> bool:
    tags = asked.get("if-none-match")
    if tags is not None:
        tag = (held.get("etag") or "").removeprefix("W/")
        given = [part.strip().removeprefix("W/") for part in tags.split(",")]
        return "*" in given or (tag != "" and tag in given)
    since, modified = asked.get("if-modified-since"), held.get("last-modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except ValueError:
        return False


def _bounds(asked: re.Match[str], length: int) -> tuple[int, int]:
    first, last = asked[1], asked[2]
    if not first:
        return max(0, length - int(last)), length - 1
    return int(first), min(int(last) if last else length - 1, length - 1)
