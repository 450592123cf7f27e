"""Applies a response headers policy.

Source: "Understand response headers policies" in the CloudFront Developer Guide.
"""

from __future__ import annotations

from typing import Any

from localcloud.edge.messages import Headers, Request, Response


def apply(policy: dict[str, Any], request: Request, response: Response) -> None:
    for item in policy.get("RemoveHeadersConfig", {}).get("Items", []):
        response.headers.remove(item["Header"])
    for name, value, override in [*_security(policy.get("SecurityHeadersConfig", {})), *_custom(policy)]:
        _set(response.headers, name, value, override=override)
    if cors := policy.get("CorsConfig"):
        _apply_cors(cors, request, response)


def _set(headers: Headers, name: str, value: str, *, override: bool) -> None:
    if override or name not in headers:
        headers.set(name, value)


def _custom(policy: dict[str, Any]) -> list[tuple[str, str, bool]]:
    items = policy.get("CustomHeadersConfig", {}).get("Items", [])
    return [(item["Header"], item["Value"], item["Override"]) for item in items]


def _security(config: dict[str, Any]) -> list[tuple[str, str, bool]]:
    fields: list[tuple[str, str, bool]] = []
    if held := config.get("ContentSecurityPolicy"):
        fields.append(("Content-Security-Policy", held["ContentSecurityPolicy"], held["Override"]))
    if held := config.get("ContentTypeOptions"):
        fields.append(("X-Content-Type-Options", "nosniff", held["Override"]))
    if held := config.get("FrameOptions"):
        fields.append(("X-Frame-Options", held["FrameOption"], held["Override"]))
    if held := config.get("ReferrerPolicy"):
        fields.append(("Referrer-Policy", held["ReferrerPolicy"], held["Override"]))
    if held := config.get("StrictTransportSecurity"):
        value = f"max-age={held['AccessControlMaxAgeSec']}"
        value += "; includeSubDomains" if held.get("IncludeSubdomains") else ""
        value += "; preload" if held.get("Preload") else ""
        fields.append(("Strict-Transport-Security", value, held["Override"]))
    if held := config.get("XSSProtection"):
        value = "0"
        if held["Protection"]:
            value = "1" + ("; mode=block" if held.get("ModeBlock") else "")
            value += f"; report={held['ReportUri']}" if held.get("ReportUri") else ""
        fields.append(("X-XSS-Protection", value, held["Override"]))
    return fields


def _apply_cors(cors: dict[str, Any], request: Request, response: Response) -> None:
    origin = request.headers.get("origin")
    if origin is None:
        return
    allowed = cors["AccessControlAllowOrigins"]["Items"]
    if "*" not in allowed and origin not in allowed:
        return
    override = cors["OriginOverride"]
    _set(response.headers, "Access-Control-Allow-Origin", "*" if "*" in allowed else origin, override=override)
    if "*" not in allowed:
        response.headers.add("Vary", "Origin")
    if cors["AccessControlAllowCredentials"]:
        _set(response.headers, "Access-Control-Allow-Credentials", "true", override=override)
    if exposed := cors.get("AccessControlExposeHeaders", {}).get("Items"):
        _set(response.headers, "Access-Control-Expose-Headers", ", ".join(exposed), override=override)
    if request.method == "OPTIONS":
        methods = ", ".join(cors["AccessControlAllowMethods"]["Items"])
        _set(response.headers, "Access-Control-Allow-Methods", methods, override=override)
        names = ", ".join(cors["AccessControlAllowHeaders"]["Items"])
        _set(response.headers, "Access-Control-Allow-Headers", names, override=override)
        if "AccessControlMaxAgeSec" in cors:
            _set(response.headers, "Access-Control-Max-Age", str(cors["AccessControlMaxAgeSec"]), override=override)
