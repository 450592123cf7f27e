import psycopg
import pytest

from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.sources.citations import Citations, best_count, citations_of, store_citations, wanted_of


@pytest.fixture(autouse=True)
def articles(connection: psycopg.Connection) -> None:
    store_articles(connection, [Article(pmid=pmid, title=f"Title {pmid}", doi=f"10.1/{pmid}") for pmid in (1, 2, 3)])


def test_an_answer_has_source_and_date_and_not_known_is_no_zero(connection: psycopg.Connection) -> None:
    wanted = wanted_of(connection, "icite", max_age_days=30)
    store_citations(connection, "icite", wanted, {1: Citations(pmid=1, citations=0), 2: Citations(pmid=2, citations=4)})
    found = citations_of(connection, [1, 2, 3])
    assert [(found[pmid][0].source, found[pmid][0].citations) for pmid in (1, 2, 3)] == [
        ("icite", 0), ("icite", 4), ("icite", None),
    ]  # fmt: skip
    assert all(one.looked_up_at is not None for answers in found.values() for one in answers)


def test_only_what_is_missing_or_old_is_asked_for_again(connection: psycopg.Connection) -> None:
    store_citations(connection, "icite", wanted_of(connection, "icite", max_age_days=30), {})
    assert wanted_of(connection, "icite", max_age_days=30) == []
    assert [one.pmid for one in wanted_of(connection, "crossref", max_age_days=30)] == [1, 2, 3]
    connection.execute("UPDATE article_citations SET looked_up_at = now() - interval '40 days' WHERE pmid = 2")
    assert [(one.pmid, one.doi) for one in wanted_of(connection, "icite", max_age_days=30)] == [(2, "10.1/2")]
    assert wanted_of(connection, "icite", max_age_days=30, pmids=[1, 3]) == []


def test_a_later_answer_replaces_the_earlier(connection: psycopg.Connection) -> None:
    wanted = wanted_of(connection, "openalex", max_age_days=30, pmids=[1])
    years = [{"year": 2020, "citations": 5}]
    for count in (3, 5):
        answer = Citations(pmid=1, citations=count, by_year=years)
        store_citations(connection, "openalex", wanted, {1: answer})
    (answer,) = citations_of(connection, [1])[1]
    assert (answer.citations, answer.by_year) == (5, years)


def test_the_count_shown_is_of_the_first_source_that_knows(connection: psycopg.Connection) -> None:
    for source, count in (("icite", None), ("openalex", 7), ("crossref", 9)):
        wanted = wanted_of(connection, source, max_age_days=30, pmids=[1])  # type: ignore[arg-type]
        store_citations(connection, source, wanted, {1: Citations(pmid=1, citations=count)})  # type: ignore[arg-type]
    best = best_count(citations_of(connection, [1])[1])
    assert best is not None
    assert (best.source, best.citations) == ("openalex", 7)
    assert best_count([]) is None


def test_an_article_deleted_meanwhile_is_passed_over(connection: psycopg.Connection) -> None:
    wanted = wanted_of(connection, "icite", max_age_days=30)
    connection.execute("DELETE FROM articles WHERE pmid = 2")
    store_citations(connection, "icite", wanted, {})
    assert sorted(citations_of(connection, [1, 2, 3])) == [1, 3]
