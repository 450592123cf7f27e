"""One HTTP exchange with an origin: bodies stream both ways, and trouble becomes CloudFront's 502 or 504."""

from __future__ import annotations

import contextlib
import http.client
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from localcloud.edge.error_pages import EdgeError
from localcloud.edge.forwarding import HOP_BY_HOP
from localcloud.edge.messages import Headers, Response

CHUNK = 65_536  # bytes read at most at once; what arrives is passed on as it arrives
BODYLESS = {204, 304}


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where an origin is reached; timeouts in seconds as the distribution sets them."""

    addresses: list[str]
    port: int
    host: str  # for TLS: the name that the certificate must carry
    tls: ssl.SSLContext | None
    connect_timeout: float
    read_timeout: float
    attempts: int


def exchange(
    target: Target, method: str, path: str, headers: Headers, body: Iterable[bytes], body_length: int | None
) -> Response:
    """Sends the request and returns the response as soon as its head is there.

    `headers` must hold Host. A body of unknown length goes out in chunks. Raises EdgeError: 502 when the origin
    refuses or answers no HTTP, 504 when it does not answer in time.
    """
    connection = _connected(target)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            if name.lower() not in ("content-length", "expect"):
                connection.putheader(name, value)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            # An origin may refuse a body before it has read it all; its answer is what the viewer should see.
            _send_body(connection, method, body, body_length)
        reply = connection.getresponse()
    except EdgeError:
        connection.close()
        raise
    except TimeoutError as error:
        connection.close()
        raise EdgeError(504, "We can't connect to the server: the origin did not answer in time.") from error
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise EdgeError(502, f"The origin closed the connection or did not answer in HTTP ({error!r}).") from error
    received = Headers((name, value) for name, value in reply.getheaders() if name.lower() not in HOP_BY_HOP)
    if method == "HEAD" or reply.status in BODYLESS:
        connection.close()
        return Response(status=reply.status, headers=received)
    return Response(status=reply.status, headers=received, body=_read(reply, connection), close=connection.close)


def _connected(target: Target) -> http.client.HTTPConnection:
    failure: OSError | None = None
    for _ in range(target.attempts):
        for address in target.addresses:
            connection: http.client.HTTPConnection = http.client.HTTPConnection(
                address, target.port, timeout=target.connect_timeout
            )
            try:
                connection.connect()
                if target.tls is not None:
                    connection.sock = target.tls.wrap_socket(connection.sock, server_hostname=target.host)
            except ssl.SSLError as error:
                connection.close()
                raise EdgeError(
                    502, f"CloudFront attempted to establish a TLS connection with the origin, but failed: {error}"
                ) from error
            except OSError as error:
                connection.close()
                failure = error
                continue
            connection.sock.settimeout(target.read_timeout)
            return connection
    where = f"{target.host} port {target.port}"
    if isinstance(failure, TimeoutError):
        raise EdgeError(504, f"We can't connect to the server: {where} did not answer in time.") from failure
    raise EdgeError(502, f"CloudFront wasn't able to connect to the origin {where} ({failure}).") from failure


def _send_body(
    connection: http.client.HTTPConnection, method: str, body: Iterable[bytes], body_length: int | None
) -> None:
    if body_length is None:
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        for chunk in body:
            connection.send(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        connection.send(b"0\r\n\r\n")
        return
    if body_length or method in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", str(body_length))
    connection.endheaders()
    for chunk in body:
        connection.send(chunk)


def _read(reply: http.client.HTTPResponse, connection: http.client.HTTPConnection) -> Iterator[bytes]:
    """The body piece by piece, as it arrives: an event of a stream must not wait for the next one.

    Raises OSError or HTTPException when the origin breaks off, so that the viewer's transfer breaks off too.
    """
    try:
        expected = reply.length
        received = 0
        while chunk := reply.read1(CHUNK):
            received += len(chunk)
            yield chunk
        if expected is not None and received < expected:
            raise http.client.IncompleteRead(b"", expected - received)
    finally:
        connection.close()
