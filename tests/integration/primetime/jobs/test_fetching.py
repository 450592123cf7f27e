"""Lists of PMIDs when something goes wrong: each import says what, and is tried again or not."""

import asyncio
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from primetime.articles.formats.recognising import recognise
from primetime.articles.pubmed_xml import read_pubmed_xml
from primetime.articles.record import Record
from primetime.articles.storing import want_articles, wanted_articles
from primetime.errors import Busy
from primetime.jobs.fetching import fetch_list
from primetime.jobs.importing import enqueue_import, imports, run_import
from primetime.jobs.queue import ATTEMPTS, create_queue, work
from primetime.searches.wanted import UNKNOWN_DAYS, FetchedWanted, fetch_wanted
from primetime.settings import Settings
from primetime.sources.eutils import PubMed
from primetime.sources.opening import open_sources

if TYPE_CHECKING:
    from conftest import StandIn

KNOWN, UNKNOWN, BOOK = 900000001, 98989898, 21204454
NO_ARTICLE = "a book or a book's chapter, not an article"


def give(connection: psycopg.Connection, settings: Settings, tmp_path: Path, *pmids: int) -> int:
    file = tmp_path / "pmids.txt"
    file.write_text("\n".join(map(str, pmids)))
    import_id = enqueue_import(
        create_queue(settings),
        connection,
        BytesIO(file.read_bytes()),
        file_name=file.name,
        format=recognise(file),
        account_id=None,
    )
    connection.commit()
    return import_id


def given_to_fetch(connection: psycopg.Connection, settings: Settings, tmp_path: Path) -> int:
    """An import that waits for its articles alone."""
    import_id = give(connection, settings, tmp_path, KNOWN)
    run_import(settings, import_id)
    connection.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE task_name = 'import_file'")
    connection.commit()
    return import_id


def dead_worker(connection: psycopg.Connection, task: str, *, attempts: int) -> None:
    """Let the task's job be one that a worker took and never ended."""
    connection.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes')")
    connection.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s,"
        " worker_id = (SELECT min(id) FROM procrastinate_workers) WHERE task_name = %s",
        (attempts, task),
    )
    connection.commit()


def report_of(connection: psycopg.Connection, import_id: int) -> dict[str, object]:
    (found,) = imports(connection, import_id=import_id)
    connection.rollback()
    assert found.report is not None
    return found.report


