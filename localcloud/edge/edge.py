"""A request's way through the edge, as CloudFront takes it.

distribution → behaviour → viewer-request function → cache → origin → compression → cache → response headers policy →
viewer-response function. The behaviour is chosen by the path that the viewer sent: a function that rewrites the path
does not change it.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import Any

from localcloud.edge import compression, response_headers, viewer_function
from localcloud.edge.cache import Cache, Entry, Key
from localcloud.edge.conditions import answered
from localcloud.edge.control_plane import ControlPlane, Distribution, Endpoint, EndpointUnavailableError, View, host_of
from localcloud.edge.custom_origin import CustomOrigin
from localcloud.edge.error_pages import EdgeError
from localcloud.edge.forwarding import Policies, policies_of
from localcloud.edge.freshness import CACHEABLE_STATUS, lifetime
from localcloud.edge.messages import Headers, Request, Response
from localcloud.edge.path_patterns import behaviour_for
from localcloud.edge.resolver import Resolver
from localcloud.edge.s3_origin import S3Origin, bucket_of

POP = "LOCAL1-C1"  # the name of this edge location
CONDITIONS = ("if-none-match", "if-modified-since", "range")


class Edge:
    """Answers requests with what the distributions at the endpoint say."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._cache = Cache()
        self._control_plane = ControlPlane(endpoint, changed=self._cache.apply_invalidations)
        self._s3 = S3Origin(endpoint)
        self._custom = CustomOrigin(Resolver(endpoint))
        self._functions = viewer_function.FunctionRuntime()

    def handle(self, request: Request) -> Response:
        """The response, always: what goes wrong has a page of its own."""
        try:
            view, distribution = self._find(request)
            response = self._serve(request, view, distribution)
            response.headers.set("Via", f"1.1 {distribution.domain_name} (CloudFront)")
        except EdgeError as error:
            response = error.response()
        response.headers.set("X-Amz-Cf-Pop", POP)
        response.headers.set("X-Amz-Cf-Id", secrets.token_urlsafe(40))
        return response

    def _find(self, request: Request) -> tuple[View, Distribution]:
        try:
            view = self._control_plane.view()
        except EndpointUnavailableError as error:
            raise EdgeError(502, str(error)) from error
        distribution = view.distribution_for(host_of(request))
        if distribution is None:
            raise EdgeError(403, f"Bad request: no distribution at the endpoint answers to {host_of(request)}.")
        if not distribution.config["Enabled"]:
            raise EdgeError(403, f"Bad request: the distribution {distribution.id} is disabled.")
        return view, distribution

    def _serve(self, request: Request, view: View, distribution: Distribution) -> Response:
        behaviour = behaviour_for(distribution.config, request.path)
        if request.method not in behaviour["AllowedMethods"]["Items"]:
            raise EdgeError(
                403,
                "This distribution is not configured to allow the HTTP request method that was used for this request. "
                f"Method: {request.method}",
            )
        served = replace(request, headers=request.headers.copy())
        response = self._run_viewer_request(served, view, distribution, behaviour)
        if response is None:
            if served.path == "/" and distribution.config["DefaultRootObject"]:
                served.path = f"/{distribution.config['DefaultRootObject']}"
            response = self._from_cache_or_origin(served, view, distribution, behaviour)
            response = self._replaced_error(response, served, view, distribution)
        if policy := view.policies.get(behaviour.get("ResponseHeadersPolicyId") or ""):
            response_headers.apply(policy, request, response)
        self._run_viewer_response(served, response, view, distribution, behaviour)
        return response

    def _run_viewer_request(
        self, request: Request, view: View, distribution: Distribution, behaviour: dict[str, Any]
    ) -> Response | None:
        for arn in _functions(behaviour, "viewer-request"):
            event = viewer_function.viewer_request_event(request, distribution.id, distribution.domain_name)
            result = self._functions.run(arn, *view.function_code[arn], event)
            if response := viewer_function.apply_to_request(request, result):
                return response
        return None

    def _run_viewer_response(
        self, request: Request, response: Response, view: View, distribution: Distribution, behaviour: dict[str, Any]
    ) -> None:
        for arn in _functions(behaviour, "viewer-response"):
            if response.status >= 400:
                return  # CloudFront does not run it on an error
            event = viewer_function.viewer_response_event(request, response, distribution.id, distribution.domain_name)
            viewer_function.apply_to_response(response, self._functions.run(arn, *view.function_code[arn], event))

    def _from_cache_or_origin(
        self, request: Request, view: View, distribution: Distribution, behaviour: dict[str, Any]
    ) -> Response:
        policies = policies_of(behaviour, view)
        gzip = policies.accepts_gzip and compression.accepts_gzip(request.headers)
        cacheable = request.method in ("GET", "HEAD") and float(policies.cache.get("MaxTTL", 0)) > 0
        if not cacheable:
            return _marked(self._ask_origin(request, view, distribution, behaviour, policies, gzip=gzip))
        key: Key = (distribution.id, *policies.cache_key(request, gzip=gzip))
        entry = self._cache.get(key)
        if entry is not None and entry.is_fresh:
            return _from_entry(request, entry, "Hit from cloudfront")
        return self._fill(request, view, distribution, behaviour, policies, key, entry, gzip=gzip)

    def _fill(
        self,
        request: Request,
        view: View,
        distribution: Distribution,
        behaviour: dict[str, Any],
        policies: Policies,
        key: Key,
        stale: Entry | None,
        *,
        gzip: bool,
    ) -> Response:
        """Asks the origin on the cache's behalf, with the stale entry's tag if there is one."""
        if request.method == "HEAD" or "range" in request.headers:
            return _marked(self._ask_origin(request, view, distribution, behaviour, policies, gzip=gzip))
        generation = self._cache.generation
        asking = replace(request, headers=request.headers.copy())
        for name in CONDITIONS:
            asking.headers.remove(name)
        tag = stale.headers.get("etag") if stale is not None else None
        try:
            response = self._ask_origin(asking, view, distribution, behaviour, policies, gzip=gzip, if_none_match=tag)
        except EdgeError:
            if stale is not None:
                return _from_entry(request, stale, "Hit from cloudfront")
            raise
        if response.status == 304 and stale is not None:
            seconds = lifetime(policies.cache, stale.headers)
            renewed = replace(stale, stored_at=time.monotonic(), fresh_until=time.monotonic() + seconds)
            self._cache.put(key, renewed, generation)
            return _from_entry(request, renewed, "RefreshHit from cloudfront")
        if behaviour["Compress"] and gzip and compression.is_compressible(response):
            compression.compress(response)
        seconds = lifetime(policies.cache, response.headers)
        if response.status in CACHEABLE_STATUS and seconds > 0:
            response.body = self._cache.keeping(key, response, seconds, generation)
        return _not_modified(request, _marked(response))

    def _ask_origin(
        self,
        request: Request,
        view: View,
        distribution: Distribution,
        behaviour: dict[str, Any],
        policies: Policies,
        *,
        gzip: bool,
        if_none_match: str | None = None,
    ) -> Response:
        origin = distribution.origin(behaviour["TargetOriginId"])
        if if_none_match:
            request.headers.set("If-None-Match", if_none_match.removeprefix("W/"))
        if bucket_of(origin):
            response = self._s3.fetch(request, distribution, origin, view, policies, gzip=gzip)
        else:
            response = self._custom.fetch(request, distribution, origin, policies, gzip=gzip)
        if not policies.forwards_cookies:
            # Without cookies to the origin there are none from it: a cached one would be everybody's.
            response.headers.remove("set-cookie")
        return response

    def _replaced_error(self, response: Response, request: Request, view: View, distribution: Distribution) -> Response:
        """The distribution's own page for an origin's error, where it has one."""
        rules = distribution.config["CustomErrorResponses"].get("Items", [])
        rule = next((rule for rule in rules if rule["ErrorCode"] == response.status), None)
        if rule is None or not rule.get("ResponsePagePath"):
            return response
        response.close()
        page = replace(request, method="GET", path=rule["ResponsePagePath"], query="", headers=Headers(), body=())
        shown = self._from_cache_or_origin(page, view, distribution, behaviour_for(distribution.config, page.path))
        shown.status = int(rule.get("ResponseCode") or rule["ErrorCode"])
        shown.headers.set("X-Cache", "Error from cloudfront")
        return shown


def _functions(behaviour: dict[str, Any], event_type: str) -> list[str]:
    associations = behaviour["FunctionAssociations"].get("Items", [])
    return [a["FunctionARN"] for a in associations if a["EventType"] == event_type]


def _marked(response: Response) -> Response:
    response.headers.set("X-Cache", "Error from cloudfront" if response.status >= 400 else "Miss from cloudfront")
    return response


def _from_entry(request: Request, entry: Entry, x_cache: str) -> Response:
    response = entry.response()
    response.headers.set("X-Cache", x_cache)
    response.headers.set("Age", str(entry.age))
    response.headers.set("Content-Length", str(len(entry.body)))
    return answered(request, response, entry.body)


def _not_modified(request: Request, response: Response) -> Response:
    """304 when the viewer has what the origin just sent; the body is read to the end so that the cache gets it."""
    if "if-none-match" not in request.headers and "if-modified-since" not in request.headers:
        return response
    short = answered(request, response, b"")
    if short.status != 304:
        return response
    for _ in response.body:
        pass
    response.close()
    return short
