"""Every error as application/problem+json (RFC 9457): {type, title, status, detail} and, where one is known, remedy."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolClosed, PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from primetime.accounts.attempts import LockedOutError
from primetime.api.services import SignedOutError
from primetime.errors import (
    BadInput,
    Busy,
    DatabaseUnavailable,
    ModelProblem,
    NotAllowed,
    NotFound,
    PrimeTimeError,
    SourceUnavailable,
    StorageUnavailable,
)

_STATUS: dict[type[PrimeTimeError], HTTPStatus] = {
    BadInput: HTTPStatus.BAD_REQUEST,
    SignedOutError: HTTPStatus.UNAUTHORIZED,
    LockedOutError: HTTPStatus.TOO_MANY_REQUESTS,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Busy: HTTPStatus.CONFLICT,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ModelProblem: HTTPStatus.SERVICE_UNAVAILABLE,
    SourceUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

log = structlog.get_logger(__name__)


def problem(
    status: int, detail: str, *, remedy: str = "", headers: dict[str, str] | None = None, **more: Any
) -> Response:
    status = int(status)
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    if remedy:
        body["remedy"] = remedy
    return Response(
        orjson.dumps(body), status_code=status, media_type="application/problem+json", headers=headers or {}
    )


def answer_errors(app: FastAPI) -> None:
    """Let every error of `app` be answered by a problem."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


def answer(request: Request, error: Exception) -> Response:
    """The problem that tells of an error. One that nobody expected is logged, and tells nothing of its insides."""
    kinds = [kind for kind in type(error).__mro__ if issubclass(kind, Exception) and kind in _HANDLERS]
    return _HANDLERS[kinds[0]](request, error)


def _known(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PrimeTimeError)
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), HTTPStatus.INTERNAL_SERVER_ERROR)
    headers = {"Retry-After": str(error.seconds)} if isinstance(error, LockedOutError) else {}
    if isinstance(error, SignedOutError):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(status, str(error), remedy=error.remedy, headers=headers)


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = "there is nothing at this address" if error.status_code == HTTPStatus.NOT_FOUND else str(error.detail)
    return problem(error.status_code, detail, headers=dict(error.headers or {}))


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [{"field": ".".join(map(str, one["loc"][1:])), "message": one["msg"]} for one in error.errors()]
    first = errors[0] if errors else {"field": "", "message": "the request cannot be read"}
    detail = f"{first['field']}: {first['message']}" if first["field"] else first["message"]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=errors)


def _database_gone(_request: Request, error: Exception) -> Response:
    log.error("database unavailable", error=type(error).__name__)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "the database cannot be reached",
        remedy="try again in a minute",
        headers={"Retry-After": "30"},
    )


def _not_migrated(_request: Request, error: Exception) -> Response:
    log.error("database lacks a table", error=str(error).partition("\n")[0])
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "the database lacks this release's migrations",
        remedy="run `primetime migrate`",
    )


def _unusable_text(_request: Request, _error: Exception) -> Response:
    return problem(HTTPStatus.BAD_REQUEST, "the request has a value that the database cannot hold")


def _unknown(_request: Request, error: Exception) -> Response:
    log.exception("unexpected error", exc_info=error)
    told = structlog.contextvars.get_contextvars().get("request_id", "")
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "something went wrong that should not have",
        remedy="tell your administrator the trace id",
        trace_id=told,
    )


_HANDLERS: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    PrimeTimeError: _known,
    HTTPException: _http,
    RequestValidationError: _invalid,
    PoolTimeout: _database_gone,
    PoolClosed: _database_gone,
    psycopg.OperationalError: _database_gone,
    psycopg.errors.UndefinedTable: _not_migrated,
    psycopg.DataError: _unusable_text,
    Exception: _unknown,
}
