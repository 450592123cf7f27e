"""Which traces are kept: a tenth, and every one with an error in it."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode, Tracer

from primetime.telemetry.traces import KeepErrors


def traced(share: float) -> tuple[Tracer, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(KeepErrors(SimpleSpanProcessor(exporter), share))
    return provider.get_tracer("test"), exporter


def test_an_error_anywhere_keeps_the_whole_trace() -> None:
    tracer, exporter = traced(0)
    for fails in (False, True):
        with tracer.start_as_current_span("request"), tracer.start_as_current_span("query") as query:
            if fails:
                query.set_status(StatusCode.ERROR)
    assert [span.name for span in exporter.get_finished_spans()] == ["query", "request"]
    assert len({span.context.trace_id for span in exporter.get_finished_spans() if span.context}) == 1


def test_an_error_after_very_many_spans_counts_too() -> None:
    tracer, exporter = traced(0)
    with tracer.start_as_current_span("job"):
        for at in range(300):
            with tracer.start_as_current_span("query") as query:
                if at == 299:
                    query.set_status(StatusCode.ERROR)
    assert exporter.get_finished_spans()[-1].name == "job"


def test_about_the_share_of_the_others_is_kept() -> None:
    tracer, exporter = traced(0.1)
    for _ in range(2_000):
        with tracer.start_as_current_span("request"):
            pass
    # Six standard deviations either side of 200.
    assert 120 < len(exporter.get_finished_spans()) < 280


def test_traces_that_never_end_are_let_go() -> None:
    tracer, exporter = traced(1)
    for _ in range(1_500):
        tracer.start_span("request")
    with tracer.start_as_current_span("request"):
        pass
    assert exporter.get_finished_spans() == ()
