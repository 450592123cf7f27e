"""`primetime serve`, `worker`."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import click

from primetime.commands.session import database
from primetime.errors import BadInput
from primetime.settings import Settings, load_settings
from primetime.telemetry.logs import configure_logs
from primetime.telemetry.metrics import serve_metrics


@click.command("serve")
def serve_command() -> None:
    """Serve HTTP at PRIMETIME_HOST and PRIMETIME_PORT, and the built site of PRIMETIME_SITE_DIR if that is set."""
    import uvicorn

    from primetime.api.application import create_app

    settings = _begin()
    app = create_app(settings)
    listening = _listen(settings)
    _prepare(settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        # Whom a proxy speaks for is told by the setting `proxies`.
        proxy_headers=False,
        timeout_graceful_shutdown=30,
    )
    host, port = listening.getsockname()[:2]
    click.echo(f"serving http://{host}:{port} (release {settings.release_id}); stop with Ctrl-C", err=True)
    with _traces(settings):
        uvicorn.Server(config).run(sockets=[listening])


@click.command("worker")
@click.option(
    "--drain", is_flag=True, help="End when no job is ready to run, instead of waiting for more; one at a time."
)
def worker_command(drain: bool) -> None:
    """Run the queue's jobs until stopped: searches beside an analysis."""
    from primetime.jobs.queue import create_queue, work

    settings = _begin()
    _prepare(settings)
    stop_metrics = serve_metrics(settings.metrics_port) if settings.metrics_port else None
    try:
        with _traces(settings):
            asyncio.run(work(create_queue(settings), settings, wait=not drain))
    finally:
        if stop_metrics:
            stop_metrics()


@contextmanager
def _traces(settings: Settings) -> Iterator[None]:
    """Send traces where the settings say; what is kept of them is out at the end."""
    if not settings.traces:
        yield
        return
    from primetime.telemetry.traces import start_traces

    provider = start_traces(settings.traces, release_id=settings.release_id)
    try:
        yield
    finally:
        provider.shutdown()


def _begin() -> Settings:
    settings = load_settings()
    configure_logs(settings)
    return settings


def _prepare(settings: Settings) -> None:
    """By hand, the embedded database is started and migrated; a server's is its deployment's business."""
    if settings.uses_embedded_database:
        with database(settings):
            pass


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise BadInput(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}",
            remedy="stop what uses that port, or set PRIMETIME_PORT",
        ) from error
    return listening
