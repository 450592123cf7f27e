"""Crossref: citation counts by DOI, forty at once, from the polite pool when an e-mail is set."""

from collections.abc import Sequence
from types import MappingProxyType

from primetime.settings import Settings
from primetime.sources.citations import Citations, Wanted, items, read_json, whole_number
from primetime.sources.transport import Source, Transport

BATCH = 40  # DOIs that fit an address of usual length


def crossref_source(settings: Settings) -> Source:
    said = {"mailto": settings.contact_email} if settings.contact_email else {}
    return Source(name="Crossref", base_url=settings.crossref_url, per_second=3, credentials=MappingProxyType(said))


async def ask_crossref(transport: Transport, source: Source, wanted: Sequence[Wanted]) -> dict[int, Citations]:
    """What Crossref knows of up to 40 articles, by PMID; those without a DOI it cannot be asked about.

    Raises SourceUnavailable.
    """
    # A comma ends a filter's value; no registered DOI that we met has one, and one that has is not asked about.
    by_doi: dict[str, list[int]] = {}
    for one in wanted:
        if one.doi and "," not in one.doi:
            by_doi.setdefault(one.doi.lower(), []).append(one.pmid)
    if not by_doi:
        return {}
    parameters = {
        "filter": ",".join(f"doi:{doi}" for doi in by_doi),
        "select": "DOI,is-referenced-by-count",
        "rows": str(BATCH),
    }
    body = await transport.ask(source, "works", parameters, check=read_crossref)
    return {
        pmid: Citations(pmid=pmid, citations=count)
        for doi, count in read_crossref(body).items()
        for pmid in by_doi.get(doi, ())
    }


def read_crossref(body: bytes) -> dict[str, int | None]:
    """Citation counts by DOI in lower case. Raises BadReplyError."""
    return {
        str(one.get("DOI", "")).lower(): whole_number(one.get("is-referenced-by-count"))
        for one in items(read_json(body), "message", "items")
    }
