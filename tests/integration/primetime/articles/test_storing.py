"""Storing, listing and exporting in a real PostgreSQL."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from msgspec import json

from primetime.articles.exporting.formats import ExportFormat, export_pieces
from primetime.articles.exporting.selection import Context, ExportRow, select_filtered, select_ranked
from primetime.articles.listing import Filters, Sort, describe_corpus, find_article, list_articles, summaries_of
from primetime.articles.parallel_reading import read_rows
from primetime.articles.pubmed_xml import read_pubmed_file
from primetime.articles.record import (
    Article,
    Author,
    DeletedCitations,
    Details,
    Grant,
    MeshHeading,
    MeshQualifier,
    PublicationDate,
    SkippedRecord,
)
from primetime.articles.storing import store_articles, store_rows, want_articles, wanted_articles
from primetime.database.locks import transaction_lock
from primetime.errors import BadInput, Busy

STATINS = Article(
    pmid=1,
    title="Statins in the elderly",
    abstract="A trial of simvastatin.",
    journal="Heart",
    publication_date=PublicationDate(printed="1999 Mar", first=date(1999, 3, 1), last=date(1999, 3, 31)),
    authors=(Author(last_name="Öz", initials="AB"), Author(collective_name="The Statin Group")),
    mesh=(
        MeshHeading(ui="D1", name="Aged", major=False),
        MeshHeading(
            ui="D2",
            name="Hypertension",
            major=True,
            qualifiers=(MeshQualifier(ui="Q1", name="drug therapy", major=True),),
        ),
    ),
    publication_types=("Clinical Trial",),
    doi="10.1/x",
)
ASTHMA = Article(
    pmid=2,
    title="=Asthma",
    abstract="Inhaled steroids.",
    journal="Thorax",
    publication_date=PublicationDate(printed="2001", first=date(2001, 1, 1), last=date(2001, 12, 31)),
    publication_types=("Review",),
    owner="MADE-UP",
)
UNDATED = Article(pmid=3, title="Undated", publication_date=PublicationDate(printed="in press"))


@pytest.fixture
def corpus(connection: psycopg.Connection) -> psycopg.Connection:
    store_articles(connection, [STATINS, ASTHMA, UNDATED])
    return connection


def counts(connection: psycopg.Connection, *records: Article | SkippedRecord) -> tuple[int, ...]:
    report = store_articles(connection, records)
    return report.read, report.new, report.updated, report.unchanged, report.skipped


def test_the_counts_tell_what_became_of_each_record(connection: psycopg.Connection) -> None:
    skipped = SkippedRecord(number=3, line=9, pmid=None, reason="no PMID")
    assert counts(connection, STATINS, ASTHMA, skipped) == (3, 2, 0, 0, 1)
    assert counts(connection, STATINS, ASTHMA) == (2, 0, 0, 2, 0)
    assert counts(connection, replace(STATINS, title="Corrected"), ASTHMA, UNDATED) == (3, 1, 1, 1, 0)


@pytest.mark.parametrize("together", [True, False])
def test_a_record_revised_earlier_never_replaces_one_revised_later(
    connection: psycopg.Connection, together: bool
) -> None:
    """PubMed's revisions keep their version; an old file read after a new one may not undo a retraction."""
    later = replace(STATINS, title="Retracted", details=Details(revised="2024-05-01"))
    earlier = replace(STATINS, title="As it was", details=Details(revised="2018-05-01"))
    for records in [[later, earlier]] if together else [[later], [earlier]]:
        store_articles(connection, records)
    assert find_article(connection, STATINS.pmid).title == "Retracted"
    again = replace(later, title="Retracted again", details=Details(revised="2024-05-02"))
    assert store_articles(connection, [again]).updated == 1
    # One that does not tell when it was revised, as of another format, is taken as before.
    assert store_articles(connection, [replace(STATINS, title="Without a date")]).updated == 1


def test_an_older_version_never_replaces_a_newer(connection: psycopg.Connection) -> None:
    newer = replace(STATINS, version=2, title="Second version")
    assert counts(connection, newer, STATINS) == (2, 1, 0, 1, 0)
    assert counts(connection, STATINS) == (1, 0, 0, 1, 0)
    stored = find_article(connection, 1)
    assert stored is not None
    assert (stored.version, stored.title) == (2, "Second version")


def test_a_changed_text_changes_the_content_hash(connection: psycopg.Connection) -> None:
    store_articles(connection, [STATINS])
    changed = replace(STATINS, abstract="Another.")
    store_articles(connection, [changed])
    row = connection.execute("SELECT content_hash, updated_at >= imported_at FROM articles").fetchone()
    assert row == (changed.content_hash, True)


def test_a_change_outside_the_text_is_an_update_too(connection: psycopg.Connection) -> None:
    grant = Grant(number="R01", acronym="HL", agency="NHLBI", country="United States")
    changed = replace(STATINS, details=Details(grants=(grant,), status="MEDLINE"))
    assert counts(connection, STATINS) == (1, 1, 0, 0, 0)
    assert counts(connection, changed) == (1, 0, 1, 0, 0)
    stored = connection.execute("SELECT details FROM articles").fetchone()
    assert stored is not None
    assert stored[0] == {"grants": [json.decode(json.encode(grant))], "status": "MEDLINE"}


