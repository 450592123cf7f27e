"""What the edge knows of the control plane: distributions, functions and policies as they are at the endpoint.

The endpoint's revision number is asked for before each request is served, and everything is read again only when it
has moved; so a change counts from the moment that the endpoint confirmed it. When the endpoint cannot be reached,
what was read last goes on being served, as CloudFront's edges do.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from localcloud.edge.messages import Request

REVISION_PATH = "/_localcloud/cloudfront/revision"
EDGE_ACCESS_KEY = "localcloud-edge"  # the endpoint takes any key; this one says in its log who asks


class EndpointUnavailableError(Exception):
    """The endpoint cannot be reached and nothing was read from it yet."""


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """A distribution as the endpoint describes it; `config` is its DistributionConfig."""

    id: str
    arn: str
    domain_name: str
    config: dict[str, Any]
    invalidations: tuple[tuple[str, tuple[str, ...]], ...]  # (identifier, paths), newest first

    @property
    def host_names(self) -> set[str]:
        return {self.domain_name, *self.config["Aliases"].get("Items", [])}

    def origin(self, origin_id: str) -> dict[str, Any]:
        return next(origin for origin in self.config["Origins"]["Items"] if origin["Id"] == origin_id)


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that was read at one revision."""

    revision: int
    distributions: tuple[Distribution, ...] = ()
    function_code: dict[str, tuple[str, str]] = field(default_factory=dict)  # ARN → (entity tag, code), LIVE stage
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)  # identifier → configuration, all three kinds
    access_controls: dict[str, dict[str, Any]] = field(default_factory=dict)

    def distribution_for(self, host: str) -> Distribution | None:
        """The distribution with that name; the only one there is answers to every name."""
        named = next((d for d in self.distributions if host.lower() in d.host_names), None)
        if named is None and len(self.distributions) == 1:
            return self.distributions[0]
        return named


class Endpoint:
    """Clients of the AWS endpoint, with the edge's own credentials."""

    def __init__(self, url: str, region: str = "eu-central-1") -> None:
        self.url = url.rstrip("/")
        self.region = region
        address = urlsplit(self.url)
        self.host = address.hostname or "127.0.0.1"
        self.port = address.port or 80
        self._session = boto3.Session(
            aws_access_key_id=EDGE_ACCESS_KEY, aws_secret_access_key=EDGE_ACCESS_KEY, region_name=region
        )
        self._lock = threading.Lock()  # making a client is not safe among threads; using one is

    def client(self, service: str) -> Any:
        config = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 1})
        with self._lock:
            return self._session.client(service, endpoint_url=self.url, config=config)


class ControlPlane:
    """Keeps the latest view; `changed` is told of each new one before it is used."""

    def __init__(self, endpoint: Endpoint, changed: Callable[[View], None] = lambda _view: None) -> None:
        self._endpoint = endpoint
        self._client = endpoint.client("cloudfront")
        self._changed = changed
        self._lock = threading.Lock()
        self._view: View | None = None
        self._invalidation_paths: dict[tuple[str, str], tuple[str, ...]] = {}  # they never change once made

    def view(self) -> View:
        """The view at the endpoint's present revision. Raises EndpointUnavailableError if there never was one."""
        try:
            revision = self._revision()
            with self._lock:
                if self._view is None or self._view.revision != revision:
                    view = self._read(revision)
                    self._changed(view)
                    self._view = view
                return self._view
        except (OSError, http.client.HTTPException, ValueError, BotoCoreError, ClientError) as error:
            if self._view is None:
                raise EndpointUnavailableError(f"the endpoint {self._endpoint.url} does not answer: {error}") from error
            return self._view

    def _revision(self) -> int:
        connection = http.client.HTTPConnection(self._endpoint.host, self._endpoint.port, timeout=5)
        try:
            connection.request("GET", REVISION_PATH)
            return int(json.load(connection.getresponse())["revision"])
        finally:
            connection.close()

    def _read(self, revision: int) -> View:
        distributions = tuple(
            self._read_distribution(summary)
            for page in self._client.get_paginator("list_distributions").paginate()
            for summary in page["DistributionList"].get("Items", [])
        )
        behaviours = [
            behaviour
            for distribution in distributions
            for behaviour in [
                distribution.config["DefaultCacheBehavior"],
                *distribution.config["CacheBehaviors"].get("Items", []),
            ]
        ]
        controls = self._client.list_origin_access_controls()["OriginAccessControlList"].get("Items", [])
        return View(
            revision=revision,
            distributions=distributions,
            function_code=self._read_functions(behaviours),
            policies=self._read_policies(behaviours),
            access_controls={control["Id"]: control for control in controls},
        )

    def _read_distribution(self, summary: dict[str, Any]) -> Distribution:
        distribution_id = summary["Id"]
        listed = self._client.list_invalidations(DistributionId=distribution_id, MaxItems="100")["InvalidationList"]
        invalidations = [(item["Id"], self._paths(distribution_id, item["Id"])) for item in listed.get("Items", [])]
        return Distribution(
            id=distribution_id,
            arn=summary["ARN"],
            domain_name=summary["DomainName"],
            config=self._client.get_distribution_config(Id=distribution_id)["DistributionConfig"],
            invalidations=tuple(invalidations),
        )

    def _paths(self, distribution_id: str, invalidation_id: str) -> tuple[str, ...]:
        key = (distribution_id, invalidation_id)
        if key not in self._invalidation_paths:
            found = self._client.get_invalidation(DistributionId=distribution_id, Id=invalidation_id)
            batch = found["Invalidation"]["InvalidationBatch"]
            self._invalidation_paths[key] = tuple(batch["Paths"].get("Items", []))
        return self._invalidation_paths[key]

    def _read_functions(self, behaviours: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
        arns = {a["FunctionARN"] for b in behaviours for a in b["FunctionAssociations"].get("Items", [])}
        code = {}
        for arn in arns:
            reply = self._client.get_function(Name=arn.rpartition("/")[2], Stage="LIVE")
            code[arn] = (reply["ETag"], reply["FunctionCode"].read().decode())
        return code

    def _read_policies(self, behaviours: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        policies = {}
        for kind, read in (
            ("CachePolicy", self._client.get_cache_policy),
            ("OriginRequestPolicy", self._client.get_origin_request_policy),
            ("ResponseHeadersPolicy", self._client.get_response_headers_policy),
        ):
            for policy_id in {b[f"{kind}Id"] for b in behaviours if b.get(f"{kind}Id")}:
                policies[policy_id] = read(Id=policy_id)[kind][f"{kind}Config"]
        return policies


def host_of(request: Request) -> str:
    """The host that the viewer named, without its port."""
    name, _, port = request.host.rpartition(":")
    return name if name and port.isdigit() else request.host
