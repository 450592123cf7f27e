"""A job's log lines name it, and each job is a trace."""

from collections.abc import Awaitable, Callable
from typing import Any

from opentelemetry import trace
from procrastinate import JobContext
from procrastinate.worker import Worker
from structlog.contextvars import bound_contextvars

_tracer = trace.get_tracer(__name__)


async def told_by_id(call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker) -> Any:
    """Worker middleware: what runs in the job, in its thread too, logs with `job_id` and `task`.

    A job that raises ends its trace with the error.
    """
    job = context.job
    with (
        bound_contextvars(job_id=job.id, task=job.task_name),
        _tracer.start_as_current_span(f"job {job.task_name}") as span,
    ):
        if job.id is not None:
            span.set_attribute("job.id", job.id)
        return await call_next()
