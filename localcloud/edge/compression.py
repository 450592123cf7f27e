"""Compression at the edge: which responses CloudFront compresses, and doing so as they pass.

Source: "Serve compressed files" in the CloudFront Developer Guide, with its list of content types.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from localcloud.edge.messages import Headers, Response

SMALLEST, LARGEST = 1_000, 10_000_000  # bytes; the origin must say the length
TYPES = {
    "application/dash+xml",
    "application/eot",
    "application/font",
    "application/font-sfnt",
    "application/javascript",
    "application/json",
    "application/opentype",
    "application/otf",
    "application/pdf",
    "application/pkcs7-mime",
    "application/protobuf",
    "application/rss+xml",
    "application/truetype",
    "application/ttf",
    "application/vnd.apple.mpegurl",
    "application/vnd.mapbox-vector-tile",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/xhtml+xml",
    "application/xml",
    "application/x-font-opentype",
    "application/x-font-truetype",
    "application/x-font-ttf",
    "application/x-httpd-cgi",
    "application/x-javascript",
    "application/x-mpegurl",
    "application/x-opentype",
    "application/x-otf",
    "application/x-perl",
    "application/x-ttf",
    "font/eot",
    "font/opentype",
    "font/otf",
    "font/ttf",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/js",
    "text/plain",
    "text/richtext",
    "text/tab-separated-values",
    "text/xml",
    "text/x-component",
    "text/x-java-source",
    "text/x-script",
    "vnd.apple.mpegurl",
}


def accepts_gzip(headers: Headers) -> bool:
    """Whether the viewer takes gzip; a quality of 0 refuses it."""
    for part in (headers.get("accept-encoding") or "").split(","):
        name, *parameters = [piece.strip().lower() for piece in part.split(";")]
        if name in ("gzip", "*"):
            qualities = [p.partition("=")[2] for p in parameters if p.startswith("q=")]
            return not any(quality.replace(".", "").strip("0") == "" for quality in qualities)
    return False


def is_compressible(response: Response) -> bool:
    media_type = (response.headers.get("content-type") or "").split(";")[0].strip().lower()
    length = response.length
    return (
        response.status == 200
        and media_type in TYPES
        and "content-encoding" not in response.headers
        and length is not None
        and SMALLEST <= length <= LARGEST
    )


def compress(response: Response) -> None:
    """Turns the response into its gzip form; its entity tag becomes a weak one."""
    response.body = _gzipped(response.body)
    response.headers.remove("content-length")
    response.headers.set("Content-Encoding", "gzip")
    response.headers.set("Vary", "Accept-Encoding")
    tag = response.headers.get("etag")
    if tag and not tag.startswith("W/"):
        response.headers.set("ETag", f"W/{tag}")


def _gzipped(body: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(wbits=31)
    for chunk in body:
        if piece := compressor.compress(chunk):
            yield piece
    yield compressor.flush()
