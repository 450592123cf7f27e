"""Traces: a tenth of them and every one with an error, as log lines or to an OpenTelemetry collector."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, StatusCode, format_span_id, format_trace_id

KEPT_SHARE = 0.1
# A trace whose end never comes, or that has very many spans, is let go.
_MOST_TRACES = 1_000
_MOST_SPANS = 200

log = structlog.get_logger(__name__)


@dataclass
class _OpenTrace:
    spans: list[ReadableSpan] = field(default_factory=list)
    failed: bool = False


class KeepErrors(SpanProcessor):
    """Holds a trace's spans until its first one ends; only then is it known whether something failed in it."""

    def __init__(self, then: SpanProcessor, share: float = KEPT_SHARE) -> None:
        self._then = then
        self._below = int(share * 2**64)
        self._open: dict[int, _OpenTrace] = {}

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 (the base's)
        if span.parent is None and len(self._open) < _MOST_TRACES:
            self._open[span.get_span_context().trace_id] = _OpenTrace()

    def on_end(self, span: ReadableSpan) -> None:
        trace_id = _context(span).trace_id
        held = self._open.get(trace_id)
        if held is None:
            return
        held.failed |= span.status.status_code is StatusCode.ERROR
        if len(held.spans) < _MOST_SPANS or span.parent is None:
            held.spans.append(span)
        if span.parent is not None:
            return
        del self._open[trace_id]
        # The id's lower half is random: the share by it is the same in every process of a trace.
        if held.failed or (trace_id & (2**64 - 1)) < self._below:
            for one in held.spans:
                self._then.on_end(one)

    def shutdown(self) -> None:
        self._then.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._then.force_flush(timeout_millis)


def _context(span: ReadableSpan) -> SpanContext:
    context: SpanContext | None = span.get_span_context()
    assert context is not None
    return context


class LogExporter(SpanExporter):
    """A line a span, where no collector runs."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        for span in spans:
            context = _context(span)
            log.info(
                "span",
                name=span.name,
                trace_id=format_trace_id(context.trace_id),
                span_id=format_span_id(context.span_id),
                parent_id=format_span_id(span.parent.span_id) if span.parent else None,
                milliseconds=round(((span.end_time or 0) - (span.start_time or 0)) / 1e6, 2),
                failed=span.status.status_code is StatusCode.ERROR,
                **{name.replace(".", "_"): value for name, value in (span.attributes or {}).items()},
            )
        return SpanExportResult.SUCCESS


def start_traces(target: str, *, release_id: str, share: float = KEPT_SHARE) -> TracerProvider:
    """Send traces to the log (`log`) or to a collector's OTLP address from now on; `shutdown()` sends the rest."""
    exporter: SpanExporter
    if target == "log":
        exporter = LogExporter()
    else:
        # Brings requests and protobuf, which nobody else needs.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=target, timeout=5)
    provider = TracerProvider(
        resource=Resource.create({"service.name": "prime-time", "service.version": release_id}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(KeepErrors(BatchSpanProcessor(exporter), share))
    trace.set_tracer_provider(provider)
    return provider
