"""The table of words beside the articles: the same as theirs whatever is written, and small."""

import random
from datetime import date

import psycopg

from primetime.articles.listing import Filters, list_articles
from primetime.articles.record import Article, DeletedCitations, PublicationDate
from primetime.articles.storing import store_articles

STEP = """
SELECT count(*) FROM articles FULL JOIN article_words AS kept USING (pmid)
WHERE (articles.publication_date, articles.publication_year, articles.search_document)
    IS DISTINCT FROM (kept.publication_date, kept.publication_year, kept.search_document)
"""


def differences(connection: psycopg.Connection) -> int:
    row = connection.execute(STEP).fetchone()
    assert row is not None
    return int(row[0])


def found(connection: psycopg.Connection, words: str) -> list[int]:
    page = list_articles(connection, Filters(q=words))
    assert page.total == len(page.items)
    return [item.pmid for item in page.items]


def printed(year: int) -> PublicationDate:
    return PublicationDate(printed=str(year), first=date(year, 1, 1), last=date(year, 12, 31))


def test_words_follow_what_is_stored_changed_and_deleted(connection: psycopg.Connection) -> None:
    heart = Article(pmid=1, title="Heart", publication_date=printed(2001))
    lung = Article(pmid=2, title="Lung", publication_date=printed(2002))
    both = Article(pmid=3, title="Heart and lung")
    store_articles(connection, [heart, lung, both])
    assert differences(connection) == 0
    assert found(connection, "heart") == [1, 3]
    # One is new, one is other words of another year, one is as it was.
    kidney = Article(pmid=1, version=2, title="Kidney", publication_date=printed(1999))
    store_articles(connection, [kidney, lung, Article(pmid=4, title="Heart", publication_date=printed(2003))])
    assert differences(connection) == 0
    assert found(connection, "heart") == [4, 3]
    assert found(connection, "kidney") == [1]
    assert [item.pmid for item in list_articles(connection, Filters(q="lung", year_from=2000)).items] == [2]
    store_articles(connection, [DeletedCitations(pmids=(3,))])
    assert differences(connection) == 0
    assert found(connection, "lung") == [2]
    connection.execute("TRUNCATE articles CASCADE")
    assert differences(connection) == 0
    assert found(connection, "lung") == []


def test_words_of_any_length_take_little_room_in_their_rows(connection: psycopg.Connection) -> None:
    chance = random.Random(3)
    texts = [" ".join(f"w{chance.randrange(10_000)}" for _ in range(count)) for count in (0, 20, 90, 150, 900)]
    many = [Article(pmid=pmid, title="Heart", abstract=texts[pmid % len(texts)]) for pmid in range(1, 301)]
    store_articles(connection, many)
    row = connection.execute("SELECT count(DISTINCT (ctid::text::point)[0]) FROM article_words").fetchone()
    assert row is not None
    assert row[0] <= 5
    assert list_articles(connection, Filters(q="heart"), limit=1).total == len(many)
