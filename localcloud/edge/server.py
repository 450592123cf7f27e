"""The HTTP server in front of the edge: one thread a connection, bodies passed on as they arrive."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import structlog

from localcloud.edge.edge import Edge
from localcloud.edge.error_pages import EdgeError
from localcloud.edge.messages import Headers, Request, Response

log = structlog.get_logger(__name__)

CHUNK = 65_536  # bytes
BODYLESS = {204, 304}


class EdgeServer(ThreadingHTTPServer):
    """Serves an edge; `server_address` tells the port when 0 was asked for."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], edge: Edge) -> None:
        super().__init__(address, EdgeHandler)
        self.edge = edge

    def handle_error(self, _request: Any, client_address: Any) -> None:
        log.exception("request failed", client=client_address)


class EdgeHandler(BaseHTTPRequestHandler):
    """Turns a connection's requests into the edge's and writes its responses."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300  # seconds that a connection may idle
    server: EdgeServer

    def answer(self) -> None:
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "").lower()
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit():
            self.send_error(400, "Content-Length is not a number")
            return
        self._left: int | None = None if chunked else int(length)
        path, _, query = self.path.partition("?")
        request = Request(
            method=self.command,
            host=self.headers.get("Host", ""),
            path=path if path.startswith("/") else f"/{path}",
            query=query,
            headers=Headers(self.headers.items()),
            viewer_address=str(self.client_address[0]),
            body=self._read_chunks() if chunked else self._read_body(),
            body_length=self._left,
        )
        try:
            response = self.server.edge.handle(request)
        except Exception:
            log.exception("request failed", method=self.command, host=request.host, path=self.path)
            response = EdgeError(500, "The edge failed; its log says why.").response()
        try:
            self._write(response)
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # the viewer went away
        except Exception:
            # The head is out: only breaking off tells the viewer that the body is not whole.
            self.close_connection = True
            log.exception("response broke off", method=self.command, path=self.path)
        finally:
            response.close()
        if self._left != 0:
            self.close_connection = True  # what is left of the body would be taken for the next request

    def __getattr__(self, name: str) -> Any:
        """Every method goes the same way: which are allowed is the behaviour's business."""
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def _write(self, response: Response) -> None:
        bodyless = self.command == "HEAD" or response.status in BODYLESS
        length = response.length
        chunked = not bodyless and length is None and self.request_version == "HTTP/1.1"
        self.send_response_only(response.status)
        if "date" not in response.headers:
            self.send_header("Date", self.date_time_string())
        if "server" not in response.headers:
            self.send_header("Server", "CloudFront")
        for name, value in response.headers:
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif length is None and not bodyless:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if bodyless:
            return
        for piece in response.body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def _read_body(self) -> Iterator[bytes]:
        while self._left:
            piece = self.rfile.read1(min(CHUNK, self._left))
            if not piece:
                raise ConnectionError("the viewer closed the connection before the end of its request")
            self._left -= len(piece)
            yield piece

    def _read_chunks(self) -> Iterator[bytes]:
        while size := self._chunk_size():
            yield self.rfile.read(size)
            self.rfile.readline(CHUNK)
        while self.rfile.readline(CHUNK) not in (b"\r\n", b"\n", b""):
            pass
        self._left = 0

    def _chunk_size(self) -> int:
        line = self.rfile.readline(CHUNK)
        try:
            return int(line.split(b";")[0], 16)
        except ValueError as error:
            raise EdgeError(400, f"Bad request: {line[:20]!r} is not the size of a chunk.") from error

    def log_message(self, form: str, *args: Any) -> None:
        log.info("request", client=self.client_address[0], line=form % args)
