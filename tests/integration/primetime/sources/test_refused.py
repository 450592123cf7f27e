"""Articles that a source refuses to be asked about, night after night, on a real database."""

from collections.abc import Callable, Iterator, Sequence

import psycopg
import pytest

from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.settings import Settings
from primetime.sources import refreshing
from primetime.sources.citations import Citations, Wanted
from primetime.sources.opening import Sources, open_sources
from primetime.sources.refreshing import LookUp, Refreshed, refresh_citations
from primetime.sources.transport import RefusedError, Source, Transport

SOURCE = Source(name="Crossref", base_url="http://source.test", per_second=3)
Night = Callable[[set[int]], Refreshed]


@pytest.fixture
def sources(settings: Settings) -> Iterator[Sources]:
    with open_sources(settings) as sources:
        yield sources


@pytest.fixture
def night(
    connection: psycopg.Connection, sources: Sources, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Night:
    """Ask about 60 articles in batches of ten, some of which are refused."""
    store_articles(connection, [Article(pmid=pmid, title="Gout", doi=f"10.1/{pmid}") for pmid in range(1, 61)])
    connection.commit()

    def look_up(refused: set[int]) -> Refreshed:
        async def ask(_transport: Transport, source: Source, wanted: Sequence[Wanted]) -> dict[int, Citations]:
            if any(one.pmid in refused for one in wanted):
                raise RefusedError(source, 400, "validation-failure")
            return {one.pmid: Citations(pmid=one.pmid, citations=1) for one in wanted}

        monkeypatch.setattr(
            refreshing, "look_ups", lambda _: [LookUp(name="crossref", source=SOURCE, ask=ask, batch=10)]
        )
        (report,) = refresh_citations(connection, sources.portal, sources.transport, settings)
        return report

    return look_up


@pytest.mark.parametrize("refused", [{1, 2}, set(range(1, 11)), {1, 2, 11, 12, 41, 42}], ids=str)
def test_articles_that_are_refused_do_not_keep_those_after_them_from_their_answers(
    connection: psycopg.Connection, night: Night, refused: set[int]
) -> None:
    assert night(refused) == Refreshed(source="crossref", asked=60, known=60 - len(refused))
    unknown = connection.execute("SELECT pmid FROM article_citations WHERE citations IS NULL").fetchall()
    assert {pmid for (pmid,) in unknown} == refused


def test_a_source_that_refuses_all_is_told_and_nothing_is_unknown_for_it(
    connection: psycopg.Connection, night: Night
) -> None:
    report = night(set(range(1, 61)))
    assert (report.asked, report.known) == (0, 0)
    assert report.problem.startswith("Crossref refuses the request (400)")
    assert connection.execute("SELECT count(*) FROM article_citations").fetchone() == (0,)


def test_the_last_that_are_refused_wait_for_the_next_night(night: Night) -> None:
    last = {59, 60}
    report = night(last)
    assert (report.asked, report.problem[:25]) == (50, "Crossref refuses the requ")
    assert night(set()) == Refreshed(source="crossref", asked=10, known=10)
