"""What of a viewer's request reaches the origin and the cache key, by the behaviour's policies.

Sources: "Control the cache key with a policy", "Control origin requests with a policy" and "Request and response
behavior for custom origins" in the CloudFront Developer Guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.edge.control_plane import View
from localcloud.edge.messages import Headers, Request

HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# Sent on whatever the policies say: they frame the body, or ask for a part of it or for what is new.
ALWAYS = {
    "content-type",
    "content-length",
    "range",
    "expect",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "if-range",
}
BODY_METHODS = {"POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The policies of a behaviour; `cache` is made from the behaviour's own legacy settings where it names none."""

    cache: dict[str, Any]
    origin_request: dict[str, Any] | None

    @property
    def _parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = self.cache["ParametersInCacheKeyAndForwardedToOrigin"]
        return parameters

    @property
    def accepts_gzip(self) -> bool:
        return bool(self._parameters["EnableAcceptEncodingGzip"])

    @property
    def forwards_cookies(self) -> bool:
        return any(part["CookiesConfig"]["CookieBehavior"] != "none" for part in self._parts())

    def cache_key(self, request: Request, *, gzip: bool) -> tuple[Any, ...]:
        """What tells two cached objects of the same path apart."""
        headers = sorted(
            (name.lower(), request.headers.get(name) or "")
            for name, _ in request.headers
            if _header_chosen(self._parameters["HeadersConfig"], name)
        )
        return (
            request.path,
            _chosen_query(request.query, [self._parameters["QueryStringsConfig"]]),
            _chosen_cookies(request.headers.get("cookie") or "", [self._parameters["CookiesConfig"]]),
            tuple(headers),
            gzip,
        )

    def origin_query(self, request: Request) -> str:
        return _chosen_query(request.query, [part["QueryStringsConfig"] for part in self._parts()])

    def origin_headers(self, request: Request, *, gzip: bool) -> Headers:
        """The header fields for the origin; Host is among them only if a policy asks for the viewer's."""
        configurations = [part["HeadersConfig"] for part in self._parts()]
        headers = Headers()
        for name, value in request.headers:
            low = name.lower()
            if low in HOP_BY_HOP or low in ("cookie", "x-forwarded-for", "accept-encoding", "via"):
                continue
            asked = any(_header_chosen(configuration, name) for configuration in configurations)
            if asked or low in ALWAYS or (low == "authorization" and request.method in BODY_METHODS):
                headers.add(name, value)
        cookies = _chosen_cookies(
            request.headers.get("cookie") or "", [part["CookiesConfig"] for part in self._parts()]
        )
        if cookies:
            headers.set("Cookie", cookies)
        encoding = request.headers.get("accept-encoding")
        if gzip:
            headers.set("Accept-Encoding", "gzip")
        elif encoding and not self.accepts_gzip and any(_header_chosen(c, "accept-encoding") for c in configurations):
            headers.set("Accept-Encoding", encoding)
        if "user-agent" not in headers:
            headers.set("User-Agent", "Amazon CloudFront")
        if any(_header_chosen(c, "cloudfront-forwarded-proto") for c in configurations if _is_list(c)):
            headers.set("CloudFront-Forwarded-Proto", "http")
        if any(_header_chosen(c, "cloudfront-viewer-address") for c in configurations if _is_list(c)):
            headers.set("CloudFront-Viewer-Address", request.viewer_address)
        came_through = request.headers.get("x-forwarded-for")
        headers.set("X-Forwarded-For", ", ".join(filter(None, [came_through, request.viewer_address])))
        return headers

    def _parts(self) -> list[dict[str, Any]]:
        return [self._parameters, *([self.origin_request] if self.origin_request else [])]


def policies_of(behaviour: dict[str, Any], view: View) -> Policies:
    cache_policy_id = behaviour.get("CachePolicyId")
    cache = view.policies[cache_policy_id] if cache_policy_id else _legacy(behaviour)
    return Policies(cache=cache, origin_request=view.policies.get(behaviour.get("OriginRequestPolicyId") or ""))


def _legacy(behaviour: dict[str, Any]) -> dict[str, Any]:
    """A cache policy that says what the behaviour's ForwardedValues and TTLs say."""
    values = behaviour["ForwardedValues"]
    names = values.get("Headers", {}).get("Items", [])
    keys = values.get("QueryStringCacheKeys", {}).get("Items", [])
    if not values["QueryString"]:
        query: dict[str, Any] = {"QueryStringBehavior": "none"}
    elif keys:
        query = {"QueryStringBehavior": "whitelist", "QueryStrings": {"Items": keys}}
    else:
        query = {"QueryStringBehavior": "all"}
    return {
        "MinTTL": behaviour.get("MinTTL", 0),
        "DefaultTTL": behaviour.get("DefaultTTL", 86_400),
        "MaxTTL": behaviour.get("MaxTTL", 31_536_000),
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": False,
            "HeadersConfig": {"HeaderBehavior": "allViewer"}
            if "*" in names
            else {"HeaderBehavior": "whitelist", "Headers": {"Items": names}},
            "CookiesConfig": {
                "CookieBehavior": values["Cookies"]["Forward"],
                "Cookies": values["Cookies"].get("WhitelistedNames", {}),
            },
            "QueryStringsConfig": query,
        },
    }


def _is_list(configuration: dict[str, Any]) -> bool:
    return configuration["HeaderBehavior"] in ("whitelist", "allViewerAndWhitelistCloudFront")


def _header_chosen(configuration: dict[str, Any], name: str) -> bool:
    behaviour = configuration["HeaderBehavior"]
    listed = name.lower() in {item.lower() for item in configuration.get("Headers", {}).get("Items", [])}
    if behaviour == "allViewerAndWhitelistCloudFront":
        return listed or not name.lower().startswith("cloudfront-")
    return (
        behaviour == "allViewer" or (behaviour == "whitelist" and listed) or (behaviour == "allExcept" and not listed)
    )


def _name_chosen(behaviour: str, listed: bool) -> bool:
    return behaviour == "all" or (behaviour == "whitelist" and listed) or (behaviour == "allExcept" and not listed)


def _chosen_query(query: str, configurations: list[dict[str, Any]]) -> str:
    def chosen(pair: str) -> bool:
        name = pair.partition("=")[0]
        return any(
            _name_chosen(c["QueryStringBehavior"], name in c.get("QueryStrings", {}).get("Items", []))
            for c in configurations
        )

    return "&".join(pair for pair in query.split("&") if pair and chosen(pair))


def _chosen_cookies(header: str, configurations: list[dict[str, Any]]) -> str:
    def chosen(pair: str) -> bool:
        name = pair.partition("=")[0].strip()
        return any(
            _name_chosen(c["CookieBehavior"], name in c.get("Cookies", {}).get("Items", [])) for c in configurations
        )

    return "; ".join(pair.strip() for pair in header.split(";") if pair.strip() and chosen(pair))
