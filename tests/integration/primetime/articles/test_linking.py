"""Duplicates among the stored articles: linked, left out of lists, undone for good."""

from dataclasses import replace

import psycopg
import pytest

from primetime.articles.duplicates.linking import group_of, link_duplicates, link_if_needed, undo
from primetime.articles.listing import Filters, describe_corpus, list_articles
from primetime.articles.record import Article, Author
from primetime.articles.storing import store_articles
from primetime.errors import NotFound

LOCAL = 5_000_000_000_000_000
PUBMED = Article(
    pmid=77, title="Copper bed linens and infections in long-term care", volume="12", pages="53-60", doi="10.1/x",
    authors=(Author(last_name="Butler", initials="JP"),),
)  # fmt: skip
EMBASE = replace(PUBMED, pmid=LOCAL, version=-1, doi="10.1/X", volume="")
SCOPUS = replace(PUBMED, pmid=LOCAL + 5, version=-1, doi=None, pages="53")
OTHER = Article(pmid=LOCAL + 9, version=-1, title="Wilson's disease in pregnancy")


def numbers(connection: psycopg.Connection, filters: Filters | None = None) -> list[int]:
    return sorted(item.pmid for item in list_articles(connection, filters or Filters()).items)


def test_links_are_made_when_the_pmid_arrives_and_hide_the_duplicates(connection: psycopg.Connection) -> None:
    store_articles(connection, [SCOPUS, EMBASE, OTHER])
    report = link_if_needed(connection)
    assert report is not None
    assert (report.articles, report.links, report.new) == (3, 1, 1)
    assert numbers(connection) == [EMBASE.pmid, OTHER.pmid]
    store_articles(connection, [PUBMED])
    assert link_duplicates(connection).links == 2
    assert numbers(connection) == [77, OTHER.pmid]
    assert describe_corpus(connection).articles == 2
    assert numbers(connection, Filters(duplicates=True)) == [77, EMBASE.pmid, SCOPUS.pmid, OTHER.pmid]
    assert group_of(connection, SCOPUS.pmid) == group_of(connection, 77) == [77, EMBASE.pmid, SCOPUS.pmid]
    assert link_duplicates(connection).new == 0


def test_undone_is_undone_for_good(connection: psycopg.Connection) -> None:
    store_articles(connection, [PUBMED, EMBASE, SCOPUS])
    link_duplicates(connection)
    undo(connection, EMBASE.pmid)
    assert numbers(connection) == [77, EMBASE.pmid]
    assert link_duplicates(connection).links == 1
    assert numbers(connection) == [77, EMBASE.pmid]
    with pytest.raises(NotFound, match="is no duplicate"):
        undo(connection, EMBASE.pmid)


def test_without_articles_of_our_own_numbers_nothing_is_looked_through(connection: psycopg.Connection) -> None:
    store_articles(connection, [PUBMED, replace(PUBMED, pmid=78)])
    assert link_if_needed(connection) is None


def test_what_tells_less_never_replaces_what_tells_more(connection: psycopg.Connection) -> None:
    store_articles(connection, [replace(PUBMED, version=-1, title="Poor")])
    assert store_articles(connection, [replace(PUBMED, version=0, title="Better")]).updated == 1
    assert store_articles(connection, [PUBMED]).updated == 1
    report = store_articles(connection, [replace(PUBMED, version=0, title="Worse"), replace(PUBMED, version=-1)])
    assert (report.updated, report.unchanged) == (0, 2)
    assert list_articles(connection, Filters()).items[0].title == PUBMED.title
