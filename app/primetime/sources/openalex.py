"""OpenAlex: citation counts, by year since about ten years, by PMID, fifty at once."""

from collections.abc import Sequence
from types import MappingProxyType

from primetime.articles.identifiers import read_pmid
from primetime.settings import Settings
from primetime.sources.citations import Citations, Wanted, items, read_json, whole_number
from primetime.sources.transport import Source, Transport

BATCH = 50  # values that OpenAlex takes in one filter


def openalex_source(settings: Settings) -> Source:
    said = {"api_key": settings.openalex_api_key, "mailto": settings.contact_email}
    return Source(
        name="OpenAlex",
        base_url=settings.openalex_url,
        per_second=10,
        credentials=MappingProxyType({name: value for name, value in said.items() if value}),
    )


async def ask_openalex(transport: Transport, source: Source, wanted: Sequence[Wanted]) -> dict[int, Citations]:
    """What OpenAlex knows of up to 50 articles, by PMID. Raises SourceUnavailable."""
    parameters = {
        "filter": "pmid:" + "|".join(str(one.pmid) for one in wanted),
        "select": "id,ids,cited_by_count,counts_by_year",
        "per-page": str(BATCH * 2),  # two works may carry one PMID
    }
    return read_openalex(await transport.ask(source, "works", parameters, check=read_openalex))


def read_openalex(body: bytes) -> dict[int, Citations]:
    """Of two works under one PMID the more cited. Raises BadReplyError."""
    found: dict[int, Citations] = {}
    for one in items(read_json(body), "results"):
        ids = one.get("ids")
        address = str(ids.get("pmid", "")) if isinstance(ids, dict) else ""
        pmid = read_pmid(address.rstrip("/").rpartition("/")[2])
        citations = whole_number(one.get("cited_by_count"))
        if pmid is None or (pmid in found and _or_less(citations) <= _or_less(found[pmid].citations)):
            continue
        found[pmid] = Citations(pmid=pmid, citations=citations, by_year=_by_year(one.get("counts_by_year")))
    return found


def _or_less(citations: int | None) -> int:
    return -1 if citations is None else citations


def _by_year(value: object) -> list[dict[str, int]] | None:
    if not isinstance(value, list):
        return None
    years = [
        {"year": year, "citations": citations}
        for one in value
        if isinstance(one, dict)
        and (year := whole_number(one.get("year"))) is not None
        and (citations := whole_number(one.get("cited_by_count"))) is not None
    ]
    return sorted(years, key=lambda one: one["year"])
