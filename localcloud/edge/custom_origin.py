"""Requests to a server of our own: its host, protocol and port, the headers that the distribution adds."""

from __future__ import annotations

import os
import ssl
from typing import Any

from localcloud.edge.control_plane import Distribution
from localcloud.edge.forwarding import Policies
from localcloud.edge.messages import Request, Response
from localcloud.edge.origin_connection import Target, exchange
from localcloud.edge.resolver import Resolver


class CustomOrigin:
    """Forwards to origins that have a CustomOriginConfig."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._tls = ssl.create_default_context()
        if authority := os.environ.get("LOCALCLOUD_CA"):
            # Certificates that this local cloud itself issued; a public authority's are trusted as they are.
            self._tls.load_verify_locations(authority)

    def fetch(
        self, request: Request, distribution: Distribution, origin: dict[str, Any], policies: Policies, *, gzip: bool
    ) -> Response:
        """The origin's response. Raises EdgeError 502 or 504."""
        headers = policies.origin_headers(request, gzip=gzip)
        if "host" not in headers:
            headers.set("Host", origin["DomainName"])
        headers.set("Via", f"1.1 {distribution.domain_name} (CloudFront)")
        for custom in origin["CustomHeaders"].get("Items", []):
            headers.set(custom["HeaderName"], custom["HeaderValue"])
        query = policies.origin_query(request)
        path = origin["OriginPath"] + request.path + (f"?{query}" if query else "")
        return exchange(self._target(origin), request.method, path, headers, request.body, request.body_length)

    def _target(self, origin: dict[str, Any]) -> Target:
        config = origin["CustomOriginConfig"]
        # match-viewer follows the viewer, who speaks http to this edge.
        secure = config["OriginProtocolPolicy"] == "https-only"
        return Target(
            addresses=self._resolver.addresses(origin["DomainName"]),
            port=config["HTTPSPort"] if secure else config["HTTPPort"],
            host=origin["DomainName"],
            tls=self._tls if secure else None,
            connect_timeout=origin["ConnectionTimeout"],
            read_timeout=config["OriginReadTimeout"],
            attempts=origin["ConnectionAttempts"],
        )
