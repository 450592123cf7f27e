"""The one place that opens a connection to PostgreSQL."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import psycopg
import structlog
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from primetime.database.embedded import start_embedded_server
from primetime.database.slow_queries import timed_cursor
from primetime.errors import DatabaseUnavailable
from primetime.settings import Settings

APPLICATION_NAME = "prime-time"
log = structlog.get_logger(__name__)

_NOTICING = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}


def database_url(settings: Settings) -> str:
    """The URL to connect to; starts the embedded server when the settings name none.

    Raises DatabaseUnavailable.
    """
    if settings.uses_embedded_database:
        return start_embedded_server(settings.data_dir / "postgres")
    return verified(settings.database_url)


def verified(url: str) -> str:
    """The URL, which asks another machine for a certificate of its name unless it says how much TLS it wants.

    Whatever can name the machine counts: host, hostaddr, libpq's environment (PGHOST, PGSERVICE, …). A service that the
    URL names is another machine; how much TLS is wanted stands beside it. Without `sslrootcert` the certificate must
    come from an authority that this machine trusts. What cannot be read stays: connecting says what is wrong with it.
    """
    try:
        said = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.ProgrammingError:
        return url
    parts = _environment() | said
    if "service" not in said and all(map(_is_here, _machines(parts))):
        return url
    mode = parts.get("sslmode")
    if mode is None:
        return make_conninfo(url, sslmode="verify-full", sslrootcert=parts.get("sslrootcert") or "system")
    if mode != "verify-full":
        log.warning("the database's certificate is not checked", sslmode=mode, remedy="use sslmode=verify-full")
    return url


def _environment() -> dict[str, str]:
    """What libpq takes from the environment, and from the service that it names, where the URL says nothing."""
    options = ((one.keyword.decode(), one.val, one.compiled) for one in pq.Conninfo.get_defaults())
    return {name: value.decode() for name, value, compiled in options if value and value != compiled}


def _machines(parts: dict[str, str]) -> list[str]:
    """What is connected to, in order: an address comes before the name that its certificate is for."""
    addresses, names = parts.get("hostaddr", "").split(","), parts.get("host", "").split(",")
    return [address or name for address, name in zip_longest(addresses, names, fillvalue="")]


def _is_here(machine: str) -> bool:
    """Whether it is this machine: a socket's folder or abstract name, or a loopback address."""
    if not machine or machine.startswith(("/", "@")) or machine == "localhost":
        return True
    try:
        return ipaddress.ip_address(machine).is_loopback
    except ValueError:
        return False


def open_connection(settings: Settings) -> psycopg.Connection:
    """A connection of one's own, whose server is noticed within half a minute when it has gone.

    Raises psycopg.OperationalError when there is none, DatabaseUnavailable when the embedded server does not start.
    """
    return _open(make_conninfo(database_url(settings), **_NOTICING), settings)


@contextmanager
def connect(settings: Settings) -> Iterator[psycopg.Connection]:
    """One connection, closed at the end; what was not committed is committed, or rolled back on an error.

    Raises DatabaseUnavailable when there is no connection within `database_connect_seconds`.
    """
    url = database_url(settings)
    try:
        connection = _open(url, settings)
    except psycopg.OperationalError as error:
        raise unavailable(error) from error
    except psycopg.ProgrammingError as error:
        # libpq's message quotes the connection string, password included.
        raise DatabaseUnavailable(
            "PRIMETIME_DATABASE_URL is not a PostgreSQL connection string",
            remedy="write it as postgresql://user:password@host:5432/database",
        ) from error
    with connection:
        yield connection


def _open(url: str, settings: Settings) -> psycopg.Connection:
    return psycopg.connect(url, **_options(settings))


def _options(settings: Settings) -> dict[str, Any]:
    """What every connection is opened with, one's own or a pool's."""
    return {
        "connect_timeout": settings.database_connect_seconds,
        "application_name": APPLICATION_NAME,
        "cursor_factory": timed_cursor(settings.slow_query_milliseconds),
    }


def open_pool(settings: Settings) -> ConnectionPool:
    """A pool of connections that opens them in the background, so that a server starts with its database away.

    `pool.connection()` raises psycopg_pool.PoolTimeout after `database_connect_seconds`.
    """
    pool = ConnectionPool(
        database_url(settings),
        min_size=settings.database_pool_min,
        max_size=max(settings.database_pool_min, settings.database_pool_max),
        timeout=settings.database_connect_seconds,
        max_idle=settings.database_idle_seconds,
        kwargs=_options(settings),
        check=ConnectionPool.check_connection,
        open=False,
    )
    pool.open(wait=False)
    return pool


def unavailable(error: psycopg.Error) -> DatabaseUnavailable:
    """The driver's error as one line that names no password."""
    first_line = str(error).strip().partition("\n")[0]
    return DatabaseUnavailable(
        f"PostgreSQL cannot be reached: {first_line}",
        remedy="check PRIMETIME_DATABASE_URL and that the server runs",
    )
