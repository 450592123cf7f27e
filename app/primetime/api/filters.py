"""What a list of articles is narrowed to, as query parameters."""

from pydantic import BaseModel, Field

from primetime.analysis.storing import narrowed_to_topic
from primetime.api.services import Connection
from primetime.articles.listing import Filters


class FilterQuestion(BaseModel):
    """The filters of every list of articles; what is not given does not narrow."""

    year_from: int | None = Field(default=None, ge=0, le=9999)
    year_to: int | None = Field(default=None, ge=0, le=9999)
    journal: str | None = Field(default=None, max_length=500)
    publication_type: str | None = Field(default=None, max_length=200)
    mesh: str | None = Field(default=None, max_length=300)
    topic: int | None = Field(default=None, ge=-1, le=2**31 - 1)


def filters_of(question: FilterQuestion, connection: Connection, *, q: str | None = None) -> Filters:
    """The filters, a topic of the newest analysis turned into its articles; `q` is the full text."""
    return narrowed_to_topic(connection, filters_without_topic(question, q=q), question.topic)


def filters_without_topic(question: FilterQuestion, *, q: str | None = None) -> Filters:
    text = q.strip() if q else None
    return Filters(
        q=text or None,
        year_from=question.year_from,
        year_to=question.year_to,
        journal=question.journal or None,
        publication_type=question.publication_type or None,
        mesh=question.mesh or None,
    )
