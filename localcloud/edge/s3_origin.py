"""Requests to a bucket: signed when the origin access control says so, and only as far as the bucket's policy allows.

The endpoint's S3 does not judge policies by who asks, so the edge does it before it asks, and answers with the
AccessDenied that S3 would send. Without s3:ListBucket a missing object is AccessDenied as well, as on S3.
"""

from __future__ import annotations

import re
import threading
import time
from typing import Any
from urllib.parse import quote, unquote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from localcloud.edge.bucket_policy import Caller, allows
from localcloud.edge.control_plane import EDGE_ACCESS_KEY, Distribution, Endpoint, View
from localcloud.edge.error_pages import EdgeError
from localcloud.edge.forwarding import Policies
from localcloud.edge.messages import Headers, Request, Response, buffered
from localcloud.edge.origin_connection import Target, exchange

DOMAIN = re.compile(r"^(?P<bucket>.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$")
ACTIONS = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}
# The endpoint puts these on its replies where S3 does not: cross-origin headers without a rule of the bucket, and
# headers of the request that stored the object.
ECHOED = (
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "x-amz-content-sha256",
    "x-amz-sdk-checksum-algorithm",
)
POLICY_KEPT = 1.0  # seconds
READ_TIMEOUT = 30.0  # seconds, CloudFront's fixed one for S3
ACCESS_DENIED = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
)


def bucket_of(origin: dict[str, Any]) -> str | None:
    """The bucket that an origin's domain name stands for, None for any other server."""
    found = DOMAIN.match(origin["DomainName"])
    return found["bucket"] if found and "CustomOriginConfig" not in origin else None


class S3Origin:
    """Reads buckets at the endpoint with the edge's credentials."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client = endpoint.client("s3")
        self._credentials = Credentials(EDGE_ACCESS_KEY, EDGE_ACCESS_KEY)
        self._lock = threading.Lock()
        self._policies: dict[str, tuple[float, str | None]] = {}

    def fetch(
        self,
        request: Request,
        distribution: Distribution,
        origin: dict[str, Any],
        view: View,
        policies: Policies,
        *,
        gzip: bool,
    ) -> Response:
        """S3's response, or its AccessDenied. Raises EdgeError 502 or 504 when the endpoint is away."""
        bucket = bucket_of(origin) or ""
        key = unquote(origin["OriginPath"] + request.path).removeprefix("/")
        control = view.access_controls.get(origin["OriginAccessControlId"])
        signs = control is not None and control["SigningBehavior"] != "never"
        caller = Caller(distribution_arn=distribution.arn if signs else None, account_id=distribution.arn.split(":")[4])
        policy = self._bucket_policy(bucket)
        may_list = allows(policy, caller, "s3:ListBucket", f"arn:aws:s3:::{bucket}")
        if request.method not in ACTIONS:
            return _access_denied()
        if key and not allows(policy, caller, ACTIONS[request.method], f"arn:aws:s3:::{bucket}/{key}"):
            return _access_denied()
        if not key and not may_list:
            return _access_denied()
        response = self._ask(request, bucket, key, policies, gzip=gzip)
        if response.status == 404 and not may_list:
            response.close()
            return _access_denied()
        response.headers.set("Server", "AmazonS3")
        return response

    def _bucket_policy(self, bucket: str) -> str | None:
        with self._lock:
            held = self._policies.get(bucket)
            if held and time.monotonic() - held[0] < POLICY_KEPT:
                return held[1]
        try:
            policy: str | None = self._client.get_bucket_policy(Bucket=bucket)["Policy"]
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NoSuchBucketPolicy", "NoSuchBucket"):
                raise EdgeError(502, f"S3 did not tell the policy of the bucket {bucket}: {error}") from error
            policy = None
        except OSError as error:
            raise EdgeError(502, f"S3 cannot be reached: {error}") from error
        with self._lock:
            self._policies[bucket] = (time.monotonic(), policy)
        return policy

    def _ask(self, request: Request, bucket: str, key: str, policies: Policies, *, gzip: bool) -> Response:
        path = f"/{bucket}/{quote(key, safe='/~')}"
        headers = Headers(
            (name, value)
            for name, value in policies.origin_headers(request, gzip=gzip)
            # A viewer's own credentials are none of S3's business here: the edge signs.
            if name.lower() not in ("host", "authorization", "cookie", "accept-encoding")
        )
        signed = AWSRequest(method=request.method, url=f"{self._endpoint.url}{path}", data=b"")
        S3SigV4Auth(self._credentials, "s3", self._endpoint.region).add_auth(signed)
        for name, value in signed.headers.items():
            headers.set(name, value)
        headers.set("Host", f"{self._endpoint.host}:{self._endpoint.port}")
        target = Target(
            addresses=[self._endpoint.host],
            port=self._endpoint.port,
            host=self._endpoint.host,
            tls=None,
            connect_timeout=5,
            read_timeout=READ_TIMEOUT,
            attempts=3,
        )
        response = exchange(target, request.method, path, headers, request.body, request.body_length)
        for name in ECHOED:
            response.headers.remove(name)
        return response


def _access_denied() -> Response:
    return buffered(403, [("Content-Type", "application/xml"), ("Server", "AmazonS3")], ACCESS_DENIED.encode())
