"""PubMed by NCBI's E-utilities: ESearch, EPost, EFetch, ESpell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from types import MappingProxyType
from typing import Literal

from primetime.articles.pubmed_xml import read_pubmed_xml
from primetime.articles.record import Article, Record
from primetime.settings import Settings
from primetime.sources.eutils_replies import (
    Found,
    History,
    check_article_set,
    read_post,
    read_search,
    read_spelling,
)
from primetime.sources.transport import RefusedError, Source, Transport

BATCH = 200  # articles in one EFetch, as NCBI recommends
# "For PubMed, ESearch can only retrieve the first 9,999 records matching the query."
MOST_OF_ONE_SEARCH = 9_999
COUNT_SECONDS = 15 * 60  # how long a count need not be asked for again
SPELLING_SECONDS = 24 * 3600
# EFetch's 400 where none of the PMIDs can be one. Others that it does not know it leaves out.
_NO_PMID = "ID list is empty"
# EFetch relays the faults of the service behind it with a 400 of its own.
_RELAYED = b"proxy_stream()"
Order = Literal["relevance", "pub_date"]


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days on which articles were published (pdat) or came into PubMed (edat), both ends included."""

    first: date
    last: date
    of: Literal["pdat", "edat"] = "pdat"


class PubMed:
    """One method a utility."""

    def __init__(self, transport: Transport, source: Source) -> None:
        self._transport = transport
        self._source = source

    async def count(self, query: str) -> Found:
        """How many articles match, and how PubMed understood the query. Kept for 15 minutes."""
        parameters = {"db": "pubmed", "term": query, "retmax": "0"}
        body = await self._transport.ask(
            self._source, "esearch.fcgi", parameters, post=True, keep_seconds=COUNT_SECONDS, check=read_search
        )
        return read_search(body)

    async def search(
        self, query: str, *, limit: int, order: Order = "relevance", period: Period | None = None
    ) -> Found:
        """The first `limit` PMIDs (9,999 at most) that match, best first or newest first."""
        parameters = {
            "db": "pubmed",
            "term": query,
            "retmax": str(min(limit, MOST_OF_ONE_SEARCH)),
            "sort": order,
        }
        if period is not None:
            parameters |= {
                "datetype": period.of,
                "mindate": f"{period.first:%Y/%m/%d}",
                "maxdate": f"{period.last:%Y/%m/%d}",
            }
        return read_search(
            await self._transport.ask(self._source, "esearch.fcgi", parameters, post=True, check=read_search)
        )

    async def post(self, pmids: Sequence[int]) -> History:
        """Put PMIDs on the history server, from which they are fetched page by page."""
        parameters = {"db": "pubmed", "id": ",".join(map(str, pmids))}
        return read_post(await self._transport.ask(self._source, "epost.fcgi", parameters, post=True, check=read_post))

    async def fetch(self, history: History, *, start: int) -> list[Record]:
        """The records of one page of 200. Fewer come where PubMed has withdrawn some."""
        parameters = {"WebEnv": history.web_env, "query_key": history.query_key}
        return await self._fetch({**parameters, "retstart": str(start), "retmax": str(BATCH)})

    async def fetch_articles(self, pmids: Sequence[int]) -> list[Record]:
        """The records of up to 200 articles by their PMIDs."""
        return await self._fetch({"id": ",".join(map(str, pmids))})

    async def spell(self, text: str) -> str | None:
        """What PubMed would write instead, or None."""
        body = await self._transport.ask(
            self._source,
            "espell.fcgi",
            {"db": "pubmed", "term": text},
            post=True,
            keep_seconds=SPELLING_SECONDS,
            check=read_spelling,
        )
        corrected = read_spelling(body)
        return corrected if corrected and corrected.lower() != text.lower() else None

    async def _fetch(self, parameters: dict[str, str]) -> list[Record]:
        parameters = {"db": "pubmed", "retmode": "xml", **parameters}
        try:
            body = await self._transport.ask(
                self._source, "efetch.fcgi", parameters, post=True, check=check_article_set
            )
        except RefusedError as error:
            if _NO_PMID in error.said:
                return []
            raise
        return list(read_pubmed_xml(BytesIO(body), "PubMed's reply"))


def pubmed_source(settings: Settings) -> Source:
    """PubMed as the settings say: 3 requests a second, 10 with a key."""
    said = {"tool": "prime-time", "email": settings.contact_email, "api_key": settings.pubmed_api_key}
    return Source(
        name="PubMed",
        base_url=settings.pubmed_url,
        per_second=10 if settings.pubmed_api_key else 3,
        credentials=MappingProxyType({name: value for name, value in said.items() if value}),
        passing=_RELAYED,
    )


def pmids_of(records: Sequence[Record]) -> set[int]:
    """The PMIDs of the records that could be read."""
    return {record.pmid for record in records if isinstance(record, Article)}
