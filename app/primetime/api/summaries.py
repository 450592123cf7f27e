"""Article summaries with what other rooms know of them: topic and similarity. One query a list."""

from collections.abc import Sequence

import psycopg

from primetime.api.shapes import RankedSummary, Summary, TopicName
from primetime.articles.duplicates.linking import without_duplicates
from primetime.articles.listing import ArticleSummary, summaries_of
from primetime.database.queries import load_queries
from primetime.vectors.hybrid import Found
from primetime.vectors.nearest import Neighbour

QUERIES = load_queries("primetime.api")


def with_topics(connection: psycopg.Connection, articles: Sequence[ArticleSummary]) -> list[Summary]:
    """The summaries, each with its topic of the newest analysis."""
    topics = topics_of(connection, [article.pmid for article in articles])
    return [Summary(**vars(article), topic=topics.get(article.pmid)) for article in articles]


def ranked(connection: psycopg.Connection, neighbours: Sequence[Neighbour | Found]) -> list[RankedSummary]:
    """The neighbours' summaries in their order, with similarity; without those that another one stands for."""
    similarity = {neighbour.pmid: neighbour.similarity for neighbour in neighbours}
    found = with_topics(connection, summaries_of(connection, without_duplicates(connection, list(similarity))))
    return [RankedSummary(**summary.model_dump(), similarity=similarity[summary.pmid]) for summary in found]


def topics_of(connection: psycopg.Connection, pmids: list[int]) -> dict[int, TopicName]:
    rows = connection.execute(QUERIES["topics_of_articles"], {"pmids": pmids})
    return {pmid: TopicName(id=topic_id, name=name) for pmid, topic_id, name in rows}