def revisions(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    query = "SELECT pmid, version, record ->> 'title', reason FROM article_revisions ORDER BY id"
    return connection.execute(query).fetchall()


def test_what_an_article_was_is_kept(connection: psycopg.Connection) -> None:
    store_articles(connection, [STATINS])
    store_articles(connection, [STATINS])
    store_articles(connection, [replace(STATINS, version=2, title="Second")])
    assert revisions(connection) == [(1, 1, STATINS.title, "replaced")]


def test_a_withdrawn_article_goes_in_its_turn(connection: psycopg.Connection) -> None:
    gone = DeletedCitations(pmids=(1, 99))
    report = store_articles(connection, [STATINS, ASTHMA, gone])
    assert (report.read, report.new, report.deleted) == (2, 2, 1)
    assert revisions(connection) == [(1, 1, STATINS.title, "deleted")]
    assert find_article(connection, 1) is None
    report = store_articles(connection, [gone, STATINS])
    assert (report.new, report.deleted) == (1, 0)
    assert find_article(connection, 1) is not None


def test_a_retracted_article_is_marked(connection: psycopg.Connection) -> None:
    notice = replace(ASTHMA, publication_types=("Retraction of Publication",))
    store_articles(
        connection, [replace(STATINS, publication_types=("Journal Article", "Retracted Publication")), notice]
    )
    assert connection.execute("SELECT pmid FROM articles WHERE retracted").fetchall() == [(1,)]


def test_a_wanted_article_is_wanted_until_it_is_stored(connection: psycopg.Connection) -> None:
    store_articles(connection, [ASTHMA])
    assert want_articles(connection, [1, 2, 7, 7]) == 2
    assert want_articles(connection, [7]) == 0
    store_articles(connection, [STATINS])
    assert wanted_articles(connection) == [7]


def test_a_large_file_is_read_in_other_processes_with_the_same_result(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    record = (
        "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><ArticleTitle>T</ArticleTitle></Article>"
        "</MedlineCitation></PubmedArticle>\n"
    )
    records = [record.format("x" if n % 700 == 0 else n) for n in range(1, 2501)]
    path = tmp_path / "large.xml"
    end = "<DeleteCitation><PMID>3</PMID></DeleteCitation></PubmedArticleSet>"
    path.write_text("<PubmedArticleSet>\n" + "".join(records) + end)
    alone, beside = (list(read_rows(path, processes=count)) for count in (0, 1))
    for kind in (lambda run: run.articles.items(), lambda run: run.problems, lambda run: run.deleted):
        assert [item for run in alone for item in kind(run)] == [item for run in beside for item in kind(run)]
    report = store_rows(connection, iter(beside))
    assert (report.read, report.new, report.skipped, report.deleted) == (2500, 2497, 3, 1)
    assert report.problems[1].line == 1401
    path.write_text("<PubmedArticleSet>" + "".join(records))
    with pytest.raises(BadInput, match="truncated"):
        list(read_rows(path, processes=1))


def test_a_file_that_ends_early_stores_nothing(connection: psycopg.Connection) -> None:
    def half() -> Iterator[Article]:
        for pmid in range(10, 3010):
            yield replace(STATINS, pmid=pmid)
        raise BadInput("truncated")

    with pytest.raises(BadInput):
        store_articles(connection, half())
    assert describe_corpus(connection).articles == 0
    assert counts(connection, STATINS) == (1, 1, 0, 0, 0)


def test_two_imports_do_not_run_at_once(connection: psycopg.Connection, database_url: str) -> None:
    with psycopg.connect(database_url) as other:
        transaction_lock(other, "import")
        with pytest.raises(Busy, match="another import is running"):
            store_articles(connection, [STATINS])
        other.rollback()
    assert counts(connection, STATINS) == (1, 1, 0, 0, 0)


def test_what_is_stored_is_what_was_read(corpus: psycopg.Connection) -> None:
    stored = find_article(corpus, 1)
    assert stored is not None
    assert stored.publication_date_last == date(1999, 3, 31)
    assert [author["last_name"] for author in stored.authors] == ["Öz", None]
    assert stored.mesh[1] == json.decode(json.encode(STATINS.mesh[1]))
    undated = find_article(corpus, 3)
    assert undated is not None
    assert (undated.year, undated.publication_date, undated.date_printed) == (None, None, "in press")
    assert find_article(corpus, 99) is None


@pytest.mark.parametrize(
    ("filters", "pmids"),
    [
        (Filters(), [2, 1, 3]),
        (Filters(q="statin"), [1]),
        (Filters(q='"inhaled steroids"'), [2]),
        (Filters(q="öz"), [1]),
        (Filters(q="hypertension"), [1]),
        (Filters(q="asthma -steroids"), []),
        (Filters(q="!&|()':*"), []),
        (Filters(year_from=2000), [2]),
        (Filters(year_to=2000), [1]),
        (Filters(journal="Thorax"), [2]),
        (Filters(publication_type="Clinical Trial"), [1]),
        (Filters(mesh="Hypertension"), [1]),
        (Filters(mesh="Hyper"), []),
        (Filters(pmids=[3, 2]), [2, 3]),
        (Filters(pmids=[]), []),
    ],
)
def test_filters(corpus: psycopg.Connection, filters: Filters, pmids: list[int]) -> None:
    page = list_articles(corpus, filters)
    assert ([item.pmid for item in page.items], page.total) == (pmids, len(pmids))


@pytest.mark.parametrize(
    ("sort", "pmids"), [("newest", [2, 1, 3]), ("oldest", [1, 2, 3]), ("title", [2, 1, 3]), ("relevance", [2, 1, 3])]
)
def test_orders_put_the_undated_last(corpus: psycopg.Connection, sort: Sort, pmids: list[int]) -> None:
    assert [item.pmid for item in list_articles(corpus, Filters(), sort=sort).items] == pmids


def test_the_title_counts_more_than_the_abstract(connection: psycopg.Connection) -> None:
    in_abstract = replace(ASTHMA, pmid=4, abstract="Statins are mentioned here.")
    store_articles(connection, [in_abstract, STATINS])
    found = list_articles(connection, Filters(q="statins"), sort="relevance")
    assert [item.pmid for item in found.items] == [1, 4]


def test_pages_follow_each_other(corpus: psycopg.Connection) -> None:
    pages = [list_articles(corpus, Filters(), limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [[item.pmid for item in page.items] for page in pages] == [[2, 1], [3], []]
    assert {page.total for page in pages} == {3}


def test_summaries_come_in_the_order_asked_for(corpus: psycopg.Connection) -> None:
    found = summaries_of(corpus, [3, 99, 1])
    assert [item.pmid for item in found] == [3, 1]
    assert found[1].authors == ["Öz AB", "The Statin Group"]


def test_the_corpus_is_counted(corpus: psycopg.Connection) -> None:
    found = describe_corpus(corpus)
    assert (found.articles, found.with_abstract, found.made_up) == (3, 2, 1)
    assert found.years == [{"year": 1999, "articles": 1}, {"year": 2001, "articles": 1}]
    assert found.journals == [{"name": "Heart", "articles": 1}, {"name": "Thorax", "articles": 1}]


def rows_of(rows: Iterator[ExportRow], context: Context | None = None) -> list[dict[str, str]]:
    data = b"".join(export_pieces(rows, ExportFormat.CSV, context))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_an_export_of_a_listing(corpus: psycopg.Connection) -> None:
    asthma, statins, _ = rows_of(select_filtered(corpus, Filters()))
    assert asthma["Title"] == "'=Asthma"
    assert statins["Authors"] == "Öz AB; The Statin Group"
    assert statins["MeSH"] == "Aged; Hypertension/*drug therapy"
    assert (statins["Publication Date"], statins["DOI"]) == ("1999 Mar", "10.1/x")
    assert statins["Citation Count"] == statins["Topic"] == statins["Novelty Score"] == statins["Idea"] == ""


def test_an_export_tells_citations_where_a_source_knows_them(corpus: psycopg.Connection) -> None:
    corpus.execute(
        "INSERT INTO article_citations (pmid, source, citations, relative_citation_ratio)"
        " VALUES (1, 'crossref', 9, NULL), (1, 'icite', 0, 1.5), (2, 'icite', NULL, NULL), (2, 'openalex', 4, NULL)"
    )
    asthma, statins, _ = select_filtered(corpus, Filters())
    assert (statins.citations, statins.relative_citation_ratio) == (0, 1.5)
    assert (asthma.citations, asthma.relative_citation_ratio) == (4, None)


def test_an_export_of_a_search_keeps_its_rank(corpus: psycopg.Connection) -> None:
    found = rows_of(select_ranked(corpus, [3, 1]), Context(about={"Idea": "-steroids", "Max Results": 7}))
    assert [row["PMID"] for row in found] == ["3", "1"]
    assert {(row["Idea"], row["Max Results"]) for row in found} == {("'-steroids", "7")}


def test_an_export_longer_than_a_batch_is_whole(connection: psycopg.Connection) -> None:
    store_articles(connection, (replace(STATINS, pmid=pmid) for pmid in range(1, 1235)))
    assert len(rows_of(select_filtered(connection, Filters()))) == 1234


def test_real_records_are_stored_and_found(connection: psycopg.Connection, shared_data: Path) -> None:
    path = shared_data / "pubmed" / "pubmedsample18n0001.xml.gz"
    report = store_articles(connection, read_pubmed_file(path))
    assert (report.read, report.new, report.skipped) == (177, 177, 0)
    found = list_articles(connection, Filters(q="hospital debt"))
    assert "Hospital debt management and cost reimbursement." in [item.title for item in found.items]
