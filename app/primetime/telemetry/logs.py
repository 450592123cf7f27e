"""Logs: one line an event, JSON on a server, with ids of request or job and of the release, and no personal data."""

import logging
import sys
from typing import Any

import structlog
from structlog.dev import plain_traceback
from structlog.tracebacks import ExceptionDictTransformer

from primetime.settings import Settings
from primetime.telemetry.database_errors import without_values


def configure_logs(settings: Settings, *, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logs to stderr in the settings' format.

    Tracebacks come without local variables: those hold passwords, cookies and what somebody searched for; and without
    the rows that a database error quotes.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_release(settings.release_id),
    ]
    if settings.log_format == "json":
        last: list[structlog.typing.Processor] = [
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ]
    else:
        last = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain_traceback)]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_rows, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Its errors name the query's parameters, which may be what somebody searched for.
    logging.getLogger("psycopg.pool").setLevel(logging.WARNING)
    # It names whole addresses, and in them what is asked of PubMed.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _with_release(release_id: str) -> structlog.typing.Processor:
    def add(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["release_id"] = release_id
        return event

    return add


def _without_rows(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if info := event.get("exc_info"):
        _, found, _ = info if isinstance(info, tuple) else sys.exc_info()
        error = info if isinstance(info, BaseException) else found
        if error is not None:
            without_values(error)
    return event
