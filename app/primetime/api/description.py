"""The interface's own description (OpenAPI), completed by what the frame around the handlers may answer."""

import re
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from primetime.api.allowance import Use
from primetime.api.rules import rule_of

_PROBLEM = {
    "type": "object",
    "description": "An error (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The cause, in a line."},
        "remedy": {"type": "string", "description": "What to do about it, in a line."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "trace_id": {"type": "string"},
    },
}
_ANYBODY = {
    "400": "The request names something that cannot be used.",
    "404": "There is nothing of that name.",
    "422": "The request cannot be read.",
    "429": "Too many requests; Retry-After says when to ask again.",
    "503": "The database or the encoder is away.",
}
_CHANGING = {
    "403": "The request comes from another site.",
    "409": "It is being done already.",
    "413": "The body is too large.",
}
_WITH_ACCOUNT = {"401": "Nobody is signed in.", "403": "The account or the token may not do this."}
_SCHEMES = {
    "session": {"type": "apiKey", "in": "cookie", "name": "primetime_session"},
    "token": {"type": "http", "scheme": "bearer", "description": "A personal token."},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of every path of `app`, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes, servers=app.servers)
        components = schema.setdefault("components", {})
        components["securitySchemes"] = _SCHEMES
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = _PROBLEM
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                _complete(operation, method.upper(), path)
        app.openapi_schema = schema
    return app.openapi_schema


def operation_name(route: APIRoute) -> str:
    """`get_articles_pmid_similar` of `GET /api/v1/articles/{pmid}/similar`: what clients call an operation by, so it is
    made from what changes only when they must change too.
    """
    path = route.path_format
    if path.startswith("/api/") and not path.startswith("/api/v1/"):
        path = path.replace("/api/", "/prototype/", 1)
    words = re.findall(r"[a-z0-9]+", path.removeprefix("/api/v1").lower())
    return "_".join([*sorted(method.lower() for method in route.methods or ()), *words])


def description_router(app: FastAPI) -> APIRouter:
    router = APIRouter()

    @router.get("/api/v1/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return describe(app)

    return router


def _complete(operation: dict[str, Any], method: str, path: str) -> None:
    problems = dict(_ANYBODY)
    if method != "GET":
        problems |= _CHANGING
    if path.startswith("/api/"):
        rule = rule_of(method, re.sub(r"\{\w+\}", "1", path))
        if rule.use is Use.SIGN_IN and method == "POST":
            problems["401"] = "E-mail or password is wrong."
        if rule.role is not None:
            problems |= _WITH_ACCOUNT
            operation["security"] = [{"session": []}, *([{"token": []}] if rule.scope else [])]
            if rule.public:
                operation["security"].append({})
        if rule.keep and method == "GET":
            operation["responses"]["304"] = {"description": "The client's copy, named by If-None-Match, still holds."}
    for status, description in problems.items():
        if status not in operation["responses"] or status == "422":
            operation["responses"][status] = {
                "description": description,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
