"""The clients against the stand-in, over a real network and a real database."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest

from primetime.articles.storing import store_articles
from primetime.errors import SourceUnavailable
from primetime.settings import Settings
from primetime.sources.citations import citations_of
from primetime.sources.eutils import pmids_of, pubmed_source
from primetime.sources.mesh import Mesh, WantedHeading
from primetime.sources.opening import Sources, open_sources
from primetime.sources.refreshing import refresh_citations

if TYPE_CHECKING:
    from conftest import StandIn

MADE_UP = [900000001, 900000002, 900000003]


@pytest.fixture
def sources(literature_settings: Settings) -> Iterator[Sources]:
    with open_sources(literature_settings) as sources:
        yield sources


def test_what_is_found_is_posted_and_fetched_by_pages(sources: Sources) -> None:
    found = sources.portal.call(lambda: sources.pubmed.search("hasabstract", limit=230))
    assert found.count > 230
    assert len(found.pmids) == 230
    history = sources.portal.call(sources.pubmed.post, found.pmids)
    pages = [sources.portal.call(lambda start=start: sources.pubmed.fetch(history, start=start)) for start in (0, 200)]
    assert [len(page) for page in pages] == [200, 30]
    assert pmids_of(pages[0]) | pmids_of(pages[1]) == set(found.pmids)


def test_a_page_that_was_cut_is_fetched_again(sources: Sources, literature: "StandIn") -> None:
    literature.order({"path": "efetch", "cut": True, "times": 2})
    records = sources.portal.call(sources.pubmed.fetch_articles, MADE_UP)
    assert pmids_of(records) == set(MADE_UP)


def test_numbers_that_are_no_pmids_have_no_records(sources: Sources) -> None:
    assert sources.portal.call(sources.pubmed.fetch_articles, [98989898]) == []
    assert sources.portal.call(sources.pubmed.fetch_articles, [0]) == []


def test_a_list_that_has_expired_is_told(sources: Sources) -> None:
    history = sources.portal.call(sources.pubmed.post, MADE_UP)
    gone = type(history)(web_env="MCID_gone", query_key="1")
    with pytest.raises(SourceUnavailable, match="Unable to obtain query"):
        sources.portal.call(lambda: sources.pubmed.fetch(gone, start=0))


def test_a_count_is_asked_for_once(sources: Sources, literature: "StandIn") -> None:
    def asked() -> int:
        return literature.requests().get("200 /entrez/eutils/esearch.fcgi", 0)

    before = asked()
    counts = {sources.portal.call(sources.pubmed.count, "asthma AND hasabstract").count for _ in range(3)}
    assert len(counts) == 1
    assert asked() == before + 1


def test_a_spelling(sources: Sources) -> None:
    assert sources.portal.call(sources.pubmed.spell, "hypertensoin") == "hypertension"
    assert sources.portal.call(sources.pubmed.spell, "hypertension") is None
    long = "asthma " * 1_500  # more than an address may have
    assert sources.portal.call(sources.pubmed.spell, f"{long}hypertensoin") == f"{long}hypertension"


def test_mesh_is_asked_by_its_identifiers_and_else_by_name(sources: Sources, literature_settings: Settings) -> None:
    mesh = Mesh(sources.transport, pubmed_source(literature_settings))
    found = sources.portal.call(
        mesh.ask,
        [
            WantedHeading(name="Renamed since", identifier="D006973"),
            WantedHeading(name="asthma"),
            WantedHeading(name="Unheard Of"),
            WantedHeading(name="Unheard Of, too", identifier="D999999"),
            WantedHeading(name='not "a name"[mh]'),
        ],
    )
    assert {name: one.name for name, one in found.items()} == {"Renamed since": "Hypertension", "asthma": "Asthma"}
    assert "high blood pressure" in found["Renamed since"].terms


def test_mesh_that_is_away_is_told(sources: Sources, literature: "StandIn", literature_settings: Settings) -> None:
    literature.order({"path": "esummary", "status": 400})
    mesh = Mesh(sources.transport, pubmed_source(literature_settings))
    with pytest.raises(SourceUnavailable, match="PubMed refuses"):
        sources.portal.call(mesh.ask, [WantedHeading(name="Asthma")])


def test_citations_of_three_sources_and_one_that_is_down(
    sources: Sources, literature: "StandIn", literature_settings: Settings, connection: psycopg.Connection
) -> None:
    store_articles(connection, sources.portal.call(sources.pubmed.fetch_articles, MADE_UP))
    connection.commit()
    literature.order({"path": "/crossref/", "times": 10, "status": 500, "retry_after": "0"})
    reports = refresh_citations(connection, sources.portal, sources.transport, literature_settings)
    assert {report.source: (report.asked, report.known) for report in reports} == {
        "icite": (3, 3), "openalex": (3, 3), "crossref": (0, 0),
    }  # fmt: skip
    assert "Crossref gave no answer" in reports[2].problem
    stored = citations_of(connection, MADE_UP)
    assert {one.source for one in stored[MADE_UP[0]]} == {"icite", "openalex"}  # a failed look-up is no answer
    literature.order()
    again = refresh_citations(connection, sources.portal, sources.transport, literature_settings)
    assert {report.source: report.asked for report in again} == {"icite": 0, "openalex": 0, "crossref": 3}
