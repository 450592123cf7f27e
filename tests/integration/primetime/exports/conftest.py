"""Articles enough for an upload of two parts."""

from collections.abc import Callable

import psycopg
import pytest

from primetime.articles.exporting.formats import ExportFormat
from primetime.exports.selection import Selection
from primetime.jobs.exporting import enqueue_export
from primetime.jobs.queue import create_queue
from primetime.settings import Settings

ARTICLES = 3_000


@pytest.fixture
def account(connection: psycopg.Connection) -> int:
    row = connection.execute(
        "INSERT INTO accounts (email, name, role, password_hash)"
        " VALUES ('a@example.org', 'A', 'reader', '') RETURNING id"
    ).fetchone()
    connection.commit()
    assert row is not None
    return int(row[0])


@pytest.fixture
def articles(connection: psycopg.Connection) -> None:
    """3,000 of them with abstracts of 4 kB: 12 MB as CSV."""
    connection.execute(
        "INSERT INTO articles (pmid, title, abstract, publication_year, content_hash)"
        " SELECT n, 'Article ' || n, repeat(md5(n::text) || ' ', 125), 2000 + mod(n, 20), n::text"
        " FROM generate_series(1, %s) AS n",
        (ARTICLES,),
    )
    connection.commit()


@pytest.fixture
def ask(connection: psycopg.Connection, exports_settings: Settings, account: int, articles: None) -> Callable[..., int]:
    """Ask for an export of everything."""

    def ask(format_: ExportFormat = ExportFormat.CSV, selection: Selection | None = None) -> int:
        queue = create_queue(exports_settings)
        export_id = enqueue_export(queue, connection, selection or Selection(), format_, account_id=account)
        connection.commit()
        return export_id

    return ask
