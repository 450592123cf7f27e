"""Stored articles that PubMed is asked for again, over the stand-in."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from primetime.articles.local_number import local_number
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.searches.record import Search
from primetime.searches.renewing import Renewed, count_to_renew, renew_articles
from primetime.searches.running import Means
from primetime.searches.storing import results_of
from primetime.settings import Settings
from primetime.sources.opening import Sources

if TYPE_CHECKING:
    from conftest import StandIn

CHANGED = (900000001, 900000002)
SAME = 900000003
WITHDRAWN = 31
LOCAL = local_number(doi=None, title="Found in a library", year=2001, first_author="")


@pytest.fixture
def sources(means: Means) -> Sources:
    return means.sources


@pytest.fixture
def night(searching: Settings) -> Settings:
    return searching.model_copy(update={"articles_a_night": 3})


@pytest.fixture
def stored(connection: psycopg.Connection, sources: Sources) -> None:
    """Five articles as they were 40 days ago, in this order, each a second after the one before."""
    records = sources.portal.call(sources.pubmed.fetch_articles, [*CHANGED, SAME])
    articles = {record.pmid: record for record in records if isinstance(record, Article)}
    before = [replace(articles[pmid], title="As it was before") for pmid in CHANGED]
    others = [Article(pmid=WITHDRAWN, title="Withdrawn since"), Article(pmid=LOCAL, title="Found in a library")]
    store_articles(connection, [*before, articles[SAME], *others])
    for place, pmid in enumerate((CHANGED[0], WITHDRAWN, SAME, CHANGED[1], LOCAL)):
        connection.execute(
            "UPDATE articles SET updated_at = now() - interval '40 days' + %s * interval '1 second' WHERE pmid = %s",
            (place, pmid),
        )
    connection.commit()


def titles(connection: psycopg.Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT pmid, title FROM articles").fetchall())


def test_a_night_asks_again_for_those_that_were_not_asked_for_in_long(
    connection: psycopg.Connection, sources: Sources, night: Settings, stored: None
) -> None:
    assert count_to_renew(connection, night) == 3
    assert renew_articles(connection, sources, night) == Renewed(asked=3, changed=1, without_record=1)
    found = titles(connection)
    assert found[CHANGED[0]] != "As it was before"
    assert (found[CHANGED[1]], found[WITHDRAWN]) == ("As it was before", "Withdrawn since")
    revised = connection.execute("SELECT pmid, record ->> 'title' FROM article_revisions").fetchall()
    assert revised == [(CHANGED[0], "As it was before")]
    # The next night goes on; who has no PMID is never asked for.
    assert renew_articles(connection, sources, night) == Renewed(asked=1, changed=1, without_record=0)
    assert renew_articles(connection, sources, night) == Renewed(asked=0, changed=0, without_record=0)
    # What was asked for is old again after its days, though nothing in it has changed since.
    connection.execute("UPDATE article_checks SET checked_at = now() - interval '31 days' WHERE pmid = %s", (SAME,))
    assert renew_articles(connection, sources, night) == Renewed(asked=1, changed=0, without_record=0)


def test_pubmed_away_leaves_the_rest_to_the_next_night(
    connection: psycopg.Connection, sources: Sources, night: Settings, stored: None, literature: "StandIn"
) -> None:
    literature.order({"path": "efetch", "status": 400})
    away = renew_articles(connection, sources, night)
    assert (away.asked, away.changed) == (0, 0)
    assert "PubMed refuses the request (400)" in away.problem
    assert renew_articles(connection, sources, night).asked == 3


def test_a_search_fetches_again_what_it_finds_stored_for_long(
    connection: psycopg.Connection,
    plan: Callable[..., int],
    run: Callable[[int], Search],
    stored: None,
    literature: "StandIn",
) -> None:
    search_id = plan()
    connection.execute("UPDATE searches SET articles_found = 4 WHERE id = %s", (search_id,))
    connection.execute(
        "INSERT INTO search_articles (search_id, pmid, rank)"
        " SELECT %s, pmid, rank FROM unnest(%s::bigint[]) WITH ORDINALITY AS planned (pmid, rank)",
        (search_id, [WITHDRAWN, *CHANGED, 900000004]),
    )
    connection.execute("INSERT INTO article_checks VALUES (%s, now() - interval '29 days')", (CHANGED[1],))
    connection.commit()
    search = run(search_id)
    assert (search.state, search.fetched, search.new, search.unavailable) == ("done", 4, 1, 0)
    assert [one.pmid for one in results_of(connection, search_id, only_new=True)[0]] == [900000004]
    found = titles(connection)
    assert found[CHANGED[0]] != "As it was before"
    assert (found[CHANGED[1]], found[WITHDRAWN]) == ("As it was before", "Withdrawn since")
