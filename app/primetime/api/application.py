"""The HTTP application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version

import psycopg
import structlog
from anyio import to_thread
from fastapi import Depends, FastAPI
from psycopg.rows import class_row
from psycopg_pool import ConnectionPool, PoolTimeout

from primetime.accounts.sessions import Sessions
from primetime.api import (
    account,
    accounts,
    alerts,
    analysis,
    articles,
    backtest,
    dashboard,
    embed,
    export,
    exports,
    gaps,
    health,
    imports,
    prototype,
    prototype_searches,
    pubmed,
    runs,
    saved_searches,
    screening,
    search,
    search_analysis,
    search_events,
    searches,
    session,
    topics,
)
from primetime.api.addresses import OneAddress
from primetime.api.admission import Admission
from primetime.api.allowance import Allowance
from primetime.api.callers import Callers
from primetime.api.changes import Changes
from primetime.api.counts import KeptCounts
from primetime.api.description import describe, description_router, operation_name
from primetime.api.keeping import Keeping
from primetime.api.problems import answer_errors
from primetime.api.protection import Protection
from primetime.api.services import Services, admitted
from primetime.api.shelf import Shelf
from primetime.api.site import Site
from primetime.api.summaries import QUERIES
from primetime.api.trail import Trail
from primetime.database.connection import open_connection, open_pool
from primetime.errors import BadInput
from primetime.jobs.queue import create_queue
from primetime.memory import settle_down
from primetime.settings import Settings, session_secret
from primetime.sources.eutils import PubMed, pubmed_source
from primetime.sources.mesh import Mesh
from primetime.sources.opening import open_transport
from primetime.sources.transport import Transport
from primetime.telemetry.metrics import POOL_CONNECTIONS, LastRun, Told, Totals, serve_metrics
from primetime.vectors.serving_encoder import ServingEncoder

log = structlog.get_logger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The application; its pool and encoder are opened when it starts and closed when it ends.

    Raises BadInput when the session secret or the site's folder cannot be used.
    """
    sessions = Sessions(session_secret(settings), hours=settings.session_hours)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = await to_thread.run_sync(open_pool, settings)
        # A handler holds a connection: more threads than connections would only wait for one.
        to_thread.current_default_thread_limiter().total_tokens = settings.database_pool_max + 4
        # Somebody waits: twice is enough, and the edge gives an answer 60 seconds.
        async with open_transport(settings, pool, attempts=2, longest_wait=20) as transport:
            services = await to_thread.run_sync(_open_services, settings, sessions, pool, transport)
            app.state.services = services
            stop_metrics = _serve_metrics(services)
            settle_down()
            try:
                yield
            finally:
                stop_metrics()
                await to_thread.run_sync(services.serving.close)
                await to_thread.run_sync(services.changes.stop)
                await to_thread.run_sync(services.pool.close)
                await services.shelf.close()

    app = FastAPI(
        title="Prime Time",
        version=version("prime-time"),
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": settings.public_url}],
        generate_unique_id_function=operation_name,
    )
    app.include_router(health.router)
    for part in (
        session,
        accounts,
        account,
        dashboard,
        articles,
        search,
        topics,
        export,
        exports,
        imports,
        alerts,
        analysis,
        backtest,
        gaps,
        runs,
        embed,
        screening,
        prototype,
        prototype_searches,
        pubmed,
        search_analysis,
        searches,
        search_events,
        saved_searches,
    ):
        app.include_router(part.router, dependencies=[Depends(admitted)])
    app.include_router(description_router(app), dependencies=[Depends(admitted)])
    answer_errors(app)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.add_middleware(Keeping)
    app.add_middleware(Trail)
    app.add_middleware(Admission)
    app.add_middleware(Protection, public_url=settings.public_url)
    app.add_middleware(OneAddress)
    if settings.site_dir is not None:
        if not (settings.site_dir / "index.html").is_file():
            raise BadInput(
                f"there is no index.html in {settings.site_dir}", remedy="set PRIMETIME_SITE_DIR to the built site"
            )
        app.mount("/", Site(settings.site_dir))
    return app


def _serve_metrics(services: Services) -> Callable[[], None]:
    if not services.settings.metrics_port:
        return lambda: None

    def told() -> Told | None:
        for state, number in services.pool.get_stats().items():
            if state in ("pool_size", "pool_available", "requests_waiting"):
                POOL_CONNECTIONS.labels(state.removeprefix("pool_")).set(number)
        try:
            with services.pool.connection(timeout=3) as connection:
                totals = connection.cursor(row_factory=class_row(Totals)).execute(QUERIES["totals"]).fetchone()
                runs = connection.cursor(row_factory=class_row(LastRun)).execute(QUERIES["last_runs"]).fetchall()
                return Told(totals=totals, runs=runs) if totals else None
        except (PoolTimeout, psycopg.Error) as error:
            log.warning("the database's metrics are left out", error=type(error).__name__)
            return None

    return serve_metrics(services.settings.metrics_port, told)


def _open_services(settings: Settings, sessions: Sessions, pool: ConnectionPool, transport: Transport) -> Services:
    source = pubmed_source(settings)
    serving = ServingEncoder(
        settings.model_directory,
        threads=settings.encoder_threads,
        connect=partial(pool.connection, timeout=health.PROBE_SECONDS),
    )
    serving.start()
    shelf = Shelf(settings.redis_url)
    changes = Changes(lambda: open_connection(settings))
    if settings.keep_answers:
        changes.start()
    return Services(
        settings=settings,
        pool=pool,
        turns=asyncio.Semaphore(pool.max_size),
        sessions=sessions,
        shelf=shelf,
        allowance=Allowance(shelf, settings),
        changes=changes,
        counts=KeptCounts(changes),
        callers=Callers(pool, sessions, changes),
        queue=create_queue(settings),
        pubmed=PubMed(transport, source),
        mesh=Mesh(transport, source),
        serving=serving,
    )
