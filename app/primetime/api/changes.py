"""Hears of changes to the data and to accounts as they are committed, whoever makes them."""

import secrets
import threading
from collections.abc import Callable

import psycopg
import structlog

from primetime.api.summaries import QUERIES
from primetime.errors import DatabaseUnavailable

_HEARTBEAT_SECONDS = 1.0
_AGAIN_SECONDS = 5.0
_DATA = "primetime_data"
_ACCOUNTS = "primetime_accounts"

log = structlog.get_logger(__name__)


class Changes:
    """The data's version and the accounts', kept up by a thread that listens on a connection of its own.

    Both are None while it is not connected: then nobody can tell what is out of date, and nothing may be kept.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        self._connect = connect
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._touches = 0
        self._process = secrets.token_hex(4)
        self._count: int | None = None
        self._seen_touches = 0
        self._account_changes = 0
        self._thread = threading.Thread(target=self._run, name="changes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * _HEARTBEAT_SECONDS)

    @property
    def data(self) -> str | None:
        """Names one state of the data, in all processes alike but for what one of them has just written."""
        with self._lock:
            if self._count is None:
                return None
            # What this process has just written counts before its notification comes round.
            pending = self._touches - self._seen_touches
            return f"{self._count}+{self._process}.{self._touches}" if pending else str(self._count)

    @property
    def accounts(self) -> int | None:
        """Moves whenever an account, a session or a token has changed."""
        with self._lock:
            return None if self._count is None else self._account_changes + self._touches

    def touch(self) -> None:
        """This process has committed a change: who asks next must see it."""
        with self._lock:
            self._touches += 1

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with self._connect() as connection:
                    self._listen(connection)
            except (psycopg.Error, DatabaseUnavailable) as error:
                log.warning("changes are not heard, nothing is kept", error=type(error).__name__)
            with self._lock:
                self._count = None
            self._stopped.wait(_AGAIN_SECONDS)

    def _listen(self, connection: psycopg.Connection) -> None:
        connection.autocommit = True
        connection.execute(f"LISTEN {_DATA}")
        connection.execute(f"LISTEN {_ACCOUNTS}")
        with self._lock:
            self._account_changes += 1  # those that came while nobody listened
        while not self._stopped.is_set():
            # Also without a notification: it shows that the connection lives.
            self._read(connection)
            for notice in connection.notifies(timeout=_HEARTBEAT_SECONDS, stop_after=1):
                if notice.channel == _ACCOUNTS:
                    with self._lock:
                        self._account_changes += 1

    def _read(self, connection: psycopg.Connection) -> None:
        with self._lock:
            touches = self._touches
        row = connection.execute(QUERIES["data_version"]).fetchone()
        with self._lock:
            self._count = row[0] if row else 0
            self._seen_touches = touches
