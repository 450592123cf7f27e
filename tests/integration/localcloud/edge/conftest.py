"""An AWS endpoint, an edge in front of it, a server of our own as origin, and a distribution that has both origins."""

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from localcloud.edge.control_plane import Endpoint
from localcloud.edge.edge import Edge
from localcloud.edge.server import EdgeServer

REPOSITORY = Path(__file__).resolve().parents[4]
FALLBACK = b"""
function handler(event) {
  var request = event.request;
  if (!request.uri.includes('.')) { request.uri = '/index.html'; }
  return request;
}
"""


@pytest.fixture(scope="session")
def endpoint_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command = [sys.executable, "-m", "localcloud.aws", "--port", "0", "--state", str(tmp_path_factory.mktemp("aws"))]
    with subprocess.Popen(command, cwd=REPOSITORY, env=os.environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.match(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found, "the endpoint did not start"
        yield found[0]
        process.terminate()


@pytest.fixture(scope="session")
def client(endpoint_url: str) -> Any:
    def make(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint_url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )

    return make


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Browser:
    """Asks the edge as a viewer would."""

    port: int
    host: str

    def open(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers={"Host": self.host} | named)
        return connection.getresponse()

    def get(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Reply:
        response = self.open(method, path, body, **headers)
        return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


@dataclass
class OriginServer:
    """Records what reaches it; answers as `answers` says by path, else with what it was sent, as JSON."""

    port: int = 0
    seen: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    step: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def origin() -> Iterator[OriginServer]:
    recorder = OriginServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.read_body()
            seen = {
                "method": self.command,
                "path": self.path,
                "headers": {k.lower(): v for k, v in self.headers.items()},
                "body": body.decode("latin-1"),
            }
            recorder.seen.append(seen)
            if self.path == "/api/stream":
                self.stream()
                return
            if self.path == "/api/broken":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"only this")
                self.close_connection = True
                return
            if self.path == "/api/slow":
                recorder.step.wait(20)
            status, headers, content = recorder.answers.get(self.path, (200, {}, json.dumps(seen).encode()))
            if headers.get("ETag") and headers["ETag"] == self.headers.get("If-None-Match"):
                status, content = 304, b""
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | headers).items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def read_body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b""
                while size := int(self.rfile.readline() or b"0", 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))

        def stream(self) -> None:
            """Two events, the second only when the test has seen the first."""
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"d\r\ndata: first\n\n\r\n")
            recorder.step.wait(20)
            self.wfile.write(b"e\r\ndata: second\n\n\r\n0\r\n\r\n")

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    recorder.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield recorder
    recorder.step.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def edge_port(endpoint_url: str) -> Iterator[int]:
    server = EdgeServer(("127.0.0.1", 0), Edge(Endpoint(endpoint_url)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Site:
    """A deployed distribution: `browser` visits it, `bucket` holds its files."""

    distribution_id: str
    arn: str
    bucket: str
    function: str
    browser: Browser
    client: Any

    def put(self, key: str, body: bytes, **headers: str) -> None:
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body, **headers)

    def allow(self, *actions: str, source: str | None = None) -> None:
        """Sets the bucket's policy: CloudFront may do this, on behalf of the distribution with ARN `source`."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": list(actions),
            "Resource": [f"arn:aws:s3:::{self.bucket}", f"arn:aws:s3:::{self.bucket}/*"],
            "Condition": {"StringEquals": {"AWS:SourceArn": source or self.arn}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.client("s3").put_bucket_policy(Bucket=self.bucket, Policy=policy)

    def invalidate(self, *paths: str) -> None:
        batch = {"CallerReference": uuid.uuid4().hex, "Paths": {"Quantity": len(paths), "Items": list(paths)}}
        self.client("cloudfront").create_invalidation(DistributionId=self.distribution_id, InvalidationBatch=batch)

    def change(self, **members: Any) -> None:
        """Replaces members of the distribution's configuration."""
        cloudfront = self.client("cloudfront")
        held = cloudfront.get_distribution_config(Id=self.distribution_id)
        config = held["DistributionConfig"] | members
        cloudfront.update_distribution(Id=self.distribution_id, IfMatch=held["ETag"], DistributionConfig=config)

    def publish(self, code: bytes) -> None:
        cloudfront = self.client("cloudfront")
        tag = cloudfront.describe_function(Name=self.function)["ETag"]
        config = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
        updated = cloudfront.update_function(Name=self.function, IfMatch=tag, FunctionConfig=config, FunctionCode=code)
        cloudfront.publish_function(Name=self.function, IfMatch=updated["ETag"])


@pytest.fixture
def site(client: Any, edge_port: int, origin: OriginServer) -> Iterator[Site]:
    name = uuid.uuid4().hex[:10]
    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    zone = client("route53").create_hosted_zone(Name=f"{name}.test", CallerReference=name)["HostedZone"]["Id"]
    record = {"Name": f"origin.{name}.test", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "127.0.0.1"}]}
    client("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    cloudfront = client("cloudfront")
    made = cloudfront.create_function(
        Name=name, FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"}, FunctionCode=FALLBACK
    )
    cloudfront.publish_function(Name=name, IfMatch=made["ETag"])
    control = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name,
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    arn = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    config = {
        "CallerReference": name,
        "Comment": "",
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "Aliases": {"Quantity": 1, "Items": [f"{name}.test"]},
        "Origins": {
            "Quantity": 2,
            "Items": [
                {
                    "Id": "site",
                    "DomainName": f"{name}.s3.eu-central-1.amazonaws.com",
                    "OriginAccessControlId": control,
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                },
                {
                    "Id": "api",
                    "DomainName": f"origin.{name}.test",
                    "ConnectionAttempts": 1,
                    "ConnectionTimeout": 1,
                    "CustomHeaders": {
                        "Quantity": 1,
                        "Items": [{"HeaderName": "X-Origin-Verify", "HeaderValue": "secret"}],
                    },
                    "CustomOriginConfig": {
                        "HTTPPort": origin.port,
                        "HTTPSPort": 443,
                        "OriginProtocolPolicy": "http-only",
                        "OriginReadTimeout": 1,
                    },
                },
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "redirect-to-https",
            "Compress": True,
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            "ResponseHeadersPolicyId": "67f7725c-6f97-4210-82d7-5512b31e9d03",
            "FunctionAssociations": {
                "Quantity": 1,
                "Items": [{"EventType": "viewer-request", "FunctionARN": arn}],
            },
        },
        "CacheBehaviors": {
            "Quantity": 2,
            "Items": [
                {
                    "PathPattern": "/api/cached/*",
                    "TargetOriginId": "api",
                    "ViewerProtocolPolicy": "allow-all",
                    "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                },
                {
                    "PathPattern": "/api/*",
                    "TargetOriginId": "api",
                    "ViewerProtocolPolicy": "allow-all",
                    "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
                    "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
                    "AllowedMethods": {
                        "Quantity": 7,
                        "Items": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
                        "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
                    },
                },
            ],
        },
    }
    made = cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    yield Site(
        distribution_id=made["Id"],
        arn=made["ARN"],
        bucket=name,
        function=name,
        browser=Browser(edge_port, f"{name}.test"),
        client=client,
    )
    for summary in cloudfront.list_distributions()["DistributionList"]["Items"]:
        held = cloudfront.get_distribution_config(Id=summary["Id"])
        disabled = held["DistributionConfig"] | {"Enabled": False}
        updated = cloudfront.update_distribution(Id=summary["Id"], IfMatch=held["ETag"], DistributionConfig=disabled)
        cloudfront.delete_distribution(Id=summary["Id"], IfMatch=updated["ETag"])