@pytest.mark.parametrize(("attempts", "status", "again"), [(0, "todo", True), (4, "failed", False)])
def test_an_error_that_nobody_expected_is_told_and_tried_again(
    connection: psycopg.Connection,
    literature_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    attempts: int,
    status: str,
    again: bool,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("pmid")

    monkeypatch.setattr("primetime.jobs.fetching.fetch_wanted", broken)
    import_id = given_to_fetch(connection, literature_settings, tmp_path)
    connection.execute("UPDATE procrastinate_jobs SET attempts = %s WHERE task_name = 'fetch_list'", (attempts,))
    connection.commit()
    asyncio.run(work(create_queue(literature_settings), literature_settings, wait=False, install_signal_handlers=False))
    row = connection.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'fetch_list'").fetchone()
    assert row == (status,)
    report = report_of(connection, import_id)
    assert report["fetch_problem"] == "unexpected KeyError; look at the worker's log"
    assert report["fetch_again"] is again


@pytest.mark.parametrize(("attempts", "status"), [(0, "todo"), (ATTEMPTS - 1, "failed")])
def test_a_worker_that_dies_leaves_the_list_to_the_next_or_tells_why_not(
    connection: psycopg.Connection,
    literature_settings: Settings,
    look_after: Callable[[Settings], None],
    tmp_path: Path,
    attempts: int,
    status: str,
) -> None:
    import_id = given_to_fetch(connection, literature_settings, tmp_path)
    dead_worker(connection, "fetch_list", attempts=attempts)
    look_after(literature_settings)
    row = connection.execute("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'fetch_list'").fetchone()
    assert row == (status,)
    report = report_of(connection, import_id)
    if status == "failed":
        assert report["fetch_problem"] == "the worker died in attempt 3, the last one; look at the worker's log"
        assert report["fetch_again"] is False
    else:
        assert "fetch_problem" not in report


@pytest.mark.parametrize(
    ("error", "attempts", "state", "failure", "after"),
    [
        (RuntimeError(), 0, "failed", "unexpected RuntimeError; look at the worker's log", 1),
        # Waiting for another is no attempt.
        (Busy("an import is running", remedy="wait for it"), 2, "waiting", None, 2),
        (psycopg.OperationalError(), 2, "waiting", None, 3),
        (psycopg.OperationalError(), 30, "failed", "unexpected OperationalError; look at the worker's log", 31),
    ],
)
def test_an_import_that_cannot_go_on_says_why(
    connection: psycopg.Connection,
    literature_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    attempts: int,
    state: str,
    failure: str | None,
    after: int,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("primetime.jobs.importing.store_rows", broken)
    import_id = give(connection, literature_settings, tmp_path, KNOWN)
    connection.execute("UPDATE procrastinate_jobs SET attempts = %s WHERE task_name = 'import_file'", (attempts,))
    connection.commit()
    asyncio.run(work(create_queue(literature_settings), literature_settings, wait=False, install_signal_handlers=False))
    (found,) = imports(connection, import_id=import_id)
    assert (found.state, found.failure) == (state, failure)
    made = connection.execute("SELECT attempts FROM procrastinate_jobs WHERE task_name = 'import_file'").fetchone()
    assert made == (after,)
    assert found.remedy == (None if failure is None else "give the file again")
    assert connection.execute("SELECT count(*) FROM import_pieces").fetchone() == (int(failure is None),)


def test_an_import_whose_worker_died_for_the_last_time_says_so(
    connection: psycopg.Connection,
    literature_settings: Settings,
    tmp_path: Path,
    look_after: Callable[[Settings], None],
) -> None:
    import_id = give(connection, literature_settings, tmp_path, KNOWN)
    dead_worker(connection, "import_file", attempts=ATTEMPTS - 1)
    look_after(literature_settings)
    (found,) = imports(connection, import_id=import_id)
    assert (found.state, found.remedy) == ("failed", "give the file again")
    assert found.failure == "the worker died in attempt 3, the last one; look at the worker's log"


def test_what_pubmed_does_not_know_is_asked_for_again_by_its_age_or_when_it_is_wanted_anew(
    connection: psycopg.Connection, literature_settings: Settings, literature: "StandIn"
) -> None:
    def fetches() -> int:
        return literature.requests().get("200 /entrez/eutils/efetch.fcgi", 0)

    want_articles(connection, [KNOWN, UNKNOWN])
    with open_sources(literature_settings) as sources:
        assert fetch_wanted(connection, sources) == FetchedWanted(fetched=1, unknown=[UNKNOWN], problems={})
        before = fetches()
        assert fetch_wanted(connection, sources) == FetchedWanted(fetched=0, unknown=[], problems={})
        assert fetches() == before
        assert want_articles(connection, [UNKNOWN]) == 1  # somebody wants it anew
        assert fetch_wanted(connection, sources) == FetchedWanted(fetched=0, unknown=[UNKNOWN], problems={})
        connection.execute(
            "UPDATE wanted_articles SET unknown_at = unknown_at - %s * interval '1 day'", (UNKNOWN_DAYS,)
        )
        assert fetch_wanted(connection, sources) == FetchedWanted(fetched=0, unknown=[UNKNOWN], problems={})
    assert wanted_articles(connection) == [UNKNOWN]  # it may come yet


def test_every_list_with_an_unknown_pmid_is_told_of_it_though_it_is_asked_for_once(
    connection: psycopg.Connection, literature_settings: Settings, literature: "StandIn", tmp_path: Path
) -> None:
    given = [give(connection, literature_settings, tmp_path, KNOWN, UNKNOWN) for _ in range(2)]
    for import_id in given:
        run_import(literature_settings, import_id)
    before = literature.requests().get("200 /entrez/eutils/efetch.fcgi", 0)
    for import_id in given:
        fetch_list(literature_settings, import_id)
        report = report_of(connection, import_id)
        assert (report["fetched"], report["unknown"], report["unknown_pmids"]) == (1, 1, [UNKNOWN])
    assert literature.requests()["200 /entrez/eutils/efetch.fcgi"] == before + 1


def test_a_book_is_told_as_what_it_is(
    connection: psycopg.Connection, literature_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PubMed.fetch_articles

    async def with_the_book(pubmed: PubMed, pmids: Sequence[int]) -> list[Record]:
        book = b"<PubmedBookArticle><BookDocument><PMID Version='1'>%d</PMID></BookDocument></PubmedBookArticle>" % BOOK
        stream = BytesIO(b"<PubmedArticleSet>" + book + b"</PubmedArticleSet>")
        return [*await real(pubmed, pmids), *read_pubmed_xml(stream, "PubMed's reply")]

    monkeypatch.setattr(PubMed, "fetch_articles", with_the_book)
    import_id = give(connection, literature_settings, tmp_path, KNOWN, UNKNOWN, BOOK)
    run_import(literature_settings, import_id)
    for _ in range(2):  # a worker that was killed before the job's end begins again
        fetch_list(literature_settings, import_id)
        report = report_of(connection, import_id)
        assert (report["fetched"], report["unknown_pmids"]) == (1, [UNKNOWN])
        assert (report["skipped"], report["problems"]) == (1, [f"PMID {BOOK}: {NO_ARTICLE}"])
    want_articles(connection, [BOOK])
    with open_sources(literature_settings) as sources:
        assert fetch_wanted(connection, sources).problems == {BOOK: NO_ARTICLE}


def test_a_list_that_was_fetched_or_forgotten_is_not_fetched_again(
    connection: psycopg.Connection, literature_settings: Settings, literature: "StandIn", tmp_path: Path
) -> None:
    import_id = given_to_fetch(connection, literature_settings, tmp_path)
    fetch_list(literature_settings, import_id)
    told, before = report_of(connection, import_id), literature.requests()
    fetch_list(literature_settings, import_id)
    fetch_list(literature_settings, import_id + 1)
    assert (report_of(connection, import_id), literature.requests()) == (told, before)
