import psycopg
import pytest

from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.sources.citations import (
    Citations,
    SourceName,
    StoredCitations,
    Wanted,
    best_count,
    citations_of,
    store_citations,
    wanted_of,
)


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


YEARS = [{"year": 2020, "citations": 5}]
KNOWN = Citations(pmid=1, citations=7, by_year=YEARS, relative_citation_ratio=1.5, percentile=70)


def told_long_ago(connection: psycopg.Connection, source: SourceName) -> tuple[StoredCitations, list[Wanted]]:
    """Everything known of article 1, forty days old, so that it is asked about again."""
    store_citations(connection, source, wanted_of(connection, source, max_age_days=30, pmids=[1]), {1: KNOWN})
    connection.execute("""UPDATE article_citations SET looked_up_at = now() - interval '40 days',
        ratio_told_at = now() - interval '40 days', by_year_told_at = now() - interval '40 days'""")
    (before,) = citations_of(connection, [1])[1]
    asked = wanted_of(connection, source, max_age_days=30, pmids=[1])
    assert [one.pmid for one in asked] == [1]
    return before, asked


@pytest.mark.parametrize("source", ["icite", "openalex", "crossref"])
@pytest.mark.parametrize("answers", [{}, {1: Citations(pmid=1)}], ids=["not in the reply", "nothing in its record"])
def test_what_was_known_stays_with_its_date_when_a_later_answer_does_not_know_it(
    connection: psycopg.Connection, source: SourceName, answers: dict[int, Citations]
) -> None:
    before, asked = told_long_ago(connection, source)
    store_citations(connection, source, asked, answers)
    assert citations_of(connection, [1])[1] == [before]
    # It was asked now, and need not be tomorrow.
    assert wanted_of(connection, source, max_age_days=30, pmids=[1]) == []
    connection.execute("UPDATE article_citations SET not_known_at = now() - interval '31 days'")
    assert [one.pmid for one in wanted_of(connection, source, max_age_days=30, pmids=[1])] == [1]


@pytest.mark.parametrize("field", ["citations", "by_year", "relative_citation_ratio"])
def test_each_value_has_the_date_of_the_answer_that_it_is_of(connection: psycopg.Connection, field: str) -> None:
    before, asked = told_long_ago(connection, "icite")
    fresh = {"citations": 9, "by_year": [*YEARS, {"year": 2021, "citations": 2}], "relative_citation_ratio": 1.75}
    store_citations(connection, "icite", asked, {1: Citations(pmid=1, **(fresh | {field: None}))})  # type: ignore[arg-type]
    (after,) = citations_of(connection, [1])[1]
    dates = {"citations": "looked_up_at", "by_year": "by_year_told_at", "relative_citation_ratio": "ratio_told_at"}
    for name, date in dates.items():
        told = before if name == field else after
        assert getattr(after, name) == (getattr(before, name) if name == field else fresh[name])
        assert getattr(after, date) == getattr(told, date)
        assert (getattr(after, date) > getattr(before, date)) == (name != field)
    # The percentile is of the ratio: an older one does not stand beside a newer ratio.
    assert after.percentile == (70 if field == "relative_citation_ratio" else None)


def test_known_again_is_as_if_it_had_always_been(connection: psycopg.Connection) -> None:
    before, asked = told_long_ago(connection, "icite")
    store_citations(connection, "icite", asked, {})
    store_citations(connection, "icite", asked, {1: KNOWN})
    (after,) = citations_of(connection, [1])[1]
    assert after.looked_up_at == after.ratio_told_at == after.by_year_told_at > before.looked_up_at
    assert connection.execute("SELECT not_known_at FROM article_citations").fetchone() == (None,)


def test_a_zero_is_known(connection: psycopg.Connection) -> None:
    _, asked = told_long_ago(connection, "icite")
    none = Citations(pmid=1, citations=0, by_year=[], relative_citation_ratio=0.0, percentile=0.0)
    store_citations(connection, "icite", asked, {1: none})
    (after,) = citations_of(connection, [1])[1]
    assert (after.citations, after.by_year, after.relative_citation_ratio, after.percentile) == (0, [], 0, 0)


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
